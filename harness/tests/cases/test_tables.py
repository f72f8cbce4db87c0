# SPDX-License-Identifier: GPL-2.0
"""The tables of include/ agree with each other and with the SDM's encodings."""

import re

WIDTHS = {0: 16, 1: 64, 2: 32, 3: "natural"}
HOST = 3
ALL = (1 << 64) - 1


def unique(values):
    values = list(values)
    return len(values) == len(set(values))


def numbered(rows, gaps, first):
    """Each number has a row, or is one that is not assigned."""
    missing = {*range(first, max(rows) + 1)} - {*rows, *gaps}
    assert not missing, f"numbers without a row: {sorted(missing)}"
    return sorted([*rows, *gaps]) == list(range(first, max(rows) + 1))


def test_fields(tables):
    assert len(tables.FIELDS) > 190
    assert list(tables.FIELDS) == sorted(tables.FIELDS), "field.c of the module looks by encoding"
    assert unique(name for name, _ in tables.FIELDS.values())
    assert unique(sdm_name for _, sdm_name in tables.FIELDS.values())
    for encoding, (name, _) in tables.FIELDS.items():
        # SDM, "Structure of VMCS Component Encoding": bits 31:15 and 12 are 0,
        # and bit 0 is for the high half of a 64-bit field.
        assert encoding & ~0x6FFE == 0, name
        kind = encoding >> 10 & 3
        assert name.startswith("HOST_") == (kind == HOST), name


def test_containment(tables):
    """Host state and addresses are not the guest's, and each owner says why."""
    for owner in {*tables.FIELD_OWNERS.values(), *tables.CONTROL_OWNERS.values()}:
        assert tables.OWNERS[owner] or owner in ("GUEST", "BITS")
    guest = {name: 0 for name, _ in tables.FIELDS.values()}
    for name, owner in tables.FIELD_OWNERS.items():
        guest[name] = ALL if owner == "GUEST" else 0
    for (register, first, last), (_, owner, _) in tables.REGISTER_BITS.items():
        for field, of in tables.REGISTER_FIELDS.items():
            if of == register and owner == "GUEST":
                guest[field] |= (2 << last) - (1 << first)
    with_bits = {field for field, _, _, _ in tables.CONTROL_GROUPS.values()}
    with_bits |= set(tables.REGISTER_FIELDS)
    assert {f for f, owner in tables.FIELD_OWNERS.items() if owner == "BITS"} == with_bits
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
            owned = guest[name] >> 12 == 0
            assert owned, f"{name}: host state or an address is not GUEST's (vmx_owners.h)"


def test_registers(tables):
    """No bit has two rows."""
    seen = set()
    for register, first, last in tables.REGISTER_BITS:
        assert first <= last < 64
        bits = {(register, bit) for bit in range(first, last + 1)}
        assert not bits & seen, register
        seen |= bits


def test_exits(tables):
    assert list(tables.EXITS) == sorted(tables.EXITS)
    assert numbered(tables.EXITS, tables.NO_EXITS, 0)
    for column in range(3):
        assert unique(row[column] for row in tables.EXITS.values())


def test_causes(tables):
    """Each exit has one, in the order of the exits; what governs it exists."""
    exits = [ident for ident, _, _ in tables.EXITS.values()]
    causes = [ident for ident, _, _, _ in tables.CAUSES]
    assert list(dict.fromkeys(causes)) == exits
    assert sorted(causes, key=exits.index) == causes
    known = {f"{group}.{name}" for (group, _), (name, _) in tables.CONTROLS.items()}
    known |= {name.lower() for name, _ in tables.FIELDS.values()}
    by = {name for _, names, _, _ in tables.CAUSES for name in names.split()}
    assert by <= known
    assert all(section and when for _, _, section, when in tables.CAUSES)
    assert set(tables.QUALIFICATIONS) <= set(exits)
    # Whatever is called exiting makes something exit.
    exiting = {f"{group}.{n}" for (group, _), (n, _) in tables.CONTROLS.items() if "exiting" in n}
    assert exiting <= by


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
    assert numbered(tables.ERRORS, tables.NO_ERRORS, 1)
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


def test_files(tables):
    """What is said of a format is true of its example, and each is used."""
    assert set(tables.FILES.values()) == set(tables.FORMATS)
    assert next(iter(tables.FILES)) == "ctl"
    for name, (kind, access, least, most, errnos, example) in tables.FORMATS.items():
        assert least <= most, name
        words = len(example.split())
        if access == "RO":
            assert (words, errnos) == (0, "()"), name
        elif kind != "BYTES":
            assert words and (not most or least <= words <= most), name
        # Two of its words are what vmxrun compares.
        if kind in ("NAMES", "OFFSETS") and access != "RO":
            assert least <= 2 <= most, name


def test_areas(tables):
    fields = {name for name, _ in tables.FIELDS.values()}
    for name, (field, unit, mapped) in tables.AREAS.items():
        assert field in fields, name
        assert tables.FORMATS[tables.FILES[name]][0] == "OFFSETS" or not unit, name
        assert unit or not mapped, name
        assert tables.OPERANDS[name] == "AREA"
    assert unique(field for field, _, _ in tables.AREAS.values())


def test_commands(tables):
    for name, (_, most, argument) in tables.COMMANDS.items():
        assert (argument == "NONE") == (most == 0), name


def test_reports(tables):
    """They have the names of their VM exits, but for an exception or NMI."""
    names = {ident: name for ident, name, _ in tables.EXITS.values()}
    for name, ident in tables.REPORTS.items():
        assert name == names[ident] or ident == "EXCEPTION_NMI"


def test_vmxfs_errors(tables):
    """A text has one errno."""
    assert unique(text for _, text in tables.VMXFS_ERRORS.values())
