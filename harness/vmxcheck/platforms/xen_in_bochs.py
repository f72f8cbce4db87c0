# SPDX-License-Identifier: GPL-2.0
"""Xen's nested VMX, on a machine with no VT-x: Xen runs the target in Bochs."""

from collections.abc import Sequence
from pathlib import Path

from vmxcheck import bootdisk
from vmxcheck.image import BUILD, ROOT, cache, run_program
from vmxcheck.platforms import below, own_xen
from vmxcheck.platforms.bochs import NOT_NEEDED, VIRTUAL, Bochs
from vmxcheck.platforms.qemu import concatenate
from vmxcheck.target import Boot

XEN = cache() / "xen-4.17"
# A VM exit to the target takes Xen many instructions, and the target's kernel has a tick each
# 1/250 s: there are to be points between two of them.
IPS = 400_000_000
# In megabytes: Xen and its dom0, of which this is dom0's.
DOM0 = 512
XEN_AND_DOM0 = 1024

# Without apicv=0 it ends in Bochs, which wants the posted-interrupt descriptor to be
# aligned to a page.
XEN_COMMAND_LINE = (
    "com1=115200,8n1 console=com1 loglvl=warning guest_loglvl=warning noreboot spec-ctrl=no bootscrub=0 "
    f"apicv=0 dom0_mem={DOM0}M,max:{DOM0}M"
)
DOM0_COMMAND_LINE = (
    "console=hvc0 quiet mitigations=off random.trust_cpu=1 cryptomgr.notests "
    "clearcpuid=fsrm panic=-1 init_on_alloc=0 audit=0 lsm=lockdown nowatchdog rodata=off "
    "initcall_blacklist=" + ",".join(NOT_NEEDED)
)

# A guest without QEMU. One that crashes is kept until its last words are read.
GUEST = """\
name = "target"
type = "pvh"
kernel = "/guest/vmlinux"
ramdisk = "/guest/initrd"
cmdline = "{command_line}"
memory = {memory}
vcpus = {processors}
nestedhvm = 1
on_poweroff = "destroy"
on_reboot = "destroy"
on_crash = "preserve"
"""


class XenInBochs(Bochs):
    """A Bochs in which Xen runs the target.

    `processors` and `memory` are the target's. `xen` is the user's own, which has to fit
    the tools of Debian's.
    """

    # A triple fault is how the guest ends.
    command_line = VIRTUAL.replace(
        "console=ttyS0,115200", "console=hvc0 loglevel=1 reboot=t"
    ).replace("panic=0", "panic=-1") + f" tsc_early_khz={IPS // 1000} lpj={IPS // 250}"
    ips = IPS
    # The target is started again when its kernel has panicked.
    panics = True
    # Bochs' printer is not the target's, but that of relay.
    vmxrun_options: Sequence[str] = ()

    def __init__(
        self,
        bochs: str | None = None,
        model: str | None = None,
        features: str | None = None,
        processors: int | None = None,
        memory: int | None = None,
        xen: Path | None = None,
    ) -> None:
        self.xen = xen or XEN / "xen"
        options = {"bochs": bochs, "model": model, "features": features}
        self.bochs_options = [f"--{name}={value}" for name, value in options.items() if value]
        self.target_processors = processors or 1
        self.target_memory = memory or 256
        super().__init__(
            bochs, model, features, memory=2 * self.target_memory + XEN_AND_DOM0
        )
        # What Bochs gets wrong shows through Xen.
        self.quirks = f"xen@4.17 xen-in-{self.quirks}"
        # And what Xen offers is not all that Bochs has.
        self.profile, self.kinds = "xen@4.17", ()
        name = "own Xen" if xen else "Xen 4.17"
        self.title = f"{name} in {self.title}"

    def with_processors(self, _count: int) -> None:
        """Xen has one processor to run them on."""

    def initrd_of_below(self, directory: Path) -> Path:
        """A RAM disk that says what Bochs can do: Xen does not show dom0 its VMX."""
        (directory / "below").write_text(below.caps(*self.bochs_options))
        run_program(
            *(ROOT / "harness/target/initrd", directory / "below-initrd"),
            f"below={directory / 'below'}",
        )
        return directory / "below-initrd"

    def write_disk(self, directory: Path, disk: Path, boot: Boot) -> None:
        guest = directory / "guest"
        guest.mkdir()
        concatenate([*boot.initrds, self.initrd_of_below(directory)], guest / "initrd")
        vmlinuz = boot.kernel
        elf = bootdisk.unpack(vmlinuz, vmlinuz.read_bytes())
        (guest / "vmlinux").write_bytes(bootdisk.without_sections(elf))
        (directory / "guest.cfg").write_text(
            GUEST.format(
                command_line=boot.command_line,
                memory=self.target_memory,
                processors=self.target_processors,
            )
        )
        (directory / "points").write_text(boot.points)
        initrd = directory / "dom0-initrd"
        run_program(
            *(ROOT / "harness/target/initrd", initrd, f"guest={guest}"),
            f"relay={BUILD / 'relay'}",
            *(f"{name}={directory / name}" for name in ("guest.cfg", "points")),
        )
        dom0 = XEN / "vmlinuz"
        elf = bootdisk.without_sections(bootdisk.unpack(dom0, dom0.read_bytes()))
        disks = (BUILD / "xen.cpio").read_bytes() + initrd.read_bytes()
        bootdisk.write_multiboot(
            disk,
            own_xen.read(self.xen),
            XEN_COMMAND_LINE,
            [(elf, DOM0_COMMAND_LINE), (disks, "")],
        )
