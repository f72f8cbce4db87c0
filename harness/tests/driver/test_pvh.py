# SPDX-License-Identifier: GPL-2.0
"""The kernel that QEMU boots in Bochs."""

import struct

from vmxcheck import bootdisk, pvh

ENTRY = struct.pack("<III4sQ", 4, 8, 18, b"Xen\0", 0x1000850)
OTHER = struct.pack("<III4sQ", 4, 8, 3, b"GNU\0", 18)


def elf(notes):
    """Two segments with a hole between them, of which the second is longer in memory."""
    at = 0x40 + 3 * 56
    header = b"\x7fELF\x02" + bytes(11) + struct.pack("<HHIQQQ", 2, 62, 1, 0x1000000, 0x40, 0)
    header += struct.pack("<IHHHHHH", 0, 0x40, 56, 3, 0x40, 0, 0)
    segments = struct.pack("<IIQQQQQQ", 1, 5, at, 0, 0x1000000, len(notes), len(notes), 0)
    segments += struct.pack("<IIQQQQQQ", 1, 6, at + len(notes), 0, 0x1002000, 4, 0x3000, 0)
    segments += struct.pack("<IIQQQQQQ", 4, 4, at, 0, 0x1000000, len(notes), len(notes), 4)
    return header + segments + notes + b"data"


def test_entry():
    """The segments become one, as they lie in memory; the notes are where they were."""
    notes = OTHER + ENTRY
    made = pvh.make(elf(notes))
    load, note = bootdisk.program_headers(made)
    kind, _, offset, _, address, size, memory, _ = load
    assert (kind, address, memory) == (1, 0x1000000, 0x5000)
    data = made[offset : offset + size]
    assert data == notes + bytes(0x2000 - len(notes)) + b"data"
    kind, _, offset, _, address, size, *_ = note
    assert (kind, address, made[offset : offset + size]) == (4, 0x1000000, notes)
    assert made[:4] == b"\x7fELF" and made[0x18:0x20] == struct.pack("<Q", 0x1000000)


def test_no_entry(tmp_path, monkeypatch):
    """Such a kernel is booted as it is."""
    vmlinuz = tmp_path / "vmlinuz"
    vmlinuz.write_bytes(b"compressed")
    monkeypatch.setattr(bootdisk, "unpack", lambda _path, _vmlinuz: elf(OTHER))
    assert pvh.kernel(vmlinuz) == vmlinuz
    monkeypatch.setattr(bootdisk, "unpack", lambda _path, _vmlinuz: elf(ENTRY))
    assert pvh.kernel(vmlinuz) == vmlinuz, "it was looked at already"
    (tmp_path / "vmlinuz.pvh").unlink()
    assert pvh.kernel(vmlinuz) == tmp_path / "vmlinuz.pvh"
