# SPDX-License-Identifier: GPL-2.0
"""Exit reasons, and exceptions as causes of VM exits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from vmxcheck.capabilities import tables
from vmxcheck.several import case_of
from vmxcheck.topics import controls, draw, evidence
from vmxcheck.topics.text import Topic, filled, row, sdm, section, sentence

EXCEPTION = "EXCEPTION_NMI"
# Its qualification depends on the vector.
OF_EXCEPTIONS = 0
LISTED = "VMX Basic Exit Reasons"
BASIC = "Basic VM-Exit Information"


def names() -> Iterator[str]:
    """What they can be called."""
    for number, (ident, name, sdm_name) in tables().EXITS.items():
        yield from (str(number), ident, name, name.removeprefix("."), sdm_name)
    for _, name, _, sdm_name in tables().EXCEPTIONS.values():
        yield from (name, sdm_name)


def find(word: str, folder: Path) -> Iterator[Topic]:
    """The exits that are called so."""
    lower = word.lower()
    for number, row_ in tables().EXITS.items():
        ident, name, sdm_name = row_
        known = (str(number), f"{number:#x}", ident, name, name.removeprefix("."), sdm_name)
        if lower in (text.lower() for text in known):
            yield Topic(
                f"VM exit {number}: {sdm_name} ({name} in wait, VMX_EXIT_{ident})",
                explain(number, folder),
            )
    for vector, (_, name, has_code, sdm_name) in tables().EXCEPTIONS.items():
        if lower in (name, name.removeprefix("#"), sdm_name.lower(), f"#{vector}"):
            yield Topic(
                f"exception {vector}: {sdm_name} ({name} in wait)",
                exception(vector, name, has_code, folder),
            )


def explain(number: int, folder: Path) -> Iterator[str]:
    ident, name, _ = tables().EXITS[number]
    causes = [one[1:] for one in tables().CAUSES if one[0] == ident]
    for by, section_, when in causes:
        yield from filled(f"It comes when {when}.")
        yield from row("SDM", f'"{section_}"')
        yield from governed_by(by)
    yield from row("listed in", sdm(LISTED))
    yield from section("Exit qualification", qualification(ident, str(number)))
    if number == OF_EXCEPTIONS:
        for vector in (1, 14):
            _, of, _, _ = tables().EXCEPTIONS[vector]
            lines = draw.picture(draw.formats()[f"{number}:{vector}"])
            yield from section(f"Exit qualification of {of}", lines)
    yield from section("For example", examples(name, about(f"reason-{number}")))
    yield from of_the_suite(f"reason-{number}", name, folder)


def exception(vector: int, name: str, has_code: bool, folder: Path) -> Iterator[str]:
    """An exception exits by the exception bitmap."""
    by = f"bit {vector} of exception_bitmap is 1"
    if name == "#pf":
        by += ", or 0, as the error code and the fields page_fault_error_code_* decide"
    yield from filled(f"It makes the guest exit when {by}: exit reason 0.")
    yield from row("SDM", '"Exception Bitmap"; "Other Causes of VM Exits"')
    code = "has an error code" if has_code else "has no error code"
    yield from row("error code", f"it {code}")
    if register := draw.formats().get(f"{OF_EXCEPTIONS}:{vector}"):
        yield from section("Exit qualification", draw.picture(register))
    else:
        yield from section("Exit qualification", ["Nothing: it is 0."])
    yield from section("For example", examples(name))
    yield from of_the_suite("", name, folder)


def governed_by(by: str) -> Iterator[str]:
    """A line for each control and field."""
    for word in by.split():
        if text := controls.place(word):
            yield from row("control", f"{word}: {text}")
        else:
            yield from row("field", word)
    if not by:
        yield from row("control", "none")


def qualification(ident: str, key: str) -> Iterator[str]:
    """The bits, as a picture."""
    yield from filled(sdm(tables().QUALIFICATIONS.get(ident, BASIC)))
    if register := draw.formats().get(key):
        yield from draw.picture(register)
    elif ident == EXCEPTION:
        yield "0, but for #DB and #PF."
    else:
        yield "Nothing: it is 0."


def examples(name: str, about: Sequence[str] = ()) -> Iterator[str]:
    """example_lines(), each with its point, and what it means."""
    found = example_lines(name, about)
    for (line, point), means in zip(found.items(), evidence.decode(list(found))):
        yield from filled(f"{line} ...   {means} ({point})", "    ", "")


def example_lines(name: str, about: Sequence[str] = (), most: int = 3) -> dict[str, str]:
    """Lines of wait that cases expect, each with another qualification, and a point that does:
    at first those that are about it."""
    found: dict[str, str] = {}
    some = set(about)
    for point in sorted(waiting(name), key=lambda point: point not in some):
        for line in evidence.case_texts()[case_of(point)].splitlines():
            match = line.startswith("wait? ") and re.match(
                rf"wait\? {re.escape(name)} 0x[0-9a-f]+(?= |$)", evidence.at_point(line, point)
            )
            if match and match[0] not in found:
                found[match[0]] = point
                break
        if len(found) == most:
            break
    return found


# What a line of wait is: the exits that it expects, `{NAME}` for one that depends on the point
WAIT = re.compile(r"^(?:[bc]/)?wait\? (.*)", re.MULTILINE)


def waiting(name: str) -> list[str]:
    """The points that have a line of wait with this name."""
    return _waiting().get(name, [])


@cache
def _waiting() -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    events: dict[str, set[str]] = {}
    for point in evidence.points():
        case = case_of(point)
        if case not in events:
            events[case] = set(_events(evidence.case_texts()[case]))
        for name in {evidence.at_point(one, point) for one in events[case]}:
            found.setdefault(name, []).append(point)
    return found


def _events(text: str) -> Iterator[str]:
    for match in WAIT.finditer(text):
        yield from (words.split()[0] for words in match[1].split(" | ") if words.split())


def about(row_id: str) -> list[str]:
    """The points of this row of coverage."""
    return [point for one in evidence.rows() if one.id == row_id for point in one.points()]


def of_the_suite(row_id: str, name: str, folder: Path) -> Iterator[str]:
    """Its cases: those that are about it first; what came of them; quirks."""
    last = evidence.last_run(folder)
    for one in evidence.rows():
        if one.id == row_id:
            yield from section("Cases", (f"none: {cell.none}" for cell in one.cells if cell.none))
    main = about(row_id)
    yield from evidence.cases("Cases that are about it", main, last)
    others = [point for point in waiting(name) if point not in set(main)]
    count = len({case_of(point) for point in others})
    if others and main:
        yield from section("Others", [f"{count} more cases wait for it: {len(others)} points"])
    else:
        yield from evidence.cases("Cases that wait for it", others, last)
    yield from evidence.quirks(main or others)
    yield from ["", f"Outcomes: {sentence(evidence.from_run(last, folder))}"]
