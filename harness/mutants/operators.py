# SPDX-License-Identifier: GPL-2.0
"""The table of operators: each finds places in code, and says what may stand there instead."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants.source import closing

# A place in code, from one character to another, and what may stand there instead
Change = tuple[int, int, Sequence[str]]
# Kind -> names in the order of the header
Names = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Operator:
    """A row: `find` takes code, and the names of the headers."""

    name: str
    find: Callable[[str, Names], Iterator[Change]]


# Of which header the names are, by which pattern, and of which group each is: one becomes
# another only in its group.
KINDS = {
    "field": ("cpu/vmx.h", r"\b(?P<group>VMCS_(?:(?:16|32|64)BIT_)?)\w+(?<!_HI)\b"),
    "control": ("cpu/vmx_ctrls.h", r"\bbool (?P<name>(?P<group>)[A-Z]\w+)(?=\(\) const)"),
    "exit reason": ("cpu/vmx.h", r"\b(?P<group>VMX_VMEXIT_)\w+\b(?= = \d)"),
    "error number": ("cpu/vmx.h", r"\b(?P<group>VMXERR_)\w+\b(?= = \d)"),
    "exception": ("cpu/cpu.h", r"\b(?P<group>BX_)\w\w_EXCEPTION\b(?= = \d)"),
}


def read_names(folder: Path) -> dict[str, list[str]]:
    """The names of each kind and group, as KIND GROUP."""
    found: dict[str, list[str]] = {}
    for kind, (header, pattern) in KINDS.items():
        text = (folder / header).read_text(encoding="latin-1")
        for match in re.finditer(pattern, text):
            names = found.setdefault(f"{kind} {match['group']}", [])
            name = match["name"] if "name" in match.groupdict() else match[0]
            if name not in names:
                names.append(name)
    return found


def neighbours(kind: str) -> Callable[[str, Names], Iterator[Change]]:
    """A name of this kind becomes the one before it, or after it."""

    def find(code: str, names: Names) -> Iterator[Change]:
        beside = {}
        for group, row in names.items():
            if group.startswith(f"{kind} "):
                for number, name in enumerate(row):
                    beside[name] = [*row[max(number - 1, 0) : number], *row[number + 1 :][:1]]
        for word in re.finditer(r"(?P<case>\bcase )?\b(?P<name>[A-Z]\w+)\b", code):
            others = beside.get(word["name"], [])
            if word["case"]:
                # What has a case already can't have another one.
                others = [name for name in others if f"case {name}:" not in code]
            yield *word.span("name"), others

    return find


def negate(code: str, _names: Names) -> Iterator[Change]:
    """Each of the terms that && and || join in a condition"""
    for word in re.finditer(r"\b(?:if|while)\s*(?=\()", code):
        end = closing(code, word.end()) - 1
        for start, stop in terms(code, word.end() + 1, end):
            yield start, stop, [f"!({code[start:stop]})"]


def terms(code: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The operands of && and || outside of parentheses, without blanks."""
    depth = 0
    first = start
    for place in [*range(start, end), end]:
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if place == end or depth == 0 and code[place : place + 2] in ("&&", "||"):
            text = code[first:place]
            if text.strip():
                yield first + len(text) - len(text.lstrip()), first + len(text.rstrip())
            first = place + 2


# What is before a statement in the same piece of text, without its parentheses
LEADING = re.compile(r"\s*(?:else\b|(?:case\b[^:;]*|default\s*):(?!:)|(if|for|while|switch)\s*(?=\())")
NO_ACTION = re.compile(r"(?:return|break|continue|goto|do|BX_NEXT_\w+)\b")
DECLARATION = re.compile(r"(?:const\s+|static\s+|unsigned\s+)*[A-Za-z_]\w*[\s*&]+[A-Za-z_]\w*")


def delete(code: str, _names: Names) -> Iterator[Change]:
    """A statement that does something"""
    start = depth = 0
    for place, character in enumerate(code):
        depth += {"(": 1, ")": -1}.get(character, 0)
        if depth or character not in ";{}":
            continue
        if character == ";":
            first = begin(code, start, place)
            text = code[first:place].strip()
            is_action = text and not NO_ACTION.match(text)
            if is_action and not DECLARATION.match(text.replace("BX_CPU_THIS_PTR ", "")):
                yield first, place, [""]
        start = place + 1


def begin(code: str, start: int, end: int) -> int:
    """Where the statement itself begins, behind what leads to it."""
    while match := LEADING.match(code, start, end):
        start = closing(code, match.end()) if match[1] else match.end()
    return start + len(code[start:end]) - len(code[start:end].lstrip())


RELATIONS = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
RELATION = re.compile(r"<<=?|>>=?|->|<=|>=|==|!=|<|>")


def relation(code: str, _names: Names) -> Iterator[Change]:
    for match in RELATION.finditer(code):
        if match[0] in RELATIONS:
            yield *match.span(), [RELATIONS[match[0]]]


NUMBER = re.compile(r"(?<![\w.])(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)\b(?!\.)")


def constant(code: str, _names: Names) -> Iterator[Change]:
    """One more, one less; of a mask, its lowest bit or its highest is lost, or all move"""
    for match in NUMBER.finditer(code):
        text, suffix = match.groups()
        value = int(text, 16 if text[1:2] in ("x", "X") else 10)
        if text[1:2] in ("x", "X"):
            highest = 1 << max(value.bit_length() - 1, 0)
            values = {value & (value - 1) if value else 1, value ^ highest, value << 1, value + 1}
            texts = [f"{new:#x}" for new in sorted(values - {value})]
        else:
            texts = [str(new) for new in (value - 1, value + 1) if new >= 0]
        yield *match.span(), [text + suffix for text in texts]


# Of two widths the next one, or the only one
WIDTHS = {
    "Bit64u": ("Bit32u",),
    "Bit64s": ("Bit32s",),
    "Bit32u": ("Bit16u",),
    "Bit16u": ("Bit8u",),
    "bx_address": ("Bit32u",),
    "bx_phy_address": ("Bit32u",),
    "VMread16": ("VMread32",),
    "VMread32": ("VMread16", "VMread64"),
    "VMread64": ("VMread32",),
    "VMread_natural": ("VMread32",),
    "VMwrite16": ("VMwrite32",),
    "VMwrite32": ("VMwrite16", "VMwrite64"),
    "VMwrite64": ("VMwrite32",),
    "VMwrite_natural": ("VMwrite32",),
    "GET32L": ("(Bit16u)",),
    "GET32H": ("GET32L",),
    "read_physical_dword": ("read_physical_word",),
    "read_physical_qword": ("read_physical_dword",),
    "write_physical_dword": ("write_physical_word",),
    "write_physical_qword": ("write_physical_dword",),
    "read_virtual_dword": ("read_virtual_word",),
    "read_virtual_qword": ("read_virtual_dword",),
    "write_virtual_dword": ("write_virtual_word",),
    "write_virtual_qword": ("write_virtual_dword",),
    "BX_WRITE_16BIT_REG": ("BX_WRITE_32BIT_REGZ",),
    "BX_WRITE_32BIT_REGZ": ("BX_WRITE_16BIT_REG",),
    "BX_WRITE_64BIT_REG": ("BX_WRITE_32BIT_REGZ",),
    "BX_READ_32BIT_REG": ("BX_READ_16BIT_REG",),
    "BX_READ_64BIT_REG": ("BX_READ_32BIT_REG",),
    "RIP": ("EIP",),
    "RSP": ("ESP",),
    "RAX": ("EAX",),
    "RCX": ("ECX",),
    "RDX": ("EDX",),
    "RBX": ("EBX",),
    "RSI": ("ESI",),
    "RDI": ("EDI",),
    "EAX": ("AX",),
    "ECX": ("CX",),
    "EDX": ("DX",),
}


def width(code: str, _names: Names) -> Iterator[Change]:
    """A type, or what reads or writes, is for fewer bits, or for more"""
    for word in re.finditer(r"\b[A-Za-z]\w+\b", code):
        if word[0] in WIDTHS:
            yield *word.span(), WIDTHS[word[0]]


OPERATORS = (
    Operator("negate", negate),
    Operator("delete", delete),
    Operator("relation", relation),
    Operator("constant", constant),
    Operator("field", neighbours("field")),
    Operator("control", neighbours("control")),
    Operator("width", width),
    Operator("exit reason", neighbours("exit reason")),
    Operator("error number", neighbours("error number")),
    Operator("exception", neighbours("exception")),
)
