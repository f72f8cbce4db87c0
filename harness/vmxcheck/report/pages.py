# SPDX-License-Identifier: GPL-2.0
"""Writes the pages, by the templates beside this file."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from vmxcheck import processor
from vmxcheck.coverage import Area
from vmxcheck.paths import CASES
from vmxcheck.profile import PROFILE
from vmxcheck.report import facts, items, names, reasons, search, sides, suite, words
from vmxcheck.report.reasons import Reasons
from vmxcheck.results import Results
from vmxcheck.table import cells, rank
from vmxcheck.topics import cases, evidence
from vmxcheck.tree import tree

HERE = Path(__file__).parent
STATIC = ("report.css", "report.js")
OTHERS = "other.html"
TABLE = "table.html"


@dataclass(frozen=True)
class Group:
    """Points that have the same outcomes; the outcome of each result, with the letter of it."""

    cells: Sequence[tuple[str, str]]
    differ: bool
    points: Sequence[str]


class Pages:
    """What all pages are made of."""

    def __init__(self, folder: Path, every: Sequence[Results]) -> None:
        self.folder = folder
        self.sides = sides.sides_of(every)
        self.reasons = Reasons(self.sides)
        self.points = list(dict.fromkeys(name for one in every for name in one.points))
        self.others = [name for name in self.points if name not in evidence.values()]
        self.transcripts = words.Transcripts(evidence.points())
        self.templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )
        common: dict[str, object] = {
            **{"sides": self.sides, "names": names, "why": self.reasons.of, "url_of": self.url_of},
            **{"LETTERS": sides.LETTERS, "MEANINGS": sides.MEANINGS, "by_case": suite.by_case},
            **{"letters_of": self.letters, "worst": sides.worst},
            "alike": lambda name: sides.alike(self.sides, name),
            "by_outcome": lambda name: sides.by_outcome(self.sides, name),
        }
        self.templates.globals |= common

    def write(self, path: str, template: str, **values: object) -> None:
        """A page; `root` is how it gets to the first folder."""
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        root = "../" * path.count("/")
        text = self.templates.get_template(template).render(root=root, path=path, **values)
        file.write_text(text, encoding="utf-8")

    def letters(self, points: Sequence[str]) -> str:
        return sides.letters(self.sides, points)

    def url_of(self, point: str) -> str:
        """Where a point is, of the suite or not."""
        if point in evidence.values():
            return names.point_url(point)
        return f"{OTHERS}#o-{self.others.index(point)}"


def write(folder: Path, every: Sequence[Results]) -> None:
    """All of the report."""
    pages = Pages(folder, every)
    for name in STATIC:
        (folder / name).write_text((HERE / name).read_text(encoding="utf-8"), encoding="utf-8")
    maps = items.maps()
    write_index(pages)
    for part in maps:
        for item in part.items:
            if "#" not in item.url:
                write_item(pages, item)
    for area in evidence.areas():
        path = names.area_url(area.number, area.name)
        pages.write(path, "area.html", area=area, sections=sections(area), suite=suite)
    for case, points in suite.cases().items():
        write_case(pages, case, points)
    for guest, used in guests().items():
        own = {"lines": words.source(guest), "others": words.others(guest)}
        pages.write(f"guest/{guest}.html", "guest.html", guest=guest, used=used, **own)
    pages.write(TABLE, "table.html", groups=groups(pages))
    pages.write(reasons.URL, "quirks.html", files=pages.reasons.by_file())
    pages.write(OTHERS, "other.html", points=pages.others)
    others = [("point", name, "not of these cases", pages.url_of(name)) for name in pages.others]
    (folder / "search.js").write_text(search.script(maps, [*guests()], others), encoding="utf-8")


@cache
def guests() -> dict[str, list[str]]:
    """The guests, and the cases that run each."""
    found: dict[str, list[str]] = {}
    for case, points in suite.cases().items():
        for guest in dict.fromkeys(map(cases.guest_of, points)):
            if guest:
                found.setdefault(guest, []).append(case)
    return dict(sorted(found.items()))


def write_index(pages: Pages) -> None:
    """The map."""
    trees = {side.tree for side in pages.sides if side.tree}
    pages.write(
        "index.html",
        "index.html",
        maps=items.maps(),
        known=[
            (i, fact)
            for i, fact in enumerate(processor.FACTS)
            if any(side.facts[i] != processor.UNKNOWN for side in pages.sides)
        ],
        areas=[(area, counts(pages, area)) for area in evidence.areas()],
        other_tree=bool(trees - {tree()}),
        missing=[side for side in pages.sides if side.results.ending],
    )


def counts(pages: Pages, area: Area) -> list[list[tuple[str, int]]]:
    """Of each result, how many rows there are of each outcome."""
    found = []
    for side in pages.sides:
        of = Counter(side.of(row.points()) for row in area.rows)
        found.append([(one, of[one]) for one in (*sides.OUTCOMES, sides.NONE) if of[one]])
    return found


def sections(area: Area) -> Iterator[tuple[str, Sequence[object]]]:
    """Its rows, by the sections of the SDM."""
    found: dict[str, list[object]] = {}
    for row in area.rows:
        found.setdefault(row.section, []).append(row)
    yield from found.items()


def write_item(pages: Pages, item: items.Item) -> None:
    """The page of a cell of the map."""
    points = list(item.points)
    profile = f"{PROFILE}{item.name}"
    pages.write(
        item.url,
        "item.html",
        item=item,
        facts=facts.of(item),
        profile=profile if profile in pages.others else "",
        reasons=pages.reasons.hitting(points),
    )


def write_case(pages: Pages, case: str, points: Sequence[str]) -> None:
    """A case, with all of its points."""
    path = names.case_url(case)
    root = "../" * path.count("/")
    pages.write(
        f"case/{case}.html",
        "case.html",
        case=case,
        comment=evidence.comment(case),
        sdm=evidence.sections(case),
        directives=list(cases.directives(case, points[0])),
        text=(CASES / f"{case}.case").read_text(errors="replace"),
        points=points,
        values=evidence.values(),
        guest_of=cases.guest_of,
        rows_of=suite.rows_of(),
        transcript=lambda point: pages.transcripts.items(point, root),
    )


def groups(pages: Pages) -> list[Group]:
    """Who passes what: the points by what came in each result; what differs comes first, and
    of that the worst."""
    found: dict[tuple[str, ...], list[str]] = {}
    for name in dict.fromkeys([*pages.points, *evidence.points()]):
        came = [side.results.points.get(name) for side in pages.sides]
        found.setdefault(cells(came), []).append(name)
    rows = sorted(found, key=lambda row: (len(set(row)) == 1, rank(row)))
    return [Group(list(map(_cell, row)), len(set(row)) > 1, found[row]) for row in rows]


def _cell(text: str) -> tuple[str, str]:
    """The outcome, with its letter."""
    if text == "-":
        return "not run", sides.LETTERS["not run"]
    return text, sides.LETTERS[text.split()[0]]


