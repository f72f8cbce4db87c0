# SPDX-License-Identifier: GPL-2.0
"""What a platform must offer: profiles, their points, and `vmxcheck caps`."""

import os
import subprocess
import sys

import pytest
from vmxcheck import Error, profile
from vmxcheck.capabilities import expand
from vmxcheck.image import BUILD, CASES, ROOT
from vmxcheck.platforms.bochs import VERSIONS
from vmxcheck.results import capabilities
from vmxcheck.run import missing
from vmxcheck.tap import Stream

VERSIONS_OF = {"bochs": list(VERSIONS), "kvm": ["6.1", "6.12"], "xen": ["4.17"]}
EXAMPLE = """\
# what it is
because a source
offers proc.hlt_exiting pin.nmi_exiting
passes proc2.enable_pml
  if cpuid.smep

because another
from 6.2 until 6.12
on big small
offers misc.cr3_target_values>3 if below.cpuid.smep !cpuid.la57
because a mistake
missing proc2.enable_pml
because there is no code
lacks proc2.enable_pconfig
"""


def parse(text, version="6.12", kinds=("small",)):
    return profile.parse(text, "profiles/kvm", version, kinds)


def test_parse():
    found = parse(EXAMPLE)
    assert found.text.splitlines() == [
        "proc.hlt_exiting\t\ta source\t",
        "pin.nmi_exiting\t\ta source\t",
        "proc2.enable_pml\tbelow.proc2.enable_pml cpuid.smep\ta source\ta mistake",
        "misc.cr3_target_values>3\tbelow.cpuid.smep !cpuid.la57\tanother\t",
    ]
    assert found.lacks == {"proc2.enable_pconfig": "there is no code"}
    points = found.points()
    assert points[0] == "profile/proc.hlt_exiting"
    assert points[-1] == "profile/misc.cr3_target_values"
    assert found.points(["profile/pin.*"]) == ["profile/pin.nmi_exiting"]
    with pytest.raises(Error, match="'profile/fly' in the profile"):
        found.points(["profile/pin.*", "profile/fly"])


@pytest.mark.parametrize(
    "version, kinds, there",
    [
        ("6.1", ["big"], False),
        ("6.2", ["big"], True),
        ("6.12", ["large", "small"], True),
        ("6.13", ["small"], False),
        ("6.12", ["large"], False),
        ("6.12", [], False),
    ],
)
def test_which_reasons(version, kinds, there):
    assert ("misc.cr3_target_values" in parse(EXAMPLE, version, kinds).offers) == there


@pytest.mark.parametrize(
    "text, wrong",
    [
        ("offers proc.hlt_exiting", "1: 'offers' without a 'because' before it"),
        ("because\n", "1: 'because' says nothing"),
        ("because a\nfly b", "2: a line begins with because,"),
        ("because a\nfrom x", "2: expected: from VERSION until VERSION"),
        ("because a\nfrom 6.1 until", "2: expected: from VERSION until VERSION"),
        ("because a\noffers if b", "2: expected: offers CAPABILITY ... if CONDITION ..."),
        ("because a\noffers b if", "2: expected: offers CAPABILITY ... if CONDITION ..."),
        ("because a\nlacks b if c", "2: expected: lacks CAPABILITY ... if CONDITION ..."),
        ("because a\noffers b\noffers b>3", "3: b is offered twice"),
        ("because a\nmissing b", "2: b is missing, but nothing says that it is offered"),
    ],
)
def test_what_is_wrong(text, wrong):
    with pytest.raises(Error) as error:
        parse(text)
    assert str(error.value).startswith(f"profiles/kvm:{wrong}")


FILES = [path for path in sorted((CASES / "profiles").iterdir()) if path.suffix != ".md"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_names_are_known(path, tmp_path, tables):
    """All of each file, for each version and kind."""
    text = path.read_text()
    kinds = {word for line in text.splitlines() for word in line.split()}
    known = {f"{group}.{name}" for (group, _), (name, _) in tables.CONTROLS.items()}
    known |= set(tables.CAPABILITIES)
    for version in VERSIONS_OF[path.name]:
        for kind in sorted(kinds & set(models(path.name))) or [""]:
            found = profile.parse(text, str(path), version, [kind])
            assert found.offers
            assert set(found.lacks) <= known
            assert not set(found.lacks) & set(found.offers)
            (tmp_path / "profile").write_text(found.text)
            words = ["-l", "-C", CASES, "-O", tmp_path / "profile", "exits/hlt"]
            done = subprocess.run([BUILD / "vmxrun", *words], capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            conditions = {c for o in found.offers.values() for c in o.conditions}
            names = {c.removeprefix("below.").lstrip("!") for c in conditions}
            assert not {n for n in names if not n.startswith("cpuid.")} - known


def models(name):
    """The kinds that `on` may name."""
    lines = profile.logical_lines((CASES / "profiles" / name).read_text())
    return [word for _, line in lines if line.startswith("on ") for word in line.split()[1:]]


TAP = """\
1..5
not ok 1 - profile/proc2.enable_pml
  ---
  below: has it
  ...
not ok 2 - profile/proc2.enable_ept # TODO a mistake
  ---
  severity: failure
  ...
ok 3 - a/b # SKIP needs proc2.enable_pml, cpuid.smep
ok 4 - a/c # SKIP needs proc2.enable_pml
ok 5 - profile/x # SKIP needs proc2.enable_pml
"""


def test_summary():
    tap = Stream()
    for line in TAP.splitlines():
        tap.feed(line)
    assert list(missing(tap)) == [
        "missing: proc2.enable_pml: 2 points are skipped without it; the processor below has it",
        "missing: proc2.enable_ept, which is known: 0 points are skipped without it",
    ]


# True controls, which have another MSR; a group of 64 bits; parts of an MSR.
SAID = """\
# caps: msr.vmx_basic 0x80000000000000
# caps: msr.vmx_procbased_ctls 0x400000000
# caps: msr.vmx_true_procbased_ctls 0x8400000080
# caps: msr.vmx_procbased_ctls3 0x10
# caps: msr.vmx_misc 0x40040
# caps: cpuid.smep 0x1
# target: A
""".splitlines()
MEANS = {
    "proc.interrupt_window_exiting": "01",
    "proc.hlt_exiting": "1",
    "proc3.ipi_virtualization": "01",
    "basic.true_controls": "0x1",
    "misc.activity_hlt": "0x1",
    "misc.cr3_target_values": "0x4",
    "cpuid.smep": "0x1",
}


def test_expand():
    means = expand(capabilities(SAID)["caps"])
    assert {name: value for name, value in means.items() if name[:4] != "msr."} == MEANS


def results(folder, name, lines):
    (folder / name).mkdir()
    (folder / name / "results.tap").write_text("\n".join(["1..0", *lines, ""]))
    return folder / name


def test_caps_of_two(command, tmp_path):
    a = results(tmp_path, "a", SAID)
    b = results(tmp_path, "b", [*SAID[:4], "# target: B"])
    status, out, err = command.vmxcheck("caps", a, b)
    assert (status, err) == (1, "")
    assert [line.split() for line in out.splitlines()] == [
        ["A:", "A"],
        ["B:", "B"],
        ["A", "B"],
        ["misc.activity_hlt", "0x1", "0"],
        ["misc.cr3_target_values", "0x4", "0"],
        ["cpuid.smep", "0x1", "0"],
    ]
    assert command.vmxcheck("caps", a, a)[0] == 0


@pytest.mark.parametrize(
    "words, wrong",
    [
        ([], "a platform or a result is wanted, or two of them"),
        (["NONE"], "NONE: there is no such result; platforms: "),
        (["{tmp}/old"], "old: it does not say what the processor can do"),
        (["{tmp}/broken"], "broken/results.tap: msr.vmx_misc is no number: fly"),
    ],
)
def test_caps_of_nothing(command, tmp_path, words, wrong):
    results(tmp_path, "old", ["# target: A"])
    results(tmp_path, "broken", ["# caps: msr.vmx_misc fly"])
    status, out, err = command.vmxcheck("caps", *(w.format(tmp=tmp_path) for w in words))
    assert (status, out) == (2, "")
    assert wrong in err and len(err.splitlines()) == 1


HLT = "guest prot/hlt\n{need}ctl: go\nwait? .hlt ...\n"


@pytest.mark.emulator
def test_missing_capability(command, cases, tmp_path):
    """A capability that the platform has not is a failure, and costs what needs it."""
    folder = cases(a=HLT.format(need=""), b=HLT.format(need="need proc2.enable_pconfig\n"))
    (folder / "profiles").mkdir()
    (folder / "profiles" / "bochs").write_text(
        "because it is for the test\noffers proc.hlt_exiting proc2.enable_pconfig\n"
    )
    output = tmp_path / "out"
    run = ("run", "--cases", folder, "--output", output, "--jobs", 1)
    status, out, err = command.vmxcheck(*run)
    assert status == 1
    assert [line for line in out.splitlines() if "ok " in line] == [
        "ok 1 - profile/proc.hlt_exiting",
        "not ok 2 - profile/proc2.enable_pconfig",
        "ok 3 - exits/a",
        "ok 4 - exits/b # SKIP needs proc2.enable_pconfig",
    ]
    assert "# caps:" not in out and "because: it is for the test" in out
    assert "missing: proc2.enable_pconfig: 1 point is skipped without it\n" in err
    status, out, _ = command.vmxcheck("caps", output)
    assert status == 0
    [_, _, row] = out.splitlines()
    assert row.split() == ["proc2.enable_pconfig", "0", "?", "1", "cpu/vmcs.cc", *row.split()[5:]]


# It stops who started it, once that waits for it.
INTERRUPTED = """\
#!/bin/sh
trap 'touch ended; exit' TERM
until [ -e waits ]; do sleep 0.01; done
kill -TERM $PPID
while :; do sleep 0.01; done
"""
# As vmxcheck.__main__ has it
STOPS = """\
import pathlib, signal, subprocess
from vmxcheck.caps import run_to_its_end
communicate = subprocess.Popen.communicate
def waits(child):
    pathlib.Path("waits").touch()
    return communicate(child)
subprocess.Popen.communicate = waits
signal.signal(signal.SIGTERM, signal.default_int_handler)
run_to_its_end(["./run"])
"""


def test_interrupted(tmp_path):
    """What `caps` runs is not killed: it has files to take away."""
    (tmp_path / "run").write_text(INTERRUPTED)
    (tmp_path / "run").chmod(0o755)
    env = os.environ | {"PYTHONPATH": str(ROOT / "harness")}
    subprocess.run([sys.executable, "-c", STOPS], cwd=tmp_path, env=env, stderr=subprocess.DEVNULL)
    assert (tmp_path / "ended").exists()
