# SPDX-License-Identifier: GPL-2.0
"""Puts what is needed of a kernel of the user's into build/, as ci/kernel does it with
Debian's into the cache."""

import shutil
import tempfile
from pathlib import Path

from vmxcheck import own_kernel


def stage(text: str, folder: Path) -> None:
    """The folder gets vmlinuz, build, and modules if there is KVM among them.

    What is the same already is not written, so that make does nothing.
    """
    kernel = own_kernel.find(text)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="new-") as scratch:
        new = Path(scratch)
        modules = new / "modules"
        modules.mkdir()
        try:
            order = own_kernel.take_modules(kernel, modules)
            (modules / "order").write_text("".join(f"{file}\n" for file in order))
        except ValueError:
            # A target need not have KVM.
            shutil.rmtree(modules)
        replace_folder(new / "modules", folder / "modules")
        try:
            link(folder / "build", kernel.headers)
        except ValueError:
            (folder / "build").unlink(missing_ok=True)
        (new / "vmlinuz").write_bytes(kernel.vmlinuz.read_bytes())
        if not same(new / "vmlinuz", folder / "vmlinuz"):
            (new / "vmlinuz").replace(folder / "vmlinuz")


def replace_folder(new: Path, old: Path) -> None:
    """The folder becomes the new one, if that is there, and has not the same files."""
    names = sorted(file.name for file in new.glob("*"))
    if names == sorted(file.name for file in old.glob("*")):
        if all(same(new / file, old / file) for file in names):
            return
    if old.exists():
        old.replace(new.with_name("old"))
    if new.exists():
        new.replace(old)


def same(one: Path, other: Path) -> bool:
    return other.exists() and one.read_bytes() == other.read_bytes()


def link(path: Path, to: Path) -> None:
    if not (path.is_symlink() and path.readlink() == to):
        path.unlink(missing_ok=True)
        path.symlink_to(to)
