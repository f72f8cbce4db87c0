# SPDX-License-Identifier: GPL-2.0
"""The tables of include/ agree with each other and with the SDM's encodings."""

import re

WIDTHS = {0: 16, 1: 64, 2: 32, 3: "natural"}
HOST = 3


def unique(values):
    values = list(values)
    return len(values) == len(set(values))


def test_fields(tables):
    assert len(tables.FIELDS) > 190
    assert unique(name for name, _ in tables.FIELDS.values())
    assert unique(sdm_name for _, sdm_name in tables.FIELDS.values())
    for encoding, (name, _) in tables.FIELDS.items():
        # SDM, "Structure of VMCS Component Encoding": bits 31:15 and 12 are 0,
        # and bit 0 is for the high half of a 64-bit field.
        assert encoding & ~0x6FFE == 0, name
        kind = encoding >> 10 & 3
        assert name.startswith("HOST_") == (kind == HOST), name


def test_containment(tables):
    """Host state, addresses and controls without a name are the module's."""
    kept = dict.fromkeys((name for name, _ in tables.FIELDS.values()), 0)
    for field, bits, why in tables.KEPT:
        assert why
        kept[field] |= bits
    # What these address is guest-physical, or a linear address of the guest's.
    guests = {"HLAT_POINTER"}
    for encoding, (name, _) in tables.FIELDS.items():
        pointer = encoding & 0x6C00 == 0x2000 and re.search(
            "ADDRESS|POINTER|BITMAPS?(_[AB])?$", name
        )
        exiting = name.endswith("EXITING_BITMAP")
        if encoding >> 10 & 3 == HOST or (
            pointer and not exiting and name not in guests
        ):
            assert kept[name] >> 12 == (1 << 52) - 1, name
    for group, (field, _, _, _) in tables.CONTROL_GROUPS.items():
        named = sum(1 << bit for g, bit in tables.CONTROLS if g == group)
        assert kept[field] | named == (1 << 64) - 1, group


def test_exits(tables):
    unassigned = {35, 38, 42, 71, 82, 83}
    assert set(tables.EXITS) == set(range(86)) - unassigned
    for column in range(3):
        assert unique(row[column] for row in tables.EXITS.values())


def test_exits_of_vmx3(tables):
    """Some of the names that vmx(3) gives."""
    names = {
        0: "exc",
        2: "triplef",
        12: ".hlt",
        28: "movcr",
        30: "io",
        33: "entrystate",
    }
    names |= {37: "monitortrap", 48: "eptfault", 49: "eptinval", 64: ".xrstors"}
    assert names == {number: tables.EXITS[number][1] for number in names}


def test_errors(tables):
    assert set(tables.ERRORS) == set(range(1, 29)) - {14, 21, 27}
    assert unique(text for _, text in tables.ERRORS.values())


def test_exceptions(tables):
    with_code = {v for v, (_, _, code, _) in tables.EXCEPTIONS.items() if code}
    assert with_code == {8, 10, 11, 12, 13, 14, 17, 21}
    assert all(name[0] == "#" for _, name, _, _ in tables.EXCEPTIONS.values())


def test_controls(tables):
    fields = {name: encoding for encoding, (name, _) in tables.FIELDS.items()}
    for group, (field, msr, true_msr, _) in tables.CONTROL_GROUPS.items():
        width = WIDTHS[fields[field] >> 13 & 3]
        assert 0x480 <= msr <= 0x493 and (true_msr == 0 or msr < true_msr)
        bits = [bit for g, bit in tables.CONTROLS if g == group]
        assert bits and max(bits) < width
        assert unique(
            name for (g, _), (name, _) in tables.CONTROLS.items() if g == group
        )
    assert {group for group, _ in tables.CONTROLS} == set(tables.CONTROL_GROUPS)
