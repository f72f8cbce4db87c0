# SPDX-License-Identifier: GPL-2.0
"""A register as a picture: its bits, the highest first, and what each group of them says."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from string import ascii_lowercase, ascii_uppercase

from vmxcheck.image import run_program
from vmxcheck.paths import BUILD
from vmxcheck.topics.text import WIDTH, filled

# Names that fit into a box
SHORT = 16


@dataclass(frozen=True)
class Bits:
    """Bits `high` to `low` of a number, and what they say.

    `choices` are the words for its values, "" for one that is reserved; `flag`: `name` holds if
    the bit is 1. They are there only if the bits of `when_mask` are `when`.
    """

    high: int
    low: int
    name: str = ""
    choices: tuple[str, ...] = ()
    flag: bool = False
    when_mask: int = 0
    when: int = 0

    @property
    def range(self) -> str:
        return f"{self.high}:{self.low}" if self.high > self.low else f"{self.low}"

    @property
    def meaning(self) -> str:
        """What its values say."""
        if self.choices:
            known = [f"{i}: {text}" for i, text in enumerate(self.choices) if text]
            text = "; ".join(known)
        elif self.flag:
            text = f"1: {self.name}"
        else:
            text = self.name
        if self.when_mask:
            return f"{text} (only where the value & {self.when_mask:#x} is {self.when:#x})"
        return text


Register = Sequence[Bits]


@cache
def printed() -> Sequence[str]:
    """What vmxrun knows of bits and fields, as harness/vmxrun/formats.h has it."""
    return run_program(BUILD / "vmxrun", "--formats").splitlines()


@cache
def exists_with() -> Mapping[str, Sequence[str]]:
    """The fields that not every processor has -> the controls with one of which they exist."""
    rows = [line.split("\t")[1:] for line in printed() if line.startswith("exists\t")]
    pattern = re.compile(r"SUPPORTS\((\w+), (\w+)\)")
    return {field: [".".join(pair) for pair in pattern.findall(text)] for field, text in rows}


@cache
def formats() -> Mapping[str, Register]:
    """The bits of each exit qualification, by the number of the exit, and NUMBER:VECTOR of an
    exception; of some fields, by their names. As vmxrun has them."""
    found: dict[str, list[Bits]] = {}
    for line in printed():
        if line.startswith("exists\t"):
            continue
        of, kind, high, low, mask, when, name, choices = line.split("\t")
        bits = Bits(
            *(int(high), int(low), name.strip()),
            tuple(choices.split("|")) if choices else (),
            *(kind == "flag", int(mask, 0), int(when, 0)),
        )
        found.setdefault(of, []).append(bits)
    return found


def picture(register: Register, width: int = 64) -> Iterator[str]:
    """The boxes, and under them a line for each group of bits."""
    boxes = list(_with_gaps(register, width))
    labels = dict(_labels(boxes))
    row: list[Bits] = []
    for box in boxes:
        if sum(len(_cell(one, labels[one])) + 1 for one in (*row, box)) > WIDTH - 4:
            yield from _boxes(row, labels)
            row = []
        row.append(box)
    yield from _boxes(row, labels)
    for box in boxes:
        if box in register:
            letter = labels[box] if len(labels[box]) == 1 else ""
            yield from filled(box.meaning, " " * 10, f"{box.range:>5}  {letter:1}  ")


def _with_gaps(register: Register, width: int) -> Iterator[Bits]:
    """The highest first; bits that say nothing are 0."""
    top = width
    for bits in sorted(register, key=lambda bits: -bits.high):
        if bits.high < top - 1:
            yield Bits(top - 1, bits.high + 1)
        yield bits
        top = bits.low
    if top:
        yield Bits(top - 1, 0)


def _labels(boxes: Sequence[Bits]) -> Iterator[tuple[Bits, str]]:
    letters = iter(ascii_uppercase + ascii_lowercase)
    for box in boxes:
        if not (box.name or box.choices):
            yield box, "0"
        elif box.choices or box.flag or len(box.name) > SHORT:
            yield box, next(letters)
        else:
            yield box, box.name.rstrip(":")


def _cell(box: Bits, label: str) -> str:
    return f" {label:^{max(len(box.range), len(label))}} "


def _boxes(row: Sequence[Bits], labels: Mapping[Bits, str]) -> Iterator[str]:
    cells = [_cell(box, labels[box]) for box in row]
    line = "+" + "+".join("-" * len(cell) for cell in cells) + "+"
    yield " " + " ".join(f"{box.range:^{len(cell)}}" for box, cell in zip(row, cells))
    yield line
    yield "|" + "|".join(cells) + "|"
    yield line
