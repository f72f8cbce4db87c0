# SPDX-License-Identifier: GPL-2.0
"""Modules that are not quite as the source says."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from vmxcheck.image import ROOT, kernel

INCLUDE = re.compile(r'^#include "([\w/]+\.h)"', re.M)
# The tables' folder, from kmod/
TABLES = "../include/"
OBJECT = re.compile(r"\b\w+(?:/\w+)?\.o\b")


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
    _make(folder / "kmod")
    return _stripped(folder, "vmxfs", name)


def build_all(folder, changes):
    """Builds a module for each change, all at once: name -> path of NAME.ko.

    A change is None, or a file and what it has once and what that becomes. Only the objects
    that the change is in are a module's own.
    """
    copy_source(folder)
    kbuild = folder / "kmod/Kbuild"
    text = kbuild.read_text()
    objects = OBJECT.findall(text.replace("vmxfs.o", "", 1))
    _, found, flags = text.partition("ccflags-y")
    assert found
    lines = []
    for number, (name, change) in enumerate(changes.items()):
        own = _own_objects(folder / "kmod", f"own{number}", change) if change else {}
        lines.append(f"obj-m += {name}.o")
        lines.append(f"{name}-y := {' '.join(own.get(o, o) for o in objects)}")
        lines += [f"CFLAGS_{o} := -iquote $(src)/own{number}" for o in own.values()]
    kbuild.write_text("\n".join(lines) + "\n" + found + flags)
    _make(folder / "kmod")
    return {name: _stripped(folder, name, name) for name in changes}


def _own_objects(kmod, own, change):
    """Puts what the change is in into the folder `own`: object -> the one that is changed."""
    file, old, new = change
    text = (kmod / file).read_text()
    assert text.count(old) == 1, f"{file} has changed: {old!r}"
    name = file.removeprefix(TABLES)
    copy = kmod / own / name
    copy.parent.mkdir(parents=True)
    copy.write_text(text.replace(old, new))
    if copy.suffix != ".h":
        return {str(_object(file)): f"{own}/{_object(file)}"}
    users = [path.relative_to(kmod) for path in kmod.glob("*/*.c") if name in _includes(path)]
    assert users, file
    for user in users:
        target = kmod / own / user
        target.parent.mkdir(exist_ok=True)
        shutil.copy(kmod / user, target)
    return {str(_object(user)): f"{own}/{_object(user)}" for user in users}


def _object(file):
    return Path(file).with_suffix(".o")


def _includes(path):
    """The headers of ours that a file includes, and those that they include."""
    folders = path.parents[1], path.parents[1] / TABLES
    found, new = set(), {path}
    while new:
        names = {name for file in new for name in INCLUDE.findall(file.read_text())}
        paths = [folder / name for name in names - found for folder in folders]
        new = {path for path in paths if path.exists()}
        found |= names
    return found


def _make(kmod):
    make = ["make", "-s", f"-j{os.cpu_count()}", "-C", kernel().parent / "build"]
    make += [f"M={kmod}", "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"]
    done = subprocess.run(make, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def _stripped(folder, built, name):
    module = folder / f"{name}.ko"
    strip = ["strip", "--strip-debug", "-o", module, folder / f"kmod/{built}.ko"]
    subprocess.run(strip, check=True)
    return module
