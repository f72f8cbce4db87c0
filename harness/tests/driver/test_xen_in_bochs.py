# SPDX-License-Identifier: GPL-2.0
"""Xen as the processor under test, in Bochs; and what vmxrun says of a machine that died."""

import gzip
import subprocess

import pytest
from vmxcheck import results
from vmxcheck.capabilities import expand
from vmxcheck.image import BUILD
from vmxcheck.platforms import own_xen
from vmxcheck.platforms.xen_in_bochs import XEN

# Xen destroys a domain whose guest has an invalid state; the quirks name no case of this
# folder.
DEADLY = """\
# A guest that Xen dies of.
guest real/hlt

vmcs: guest_rflags 0xa
ctl: go
wait? !entrystate 0x0 ...
"""


@pytest.mark.emulator
def test_xen_in_bochs(command, tmp_path):
    """A guest that dies of a point is started again, and the others run. What the processor below
    can do, Bochs says."""
    cases = tmp_path / "cases"
    for name in "first", "last":
        text = "# As it should be.\nguest real/hlt\n\nctl: go\nwait? .hlt ...\n"
        write(cases / f"a/{name}.case", text)
    write(cases / "a/killed.case", DEADLY)
    status, out, err = command.vmxcheck(
        *("run", "--platform", "xen-in-bochs", "--jobs", 1, "--cases", cases),
        *("--output", tmp_path),
    )
    assert status == 1, out + err
    assert "Xen 4.17 in Bochs " in err
    result = results.read(tmp_path)
    here, below = (expand(result.capabilities[word]) for word in ("caps", "below"))
    assert "cpuid.hypervisor" in here and "proc2.enable_pml" not in here
    assert "cpuid.hypervisor" not in below and "proc2.enable_pml" in below
    points = result.tap.points
    assert [(p.number, p.name, p.outcome) for p in points] == [
        (1, "a/first", "passed"),
        (2, "a/killed", "failed"),
        (3, "a/last", "passed"),
    ]
    message = points[1].fields["message"]
    assert message.startswith("the machine did not survive this point: Xen's guest crashed: ")
    assert "Unhandled nested vmexit: reason 2147483681" in message


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


@pytest.mark.parametrize("text", ["", "x", "3", "3 ", "0 why", "-1", "3why"])
def test_no_death(tmp_path, text):
    """Before anything is run, in a line."""
    write(tmp_path / "died", text)
    command = [BUILD / "vmxrun", "--died", tmp_path / "died"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"died: '{text}' is no number of a point with a text" in done.stderr


def test_own_xen(tmp_path):
    """It may be compressed, as its build makes it."""
    xen = (XEN / "xen").read_bytes()
    (tmp_path / "xen.gz").write_bytes(gzip.compress(xen, 1))
    assert own_xen.read(XEN / "xen") == own_xen.read(tmp_path / "xen.gz") == xen


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "this is no Xen"),
        (b"\x7fELF\x02" + b"\0" * 99, "this is no Xen"),
        (gzip.compress(b"text", mtime=0), "this is no Xen"),
        (gzip.compress(b"text", mtime=0)[:-4], "it can't be read: "),
        (b"\x1f\x8bno", "it can't be read: "),
    ],
)
def test_no_xen(command, tmp_path, data, says):
    (tmp_path / "xen").write_bytes(data)
    status, out, err = command.vmxcheck(
        "run", "--platform", "xen-in-bochs", "--xen", tmp_path / "xen"
    )
    assert (status, out) == (2, "")
    assert err.count("\n") == 1 and f"--xen {tmp_path}/xen: {says}" in err


def test_xen_elsewhere(command):
    status, out, err = command.vmxcheck("run", "--xen", XEN / "xen")
    assert (status, out) == (2, "")
    assert "--xen has no use with --platform bochs" in err
