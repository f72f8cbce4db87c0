# SPDX-License-Identifier: GPL-2.0
"""make iso's image boots by BIOS and UEFI, as a stick and as a CD."""

import os
import shutil
import struct
import subprocess

import pexpect
import pytest
from vmxcheck.image import ROOT
from vmxcheck.platforms import bochs

pytestmark = pytest.mark.emulator

TAP = ["TAP version 13", "1..4"]
TAP += [
    f"ok {n} - exits/hlt[{m}]" for n, m in enumerate("real prot pae long".split(), 1)
]
DEFAULT = "Booting `Run the cases, then power off'"
NO_VMX = "this processor has no VMX (CPUID.1:ECX.VMX is 0)"
SKIPPED = ["TAP version 13", f"1..0 # SKIP vmxfs does not load: {NO_VMX}"]
OVMF = "/usr/share/OVMF/OVMF_CODE_4M.fd"
CYLINDER = 16 * 63 * 512

BOCHSRC = """\
megs: 512
cpu: model=corei7_haswell_4770, ips=50000000, ignore_bad_msrs=1
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
display_library: nogui
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=disk, path=stick, mode=flat
boot: disk
clock: sync=none, time0=1700000000, rtc_sync=0
com1: enabled=1, mode=file, dev=serial
log: bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
"""

QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "512", "-no-reboot"]
QEMU += ["-nodefaults", "-display", "none", "-vga", "std"]


@pytest.fixture(scope="module")
def iso(tmp_path_factory):
    path = tmp_path_factory.mktemp("iso") / "vmxcheck.iso"
    make = ["make", "-C", ROOT, "iso", "CASES=exits/hlt*", f"ISO={path}", "KERNEL="]
    done = subprocess.run(make, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return path


@pytest.fixture
def stick(iso, tmp_path):
    """The image on a stick that has been run already."""
    stick = tmp_path / "stick"
    shutil.copy(iso, stick)
    size = stick.stat().st_size
    os.truncate(stick, -(-size // CYLINDER) * CYLINDER)
    (tmp_path / "earlier").write_text("earlier\n")
    mtools(stick, "mmd", "::run-1")
    mtools(stick, "mcopy", tmp_path / "earlier", "::run-1/results.tap")
    return stick


def mtools(stick, program, *words):
    """Runs it on the partition VMXCHECK, which is the third of the MBR."""
    with open(stick, "rb") as file:
        file.seek(446 + 2 * 16)
        kind, start = struct.unpack("<4xB3xI4x", file.read(16))
    assert kind == 0x0C
    command = [program, "-i", f"{stick}@@{start * 512}", *words]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def read(stick, name):
    return mtools(stick, "mtype", f"::{name}").splitlines()


def run(command, folder):
    subprocess.run(command, cwd=folder, capture_output=True, check=False)
    return (folder / "serial").read_text(errors="replace")


def check(serial, stick, tap, summary):
    """It booted the default entry, and results were kept beside earlier ones."""
    assert DEFAULT in serial
    kept = ["# kept on the partition VMXCHECK, in run-2", summary]
    assert "\n".join([*tap, *kept]) in serial, serial[-2000:]
    assert "reboot: Power down" in serial
    assert read(stick, "run-1/results.tap") == ["earlier"]
    assert read(stick, "run-2/results.tap") == tap
    return read(stick, "run-2/capabilities.txt")


def test_bios(stick, tmp_path):
    """As a hard disk, on a processor that has VMX."""
    (tmp_path / "bochsrc").write_text(BOCHSRC)
    program = bochs.VERSIONS["3.0"].program
    serial = run([program, "-q", "-f", "bochsrc"], tmp_path)
    report = check(serial, stick, TAP, "# 4 passed, 0 failed, 0 skipped")
    assert "model name\t: Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz" in report
    assert "bios_vendor: The Bochs Project" in report
    assert report[0].startswith("kernel: 6.")
    assert "vmxfs.unsafe 0" in report
    assert any(line.startswith("proc.hlt_exiting ") for line in report)


def test_uefi(stick, tmp_path):
    """As a USB stick, on a processor without VMX."""
    drive = f"if=none,id=stick,format=raw,file={stick}"
    flash = f"if=pflash,format=raw,readonly=on,file={OVMF}"
    usb = ["-device", "qemu-xhci", "-device", "usb-storage,drive=stick"]
    command = [*QEMU, "-machine", "q35", "-drive", flash, "-drive", drive, *usb]
    serial = run([*command, "-serial", "file:serial"], tmp_path)
    report = check(serial, stick, SKIPPED, "# 0 passed, 0 failed, 0 skipped")
    assert any(line.startswith("bios_vendor: ") for line in report)
    assert not any(line.startswith("vmxfs.") for line in report)


def test_cd_and_shell(iso):
    """As a CD, which can't be written; the second entry of the menu, by serial port."""
    qemu = pexpect.spawn(
        QEMU[0],
        [*QEMU[1:], "-machine", "pc", "-cdrom", str(iso), "-serial", "stdio"],
        encoding="utf-8",
        codec_errors="replace",
        timeout=None,
    )
    qemu.expect_exact("executed automatically")
    qemu.send("\x0e\r")
    qemu.expect_exact("*Run the cases, then a shell")
    qemu.expect_exact("# no partition VMXCHECK that can be written")
    qemu.expect_exact(SKIPPED[-1])
    qemu.expect_exact("# bios_vendor: SeaBIOS")
    qemu.expect_exact("# 0 passed, 0 failed, 0 skipped")
    qemu.expect_exact("/ # ")
    qemu.sendline("echo $((6 * 7))")
    qemu.expect_exact("\n42\r")
    qemu.sendline("exit")
    qemu.expect_exact("reboot: Power down")
    qemu.expect(pexpect.EOF)
    qemu.close()
    assert qemu.exitstatus == 0
