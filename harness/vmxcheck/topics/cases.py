# SPDX-License-Identifier: GPL-2.0
"""Cases and points: what they show, their guest, their transcript in words."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from vmxcheck.paths import CASES
from vmxcheck.results import Results
from vmxcheck.several import case_of
from vmxcheck.topics import evidence, listing
from vmxcheck.topics.text import Topic, filled, row, section, sentence

# The points of a case are named up to so many.
MOST = 40


def names() -> Iterator[str]:
    yield from evidence.case_texts()
    yield from evidence.points()


def find(word: str, folder: Path) -> Iterator[Topic]:
    """A point, a case, or its file, by a path."""
    name = word.removeprefix("./").removeprefix("cases/").removesuffix(".case")
    path = Path(word).absolute()
    if path.suffix == ".case" and path.is_relative_to(CASES):
        name = str(path.relative_to(CASES)).removesuffix(".case")
    if name in evidence.values():
        kind = "point" if "[" in name else "case"
        yield Topic(f"{kind} {name}", explain(case_of(name), name, folder))
    elif name in evidence.case_texts():
        yield Topic(f"case {name}", explain(name, "", folder))


def points_of(case: str) -> list[str]:
    return [point for point in evidence.points() if case_of(point) == case]


def explain(case: str, point: str, folder: Path) -> Iterator[str]:
    """`point`: one of its points, or "" for all."""
    shown = point or points_of(case)[0]
    yield from filled(evidence.comment(case))
    yield from row("file", f"cases/{case}.case")
    if sections := evidence.sections(case):
        yield from row("SDM", "; ".join(f'"{title}"' for title in sections))
    for word, rest in directives(case, shown):
        yield from row(word, rest)
    if not point and "[" in shown:
        yield from section("Points", named(points_of(case)))
    if values := evidence.values()[shown]:
        text = " ".join(f"{name}={value}" for name, value in values.items())
        yield from section(f"Values of {shown}", filled(text))
    yield from section(f"Transcript of {shown}" * ("[" in shown) or "Transcript", words(shown))
    yield from section(f"Guest {guest_of(shown)}", listing.of(guest_of(shown), labels(shown)))
    some = [point] if point else points_of(case)
    yield from section("What the SDM says of it", covered(some))
    last = evidence.last_run(folder)
    yield from section("Last run", came(some, last))
    yield from evidence.quirks(some)
    yield from ["", f"Outcomes: {sentence(evidence.from_run(last, folder))}"]
    yield from ["", f"./vmxcheck trace '{shown}' shows it as it runs."]


def named(points: Sequence[str]) -> Iterator[str]:
    """What tells them apart."""
    rows = [point.partition("[")[2].removesuffix("]") for point in points]
    more = f" and {len(rows) - MOST} more" * (len(rows) > MOST)
    yield from filled(f"{len(rows)}: {' '.join(rows[:MOST])}{more}")


@cache
def lines_of(point: str) -> list[str]:
    """The lines of its case after the directives, at this point; what a line continues is
    joined."""
    return [evidence.at_point(line, point) for line in _lines(case_of(point))]


@cache
def _lines(case: str) -> list[str]:
    text = evidence.case_texts()[case].replace("\r", "")
    text = re.sub(r"\n[ \t]+(?=\S)", " ", text)
    return [line for line in text.splitlines() if line and not line.startswith("#")]


# What begins a line of the transcript: a file, and what is done with it
STEP = re.compile(r"(?:[bc]/)?[a-z][a-z0-9]*[:?=!-]")


def directives(case: str, point: str) -> Iterator[tuple[str, str]]:
    """Those that are not `each`."""
    for line in lines_of(point):
        word, _, rest = line.partition(" ")
        if STEP.match(line):
            return
        if word != "each":
            yield word, rest


def guest_of(point: str) -> str:
    return next((line.split()[1] for line in lines_of(point) if line.startswith("guest ")), "")


def steps(point: str) -> list[str]:
    return [line for line in lines_of(point) if STEP.match(line)]


def labels(point: str) -> list[str]:
    """The labels of the guest that it names."""
    text = "\n".join(steps(point))
    return list(dict.fromkeys(re.findall(r"(?<!\$)\$([A-Za-z_]\w*)(?![\w.])", text)))


def words(point: str) -> Iterator[str]:
    """The lines, and under them what they mean."""
    lines = steps(point)
    for line, means in zip(lines, evidence.decode(lines)):
        yield from filled(line, "      ", "")
        if means:
            yield from filled(f"= {means}", "        ", "      ")


def covered(points: Sequence[str]) -> Iterator[str]:
    """The rows of the tables of coverage that name one of these."""
    some = set(points)
    for one in evidence.rows():
        if some & set(one.points()):
            yield from filled(f'{one.id}: {one.what}   (SDM, "{one.section}")', "    ", "")


def came(points: Sequence[str], last: Results | None) -> Iterator[str]:
    """What came of these points; more of those that did not pass."""
    if not last:
        return
    yield evidence.outcomes(points, last)
    for name in points:
        point = last.points.get(name)
        if point and point.outcome != "passed":
            text = point.reason or point.fields.get("message", "")
            yield from filled(f"{name}: {point.outcome}: {text}", "    ", "")
