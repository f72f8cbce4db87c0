# SPDX-License-Identifier: GPL-2.0
"""VMX controls, and the fields that hold them."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from vmxcheck.capabilities import expand, tables
from vmxcheck.results import CAPS
from vmxcheck.topics import draw, evidence
from vmxcheck.topics.draw import Bits, Register
from vmxcheck.topics.text import Topic, filled, row, section, sentence

# By the group of a control
SECTIONS = {
    "pin": "Pin-Based VM-Execution Controls",
    "proc": "Processor-Based VM-Execution Controls",
    "proc2": "Processor-Based VM-Execution Controls",
    "proc3": "Processor-Based VM-Execution Controls",
    "exit": "VM-Exit Controls",
    "exit2": "VM-Exit Controls",
    "entry": "VM-Entry Controls",
    "vmfunc": "VM-Function Controls",
}


def names() -> Iterator[str]:
    for (group, _), (name, sdm_name) in tables().CONTROLS.items():
        yield from (f"{group}.{name}", name, sdm_name)
    yield from tables().CONTROL_GROUPS


def place(word: str) -> str:
    """Where the control GROUP.NAME is; "" if this is none."""
    for (group, bit), (name, sdm_name) in tables().CONTROLS.items():
        if word == f"{group}.{name}":
            return f'"{sdm_name}", bit {bit} of the {title_of(group)}'
    return ""


def title_of(group: str) -> str:
    """What a group of controls is called within a sentence."""
    title = str(tables().CONTROL_GROUPS[group][3])
    return title if title.startswith("VM-") else title[0].lower() + title[1:]


def find(word: str, folder: Path) -> Iterator[Topic]:
    lower = word.lower()
    for (group, bit), (name, sdm_name) in tables().CONTROLS.items():
        full = f"{group}.{name}"
        if lower in (full, name, sdm_name.lower()):
            yield Topic(f'control {full}: "{sdm_name}"', explain(group, bit, folder))
    if lower in tables().CONTROL_GROUPS:
        field = tables().CONTROL_GROUPS[lower][0]
        lines = chain(row("field", field.lower()), of_group(lower))
        yield Topic(f"group of controls {lower}: {title_of(lower)}", lines)


def explain(group: str, bit: int, folder: Path) -> Iterator[str]:
    name, sdm_name = tables().CONTROLS[group, bit]
    full = f"{group}.{name}"
    field, msr, true_msr, _ = tables().CONTROL_GROUPS[group]
    yield from filled(f"Bit {bit} of the {title_of(group)}, the field {field.lower()}.")
    yield from row("SDM", f'"{SECTIONS[group]}"')
    by = f"MSR {msr:#x}" + f", or {true_msr:#x} if IA32_VMX_BASIC[55] is 1" * bool(true_msr)
    yield from row("capability", f"{by}: bit {bit} of those that may be 1, and must be")
    last = evidence.last_run(folder)
    if last and CAPS in last.capabilities:
        may = expand(last.capabilities[CAPS]).get(full, "0")
        words = {"0": "it can't be 1", "1": "it must be 1", "01": "it may be 0 and 1"}[may]
        yield from row("last run", f"{last.target}: {words}")
    owner = tables().CONTROL_OWNERS[group, bit]
    why = tables().OWNERS[owner]
    said = f"kept by vmxfs: {why}; a case that sets it has reach unsafe" if why else "a case may set it"
    yield from row("vmxfs", said)
    yield from section("What it governs", governs(full))
    yield from section("Fields that exist only with it", exist_with(group, name))
    yield from section("VM entry checks", checks(sdm_name))
    points = evidence.points_naming(full)
    yield from evidence.cases("Cases that set it or need it", points, last)
    yield from evidence.quirks(points)
    yield from ["", f"Outcomes: {sentence(evidence.from_run(last, folder))}"]


def governs(word: str) -> Iterator[str]:
    """The VM exits that a control or a field decides about."""
    exits = {ident: (number, name) for number, (ident, name, _) in tables().EXITS.items()}
    for ident, by, _, when in tables().CAUSES:
        if word in by.split():
            number, name = exits[ident]
            yield from filled(f"VM exit {number}, {name}, when {when}", "    ", "")


def exist_with(group: str, name: str) -> Iterator[str]:
    """The fields of a VMCS that only processors with this control have."""
    for field, controls in draw.exists_with().items():
        if f"{group}.{name}" in controls:
            yield field.lower()


def checks(*words: str) -> Iterator[str]:
    """The checks of VM entry that say one of these words."""
    for one in evidence.rows():
        if one.section.startswith("Checks") and any(
            f'"{word.lower()}"' in one.what.lower() for word in words
        ):
            yield from filled(f"{one.id}: {one.what}", "    ", "")


def of_group(group: str) -> Iterator[str]:
    """The controls of a group as a picture of their field."""
    field = tables().CONTROL_GROUPS[group][0]
    yield from row("SDM", f'"{SECTIONS[group]}"')
    yield from section("Bits", draw.picture(register(group), _width(field)))


def register(group: str) -> Register:
    """The controls of a group, as the bits of their field."""
    return [
        Bits(bit, bit, f'"{sdm_name}", {group}.{name}')
        for (of, bit), (name, sdm_name) in tables().CONTROLS.items()
        if of == group
    ]


def _width(field: str) -> int:
    [encoding] = [number for number, (name, _) in tables().FIELDS.items() if name == field]
    return 64 if encoding >> 13 & 3 == 1 else 32
