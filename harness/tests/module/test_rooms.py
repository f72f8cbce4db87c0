# SPDX-License-Identifier: GPL-2.0
"""kmod/check-rooms: calls and includes of the module only go down, and it sees others."""

import shutil
import subprocess

import modules
import pytest
from vmxcheck.image import ROOT, TARGET, kernel

# It compiles.
pytestmark = pytest.mark.slow


def check(folder):
    """What it says of the sources and the objects in this folder."""
    done = subprocess.run(
        [folder / "check-rooms", folder, folder], capture_output=True, text=True
    )
    assert done.stderr == ""
    said = done.stdout.splitlines()
    assert done.returncode == bool(said)
    return said


@pytest.fixture
def kmod(tmp_path):
    """A copy of the module's source, with the objects that were built of it."""
    modules.copy_source(tmp_path)
    folder = tmp_path / "kmod"
    for name in ("rooms", "check-rooms"):
        shutil.copy(ROOT / "kmod" / name, folder)
    for path in [*TARGET.glob("kmod/*/*.o"), TARGET / "kmod/main.o"]:
        copy = folder / path.relative_to(TARGET / "kmod")
        if copy.parent.exists():
            shutil.copy(path, copy)
    return folder


def change(kmod, file, old, new):
    """Changes a file, and compiles it alone if it is no header."""
    modules.replace(kmod.parent, file, old, new)
    if not file.endswith(".c"):
        return
    make = ["make", "-s", "-C", kernel().parent / "build", f"M={kmod}"]
    done = subprocess.run(
        [*make, file.replace(".c", ".o")], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_as_it_is(kmod):
    assert check(kmod) == []


def test_call_up(kmod):
    old = "void __init vmxfs_emergency_init(void)\n{\n"
    call = "\textern int vmxfs_fs_init(void);\n\n\tvmxfs_fs_init();\n"
    change(kmod, "cpu/emergency.c", old, old + call)
    assert check(kmod) == [
        "kmod/cpu/emergency.c -> kmod/files/fs.c: vmxfs_fs_init: files is above cpu"
    ]


def test_include_up(kmod):
    old = '#include "vcpu/vcpu.h"\n'
    change(kmod, "memory/memory.h", old, old + '#include "vmcs/vmcs.h"\n')
    assert check(kmod) == [
        "kmod/memory/memory.h -> kmod/vmcs/vmcs.h: #include: vmcs is above memory"
    ]


def test_include_without_room(kmod):
    change(kmod, "run/step.c", '#include "run/decode.h"\n', '#include "decode.h"\n')
    [said] = check(kmod)
    assert "kmod/run/step.c" in said and "decode.h" in said


def test_room_without_floor(kmod):
    rooms = kmod / "rooms"
    rooms.write_text(rooms.read_text().replace("\nlife ", "\nlive "))
    [said] = check(kmod)
    assert "live" in said and "life" in said


def test_circle(kmod):
    old = "bool vmxfs_eptp_coherent(u64 eptp)\n{\n"
    call = "	vmxfs_map_written(NULL, eptp);\n"
    change(kmod, "memory/ept.c", old, old + call)
    said = check(kmod)
    assert (
        "kmod/memory/ept.c -> kmod/memory/map.c: vmxfs_map_written: each needs the other"
        in said
    )
    assert all("each needs the other" in line for line in said)


def test_static_without_prefix(kmod):
    text = (kmod / "run/exit.c").read_text()
    (kmod / "run/exit.c").write_text(text + "\nstatic void run(int unused)\n{\n}\n")
    [said] = check(kmod)
    assert said.startswith("kmod/run/exit.c: run: ")
