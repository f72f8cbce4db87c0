# SPDX-License-Identifier: GPL-2.0
"""A disk that boots Linux without a boot loader, for an emulator.

The kernel lies on it as it lies in memory, not compressed; harness/target/boot.asm is
its boot sector. Linux, Documentation/x86/boot.rst
"""

import os
import struct
import subprocess
from collections.abc import Callable
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
    pieces = [(PARAMS, params), (start, flat[8:]), (initrd_at, initrd)]

    sector = bytearray((BUILD / "boot").read_bytes())
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


def program_headers(elf: bytes) -> list[tuple[int, ...]]:
    """Those of an ELF file, as Elf64_Phdr has them."""
    (headers,) = struct.unpack_from("<Q", elf, 0x20)
    size, count = struct.unpack_from("<HH", elf, 0x36)
    return [struct.unpack_from("<IIQQQQQQ", elf, headers + number * size) for number in range(count)]


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


def align(size: int, unit: int) -> int:
    return -(-size // unit) * unit


def padded(data: bytes, unit: int) -> bytes:
    return data + bytes(align(len(data), unit) - len(data))
