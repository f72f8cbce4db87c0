# SPDX-License-Identifier: GPL-2.0
"""Fields of the VMCS."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from vmxcheck.capabilities import tables
from vmxcheck.topics import controls, draw, evidence
from vmxcheck.topics.draw import Bits, Register
from vmxcheck.topics.text import Topic, filled, row, sdm, section, sentence

APPENDIX = "Field Encoding in VMCS"
# SDM, "Field Encoding in VMCS": bits 14:13 and 11:10 of the encoding
WIDTHS = ("16 bits", "64 bits", "32 bits", "natural width")
BITS = (16, 64, 32, 64)
TYPES = ("control", "VM-exit information, which is read-only", "guest state", "host state")
SECTIONS = (
    "VM-Execution Control Fields",
    "VM-Exit Information Fields",
    "Guest-State Area",
    "Host-State Area",
)
# Controls of other sections, by how their names begin
OTHER_SECTIONS = {
    "EXIT_": "VM-Exit Control Fields",
    "SECONDARY_EXIT_": "VM-Exit Control Fields",
    "ENTRY_": "VM-Entry Control Fields",
    "INJECTED_": "VM-Entry Control Fields",
}


def names() -> Iterator[str]:
    for encoding, (name, sdm_name) in tables().FIELDS.items():
        yield from (name.lower(), f"{encoding:#x}", sdm_name)


def find(word: str, folder: Path) -> Iterator[Topic]:
    lower = word.lower()
    try:
        number = int(word, 0)
    except ValueError:
        number = -1
    for encoding, (name, sdm_name) in tables().FIELDS.items():
        high = encoding >> 13 & 3 == 1 and number == encoding + 1
        known = (name.lower(), f"vmcs_{name.lower()}", sdm_name.lower())
        if number == encoding or high or lower in known:
            title = f"field {encoding:#06x}: {sdm_name} ({name.lower()} in vmcs, VMCS_{name})"
            part = ["This encoding is of its high 32 bits."] if high else []
            yield Topic(title, chain(part, explain(encoding, folder)))


def explain(encoding: int, folder: Path) -> Iterator[str]:
    name, sdm_name = tables().FIELDS[encoding]
    width, kind = encoding >> 13 & 3, encoding >> 10 & 3
    yield from filled(f"{WIDTHS[width]}; {TYPES[kind]}; index {encoding >> 1 & 0x1FF}.")
    yield from row("SDM", sdm(section_of(name, kind), APPENDIX).removeprefix("SDM, "))
    if with_ := draw.exists_with().get(name):
        yield from row("exists with", " or ".join(with_))
    owner = tables().FIELD_OWNERS[name]
    if owner == "BITS":
        yield from row("vmxfs", "each bit has an owner of its own")
    elif kind == 1:
        yield from row("vmxfs", "a case may read it")
    elif why := tables().OWNERS[owner]:
        yield from row("vmxfs", f"kept: {why}; a case that writes it has reach unsafe")
    else:
        yield from row("vmxfs", "a case may write it")
    yield from section("Bits", bits(name, width))
    yield from section("What it governs", controls.governs(name.lower()))
    last = evidence.last_run(folder)
    lower = name.lower()
    points = evidence.points_naming(lower)
    yield from evidence.cases("Cases that read or write it", points, last)
    yield from evidence.quirks(points)
    yield from ["", f"Outcomes: {sentence(evidence.from_run(last, folder))}"]


def section_of(name: str, kind: int) -> str:
    if kind == 0:
        for start, title in OTHER_SECTIONS.items():
            if name.startswith(start):
                return title
    return SECTIONS[kind]


def bits(name: str, width: int) -> Iterator[str]:
    """A picture of it, if its bits have meanings."""
    for group, (field, _, _, _) in tables().CONTROL_GROUPS.items():
        if field == name:
            yield from row("SDM", f'"{controls.SECTIONS[group]}"')
    for register in registers(name):
        yield from draw.picture(register, BITS[width])


def registers(name: str) -> Iterator[Register]:
    """What its bits mean; nothing if they have no meanings."""
    for group, (field, _, _, _) in tables().CONTROL_GROUPS.items():
        if field == name:
            yield controls.register(group)
    if register := draw.formats().get(name.lower()):
        yield register
    if of := tables().REGISTER_FIELDS.get(name):
        yield [
            Bits(last, first, f"{ident}, {sdm_name}")
            for (register_, first, last), (ident, _, sdm_name) in tables().REGISTER_BITS.items()
            if register_ == of
        ]
