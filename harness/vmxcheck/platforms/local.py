# SPDX-License-Identifier: GPL-2.0
"""This machine's own processor, under the kernel that runs on it."""

import copy
import os
import re
import signal
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from vmxcheck import Error
from vmxcheck.image import BUILD, ROOT, run_program
from vmxcheck.options import spelled
from vmxcheck.target import Boot

CPUINFO = Path("/proc/cpuinfo")
MOUNTS = Path("/proc/mounts")
MODULES = Path("/sys/module")
LOCKDOWN = Path("/sys/kernel/security/lockdown")
RELEASE = os.uname().release
HEADERS = Path("/lib/modules", RELEASE, "build")

# What a process has open that uses KVM.
KVM_FILES = ("/dev/kvm", "anon_inode:kvm-")


class Local:
    """This machine; `reach` is how far cases may reach."""

    quirks = "intel local"
    # Real processors have no profile yet.
    profile = ""
    kinds: Sequence[str] = ()
    parallel = False
    panics = False
    stress_options = ()
    vmxrun_options = ()
    isolation_options = ()
    # Nothing boots.
    command_line = None
    # It has to tidy up.
    stop = signal.SIGTERM

    def __init__(self, reach: str = "safe") -> None:
        if text := self.missing():
            raise Error(f"{spelled('platform', 'local')}: {text}")
        self.reach = reach
        self.core = ""
        self.title = f"{cpuinfo('model name')}, Linux {RELEASE}"

    @staticmethod
    def missing() -> str | None:
        """What keeps it from running on this machine, or None."""
        return next((text for check in CHECKS if (text := check())), None)

    def by_core(self) -> "Sequence[Local]":
        kinds = run_program(BUILD / "vmxrun", "-K").splitlines()
        return [self._on(kind.split()[0]) for kind in kinds] or [self]

    def _on(self, core: str) -> "Local":
        one = copy.copy(self)
        one.core = core
        one.title = f"{self.title}, {core} cores"
        return one

    def command(
        self, directory: Path, boot: Boot | None, console: Path | str, tap: Path | str
    ) -> list[Path | str]:
        if not (directory / "points").exists():
            name = spelled("platform", "local")
            raise Error(f"{name} runs cases, and nothing else")
        return [
            *("env", f"PYTHONPATH={ROOT / 'harness'}"),
            # The mount is nobody else's.
            *("unshare", "--mount"),
            *(sys.executable, "-m", "vmxcheck.here", console, tap),
        ]

    def with_processors(self, _count: int) -> None:
        return None

    def judged(self, _directory: Path, line: str) -> Sequence[str]:
        return (line,)

    def ticks(self, directory: Path) -> int | None:
        return None

    def ending(self, directory: Path, status: int) -> str | None:
        return f"vmxcheck.here ended with status {status}" if status else None


def processor() -> str | None:
    if "vmx" in cpuinfo("flags").split():
        return None
    if cpuinfo("vendor_id") != "GenuineIntel":
        return f"this processor has no VMX ({cpuinfo('model name')})"
    return (
        "this processor has no VMX, "
        "or the firmware or a hypervisor has switched it off (see the firmware's setup)"
    )


def user() -> str | None:
    return None if os.geteuid() == 0 else "only root can load a module"


def vmxfs() -> str | None:
    if not (MODULES / "vmxfs").exists():
        return None
    mounts = [line.split() for line in MOUNTS.read_text().splitlines()]
    umounts = [f"umount {words[1]}; " for words in mounts if words[2] == "vmxfs"]
    return f"vmxfs is loaded already: {''.join(umounts)}rmmod vmxfs"


def kvm() -> str | None:
    """KVM has VMX on while it has virtual machines; newer ones while it is loaded."""
    if text(MODULES / "kvm/parameters/enable_virt_at_load") == "Y":
        used = text(MODULES / "kvm_intel/refcnt") is not None
    else:
        used = text(MODULES / "kvm_intel/refcnt") not in (None, "0")
    if not used:
        return None
    users = ", ".join(kvm_users())
    first = f"end {users}, then " if users else ""
    return f"KVM is using VMX: {first}modprobe -r kvm_intel"


def kvm_users() -> Iterator[str]:
    """The processes that use KVM: NAME (NUMBER)."""
    for process in sorted(
        Path("/proc").glob("[0-9]*"), key=lambda path: int(path.name)
    ):
        try:
            files = [os.readlink(file) for file in (process / "fd").iterdir()]
            if any(file.startswith(KVM_FILES) for file in files):
                yield f"{text(process / 'comm')} ({process.name})"
        except OSError:
            pass  # it has ended


def lock() -> str | None:
    locked = re.search(r"\[(integrity|confidentiality)\]", text(LOCKDOWN) or "")
    if locked or text(MODULES / "module/parameters/sig_enforce") == "Y":
        return (
            "the kernel takes no unsigned modules: "
            "switch Secure Boot off, or boot without lockdown= and module.sig_enforce"
        )
    return None


def headers() -> str | None:
    if (HEADERS / "Makefile").exists():
        return None
    return (
        "the headers of the running kernel are missing: "
        f"apt-get install linux-headers-{RELEASE}"
    )


CHECKS = (processor, user, vmxfs, kvm, lock, headers)


def cpuinfo(key: str) -> str:
    """What /proc/cpuinfo says of the first processor."""
    match = re.search(rf"^{key}\s*: (.*)$", CPUINFO.read_text(), re.MULTILINE)
    return match[1] if match else ""


def text(path: Path) -> str | None:
    """What a file says, or None if there is none."""
    try:
        return path.read_text().strip()
    except OSError:
        return None
