# SPDX-License-Identifier: GPL-2.0
"""KVM's nested VMX, on a machine that has it: QEMU runs the target in KVM."""

import os
import re
import signal
from collections.abc import Iterable
from pathlib import Path

from vmxcheck import Error
from vmxcheck.options import spelled
from vmxcheck.platforms import own_qemu
from vmxcheck.platforms.bochs import VIRTUAL
from vmxcheck.target import Boot, OneKind

PROGRAM = "/usr/bin/qemu-system-x86_64-microvm"
APICV = Path("/sys/module/kvm_intel/parameters/enable_apicv")
MACHINE = (
    "microvm,acpi=on,pit=on,pic=on,rtc=on,isa-serial=off,x-option-roms=off,usb=off"
)


class Qemu(OneKind):
    """A machine whose processors, `processors` of them, are those of KVM here.

    `memory` is in megabytes; `qemu` is the path of one of the user's.
    """

    stress_options = ()
    isolation_options = ()
    # What a case can break is a virtual machine.
    reach = "reset"
    parallel = True
    stop = signal.SIGKILL
    command_line = VIRTUAL

    def __init__(
        self,
        processors: int | None = None,
        memory: int | None = None,
        qemu: str | None = None,
    ) -> None:
        if missing := self.missing():
            raise Error(f"{spelled('platform', 'qemu')}: {missing}")
        if not qemu and not Path(PROGRAM).exists():
            raise Error(f"{PROGRAM} is not here; `make all PLATFORM=qemu` installs it")
        self.processors = processors or 1
        self.memory = memory or 256
        release = os.uname().release
        self.quirks = f"{quirks(release)} intel"
        self.profile = quirks(release)
        self.kinds = ("enable_apicv",) if is_on(APICV) else ()
        self.title = f"KVM of Linux {release}"
        self.qemu = own_qemu.find(qemu) if qemu else None
        if self.qemu:
            self.title += f", own QEMU {self.qemu.version}"

    @staticmethod
    def missing() -> str | None:
        """What keeps it from running here, or None."""
        return missing(Path("/"))

    def ticks(self, directory: Path) -> int | None:
        return None

    def command(
        self, directory: Path, boot: Boot | None, console: Path | str, tap: Path | str
    ) -> list[Path | str]:
        assert boot, "it boots, since it has a command line"
        initrd = directory / "whole-initrd"
        concatenate(boot.initrds, initrd)
        program = command(
            boot.kernel,
            initrd,
            boot.command_line,
            self.processors,
            self.memory,
            console,
            tap,
            *((self.qemu.program, self.qemu.rom) if self.qemu else ()),
        )
        return ["sh", "-c", 'exec "$@" 2>qemu.log', "sh", *program]

    def ending(self, directory: Path, status: int) -> str | None:
        if status < 0:
            return f"QEMU was killed by {signal.Signals(-status).name}"
        if status == 0:
            return None
        said = (directory / "qemu.log").read_text(errors="replace").splitlines()
        return said[-1] if said else f"QEMU ended with status {status}"


def missing(root: Path) -> str | None:
    """What the machine whose root folder this is lacks of nested VMX, or None."""
    flags = (root / "proc/cpuinfo").read_text().split()
    nested = root / "sys/module/kvm_intel/parameters/nested"
    kvm = root / "dev/kvm"
    if "vmx" not in flags:
        whose = "AMD's processors have SVM instead" if "svm" in flags else "no vmx"
        return f"this processor has no VT-x: {whose} in /proc/cpuinfo"
    if not nested.exists():
        return "kvm_intel is not loaded (modprobe kvm_intel nested=1)"
    if nested.read_text().strip() not in ("Y", "1"):
        return "kvm_intel was loaded without nested=1"
    if not kvm.exists():
        return "there is no /dev/kvm"
    if not os.access(kvm, os.R_OK | os.W_OK):
        return "/dev/kvm can't be opened: it takes root, or the group kvm"
    return None


def is_on(parameter: Path) -> bool:
    """Whether this parameter of a module is there, and on."""
    return parameter.exists() and parameter.read_text().strip() in ("Y", "1")


def quirks(release: str) -> str:
    """The quirks of the KVM in this release of Linux."""
    return "kvm@" + ".".join(re.findall(r"\d+", release)[:2])


def concatenate(initrds: Iterable[Path], path: Path) -> None:
    """QEMU takes one initial RAM disk."""
    path.write_bytes(b"".join(initrd.read_bytes() for initrd in initrds))


def command(
    kernel: Path | str,
    initrd: Path | str,
    command_line: str,
    processors: int,
    memory: int,
    console: Path | str,
    tap: Path | str,
    program: Path | str = PROGRAM,
    bios: Path | str = "qboot.rom",
    *,
    memory_file: str | None = None,
) -> list[str]:
    """The words of a QEMU that boots this, and has its serial ports at these paths.

    Its memory can be a file that others have, too.
    """
    words = [str(program), "-M", MACHINE, "-bios", str(bios), "-accel", "kvm"]
    words += ["-cpu", "host", "-smp", str(processors), "-m", str(memory)]
    words += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    for name, path in ("console", console), ("tap", tap):
        kind = "serial" if str(path).startswith("/dev/tty") else "file"
        words += ["-chardev", f"{kind},id={name},path={path}"]
        words += ["-device", f"isa-serial,chardev={name}"]
    if memory_file:
        # Aligned, so that pages of 2 MB can map it
        backend = f"memory-backend-file,id=memory,size={memory}M,align=2M,share=on"
        words += ["-object", f"{backend},mem-path={memory_file}"]
        words += ["-machine", "memory-backend=memory"]
    words += ["-kernel", str(kernel), "-initrd", str(initrd)]
    return [*words, "-append", command_line]
