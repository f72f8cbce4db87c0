# SPDX-License-Identifier: GPL-2.0
"""KVM's nested VMX, on a machine with no VT-x: KVM and QEMU run in Bochs."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from vmxcheck import own_kernel, pvh
from vmxcheck.folders import scratch_folder
from vmxcheck.image import BUILD, KERNEL, NO_TRACING, ROOT
from vmxcheck.image import KASAN, TARGET, arguments, has_kasan, kernel, linux, run_program
from vmxcheck.platforms import own_qemu
from vmxcheck.platforms.bochs import LOG, Bochs
from vmxcheck.platforms.masked import Mask
from vmxcheck.platforms.qemu import PROGRAM, Qemu, concatenate, quirks
from vmxcheck.platforms.qemu import command as qemu_command
from vmxcheck.target import Boot

# In megabytes, of Bochs more than of the target.
QEMU_AND_KERNEL = 320

# The target's memory is a file, in which relay finds its TAP, at this physical address. Not in
# huge pages, though the target would boot faster: KVM splits one each time that a page in it becomes
# an EPT paging structure, and each page that is used there is an EPT violation again.
MEMORY = "/memory/target"
MAILBOX = 8 << 20

# As harness/target/initrd-kvm has it
ROM = "/usr/share/qemu/qboot.rom"


def write_disk(disk: str, modules: str, path: str) -> None:
    """Writes the RAM disk with KVM and a QEMU of the user's, for make."""
    qemu = own_qemu.find(os.path.abspath(path))
    with scratch_folder() as folder:
        # Of a build's most is for a debugger, and each byte costs the emulator time.
        stripped = Path(folder, "qemu")
        run_program("strip", "-o", stripped, qemu.program)
        program = ROOT / "harness/target/initrd-kvm"
        run_program(program, disk, modules, qemu.program, qemu.rom, stripped)


class KvmInBochs(Bochs):
    """A Bochs whose kernel runs the target in KVM.

    `processors` and `memory` are the target's. `kvm_kernel` is that kernel, a name or the
    path of one of the user's; the target's unless given. `qemu` is the path of a QEMU.
    """

    stress_options = Qemu.stress_options
    # A target whose kernel has panicked is to end.
    command_line = (
        Qemu.command_line.replace("panic=0", "panic=-1 reboot=t") + f" memmap=64K${MAILBOX:#x}"
    )
    # Bochs' printer is not the target's, but that of relay.
    vmxrun_options = ("--mailbox", hex(MAILBOX), "--refused")
    # More parameters of the module kvm-intel
    kvm_intel: tuple[str, ...] = ()
    # The target is started again when it has died, of whatever.
    panics = True
    # Whether the kernel in Bochs has tracepoints
    tracing = False

    def __init__(
        self,
        bochs: str | None = None,
        model: str | None = None,
        features: str | None = None,
        processors: int | None = None,
        memory: int | None = None,
        kvm_kernel: str | None = None,
        qemu: str | None = None,
    ) -> None:
        self.target_processors = processors or 1
        self.target_memory = memory or 256
        release = self._take_kernel(kvm_kernel)
        memory = self.target_memory + QEMU_AND_KERNEL
        if kvm_kernel and has_kasan(kvm_kernel):
            memory += KASAN
        self.qemu = own_qemu.find(qemu) if qemu else None
        of_qemu = ""
        if self.qemu:
            # The RAM disk, and what is unpacked
            memory += 2 * self.qemu.megabytes
            of_qemu = f", own QEMU {self.qemu.version},"
        super().__init__(bochs, model, features, memory=memory)
        self.masks: dict[Path, Mask] = {}
        # What Bochs gets wrong shows through KVM.
        self.quirks = f"{quirks(release)} kvm-in-{self.quirks}"
        self.profile, self.kinds = quirks(release), ()
        self.title = f"KVM of Linux {release}{of_qemu} in {self.title}"

    def _take_kernel(self, kvm_kernel: str | None) -> str:
        """Takes the kernel; returns its release."""
        text = kvm_kernel or KERNEL
        self.linux = linux(text)
        return own_kernel.find(text).release if "/" in text else text

    def with_processors(self, _count: int) -> None:
        """KVM has one processor to run them on, and waits long for each other one."""

    def judged(self, directory: Path, line: str) -> Sequence[str]:
        """KVM leaves checks of VM entry to the processor below: then nobody can say whether
        KVM does them."""
        return self.masks.setdefault(directory, Mask(directory / LOG)).judged(line)

    @property
    def _disk(self) -> str:
        """The RAM disk with KVM and QEMU, as in the Makefile."""
        return f"kvm-{own_kernel.name(str(self.qemu.program))}.cpio" if self.qemu else "kvm.cpio"

    def script(self, qemu: str) -> str:
        """What that kernel's shell does; it starts QEMU by these words."""
        return f"{qemu}\n"

    def command(
        self, directory: Path, boot: Boot | None, console: Path | str, tap: Path | str
    ) -> list[Path | str]:
        assert boot, "it boots, since it has a command line"
        words = ["/relay", "/tap", MEMORY, hex(MAILBOX)]
        words += qemu_command(
            "/kernel",
            "/initrd",
            boot.command_line,
            processors=self.target_processors,
            memory=self.target_memory,
            console="/dev/ttyS0",
            tap="/proc/self/fd/1",
            program=self.qemu.program if self.qemu else PROGRAM,
            bios=ROM,
            memory_file=MEMORY,
        )
        # For init-kvm, which starts it again if it dies of a point
        words += ["-pidfile", "/qemu.pid"]
        (directory / "qemu").write_text(self.script(shlex.join(words)))
        (directory / "points").write_text(boot.points)
        (directory / "kvm-intel").write_text(arguments(*self.kvm_intel))
        concatenate(boot.initrds, directory / "target-initrd")
        run_program(
            *(ROOT / "harness/target/initrd", directory / "qemu-initrd"),
            *(f"kernel={pvh.kernel(boot.kernel)}", f"initrd={directory / 'target-initrd'}"),
            *(f"{name}={directory / name}" for name in ("qemu", "kvm-intel", "points")),
            *(f"vmxfs.ko={TARGET / 'vmxfs.ko'}", f"relay={BUILD / 'relay'}"),
        )
        # A panic of this kernel ends it; the target's does not.
        command_line = super().command_line.replace("panic=0", "panic=-1 reboot=t")
        if not self.tracing:
            command_line += f" {NO_TRACING}"
        outer = Boot(
            kernel(self.linux),
            [BUILD / self.linux / self._disk, directory / "qemu-initrd"],
            command_line,
            boot.logs,
        )
        return super().command(directory, outer, console, tap)
