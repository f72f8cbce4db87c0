# SPDX-License-Identifier: GPL-2.0
"""A kernel that QEMU enters without its decompressor, by the PVH boot protocol.

Linux, arch/x86/platform/pvh; Xen, docs/misc/pvh.pandoc
"""

import struct
from pathlib import Path

from vmxcheck import bootdisk

PT_LOAD, PT_NOTE = 1, 4
READ, ALL = 4, 7
HEADER = struct.Struct("<IIQQQQQQ")  # Elf64_Phdr
DATA = 0x1000  # where it is in the file

# The entry is in a note.
XEN_ELFNOTE_PHYS32_ENTRY = 18


def kernel(vmlinuz: Path) -> Path:
    """An ELF file with this kernel in it, beside it; itself, if that has no such entry."""
    kept = bootdisk.kept(vmlinuz, "pvh", lambda: make(bootdisk.unpack(vmlinuz, vmlinuz.read_bytes())))
    return kept if kept.stat().st_size else vmlinuz


def make(elf: bytes) -> bytes:
    """One segment, with no holes but in memory, and the notes; nothing without the entry."""
    headers = bootdisk.program_headers(elf)
    notes = [header for header in headers if header[0] == PT_NOTE]
    if not any(has_entry(elf[at : at + size]) for _, _, at, _, _, size, *_ in notes):
        return b""
    start, data = bootdisk.flatten(elf)
    end = max(header[4] + header[6] for header in headers if header[0] == PT_LOAD)
    made = [HEADER.pack(PT_LOAD, ALL, DATA, start, start, len(data), end - start, DATA)]
    for _, _, _, _, address, size, *_ in notes:
        at = DATA + address - start
        made.append(HEADER.pack(PT_NOTE, READ, at, address, address, size, size, 4))
    # Of Elf64_Ehdr: the kind of file and the entry, then where the program headers are.
    file = elf[:0x20] + struct.pack("<QQ", 0x40, 0)
    file += struct.pack("<IHHHHHH", 0, 0x40, HEADER.size, len(made), 0x40, 0, 0)
    return bootdisk.padded(file + b"".join(made), DATA) + data


def has_entry(notes: bytes) -> bool:
    """Whether one of the notes says where PVH enters the kernel."""
    at = 0
    while at + 12 <= len(notes):
        name, size, kind = struct.unpack_from("<III", notes, at)
        if kind == XEN_ELFNOTE_PHYS32_ENTRY and notes[at + 12 : at + 12 + name] == b"Xen\0":
            return True
        at += 12 + bootdisk.align(name, 4) + bootdisk.align(size, 4)
    return False
