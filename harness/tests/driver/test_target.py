# SPDX-License-Identifier: GPL-2.0
"""That it can fail: each way in which a run goes wrong ends in a run that failed."""

import os
import re
import signal
import subprocess
import time
from xml.etree import ElementTree

import pytest
from texts import HLT, SPIN
from vmxcheck.image import ROOT, suite
from vmxcheck.machine import Machine
from vmxcheck.platforms import bochs

pytestmark = pytest.mark.emulator

GOOD = HLT.format(length=1)
WRONG = HLT.format(length=2)
SYNTAX = GOOD + "regs: ax $nowhere\nwait! what\n"
# Longer than any test, in the target's time, which may go faster than the machine's.
HANGS = SPIN.format(limit=1_000_000_000)
FOR_EVER = "while :; do :; done"
INIT = (ROOT / "harness/target/init").read_text()
RUN = 'with_arguments /vmxrun "$@" </args'
LOAD = "if load"


def run(command, cases, *options):
    """`vmxcheck run OPTIONS` of these cases."""
    where = ("--cases", cases, "--output", cases.parent)
    return command.vmxcheck("run", *where, *options)


def init(cases, old, new):
    """An init that differs from harness/target/init by what comes at one place."""
    assert old in INIT
    path = cases.parent / "init"
    path.write_text(INIT.replace(old, new))
    path.chmod(0o755)
    return path


GIVEN = """\
guest root/host
reach reset
need vmxfs.processors>1

ctl: unsafe
processor: vmx 2
processor: guest $vmcall
processor: at $launch
processor: start
processor? event exit reason 0x13
"""
NO_PROCESSOR = "guest prot/hlt\n\ncpu: 7\n"


def test_wrong_case_of_a_processor(command, cases):
    """What its program told is in the report; and a processor that is not there is named."""
    status, out, err = run(command, cases(a=GIVEN, b=NO_PROCESSOR))
    assert status == 1
    given, none = out[: out.index("exits/b")], out[out.index("exits/b") :]
    assert "reason: expected 0x13, got 0x0000000000000012" in given
    assert "registers: |" in given and "    event exit" in given
    assert "    gdtrlimit 0x000000000000ffff" in given
    assert "cpu: there is no processor 7" in none


def test_wrong_case_guest_that_hangs_and_syntax_error(command, cases):
    folder = cases(a=WRONG, b=SPIN.format(limit=200), c=GOOD, d=SYNTAX, e=GOOD)
    status, out, err = run(command, folder)
    lines = out.splitlines()
    assert status == 1
    outcomes = [line for line in lines if line.startswith(("ok", "not ok"))]
    assert outcomes == [
        "not ok 1 - exits/a",
        "not ok 2 - exits/b",
        "ok 3 - exits/c",
        "not ok 4 - exits/d",
        "ok 5 - exits/e",
    ]
    wrong, hangs, syntax = (
        out[out.index(f"- exits/{one}\n") : out.index(f"- exits/{two}\n")]
        for one, two in ("ab", "bc", "de")
    )
    assert "severity: failure" in wrong
    assert 'at: "exits/a.case:3"' in wrong
    assert "ilen: expected 2, got 0x1" in wrong
    assert "ilen 2 " in wrong and "ilen 0x1 " in wrong
    assert "registers: |" in wrong and "    cr0real 0x0000000000000031" in wrong
    assert "severity: failure" in hangs
    assert "no VM exit within 200 ms; stopped at pc 0x" in hangs
    assert "severity: error" in syntax
    assert "exits/d.case:5: " in syntax
    # The file has all registers, the screen those that are not 0.
    registers = results_of(folder.parent)
    assert "    cr2 0x0000000000000000" in registers and "cr2" not in wrong
    *again, summary = err.splitlines()
    assert [line.split(" # ")[0].split()[-1] for line in again[-3:]] == [
        *("'exits/a'", "'exits/b'", "'exits/d'"),
    ]
    assert again[-3].startswith(f"./vmxcheck run --cases={folder} 'exits/a'  # exits/a.case:3: ")
    assert "2 passed, 3 failed of 5" in summary
    of_junit = {
        case.get("name"): case
        for case in ElementTree.parse(folder.parent / "results.xml").iter("testcase")
    }
    assert all(float(case.get("time")) >= 0 for case in of_junit.values())
    assert of_junit["exits/a"].get("file") == "cases/exits/a.case"
    assert of_junit["exits/a"].get("line") == "3"
    assert of_junit["exits/c"].get("line") is None


def results_of(folder):
    return (folder / "results.tap").read_text()


QUIRKS = """\
because it has another length
right 2
until {version}
exits/a
exits/c
- wait? .hlt ...
+ wait? .hlt 0x0 pc $hlt sp * ilen 1 ...
exits/b
- wait? .hlt ...
+ wait? .hlt 0x0 pc $hlt sp * ilen 3 ...
"""


def write_quirks(folder, text):
    (folder / "quirks").mkdir(exist_ok=True)
    (folder / "quirks" / "bochs").write_text(text)


def test_quirks(command, cases):
    """A quirk excuses only what it says, and only where it says so."""
    folder = cases(a=WRONG, b=WRONG, c=GOOD)
    write_quirks(folder, QUIRKS.format(version="99"))
    status, out, err = run(command, folder)
    lines = out.splitlines()
    assert status == 1
    assert [line for line in lines if line.startswith(("ok", "not ok"))] == [
        "not ok 1 - exits/a # TODO it has another length: 2",
        "not ok 2 - exits/b",
        "not ok 3 - exits/c",
    ]
    quirks = [line for line in lines if line.startswith("  quirk: ")]
    where = "cases/quirks/bochs"
    assert quirks == [
        f'  quirk: "{where}:7"',
        f'  quirk: "{where}:8: another difference"',
    ]
    assert f'message: "passes, but is listed in {where}:5"' in out
    assert "2 failed, 1 todo of 3" in err
    write_quirks(folder, QUIRKS.format(version="0.1"))
    status, out, _ = run(command, folder)
    assert status == 1
    assert "not ok 1 - exits/a\n" in out and "ok 3 - exits/c\n" in out


def test_own_quirks(command, cases):
    """They are instead of the platform's, include others, and lie anywhere."""
    folder = cases(a=WRONG, b=WRONG, c=GOOD)
    write_quirks(folder, QUIRKS.format(version="99"))
    own = folder.parent / "it's my job@2/own"
    own.parent.mkdir()
    own.write_text("include more\n")
    text = QUIRKS.format(version="99").replace("exits/c\n", "")
    own.with_name("more").write_text(text)
    status, out, err = run(command, folder, "--quirks", own)
    assert re.findall("^.*ok .*|  quirk: .*", out, re.MULTILINE) == [
        "not ok 1 - exits/a # TODO it has another length: 2",
        '  quirk: "quirks/more:6"',
        "not ok 2 - exits/b",
        '  quirk: "quirks/more:7: another difference"',
        "ok 3 - exits/c",
    ]
    assert "1 passed, 1 failed, 1 todo of 3" in err


ERRATA = """\
because it has another length
right 2
erratum SKL1 06_55H:4
erratum ARL1 06_C6H:0-2
exits/a
exits/b
- wait? .hlt ...
+ wait? .hlt 0x0 pc $hlt sp * ilen 1 ...
because it has another length
right 2
erratum ADL1 06_97H 06_9AH
exits/c
- wait? .hlt ...
+ wait? .hlt 0x0 pc $hlt sp * ilen 1 ...
"""


def test_errata(command, cases):
    """An erratum is one of the processor's, Bochs' here; it may have been mended."""
    folder = cases(a=WRONG, b=GOOD, c=WRONG)
    write_quirks(folder, ERRATA)
    status, out, err = run(command, folder)
    lines = out.splitlines()
    assert status == 1
    assert [line for line in lines if line.startswith(("ok", "not ok"))] == [
        "not ok 1 - exits/a # TODO known erratum ARL1: it has another length: 2",
        "ok 2 - exits/b",
        "not ok 3 - exits/c",
    ]
    assert '  quirk: "cases/quirks/bochs:8"' in lines
    assert "1 passed, 1 failed, 1 todo of 3" in err


@pytest.mark.parametrize(
    "old, new, error",
    [
        ("exits/b", "exits/d", "8: there is no point 'exits/d'"),
        ("- wait? .hlt", "- wait? .io", "6: exits/a has no such line: "),
        ("until 99", "until now", "3: 'now' is not a version"),
        ("exits/a\nexits/c", "exits/a because", "4: 'exits/a because' is neither"),
    ],
)
def test_quirks_that_are_wrong(command, cases, old, new, error):
    """One line says where, and nothing runs."""
    folder = cases(a=WRONG, b=WRONG, c=GOOD)
    text = QUIRKS.format(version="99")
    assert old in text
    write_quirks(folder, text.replace(old, new))
    status, out, err = run(command, folder)
    assert status != 0 and out == ""
    assert err.startswith(f"vmxcheck: vmxrun: {folder}/quirks/bochs:{error}")
    assert err.count("\n") == 1


def test_disturbed(command, cases):
    """It is tried again, a bounded number of times; what is said is of the last try."""
    folder = cases(a="disturbed any\n" + WRONG, b="disturbed any\n" + GOOD)
    status, out, _ = run(command, folder, "--transcript")
    lines = out.splitlines()
    assert status == 1
    tried = lines.index("# exits/a: disturbed, and tried again: 9")
    assert lines[tried + 1] == "not ok 1 - exits/a" and "ok 2 - exits/b" in lines
    assert len([line for line in lines if line.startswith("#")]) == 1
    assert len([line for line in lines if line.startswith("  message: ")]) == 1
    assert out.count("wait?") == 1


# The first vCPU takes the host's interrupts, and what the case waits for is the second's.
OTHER = """\
guest prot/spin
limit 100
disturbed host
ctl: go
wait? .vmcall 0x0 pc $loaded ...
ctl: go pc=$spinning;flags=0x202;
b/wait? .vmcall 0x0 pc $end ...
"""


def test_disturbed_elsewhere(command, cases):
    """An interrupt of the host's that another vCPU has met is a disturbance, too."""
    status, out, _ = run(command, cases(a=OTHER))
    assert status == 1
    assert "# exits/a: disturbed, and tried again: 9" in out.splitlines(), out


def test_kernel_oops(command, cases):
    folder = cases(a=GOOD, b=HANGS, c=GOOD)
    crash = init(folder, RUN, f"(sleep 0.5; echo c >/proc/sysrq-trigger) &\n{RUN}")
    status, out, err = run(command, folder, "--init", crash)
    assert status == 1
    assert "ok 1 - exits/a" in out
    assert "exits/b" not in out and "exits/c" not in out
    assert "Bail out! Kernel panic - not syncing" in out
    assert "console: " in err and "sysrq" in err
    assert "1 passed of 3" in err and "gave up" in err
    assert outcomes(folder.parent / "results.xml") == {
        "exits/a": "passed",
        "exits/b": "error",
        "exits/c": "error",
    }


def test_silence(command, cases):
    folder = cases(a=GOOD)
    silent = init(folder, RUN, f"{FOR_EVER}; {RUN}")
    status, out, err = command.vmxcheck(
        *("run", "--init", silent, "--cases", folder, "--output", folder.parent),
        *("--silence", 10),
    )
    assert status == 1
    assert "Bail out! it said nothing for 10 s" in out
    assert "0 passed" not in out and "no points of 0" in err


@pytest.mark.parametrize(
    "model, reason",
    [
        ("ryzen", "this processor has no VMX (CPUID.1:ECX.VMX is 0)"),
        ("core2_penryn_t9600", "this processor's VMX has no EPT"),
    ],
)
def test_module_that_can_not_load(command, cases, model, reason):
    status, out, _ = run(command, cases(a=GOOD), "--model", model)
    assert status == 1
    assert out == f"Bail out! vmxfs does not load: {reason}\n"


def test_module_where_another_hypervisor_is(command, cases):
    """The other one is vmxfs itself, under another name."""
    folder = cases(a=GOOD)
    other = init(
        folder,
        LOAD,
        f"sed s/vmxfs/vmxgs/g /vmxfs.ko >/vmxgs.ko; insmod /vmxgs.ko\n{LOAD}",
    )
    status, out, _ = run(command, folder, "--init", other)
    assert status == 1
    assert out == (
        "Bail out! vmxfs does not load: "
        "another hypervisor uses VMX on processor 0 (CR4.VMXE is 1)\n"
    )


def test_module_where_vmx_is_locked_off(cases, monkeypatch):
    """The old BIOS leaves the lock to Linux, which is told not to use VMX."""
    bochsrc = bochs.BOCHSRC.replace("BIOS-bochs-latest", "BIOS-bochs-legacy")
    assert bochsrc != bochs.BOCHSRC
    monkeypatch.setattr(bochs, "BOCHSRC", bochsrc)
    platform = bochs.Bochs()
    image = suite(["exits/a"], platform, cases(a=GOOD), append="clearcpuid=fsrm,vmx")
    tap = []
    with Machine(platform, image) as machine:
        for stream, line in machine.lines():
            if stream == "tap":
                tap.append(line)
            # The old BIOS can't turn the power off.
            elif "reboot: System halted" in line:
                break
    assert tap == [
        "Bail out! vmxfs does not load: VMX is locked off in IA32_FEATURE_CONTROL (0x1)"
    ]


def wait_for(condition):
    """Only pytest's limit ends it: what comes late on a busy machine comes."""
    while not condition():
        time.sleep(0.05)


WHOLE = "TAP version 13\n1..2\nok 1 - exits/a\n"
HALF = "not ok 2 - exits/b\n  ---\n  severity: failure\n"


def in_a_block(command, cases):
    """A driver that got half of a point; and its results."""
    folder = cases(a=GOOD, b=GOOD)
    words = repr(WHOLE + HALF)
    halts = init(folder, RUN, f"printf {words} >/dev/ttyS1; {FOR_EVER}; {RUN}")
    process = command.start(
        *("vmxcheck", "run", "--init", halts),
        *("--cases", folder, "--output", folder.parent),
    )
    said = ""
    while HALF not in said:
        line = process.stdout.readline()
        assert line, said + process.stderr.read()
        said += line
    return process, folder.parent / "results.tap"


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_driver_interrupted(command, cases, sig):
    """What came so far is kept, whole in itself; a second signal does not change that."""
    process, results = in_a_block(command, cases)
    process.send_signal(sig)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate()
    assert process.returncode == 128 + sig
    bail_out = f"Bail out! interrupted by {sig.name}"
    assert out == f"{bail_out}\n"
    text = results.read_text()
    assert text.startswith(f"{WHOLE}{HALF}  ...\n{bail_out}\n# profile: ")
    again, summary = err.splitlines()[-2:]
    assert again == (
        f"./vmxcheck run --init={results.parent}/init --cases={results.parent}/cases 'exits/b'"
    )
    assert summary.startswith("1 passed, 1 failed of 2 in ")
    assert summary.endswith(f"; gave up: interrupted by {sig.name}")
    assert outcomes(results.with_suffix(".xml")) == {
        **{"exits/a": "passed", "exits/b": "failure"},
        "vmxcheck/run": "error",
    }


def test_driver_killed(command, cases):
    """The emulator does not outlive it, and nothing of it is left."""
    process, results = in_a_block(command, cases)
    process.kill()
    process.communicate()
    wait_for(lambda: not command.processes() and not any(command.folder.iterdir()))
    assert results.read_text() == WHOLE


def test_results_of_one_run(command, cases):
    """Another run does not write into the folder of one that goes on."""
    process, results = in_a_block(command, cases)
    where = "--cases", results.parent / "cases", "--output", results.parent
    status, out, err = command.vmxcheck("run", *where)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and f"{results.parent}: another run writes" in err
    process.kill()
    process.communicate()


def pytest_options(folder):
    """A pytest of its own, of these cases only."""
    options = ["-p", "vmxcheck.plugin", "-p", "no:cacheprovider", "-c", "/dev/null"]
    return [*options, "--rootdir", folder, "--cases", folder, folder]


def outcomes(path):
    """The outcome of each test of a JUnit file."""
    return {
        case.get("name"): case[0].tag if len(case) else "passed"
        for case in ElementTree.parse(path).iter("testcase")
    }


def test_emulator_killed(command, cases):
    folder = cases(a=GOOD, b=HANGS, c=GOOD)
    junit = folder.parent / "junit.xml"
    process = command.start(
        "pytest", *pytest_options(folder), "-v", f"--junitxml={junit}"
    )
    seen = ""
    while "exits/a" not in seen or "PASSED" not in seen:
        line = process.stdout.readline()
        assert line, seen + process.stderr.read()
        seen += line
    for pid in command.emulators():
        os.kill(pid, signal.SIGKILL)
    out, _ = process.communicate()
    assert process.returncode == 1
    assert "this point did not run: the emulator was killed by SIGKILL" in out
    assert "1 passed, 2 errors" in out
    assert outcomes(junit) == {
        "exits/a": "passed",
        "exits/b": "error",
        "exits/c": "error",
    }


def test_selection_and_outcomes(command, cases):
    folder = cases(
        wrong=WRONG, other=GOOD, skipped="need !basic.revision\n" + GOOD, good=GOOD
    )
    junit = folder.parent / "junit.xml"
    status, out, _ = command.run(
        "pytest", *pytest_options(folder), "-k", "not other", f"--junitxml={junit}"
    )
    assert status == 1
    assert "ilen: expected 2, got 0x1" in out
    assert outcomes(junit) == {
        "exits/good": "passed",
        "exits/skipped": "skipped",
        "exits/wrong": "failure",
    }


def test_prove_accepts_the_results(command, cases):
    folder = cases(a=GOOD, b=GOOD)
    status, out, _ = run(command, folder, "--transcript")
    assert status == 0
    text = (folder.parent / "results.tap").read_text()
    assert text.count("    wait? .hlt 0x0 pc 0x") == 2
    assert "wait?" not in out
    done = subprocess.run(
        ["prove", "-e", "cat", folder.parent / "results.tap"],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Result: PASS" in done.stdout


OFF = "00 >>PANIC<< ACPI control: soft power off"


@pytest.mark.parametrize(
    "log, status, ending",
    [
        (OFF, 1, None),
        # It has done its work; its own exit is of no interest.
        (OFF, -signal.SIGSEGV, None),
        ("", -signal.SIGSEGV, "the emulator was killed by SIGSEGV"),
        ("00 >>PANIC<< no memory", -signal.SIGABRT, "the emulator was killed by SIGABRT"),
        ("00 >>PANIC<< no memory", 1, "the emulator gave up: no memory"),
        ("", 1, "the emulator ended with status 1"),
    ],
)
def test_ending(tmp_path, log, status, ending):
    (tmp_path / "bochs.log").write_text(log + "\n")
    assert bochs.Bochs().ending(tmp_path, status) == ending
