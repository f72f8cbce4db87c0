# SPDX-License-Identifier: GPL-2.0
"""What the tables of include/ say of a VM exit, an exception, a control, a field."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from vmxcheck.capabilities import tables
from vmxcheck.report import items
from vmxcheck.report.items import Item
from vmxcheck.topics import controls, draw, exits, fields
from vmxcheck.topics.draw import Bits, Register
from vmxcheck.topics.evidence import decode

# A text, and where in the report it leads, or ""
Piece = tuple[str, str]


@dataclass(frozen=True)
class Picture:
    """A register, its bits the highest first."""

    title: str
    register: Register
    width: int = 64

    @property
    def bits(self) -> Sequence[Bits]:
        return sorted(self.register, key=lambda bits: -bits.high)


@dataclass
class Facts:
    """Sentences; rows of a table, each with its title; pictures; lines of transcripts, each
    with what it means, and a point that has it."""

    lead: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[Piece]]] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    examples: list[tuple[str, str, str]] = field(default_factory=list)

    def row(self, title: str, *pieces: str | Piece) -> None:
        found = [(one, "") if isinstance(one, str) else one for one in pieces if one]
        if found:
            self.rows.append((title, found))


def of(item: Item) -> Facts:
    facts = Facts()
    {"exit": _exit, "exception": _exception, "control": _control, "field": _field}[item.kind](item, facts)
    return facts


def _link(kind: str, name: str) -> Piece:
    found = items.find(kind, name)
    return (name, found.url if found else "")


def _word(word: str) -> Piece:
    """A control, or a field."""
    return _link("control" if "." in word else "field", word)


def _sdm(*titles: str) -> str:
    return "; ".join(f'"{title}"' for title in dict.fromkeys(titles))


def _exit(item: Item, facts: Facts) -> None:
    assert isinstance(item.key, int)
    ident, name, _ = tables().EXITS[item.key]
    for of_, by, section, when in tables().CAUSES:
        if of_ == ident:
            facts.lead.append(f"It comes when {when}.")
            facts.row("governed by", *map(_word, by.split()), "" if by else "no control")
            facts.row("SDM", _sdm(section))
    facts.row("listed in", _sdm(exits.LISTED))
    facts.row("qualification", _sdm(tables().QUALIFICATIONS.get(ident, exits.BASIC)))
    facts.row("in a transcript", name)
    facts.row("in C", f"VMX_EXIT_{ident}")
    if register := draw.formats().get(str(item.key)):
        facts.pictures.append(Picture("Exit qualification", register))
    elif item.key != exits.OF_EXCEPTIONS:
        facts.lead.append("The exit qualification says nothing: it is 0.")
    _examples(name, item, facts)


def _exception(item: Item, facts: Facts) -> None:
    assert isinstance(item.key, int)
    _, name, has_code, _ = tables().EXCEPTIONS[item.key]
    facts.lead.append(f"It exits, with exit reason 0, if bit {item.key} of the exception bitmap is 1.")
    words = ["exception_bitmap"]
    if name == "#pf":
        facts.lead.append("Of a page fault the error code decides, too, whether the bit counts or its opposite.")
        words += ["page_fault_error_code_mask", "page_fault_error_code_match"]
    facts.row("governed by", *map(_word, words))
    facts.row("SDM", _sdm("Exception Bitmap", "Other Causes of VM Exits"))
    facts.row("error code", "it has one" if has_code else "none")
    if register := draw.formats().get(f"{exits.OF_EXCEPTIONS}:{item.key}"):
        facts.pictures.append(Picture("Exit qualification", register))
    _examples(name, item, facts)


def _examples(name: str, item: Item, facts: Facts) -> None:
    found = exits.example_lines(name, item.points)
    facts.examples += zip(found, decode(list(found)), found.values())


def _control(item: Item, facts: Facts) -> None:
    assert isinstance(item.key, tuple)
    group, bit = item.key
    of_, msr, true_msr, _ = tables().CONTROL_GROUPS[group]
    facts.lead.append(f"Bit {bit} of the {controls.title_of(group)}.")
    facts.row("field", _link("field", of_.lower()))
    facts.row("SDM", _sdm(controls.SECTIONS[group]))
    by = f"MSR {msr:#x}" + f", or {true_msr:#x} if IA32_VMX_BASIC[55] is 1" * bool(true_msr)
    facts.row("capability", f"{by}: bit {bit}")
    facts.row("vmxfs", _kept(tables().CONTROL_OWNERS[group, bit], "set"))
    _governs(item.name, facts)
    facts.row("exist with it", *(_link("field", name) for name in controls.exist_with(group, item.name.partition(".")[2])))


def _field(item: Item, facts: Facts) -> None:
    assert isinstance(item.key, int)
    ident, _ = tables().FIELDS[item.key]
    width, kind = item.key >> 13 & 3, item.key >> 10 & 3
    facts.lead.append(f"{fields.WIDTHS[width]}; {fields.TYPES[kind]}; index {item.key >> 1 & 0x1FF}.".capitalize())
    facts.row("SDM", _sdm(fields.section_of(ident, kind), fields.APPENDIX))
    facts.row("exists with", *map(_word, draw.exists_with().get(ident, ())))
    owner = tables().FIELD_OWNERS[ident]
    if owner == "BITS":
        facts.row("vmxfs", "each bit has an owner of its own")
    else:
        facts.row("vmxfs", "a case may read it" if kind == 1 else _kept(owner, "write"))
    _governs(item.name, facts)
    for register in fields.registers(ident):
        facts.pictures.append(Picture("Bits", register, fields.BITS[width]))


def _kept(owner: str, does: str) -> str:
    why = tables().OWNERS[owner]
    return f"kept by vmxfs: {why}; a case that {does}s it has reach unsafe" if why else f"a case may {does} it"


def _governs(word: str, facts: Facts) -> None:
    names = {ident: name for ident, name, _ in tables().EXITS.values()}
    found = [names[ident] for ident, by, _, _ in tables().CAUSES if word in by.split()]
    facts.row("governs", *(_link("exit", name) for name in dict.fromkeys(found)))
