# SPDX-License-Identifier: GPL-2.0
"""Modules that are not quite as the source says."""

import shutil
import subprocess

from vmxcheck.image import ROOT, kernel


def copy_source(folder):
    """Puts the module's source into a folder, where it may be changed."""
    sources = [*ROOT.glob("kmod/*"), *ROOT.glob("kmod/*/*"), *ROOT.glob("include/*")]
    for path in [*sources, ROOT / "VERSION"]:
        if path.suffix in (".c", ".h", ".S") or path.name in ("Kbuild", "VERSION"):
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copy)


def replace(folder, file, old, new):
    """Changes the source, which must have `old` once; returns what was there."""
    path = folder / "kmod" / file
    text = path.read_text()
    assert text.count(old) == 1, f"{file} has changed: {old!r}"
    path.write_text(text.replace(old, new))
    return text


def build(folder, name):
    """Builds the module; returns the path of NAME.ko."""
    source = folder / "kmod"
    module = folder / f"{name}.ko"
    make = ["make", "-s", "-C", kernel().parent / "build"]
    make += [f"M={source}", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"]
    done = subprocess.run(make, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    strip = ["strip", "--strip-debug", "-o", module, source / "vmxfs.ko"]
    subprocess.run(strip, check=True)
    return module
