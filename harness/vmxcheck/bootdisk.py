# SPDX-License-Identifier: GPL-2.0
"""A disk that boots Linux, or a multiboot kernel, without a boot loader, for an emulator.

The kernel lies on it as it lies in memory, not compressed; harness/target/boot.asm is
its boot sector. Linux, Documentation/x86/boot.rst; Multiboot Specification version 0.6.96
"""

import os
import struct
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from vmxcheck import Error
from vmxcheck.image import BUILD
from vmxcheck.target import Boot

SECTOR = 512
CYLINDER = 16 * 63 * SECTOR  # of a disk as the BIOS sees it
PARAMS = 0x10000  # struct boot_params, in boot.asm as well
COMMAND_LINE = PARAMS + 0x1000
INITRD_ALIGNMENT = 0x1000

# Where boot.asm has what is filled in: the entry point, then address and size of pieces.
ENTRY = 440

# Of struct setup_header, by its offset in the file and in struct boot_params.
SETUP_SECTS = 0x1F1
JUMP = 0x201  # the header ends at 0x202 + this byte
TYPE_OF_LOADER = 0x210
RAMDISK = 0x218
COMMAND_LINE_PTR = 0x228
COMMAND_LINE_SIZE = 0x238
PAYLOAD = 0x248
INIT_SIZE = 0x260

# Of the multiboot information: what of it there is, and where. The memory map is boot.asm's.
FLAGS = 1 << 2 | 1 << 3 | 1 << 6  # command line, modules, memory map
MBI = struct.Struct("<I12xIII20xI68x")
MAP = 0x8000  # in boot.asm as well
MODULE = struct.Struct("<IIII")
# Where the modules lie, above the kernel; it moves them out of its way.
MODULES = 0x1000000

# The first bytes of a compressed kernel, and what unpacks it.
UNPACKERS = {
    b"\x02\x21\x4c\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstd",
    b"\xfd7zXZ\x00": "xz",
    b"\x1f\x8b": "gzip",
}
PT_LOAD = 1


def write(path: Path, boot: Boot) -> None:
    """Writes a disk that boots this."""
    vmlinuz = boot.kernel.read_bytes()
    flat = flat_kernel(boot.kernel, vmlinuz)
    entry, start = struct.unpack("<II", flat[:8])
    (init_size,) = struct.unpack_from("<I", vmlinuz, INIT_SIZE)
    initrd_at = align(start + init_size, INITRD_ALIGNMENT)
    initrd = b"".join(padded(initrd.read_bytes(), 4) for initrd in boot.initrds)
    params = boot_params(vmlinuz, boot.command_line, initrd_at, len(initrd))
    write_pieces(
        path,
        BUILD / "boot",
        entry,
        [(PARAMS, params), (start, flat[8:]), (initrd_at, initrd)],
    )


def write_multiboot(
    path: Path, kernel: bytes, command_line: str, modules: Sequence[tuple[bytes, str]]
) -> None:
    """Writes a disk that boots a multiboot kernel, an ELF file, with modules: each what it
    holds, and its command line."""
    start, flat = flatten(kernel)
    pieces = [(start, flat)]
    table, texts = b"", b""
    texts_at = PARAMS + MBI.size + len(modules) * MODULE.size

    def text(words: str) -> int:
        nonlocal texts
        address = texts_at + len(texts)
        texts += words.encode() + b"\0"
        return address

    words_at = text(command_line)
    at = MODULES
    for data, words in modules:
        table += MODULE.pack(at, at + len(data), text(words), 0)
        pieces.append((at, data))
        at = align(at + len(data), INITRD_ALIGNMENT)
    mbi = MBI.pack(FLAGS, words_at, len(modules), PARAMS + MBI.size, MAP)
    write_pieces(
        path, BUILD / "multiboot", entry_of(kernel), [(PARAMS, mbi + table + texts), *pieces]
    )


def write_pieces(
    path: Path, boot_sector: Path, entry: int, pieces: Sequence[tuple[int, bytes]]
) -> None:
    """Writes a disk whose boot sector reads these pieces to their addresses."""
    sector = bytearray(boot_sector.read_bytes())
    table = [entry]
    for address, data in pieces:
        table += [address, align(len(data), SECTOR) // SECTOR]
    struct.pack_into(f"<{len(table)}I", sector, ENTRY, *table)
    with open(path, "wb") as disk:
        disk.write(sector)
        for _, data in pieces:
            disk.write(padded(data, SECTOR))
        disk.truncate(align(disk.tell(), CYLINDER))


def boot_params(
    vmlinuz: bytes, command_line: str, initrd_at: int, initrd_size: int
) -> bytes:
    """A struct boot_params and, in the next page, the command line."""
    params = bytearray(0x1000)
    end = 0x202 + vmlinuz[JUMP]
    params[SETUP_SECTS:end] = vmlinuz[SETUP_SECTS:end]
    (limit,) = struct.unpack_from("<I", vmlinuz, COMMAND_LINE_SIZE)
    words = command_line.encode()
    if len(words) > limit:
        raise Error(f"the kernel command line has {len(words)} bytes of {limit}")
    params[TYPE_OF_LOADER] = 0xFF
    struct.pack_into("<II", params, RAMDISK, initrd_at, initrd_size)
    struct.pack_into("<I", params, COMMAND_LINE_PTR, COMMAND_LINE)
    return bytes(params) + words + b"\0"


def flat_kernel(path: Path, vmlinuz: bytes) -> bytes:
    """The kernel of this file as it lies in memory, behind its entry and its start."""

    def make() -> bytes:
        elf = unpack(path, vmlinuz)
        (entry,) = struct.unpack_from("<Q", elf, 0x18)
        start, data = flatten(elf)
        return struct.pack("<II", entry, start) + data

    return kept(path, "flat", make).read_bytes()


def kept(path: Path, suffix: str, make: Callable[[], bytes]) -> Path:
    """A file beside this one, with its name and the suffix; it is made when it is not there,
    or older."""
    made = path.with_name(f"{path.name}.{suffix}")
    if not made.exists() or made.stat().st_mtime < path.stat().st_mtime:
        new = made.with_name(f"{made.name}.{os.getpid()}")
        new.write_bytes(make())
        new.replace(made)
    return made


def unpack(path: Path, vmlinuz: bytes) -> bytes:
    """The ELF file that a vmlinuz unpacks itself to."""
    offset, length = struct.unpack_from("<II", vmlinuz, PAYLOAD)
    offset += (vmlinuz[SETUP_SECTS] + 1) * SECTOR
    # The last four bytes are the size of what is unpacked.
    payload = vmlinuz[offset : offset + length - 4]
    for magic, program in UNPACKERS.items():
        if payload.startswith(magic):
            done = subprocess.run([program, "-dc"], input=payload, capture_output=True)
            if done.stdout.startswith(b"\x7fELF"):
                return done.stdout
    raise Error(f"{path}: it is not known how this kernel is compressed")


def is_64(elf: bytes) -> bool:
    return elf[4] == 2


def entry_of(elf: bytes) -> int:
    """Where an ELF file is entered."""
    entry: int
    (entry,) = struct.unpack_from("<Q" if is_64(elf) else "<I", elf, 0x18)
    return entry


def program_headers(elf: bytes) -> list[tuple[int, ...]]:
    """Those of an ELF file, as Elf64_Phdr has them."""
    if is_64(elf):
        (headers,) = struct.unpack_from("<Q", elf, 0x20)
        size, count = struct.unpack_from("<HH", elf, 0x36)
        rows = range(headers, headers + count * size, size)
        return [struct.unpack_from("<IIQQQQQQ", elf, row) for row in rows]
    (headers,) = struct.unpack_from("<I", elf, 0x1C)
    size, count = struct.unpack_from("<HH", elf, 0x2A)
    short = [struct.unpack_from("<8I", elf, headers + n * size) for n in range(count)]
    # The flags are elsewhere.
    return [(row[0], row[6], *row[1:6], row[7]) for row in short]


def flatten(elf: bytes) -> tuple[int, bytes]:
    """Where the loadable segments of an ELF file begin, and what they are in memory, without
    the zeros behind it."""
    segments = []
    for kind, _, offset, _, address, length, *_ in program_headers(elf):
        if kind == PT_LOAD:
            segments.append((address, elf[offset : offset + length]))
    start = min(address for address, _ in segments)
    flat = bytearray(max(address + len(data) for address, data in segments) - start)
    for address, data in segments:
        flat[address - start : address - start + len(data)] = data
    return start, bytes(flat.rstrip(b"\0"))


def without_sections(elf: bytes) -> bytes:
    """A 64-bit ELF file without all that its program headers don't name."""
    headers = program_headers(elf)
    end = max(offset + length for _, _, offset, _, _, length, *_ in headers)
    short = bytearray(elf[:end])
    struct.pack_into("<Q", short, 0x28, 0)
    struct.pack_into("<HHH", short, 0x3A, 0, 0, 0)
    return bytes(short)


def align(size: int, unit: int) -> int:
    return -(-size // unit) * unit


def padded(data: bytes, unit: int) -> bytes:
    return data + bytes(align(len(data), unit) - len(data))
