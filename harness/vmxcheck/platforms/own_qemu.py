# SPDX-License-Identifier: GPL-2.0
"""A QEMU of the user's, of any version: what it is, and what it needs on a target."""

import functools
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import ask
from vmxcheck.image import libraries

BANNER = re.compile(r"QEMU emulator version (\d[\w.+-]*)")
ROM = "qboot.rom"
# Where that is of a build, or of what was installed, from the folder of the program; else
# Debian's is taken.
ROMS = (f"pc-bios/{ROM}", f"../pc-bios/{ROM}", f"../share/qemu/{ROM}")
MEGABYTE = 1 << 20
DEBIANS_ROM = Path("/usr/share/qemu", ROM)


@dataclass(frozen=True)
class OwnQemu:
    """`rom` is the BIOS of a microvm; `megabytes` are what it takes with its libraries."""

    program: Path
    version: str
    rom: Path
    megabytes: int


@functools.cache
def find(text: str) -> OwnQemu:
    """The QEMU at this path; ValueError says why it is none that could run a target."""
    program = ask.program(text)
    said = ask.ask(program, "-version")
    if not (banner := BANNER.search(said)):
        raise ValueError(f"this is no QEMU: asked for `-version`, {ask.first_line(said)}")
    for option, name, what in ("-accel", "kvm", "KVM"), ("-machine", "microvm", "machine microvm"):
        words = ask.ask(program, option, "help").split()
        if name not in words:
            raise ValueError(f"this QEMU, {banner[1]}, has no {what}")
    if program.read_bytes()[:4] != b"\x7fELF":
        raise ValueError("this is a script; the program that it starts is expected")
    if re.search(r"[\s=]", str(program)):
        raise ValueError("its path has a blank or a =, which that of a program on the target can't have")
    needs = ldd(program)
    if lacks := re.findall(r"^\t(.*) => not found", needs, re.MULTILINE):
        raise ValueError(f"its library {lacks[0]} is not found")
    roms = [program.parent / rom for rom in ROMS]
    rom = next((rom.resolve() for rom in roms if rom.exists()), DEBIANS_ROM)
    size = sum(Path(file).stat().st_size for file in (program, *libraries(program).values()))
    return OwnQemu(program, banner[1], rom, size // MEGABYTE + 1)


def ldd(program: Path) -> str:
    return subprocess.run(["ldd", program], capture_output=True, text=True).stdout
