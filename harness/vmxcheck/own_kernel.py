# SPDX-License-Identifier: GPL-2.0
"""A kernel of the user's: a build tree of Linux, or a folder with what is needed of one."""

import functools
import gzip
import hashlib
import lzma
import os
import re
import struct
import subprocess
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from vmxcheck.folders import scratch_folder

# Of a build tree
BZIMAGE = "arch/x86/boot/bzImage"
# Of another folder: the kernel, its modules, the headers to build a module with
VMLINUZ = ("vmlinuz", "bzImage", "vmlinuz-*", "boot/vmlinuz-*")
MODULES = ("modules", "lib/modules/{}")
HEADERS = ("build", "headers", "lib/modules/{}/build", "usr/src/linux-headers-{}")

# What a target needs: a RAM disk with our module, busybox, two serial ports, and Bochs' printer
NEEDED = (
    *("64BIT", "MODULES", "BLK_DEV_INITRD", "BINFMT_ELF", "BINFMT_SCRIPT"),
    *("PROC_FS", "SYSFS", "DEVTMPFS", "TTY", "SERIAL_8250", "SERIAL_8250_CONSOLE"),
    "X86_IOPL_IOPERM",
)
# What keeps our module out
FORBIDDEN = ("MODULE_SIG_FORCE",)
KVM = "kvm-intel"
# What an out-of-tree module takes of the headers, and what makes it
BUILT = {
    "include/generated/autoconf.h": "make modules_prepare",
    "scripts/mod/modpost": "make modules_prepare",
    "Module.symvers": "make modules",
}

MODULE = re.compile(r"(.+)\.ko(\.\w+)?")
MODINFO = "/usr/sbin/modinfo"
UTS_RELEASE = re.compile(r'^#define UTS_RELEASE "(.*)"$', re.MULTILINE)


@dataclass(frozen=True)
class OwnKernel:
    """`release` is what it says of itself."""

    path: Path
    vmlinuz: Path
    release: str
    is_tree: bool

    @property
    def headers(self) -> Path:
        """The folder to build a module with; ValueError if there is none."""
        if self.is_tree:
            return self.path
        names = [name.format(self.release) for name in HEADERS]
        for name in names:
            if (self.path / name / "Makefile").exists():
                return (self.path / name).resolve()
        raise ValueError(f"there are no headers: no {' or '.join(names)} in it with a Makefile")

    @property
    def config(self) -> dict[str, str]:
        """CONFIG_ -> value, of those that are not off; empty if it is nowhere."""
        try:
            text = (self.headers / ".config").read_text(errors="replace")
        except (OSError, ValueError):
            return {}
        return dict(re.findall(r"^CONFIG_(\w+)=(.*)$", text, re.MULTILINE))


def name(text: str) -> str:
    """What the folder of this kernel in build/ is called, after linux-."""
    return "own-" + hashlib.sha256(os.path.abspath(text).encode()).hexdigest()[:12]


@functools.cache
def find(text: str) -> OwnKernel:
    """The kernel in this folder; ValueError says why there is none."""
    path = Path(text)
    if not path.exists():
        raise ValueError("there is no such folder")
    if not path.is_dir():
        raise ValueError("this is no folder; a build tree, or the folder of a vmlinuz, is expected")
    is_tree = (path / "arch/x86").is_dir()
    if is_tree:
        found = [path / BZIMAGE]
        if not found[0].exists():
            raise ValueError(f"this build tree is not built: no {BZIMAGE}")
    else:
        found = [one for pattern in VMLINUZ for one in sorted(path.glob(pattern))]
        if not found:
            raise ValueError(f"there is no kernel in it: no {', '.join(VMLINUZ)}; nor is it a build tree")
        if len({one.resolve() for one in found}) > 1:
            raise ValueError(f"there are several kernels in it: {', '.join(one.name for one in found)}")
    return OwnKernel(path, found[0], release_of(found[0]), is_tree)


def release_of(vmlinuz: Path) -> str:
    """The release in the header of a bzImage. Linux, Documentation/arch/x86/boot.rst"""
    if not vmlinuz.is_file():
        raise ValueError(f"{vmlinuz.name} is no file")
    try:
        data = vmlinuz.read_bytes()
    except OSError as error:
        raise ValueError(f"{vmlinuz.name}: {error.strerror}") from None
    try:
        magic, version, at = struct.unpack_from("<4sH6xH", data, 0x202)
        (flags,) = struct.unpack_from("<H", data, 0x236)
    except struct.error:
        magic = b""
    if magic != b"HdrS":
        kind = "an ELF file, a vmlinux perhaps" if data.startswith(b"\x7fELF") else "something else"
        raise ValueError(f"{vmlinuz.name} is no bzImage, but {kind}")
    # XLF_KERNEL_64, which came with 2.12
    if version < 0x20C or not flags & 1:
        raise ValueError(f"{vmlinuz.name} is no kernel for x86-64")
    words = data[at + 0x200 :][:256].partition(b"\0")[0].decode(errors="replace").split()
    if not at or not words:
        raise ValueError(f"{vmlinuz.name} does not say its release")
    return words[0]


@functools.cache
def check_target(text: str) -> OwnKernel:
    """The kernel in this folder, which can be a target's; ValueError if it can't."""
    kernel = find(text)
    headers = kernel.headers
    # Linux refuses that.
    if re.search(r"[\s:]", str(headers)):
        raise ValueError(f"no module can be built with {headers}: its name has a blank or a colon")
    try:
        said = UTS_RELEASE.findall((headers / "include/generated/utsrelease.h").read_text())
    except OSError:
        said = []
    if not said:
        raise ValueError("the headers are not prepared: no include/generated/utsrelease.h (make modules_prepare)")
    if said != [kernel.release]:
        raise ValueError(f"the headers are of {said[0]}, {kernel.vmlinuz.name} is of {kernel.release}")
    for file, target in BUILT.items():
        if not (headers / file).exists():
            raise ValueError(f"no module can be built with it: no {file} ({target})")
    check_config(kernel, NEEDED)
    return kernel


@functools.cache
def check_kvm(text: str) -> OwnKernel:
    """The kernel in this folder, whose KVM can be tested; ValueError if it can't."""
    kernel = find(text)
    # KVM says in debugfs what a guest's time-stamp counter is ahead.
    check_config(kernel, (*NEEDED, "DEBUG_FS", "KVM", "KVM_INTEL"))
    if kernel.config.get("KVM_INTEL") == "y":
        raise ValueError("CONFIG_KVM_INTEL=y: m is expected, a module that is given parameters")
    with scratch_folder() as folder:
        take_modules(kernel, Path(folder))
    return kernel


def check_config(kernel: OwnKernel, needed: Iterable[str]) -> None:
    """ValueError if it has something else; what is not known is not checked."""
    if not (config := kernel.config):
        return
    if lacks := [f"CONFIG_{option}" for option in needed if option not in config]:
        raise ValueError(f"it lacks {', '.join(lacks)}")
    for option in FORBIDDEN:
        if option in config:
            raise ValueError(f"it has CONFIG_{option}: it takes no module of ours")


def modules_of(kernel: OwnKernel) -> dict[str, Path]:
    """Its modules, by their names with `_`."""
    if kernel.is_tree:
        order = kernel.path / "modules.order"
        if not order.exists():
            raise ValueError("its modules are not built: no modules.order (make modules)")
        # Older ones begin with kernel/, newer ones name the .o.
        lines = [line.removeprefix("kernel/") for line in order.read_text().split()]
        files = [kernel.path / re.sub(r"\.k?o$", ".ko", line) for line in lines]
    else:
        files = [
            file
            for folder in MODULES
            for file in sorted((kernel.path / folder.format(kernel.release)).rglob("*.ko*"))
        ]
    found = {}
    for file in files:
        if match := MODULE.fullmatch(file.name):
            found[match[1].replace("-", "_")] = file
    return found


def take_modules(kernel: OwnKernel, folder: Path) -> list[str]:
    """Writes KVM's modules to the folder, not compressed; returns the names of their files in
    the order in which they have to be loaded. ValueError if one is not there."""
    known = modules_of(kernel)
    order: list[str] = []

    def take(module: str, needed_by: str) -> None:
        file = known.get(module.replace("-", "_"))
        if not file or not file.exists():
            raise ValueError(f"there is no module {module}.ko{needed_by}")
        match = MODULE.fullmatch(file.name)
        assert match
        target = folder / f"{match[1]}.ko"
        if target.name in order:
            return
        target.write_bytes(unpacked(file))
        try:
            magic = modinfo(target, "vermagic").split()
        except ValueError as error:
            raise ValueError(f"{file.name} is no module: {error}") from None
        if magic[:1] != [kernel.release]:
            of = magic[0] if magic else "no kernel"
            raise ValueError(f"{file.name} is of {of}, {kernel.vmlinuz.name} is of {kernel.release}")
        # Of a build tree's, most is for a debugger.
        run("strip", "--strip-debug", target)
        for other in filter(None, modinfo(target, "depends").strip().split(",")):
            take(other, f", which {target.name} needs")
        order.append(target.name)

    take(KVM, "")
    return order


def unpacked(file: Path) -> bytes:
    """What is in a module that may be compressed."""
    if not file.is_file():
        raise ValueError(f"{file.name} is no file")
    try:
        if file.suffix == ".zst":
            return run("zstd", "-dc", file)
        data = file.read_bytes()
        if file.suffix == ".xz":
            return lzma.decompress(data)
        return gzip.decompress(data) if file.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
        raise ValueError(f"{file.name}: {error}") from None


def modinfo(file: Path, field: str) -> str:
    return run(MODINFO, "-F", field, file).decode(errors="replace")


def run(*words: Path | str) -> bytes:
    """What a program prints; ValueError if it fails."""
    try:
        return subprocess.run(words, check=True, capture_output=True).stdout
    except OSError as error:
        raise ValueError(f"{words[0]}: {error.strerror}") from None
    except subprocess.CalledProcessError as error:
        lines = error.stderr.decode(errors="replace").strip().splitlines()
        raise ValueError(lines[-1] if lines else f"{words[0]} failed") from None
