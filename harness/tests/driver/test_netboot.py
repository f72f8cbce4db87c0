# SPDX-License-Identifier: GPL-2.0
"""make netboot's kernel and RAM disk, booted by iPXE, and by a job of LAVA's."""

import re
import subprocess

import lava
import pytest
from test_lava import job_for_qemu
from vmxcheck.image import ROOT

pytestmark = pytest.mark.emulator

# QEMU without KVM has no VMX: that is what must be said, and nothing is run.
SKIP = (
    "1..0 # SKIP vmxfs does not load: this processor has no VMX (CPUID.1:ECX.VMX is 0)"
)
DONE = "# done; the power goes off in 60 seconds, or at Enter"
QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "512", "-no-reboot"]
QEMU += ["-nodefaults", "-display", "none", "-boot", "n", "-device", "e1000,netdev=net"]


@pytest.fixture(scope="module")
def netboot(tmp_path_factory):
    path = tmp_path_factory.mktemp("netboot") / "files"
    make = ["make", "-C", ROOT, "netboot", "CASES=exits/hlt*", f"NETBOOT={path}", "KERNEL="]
    done = subprocess.run(make, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def said_until(last, command):
    """The lines of a machine's serial port, its standard output, up to this one."""
    lines = []
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as machine:
        for line in machine.stdout:
            lines.append(line.decode(errors="replace").strip())
            if lines[-1] == last:
                break
        machine.kill()
    return lines


def test_ipxe(netboot):
    """The script is the boot file of DHCP; it finds the others beside it."""
    script = (ROOT / "ci/vmxcheck.ipxe").read_text()
    assert (netboot / "vmxcheck.ipxe").read_text() == script
    net = f"user,id=net,tftp={netboot},bootfile=vmxcheck.ipxe"
    lines = said_until(DONE, [*QEMU, "-netdev", net, "-serial", "stdio"])
    assert lines[-1] == DONE
    first = lines.index("TAP version 13")
    assert lines[first + 1].startswith("# processor: QEMU TCG CPU version 2.5+, ")
    assert lines[first + 2] == SKIP
    # All that there is to say is on the serial port: nothing is kept elsewhere.
    assert "# ==== What the processor says ====" in lines
    assert not any("VMXCHECK" in line for line in lines)
    assert any(re.match(r"# vmxcheck [\d.]+, reach safe: ", line) for line in lines)


def test_lava(netboot, tmp_path):
    """The job of ci/lava.yml on a QEMU of LAVA's: the machine boots, and one case is skipped.

    Some devices of LAVA's do not take the words of a job; the cases run without them, too.
    """
    job, device = job_for_qemu(
        "qemu-system-x86_64", netboot / "vmlinuz", netboot / "initrd.gz", memory=512
    )
    kernel = job["actions"][0]["deploy"]["images"]["kernel"]
    kernel["image_arg"] += ' -append "console=ttyS0,115200 quiet"'
    job["timeouts"] = {what: {"minutes": 60} for what in ("job", "action", "connection")}
    status, results, log = lava.run(job, device, tmp_path)
    assert status == 0, log
    assert SKIP in log
    assert lava.suite(results) == [("vmxfs", "skip")]


def test_wrong_case(tmp_path):
    """It says so, and writes nothing."""
    words = ["netboot", "exits/hltt", f"--netboot={tmp_path / 'files'}"]
    done = subprocess.run([ROOT / "vmxcheck", *words], capture_output=True, text=True)
    assert done.returncode == 2
    assert done.stderr == "vmxcheck: there is no point 'exits/hltt'; the nearest is exits/hlt\n"
    assert list(tmp_path.iterdir()) == []
