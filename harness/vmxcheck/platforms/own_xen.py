# SPDX-License-Identifier: GPL-2.0
"""A Xen of the user's: a file, as its build makes it."""

import gzip
import struct
import zlib
from pathlib import Path

# Multiboot Specification version 0.6.96, "OS image format"
MAGIC = struct.pack("<I", 0x1BADB002)
HEADER = 8192
ELF_32 = b"\x7fELF\1"
GZIP = b"\x1f\x8b"


def read(path: Path) -> bytes:
    """The multiboot kernel in this file; ValueError says why there is none."""
    if path.is_dir():
        raise ValueError("this is a folder; the xen.gz in it is expected")
    try:
        data = path.read_bytes()
        if data.startswith(GZIP):
            data = gzip.decompress(data)
    except FileNotFoundError:
        raise ValueError("there is no such file") from None
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"it can't be read: {error}") from None
    if not data.startswith(ELF_32) or MAGIC not in data[:HEADER] or b"Xen version" not in data:
        raise ValueError("this is no Xen: a multiboot kernel is expected, xen.gz or xen")
    return data
