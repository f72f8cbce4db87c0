# SPDX-License-Identifier: GPL-2.0
"""Modules that are not quite as the source says.

What no change is in is not compiled again: the Makefile has made it for the target's
module.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from vmxcheck import image
from vmxcheck.image import BUILD, ROOT, kernel

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
    kmod = folder / "kmod"
    kbuild = (kmod / "Kbuild").read_text()
    if kbuild == (ROOT / "kmod/Kbuild").read_text():
        _take(kmod, [o for o in _objects(kbuild) if not _is_changed(kmod, _source(kmod, o))])
    _make(kmod)
    return _stripped(folder, "vmxfs", name)


def build_all(folder, changes):
    """Builds a module for each change, all at once: name -> path of NAME.ko.

    A change is None, or a file and what it has once and what that becomes. Only the objects
    that the change is in are a module's own.
    """
    copy_source(folder)
    kbuild = folder / "kmod/Kbuild"
    text = kbuild.read_text()
    objects = _objects(text)
    _, found, flags = text.partition("ccflags-y")
    assert found
    lines = []
    for number, (name, change) in enumerate(changes.items()):
        own = _own_objects(folder / "kmod", f"own{number}", change) if change else {}
        lines.append(f"obj-m += {name}.o")
        lines.append(f"{name}-y := {' '.join(own.get(o, o) for o in objects)}")
        lines += [f"CFLAGS_{o} := -iquote $(src)/own{number}" for o in own.values()]
    kbuild.write_text("\n".join(lines) + "\n" + found + flags)
    _take(folder / "kmod", objects)
    _make(folder / "kmod")
    return {name: _stripped(folder, name, name) for name in changes}


def _objects(kbuild):
    return OBJECT.findall(kbuild.replace("vmxfs.o", "", 1))


def _source(kmod, name):
    """What this object is made of."""
    (path,) = [path for end in (".c", ".S") if (path := (kmod / name).with_suffix(end)).exists()]
    return path


def _is_changed(kmod, path):
    """Whether the source, or a header of ours that it includes, is not as it was."""
    folders = kmod, kmod / TABLES
    headers = {folder / name for name in _includes(kmod, path) for folder in folders}
    return any(
        file.read_text() != (ROOT / "kmod" / os.path.relpath(file, kmod)).read_text()
        for file in {path} | headers
        if file.exists()
    )


def _take(kmod, objects):
    """Takes these objects, as Kbuild takes what has been compiled elsewhere."""
    made = BUILD / image.LINUX / "kmod"
    taken = []
    for name in objects:
        _source(kmod, name).unlink()
        taken.append(kmod / f"{name}_shipped")
        shutil.copy(made / name, taken[-1])
        # modpost reads it.
        command = Path(name).with_name(f".{Path(name).name}.cmd")
        shutil.copy(made / command, kmod / command)
    subprocess.run(["strip", "--strip-debug", *taken], check=True)


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
    sources = [*kmod.glob("*.c"), *kmod.glob("*/*.c")]
    users = [path.relative_to(kmod) for path in sources if name in _includes(kmod, path)]
    assert users, file
    for user in users:
        target = kmod / own / user
        target.parent.mkdir(exist_ok=True)
        shutil.copy(kmod / user, target)
    return {str(_object(user)): f"{own}/{_object(user)}" for user in users}


def _object(file):
    return Path(file).with_suffix(".o")


def _includes(kmod, path):
    """The headers of ours that a file includes, and those that they include."""
    folders = kmod, kmod / TABLES
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
