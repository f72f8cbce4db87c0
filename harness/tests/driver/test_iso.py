# SPDX-License-Identifier: GPL-2.0
"""make iso's image boots by BIOS and UEFI, as a stick and as a CD; what it keeps."""

import io
import os
import re
import shutil
import socket
import struct
import subprocess
from xml.etree import ElementTree

import pexpect
import pexpect.fdpexpect
import pytest
from texts import HLT
from unpacked import unpacked
from vmxcheck.image import BUILD, ROOT, cache
from vmxcheck.platforms import bochs

pytestmark = pytest.mark.emulator

PROCESSOR = "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz, 06-3c-03, microcode unknown"
TAP = ["TAP version 13", f"# processor: {PROCESSOR}", "1..4"]
TAP += [
    f"ok {n} - exits/hlt[{m}]" for n, m in enumerate("real prot pae long".split(), 1)
]
KERNEL = "linux-6.12-amd64"
FEATURE_CONTROL = "IA32_FEATURE_CONTROL: lock 1, vmx_in_smx 0, vmx_outside_smx 1"
DONE = "# done; the power goes off in 60 seconds, or at Enter"
DEFAULT = "Booting `Run the cases, then power off'"
NO_VMX = "this processor has no VMX (CPUID.1:ECX.VMX is 0)"
QEMU_PROCESSOR = "QEMU TCG CPU version 2.5+, 0f-6b-01, microcode 0x1000065"
SKIPPED = ["TAP version 13", f"# processor: {QEMU_PROCESSOR}"]
SKIPPED += [f"1..0 # SKIP vmxfs does not load: {NO_VMX}"]
OVMF = "/usr/share/OVMF/OVMF_CODE_4M.fd"
CYLINDER = 16 * 63 * 512

# Bochs runs 32 instructions of one of several processors at once, at most.
BOCHSRC = """\
megs: 512
cpu: model=corei7_haswell_4770, count={count}, quantum=32, ips=50000000, ignore_bad_msrs=1
romimage: file=/usr/share/bochs/BIOS-bochs-latest
vgaromimage: file=/usr/share/vgabios/vgabios.bin
display_library: nogui
ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14
ata0-master: type=disk, path=stick, mode=flat
boot: disk
clock: sync=none, time0=1700000000, rtc_sync=0
com1: enabled=1, mode={mode}, dev={serial}
log: bochs.log
panic: action=fatal
error: action=ignore
info: action=ignore
"""

BOCHS = [bochs.VERSIONS["3.0"].program, "-q", "-f"]
QEMU = ["qemu-system-x86_64", "-accel", "tcg", "-cpu", "max", "-m", "512", "-no-reboot"]
QEMU += ["-nodefaults", "-display", "none", "-vga", "std"]


@pytest.fixture(scope="module")
def iso(tmp_path_factory):
    path = tmp_path_factory.mktemp("iso") / "vmxcheck.iso"
    make = ["make", "-C", ROOT, "iso", "CASES=exits/hlt*", f"ISO={path}", "KERNEL="]
    done = subprocess.run(make, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def make_stick(iso, tmp_path):
    stick = tmp_path / "stick"
    shutil.copy(iso, stick)
    size = stick.stat().st_size
    os.truncate(stick, -(-size // CYLINDER) * CYLINDER)
    return stick


@pytest.fixture
def stick(iso, tmp_path):
    """The image on a stick that has been run already."""
    stick = make_stick(iso, tmp_path)
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


def check(serial, stick, tap, summary):
    """It booted the default entry, and results were kept beside earlier ones."""
    assert DEFAULT in serial
    kept = [
        "# kept on the partition VMXCHECK, in run-2",
        "# run-1 did not end; results.tap ends with: earlier",
    ]
    said = serial.splitlines()
    first = said.index(tap[0])
    assert said[first : first + len(tap) + 2] == [*tap, *kept], serial[-2000:]
    last = said.index(summary)
    assert said[last + 1] == DONE
    assert "reboot: Power down" in serial
    assert read(stick, "run-1/results.tap") == ["earlier"]
    *kept_tap, target = read(stick, "run-2/results.tap")
    assert kept_tap == tap
    assert target.startswith("# target: ")
    report = read(stick, "run-2/report.txt")
    assert re.fullmatch(
        r"vmxcheck [\d.]+, reach safe: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC, \d+ s",
        report[0],
    )
    assert f"# {report[1]}" == summary
    return said[first + len(tap) + 2 : last], report


def suites(stick, name):
    """The attributes of a JUnit file."""
    return ElementTree.fromstring("\n".join(read(stick, name))).attrib


def test_bios(stick, tmp_path):
    """As a hard disk, on a processor that has VMX."""
    bochsrc = BOCHSRC.format(count=1, mode="file", serial="serial")
    (tmp_path / "bochsrc").write_text(bochsrc)
    subprocess.run([*BOCHS, "bochsrc"], cwd=tmp_path, capture_output=True, check=False)
    serial = (tmp_path / "serial").read_text(errors="replace")
    machine, report = check(serial, stick, TAP, "# 4 passed, 0 failed, 0 skipped")
    assert machine == [f"# processor: {PROCESSOR}", f"# {FEATURE_CONTROL}"]
    assert {f"processor: {PROCESSOR}", FEATURE_CONTROL} <= set(report)
    assert "model name\t: Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz" in report
    assert "bios_vendor: The Bochs Project" in report
    assert any(line.startswith("kernel: 6.") for line in report)
    assert "vmxfs.unsafe 0" in report
    counts = {"tests": "4", "failures": "0", "errors": "0", "skipped": "0"}
    assert suites(stick, "run-2/results.xml").items() >= counts.items()
    assert any(line.startswith("proc.hlt_exiting ") for line in report)


def start_qemu(machine, *words):
    words = [*QEMU[1:], "-machine", machine, *words]
    return pexpect.spawn(QEMU[0], words, encoding="utf-8", codec_errors="replace", timeout=None)


def test_uefi(stick):
    """As a USB stick, on a processor without VMX; somebody does not wait for the end."""
    drive = f"if=none,id=stick,format=raw,file={stick}"
    flash = f"if=pflash,format=raw,readonly=on,file={OVMF}"
    usb = ["-device", "qemu-xhci", "-device", "usb-storage,drive=stick"]
    said = io.StringIO()
    # Of what is typed QEMU's monitor has what comes after ^A c.
    lines = ["-chardev", "stdio,id=both,mux=on", "-serial", "chardev:both", "-mon", "both"]
    qemu = start_qemu("q35", "-drive", flash, "-drive", drive, *usb, *lines)
    qemu.logfile_read = said
    qemu.expect_exact(DONE)
    qemu.send("\x01csendkey ret\r")
    qemu.expect(pexpect.EOF)
    serial = said.getvalue().replace("\r", "")
    machine, report = check(serial, stick, SKIPPED, "# 0 passed, 0 failed, 0 skipped")
    assert machine[-1] == f"# vmxfs does not load: {NO_VMX}"
    assert any(line.startswith("bios_vendor: ") for line in report)
    assert not any(line.startswith("vmxfs.") for line in report)


def test_cd_and_shell(iso):
    """As a CD, which can't be written; the second entry of the menu, by serial port."""
    qemu = start_qemu("pc", "-cdrom", str(iso), "-serial", "stdio")
    qemu.expect_exact("executed automatically")
    qemu.send("\x0e\r")
    qemu.expect_exact("*Run the cases, then a shell")
    qemu.expect_exact("# no partition VMXCHECK that can be written")
    qemu.expect_exact(SKIPPED[-1])
    qemu.expect_exact("# bios_vendor: SeaBIOS")
    qemu.expect_exact("# 0 passed, 0 failed, 0 skipped")
    # Whoever wants a shell is not kept waiting.
    qemu.expect_exact("/ # ")
    assert DONE not in qemu.before
    qemu.sendline("echo $((6 * 7))")
    qemu.expect_exact("\n42\r")
    qemu.sendline("exit")
    qemu.expect_exact("reboot: Power down")
    qemu.expect(pexpect.EOF)
    qemu.close()
    assert qemu.exitstatus == 0


# One point fails, another does as by a known erratum, and one resets the machine, by the
# reset control register of the chipset: mov al, 6; mov dx, 0xcf9; out dx, al; hlt
CASES = {
    "a": HLT.format(length=2),
    "b": HLT.format(length=1),
    "c": HLT.format(length=3),
    "r": """\
guest prot/hlt
reach reset

ctl: unsafe
vmcs: proc.unconditional_io_exiting 0
mem: $hlt b00666baf90ceef4
ctl: go
wait? .hlt ...
""",
}
QUIRKS = """\
because the length is that of another instruction
right SDM, "VM-Exit Instruction Length"
erratum XYZ001 06_3CH
exits/c
- wait? .hlt ...
+ wait? .hlt 0x0 pc $hlt sp 0x9000 ilen 0x1 iinfo *
"""
POINTS = "".join(f"exits/{name}\n" for name in CASES)


def changed(name, old, new):
    """The text of a file of harness/target, in which there is something else."""
    text = (ROOT / "harness/target" / name).read_text()
    assert text.count(old) == 1
    return text.replace(old, new)


@pytest.fixture
def hybrid(iso, cases, tmp_path):
    """A stick with these cases, for which each processor is one of a hybrid."""
    folder = cases(**CASES)
    (folder / "quirks").mkdir()
    (folder / "quirks/intel").write_text(QUIRKS)
    (tmp_path / "points").write_text(POINTS)
    # Two processors that wait take Bochs much time.
    (tmp_path / "init").write_text(changed("init-iso", "pause=60", "pause=1"))
    (tmp_path / "init").chmod(0o755)
    files = {"cases": folder, "points": tmp_path / "points", "init": tmp_path / "init"}
    files["vmxrun"] = BUILD / "vmxrun-hybrid"
    words = [f"{name}={file}" for name, file in files.items()]
    cpio = tmp_path / "hybrid.cpio"
    subprocess.run([ROOT / "harness/target/initrd", cpio, *words], check=True)
    words = bochs.COMMAND_LINE + bochs.SEVERAL_PROCESSORS
    (tmp_path / "iso").write_text(changed("iso", "quiet", words))
    initrds = [BUILD / KERNEL / "system.cpio", BUILD / "iso/cases.cpio", cpio]
    # It boots twice, on two processors.
    kernel = tmp_path / "vmlinuz"
    unpacked(cache() / KERNEL / "vmlinuz", kernel)
    other = tmp_path / "hybrid.iso"
    subprocess.run(["sh", tmp_path / "iso", other, kernel, *initrds], check=True)
    return make_stick(other, tmp_path)


def test_hybrid_and_reset(hybrid, tmp_path):
    """The entry for what may reset the machine, and it does; then the default entry."""
    with socket.create_server(("localhost", 0)) as server:
        serial = f"localhost:{server.getsockname()[1]}"
        bochsrc = BOCHSRC.format(count=2, mode="socket-client", serial=serial)
        (tmp_path / "bochsrc").write_text(bochsrc)
        machine = subprocess.Popen(
            [*BOCHS, "bochsrc"], cwd=tmp_path, stdout=subprocess.DEVNULL
        )
        try:
            line, _ = server.accept()
            with line:
                said = converse(line)
        finally:
            machine.kill()
            machine.wait()
    assert said[-8:] == [
        "# exits/c on core: known erratum XYZ001",
        "# failed: exits/a on core: ilen: expected 2, got 0x1",
        "# core: 1 passed, 1 failed, 1 skipped, 1 known",
        "# exits/c on atom: known erratum XYZ001",
        "# failed: exits/a on atom: ilen: expected 2, got 0x1",
        "# atom: 1 passed, 1 failed, 1 skipped, 1 known",
        DONE.replace("60", "1"),
        "",
    ]
    left = "results-core.tap ends with: # next: exits/r"
    assert f"# run-1 did not end; {left}" in said
    *_, last = read(hybrid, "run-1/results-core.tap")
    assert last == "# next: exits/r"
    report = read(hybrid, "run-2/report.txt")
    for kind, number in ("core", 0), ("atom", 1):
        assert f"processor ({kind} {number}): {PROCESSOR}, core {kind}" in report
        assert f"Cores of the kind {kind}, processors {number}" in report
        assert report.count(f'  core: "{kind}"') == 2
        tap = read(hybrid, f"run-2/results-{kind}.tap")
        assert "ok 4 - exits/r # SKIP reach reset was not asked for" in tap
        counts = {"tests": "4", "failures": "1", "errors": "0", "skipped": "2"}
        junit = suites(hybrid, f"run-2/results-{kind}.xml")
        assert junit.items() >= counts.items()


def converse(line):
    """Chooses the entry, and waits for the machine's end; returns its last lines."""
    machine = pexpect.fdpexpect.fdspawn(
        line, encoding="utf-8", codec_errors="replace", timeout=None
    )
    machine.expect_exact("executed automatically")
    machine.send("\x0e" * 4 + "\r")
    machine.expect_exact("*Run reset cases, too")
    # The reset is faster than the serial port; only what was kept knows of it for sure.
    machine.expect_exact("reboot: Power down")
    return machine.before.rpartition("[")[0].replace("\r", "").split("\n")
