# SPDX-License-Identifier: GPL-2.0
"""What else has a name: rows of coverage, checks of VM entry, VM-instruction errors,
capabilities, areas."""

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from vmxcheck.capabilities import expand, tables
from vmxcheck.coverage import Row
from vmxcheck.results import CAPS
from vmxcheck.topics import evidence
from vmxcheck.topics.text import Topic, filled, row, sentence


def names() -> Iterator[str]:
    yield from (one.id for one in evidence.rows())
    yield from (ident for ident, _ in tables().ERRORS.values())
    yield from tables().CAPABILITIES
    yield from areas()


def areas() -> list[str]:
    return list(dict.fromkeys(case.partition("/")[0] for case in evidence.case_texts()))


def find(word: str, folder: Path) -> Iterator[Topic]:
    lower = word.lower()
    yield from _rows(lower, folder)
    for number, (ident, text) in tables().ERRORS.items():
        if lower == ident.lower():
            yield from _rows(f"error-{number}", folder)
    if capability := tables().CAPABILITIES.get(lower):
        msr, bit, width = capability
        yield Topic(f"capability {lower}", _capability(lower, msr, bit, width, folder))
    if lower.rstrip("/") in areas():
        area = lower.rstrip("/")
        points = [point for point in evidence.points() if point.startswith(f"{area}/")]
        last = evidence.last_run(folder)
        lines = chain(evidence.table_of(points, last), [""], _outcomes(folder))
        yield Topic(f"area {area}: {len(points)} points", lines)


def _outcomes(folder: Path) -> Iterator[str]:
    last = evidence.last_run(folder)
    yield f"Outcomes: {sentence(evidence.from_run(last, folder))}"


def _rows(word: str, folder: Path) -> Iterator[Topic]:
    for one in evidence.rows():
        if one.id.lower() == word:
            yield Topic(f"{one.id}: {one.what}", _row(one, folder))


def _row(one: Row, folder: Path) -> Iterator[str]:
    last = evidence.last_run(folder)
    yield from row("SDM", f'"{one.section}"')
    for cell in one.cells:
        if cell.none or cell.free:
            yield from filled(f"No case: {cell.none or cell.free}.")
    yield from evidence.cases("Cases", one.points(), last)
    yield from evidence.quirks(one.points())
    yield from ["", *_outcomes(folder)]


def _capability(name: str, msr: int, bit: int, width: int, folder: Path) -> Iterator[str]:
    last = evidence.last_run(folder)
    bits = f"bits {bit + width - 1}:{bit}" if width > 1 else f"bit {bit}"
    yield from filled(f"{sentence(bits)[:-1]} of MSR {msr:#x}.")
    yield from row("SDM", '"VMX Capability Reporting Facility"')
    if last and CAPS in last.capabilities:
        value = expand(last.capabilities[CAPS]).get(name, "0")
        yield from row("last run", f"{last.target}: {value}")
    points = evidence.points_naming(name)
    yield from evidence.cases("Cases that name it", points, last)
    yield from ["", *_outcomes(folder)]
