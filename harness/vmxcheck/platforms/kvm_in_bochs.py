# SPDX-License-Identifier: GPL-2.0
"""KVM's nested VMX, on a machine with no VT-x: KVM and QEMU run in Bochs."""

import shlex
from pathlib import Path

from vmxcheck.image import LINUX, NO_TRACING, ROOT, TARGET, arguments, kernel, run_program
from vmxcheck.platforms import qemu
from vmxcheck.platforms.bochs import Bochs
from vmxcheck.target import Boot

# In megabytes, of Bochs more than of the target.
QEMU_AND_KERNEL = 320


class KvmInBochs(Bochs):
    """A Bochs whose kernel runs the target in KVM.

    `processors` and `memory` are the target's.
    """

    stress_options = qemu.Qemu.stress_options
    command_line = qemu.Qemu.command_line
    # Bochs' printer is not the target's.
    vmxrun_options = ()
    # More parameters of the module kvm-intel
    kvm_intel: tuple[str, ...] = ()
    # Whether the kernel in Bochs has tracepoints
    tracing = False

    def __init__(
        self,
        bochs: str | None = None,
        model: str | None = None,
        features: str | None = None,
        processors: int | None = None,
        memory: int | None = None,
    ) -> None:
        self.target_processors = processors or 1
        self.target_memory = memory or 256
        super().__init__(bochs, model, features, memory=self.target_memory + QEMU_AND_KERNEL)
        release = LINUX.removeprefix("linux-")
        # What Bochs gets wrong shows through KVM.
        self.quirks = f"{qemu.quirks(release)} kvm-in-{self.quirks}"
        self.title = f"KVM of Linux {release} in {self.title}"

    def with_processors(self, _count: int) -> None:
        """KVM has one processor to run them on, and waits long for each other one."""

    def script(self, qemu: str) -> str:
        """What that kernel's shell does; it starts QEMU by these words."""
        return f"{qemu}\n"

    def command(
        self, directory: Path, boot: Boot | None, console: Path | str, tap: Path | str
    ) -> list[Path | str]:
        assert boot, "it boots, since it has a command line"
        words = qemu.command(
            "/kernel",
            "/initrd",
            boot.command_line,
            processors=self.target_processors,
            memory=self.target_memory,
            console="/dev/ttyS0",
            tap="/dev/ttyS1",
        )
        (directory / "qemu").write_text(self.script(shlex.join(words)))
        (directory / "kvm-intel").write_text(arguments(*self.kvm_intel))
        qemu.concatenate(boot.initrds, directory / "target-initrd")
        run_program(
            *(ROOT / "harness/target/initrd", directory / "qemu-initrd"),
            *(f"kernel={boot.kernel}", f"initrd={directory / 'target-initrd'}"),
            *(f"{name}={directory / name}" for name in ("qemu", "kvm-intel")),
        )
        command_line = super().command_line
        if not self.tracing:
            command_line += f" {NO_TRACING}"
        outer = Boot(
            kernel(),
            [TARGET / "kvm.cpio", directory / "qemu-initrd"],
            command_line,
        )
        return super().command(directory, outer, console, tap)
