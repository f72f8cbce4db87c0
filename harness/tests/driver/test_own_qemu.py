# SPDX-License-Identifier: GPL-2.0
"""A QEMU of the user's: what it is asked, what of it goes along, what is refused."""

import shutil
import subprocess

import pytest
from test_messages import make
from test_own import script
from vmxcheck import own_kernel
from vmxcheck.image import TARGET
from vmxcheck.platforms import own_qemu, platform, qemu

QEMU = """\
case $* in
-version) echo 'QEMU emulator version 9.2.0 (v9.2.0)' ;;
"-accel help") printf 'Accelerators supported in QEMU binary:\\n{accel}\\n' ;;
"-machine help") printf 'Supported machines are:\\nmicrovm   microvm (i386)\\n' ;;
esac"""


def one(path, accel="tcg\\nkvm"):
    """What says that it is a QEMU."""
    return script(path / "qemu", QEMU.format(accel=accel))


@pytest.fixture
def own(tmp_path):
    """A copy of Debian's, in a folder as of a build."""
    path = tmp_path / "build/qemu-system-x86_64"
    path.parent.mkdir()
    shutil.copy(qemu.PROGRAM, path)
    return path


def test_what_it_is(own, tmp_path):
    found = own_qemu.find(str(own))
    assert (found.program, found.rom) == (own, own_qemu.DEBIANS_ROM)
    target = platform("kvm-in-bochs", qemu=str(own))
    assert target.memory > platform("kvm-in-bochs").memory
    assert f", own QEMU {found.version}, in " in target.title
    rom = tmp_path / "pc-bios/qboot.rom"
    rom.parent.mkdir()
    rom.write_text("mine")
    own_qemu.find.cache_clear()
    assert own_qemu.find(str(own)).rom == rom


def test_disk(own, tmp_path):
    """It has this QEMU, its libraries and its ROM; it is written again each time."""
    # Debug information
    added = 100 << 20
    filler = own.with_name("filler")
    with open(filler, "wb") as file:
        file.truncate(added)
    section = ("--add-section", f".debug_info={filler}")
    subprocess.run(["objcopy", *section, own], check=True)
    (own.parent / "pc-bios").mkdir()
    (own.parent / "pc-bios/qboot.rom").write_text("a rom of mine")
    words = ["all", "PLATFORM=kvm-in-bochs", f"QEMU={own}"]
    disk = TARGET / f"kvm-{own_kernel.name(str(own))}.cpio"
    try:
        status, lines = make(*words)
        assert status == 0, lines
        names = subprocess.run(["cpio", "-t"], stdin=open(disk, "rb"), capture_output=True, text=True)
        names = set(names.stdout.splitlines())
        needed = subprocess.run(["ldd", own], capture_output=True, text=True).stdout
        libraries = {word[1:] for word in needed.split() if word.startswith("/")}
        assert len(libraries) > 5
        assert {str(own)[1:], "usr/share/qemu/qboot.rom", *libraries} <= names
        assert qemu.PROGRAM[1:] not in names
        assert disk.stat().st_size < added
        assert b"a rom of mine" in disk.read_bytes()
        (own.parent / "pc-bios/qboot.rom").write_text("another rom")
        assert make(*words)[0] == 0
        assert b"another rom" in disk.read_bytes()
    finally:
        disk.unlink(missing_ok=True)


def test_words(own):
    """Where it is said, Debian's is not."""
    words = qemu.command("k", "i", "c", 1, 256, "/dev/ttyS0", "/dev/ttyS1", own, "/rom")
    assert words[0] == str(own) and words[words.index("-bios") + 1] == "/rom"


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"accel": "tcg"}, "this QEMU, 9.2.0, has no KVM$"),
        ({}, "this is a script; the program that it starts is expected"),
    ],
)
def test_a_qemu_that_is_of_no_use(tmp_path, changes, message):
    with pytest.raises(ValueError, match=message):
        own_qemu.find(str(one(tmp_path, **changes)))


def test_no_microvm(tmp_path):
    path = one(tmp_path)
    path.write_text(path.read_text().replace("microvm", "virt"))
    with pytest.raises(ValueError, match="this QEMU, 9.2.0, has no machine microvm$"):
        own_qemu.find(str(path))


def test_library_that_is_missing(own, monkeypatch):
    said = "\tlinux-vdso.so.1 (0x7f)\n\tlibfdt.so.1 => not found\n"
    monkeypatch.setattr(own_qemu, "ldd", lambda program: said)
    with pytest.raises(ValueError, match="its library libfdt.so.1 is not found"):
        own_qemu.find(str(own))


def test_path_with_a_blank(own):
    path = own.with_name("my qemu")
    own.rename(path)
    with pytest.raises(ValueError, match="its path has a blank or a ="):
        own_qemu.find(str(path))


@pytest.mark.parametrize(
    "words, message",
    [
        (["QEMU=/nowhere/qemu"], "QEMU=/nowhere/qemu: there is no such file"),
        (["QEMU=/usr"], "QEMU=/usr: this is a folder"),
        (["QEMU=/bin/cat"], "QEMU=/bin/cat: this is no QEMU: asked for `-version`, it says"),
        (["QEMU=qemu"], "QEMU=qemu: a path, with a /, is expected"),
        ([f"QEMU={qemu.PROGRAM}", "PLATFORM=bochs"], "QEMU has no use with PLATFORM=bochs"),
    ],
)
def test_refused_before_anything_is_built(words, message):
    status, lines = make("run", "PLATFORM=kvm-in-bochs", *words)
    assert status == 2
    assert len(lines) == 1 and message in lines[0], lines
