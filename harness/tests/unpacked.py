# SPDX-License-Identifier: GPL-2.0
"""A kernel that a boot loader takes and that need not unpack itself, which takes Bochs a minute
of a processor: for tests that are about what comes after that."""

import struct
import subprocess
from pathlib import Path

from vmxcheck.bootdisk import INIT_SIZE, SECTOR, SETUP_SECTS, flat_kernel
from vmxcheck.paths import ROOT

# Of the setup header, Linux, Documentation/x86/boot.rst
KERNEL_ALIGNMENT, MIN_ALIGNMENT, PREF_ADDRESS = 0x230, 0x235, 0x258
# How much the entry takes, in which the page tables are, and how it is aligned
SHIFT = 14
SIZE = 1 << SHIFT


def unpacked(vmlinuz: Path, out: Path) -> None:
    """Writes a bzImage of the kernel that this one unpacks itself to."""
    image = bytearray(vmlinuz.read_bytes())
    flat = flat_kernel(vmlinuz, bytes(image))
    entry, start = struct.unpack("<II", flat[:8])
    setup = image[: (image[SETUP_SECTS] + 1) * SECTOR]
    (size,) = struct.unpack_from("<I", setup, INIT_SIZE)
    struct.pack_into("<I", setup, INIT_SIZE, SIZE + size)
    struct.pack_into("<I", setup, KERNEL_ALIGNMENT, SIZE)
    setup[MIN_ALIGNMENT] = SHIFT
    struct.pack_into("<Q", setup, PREF_ADDRESS, start - SIZE)
    source = Path(__file__).with_suffix(".asm")
    values = {"KERNEL": start, "ENTRY": entry, "SIZE": SIZE}
    words = [f"-I{ROOT / 'harness/target'}/"]
    words += [f"-D{name}={value:#x}" for name, value in values.items()]
    subprocess.run(["nasm", "-f", "bin", *words, "-o", out, source], check=True)
    out.write_bytes(setup + out.read_bytes() + flat[8:])
