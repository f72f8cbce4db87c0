# SPDX-License-Identifier: GPL-2.0
"""vmxcheck coverage: what the SDM lists, and what came of its cases on this platform.

cases/coverage/ holds a table for each area; cases/README.md has the format.
"""

import json
import re
import sys
from argparse import Namespace
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from vmxcheck import Error, results, run
from vmxcheck.image import CASES, list_points
from vmxcheck.tap import Point, Stream
from vmxcheck.target import Platform

# What came of the points, by their names
Came = Mapping[str, Point]

# Before the reason why there are no points: they can't be had, or the SDM leaves it to the processor
NONE, FREE = "none:", "free:"
# Before the points that no platform here runs: a variant of Bochs in harness/variants does, or
# they have been read only. A processor may have what they need; then this is only a hint.
VARIANT, READ = "variant:", "read:"
# The outcome of several points is the first of these that one of them has. "variant" and
# "read" are what is skipped behind these words; "free" is no point's.
OUTCOMES = ("failed", "todo", "passed", "skipped", "variant", "read", "free")


@dataclass
class Cell:
    """The points that show one side of an item, or why there are none."""

    points: list[str] = field(default_factory=list)
    none: str = ""
    free: str = ""
    # Those of them that no platform here runs, and "variant" or "read"
    elsewhere: dict[str, str] = field(default_factory=dict)

    def outcome(self, came: Came) -> str:
        """One of OUTCOMES, or none."""
        if self.free:
            return "free"
        outcomes = {self.of_point(name, came) for name in self.points}
        return next((one for one in OUTCOMES if one in outcomes), "none")

    def of_point(self, name: str, came: Came) -> str:
        outcome = came[name].outcome.replace("undecided", "skipped")
        return self.elsewhere.get(name, outcome) if outcome == "skipped" else outcome


@dataclass
class Row:
    """An item of the SDM's: a number, what it says, its section, its cells."""

    id: str
    what: str
    section: str
    cells: list[Cell]

    def outcome(self, came: Came) -> str:
        """As of the cells; `none` if one of them is."""
        outcomes = {cell.outcome(came) for cell in self.cells}
        return next((one for one in ("none", *OUTCOMES) if one in outcomes))

    def points(self) -> list[str]:
        return [name for cell in self.cells for name in cell.points]

    def elsewhere(self, where: str) -> list[str]:
        """The points behind the word `read:` or `variant:`."""
        word = where.removesuffix(":")
        cells = [cell.elsewhere for cell in self.cells]
        return [name for cell in cells for name, of in cell.items() if of == word]

    def why(self, came: Came) -> list[str]:
        """What keeps it from being plainly passed, one reason a line."""
        reasons = [f"no case: {cell.none}" for cell in self.cells if cell.none]
        reasons += [f"free: {cell.free}" for cell in self.cells if cell.free]
        for name in self.points():
            point = came[name]
            if point.outcome == "todo":
                reasons.append(f"{name}: {point.reason}")
            elif point.outcome == "failed":
                reasons.append(f"{name}: failed")
        if self.outcome(came) in ("skipped", "variant", "read"):
            reasons += [came[name].reason for name in self.points()]
        return list(dict.fromkeys(reasons))


@dataclass
class Area:
    """A table: its number, name and title, the names of its columns, its rows."""

    number: int
    name: str
    title: str
    columns: list[str]
    rows: list[Row]

    def counts(self, came: Came) -> Counter[str]:
        """How many rows there are of each outcome."""
        return Counter(row.outcome(came) for row in self.rows)


def matcher(pattern: str) -> re.Pattern[str]:
    """`*` is any text; a pattern without brackets stands for all points of a case."""
    text = re.escape(pattern).replace(r"\*", ".*")
    return re.compile(text if "[" in pattern else text + r"(\[.*)?")


class Points:
    """The names of all points, by their areas: to look through one is faster."""

    def __init__(self, points: Sequence[str]) -> None:
        self.all = points
        self.by_area: dict[str, list[str]] = defaultdict(list)
        for name in points:
            self.by_area[name.partition("/")[0]].append(name)

    def matching(self, pattern: str) -> list[str]:
        area, slash, _ = pattern.partition("/")
        some = self.by_area[area] if slash and "*" not in area else self.all
        if "*" not in pattern:
            return [name for name in some if pattern in (name, name.partition("[")[0])]
        return list(filter(matcher(pattern).fullmatch, some))


def read_cell(text: str, points: Points, place: str) -> Cell:
    if text.startswith(NONE):
        return Cell(none=text.removeprefix(NONE).strip())
    if text.startswith(FREE):
        return Cell(free=text.removeprefix(FREE).strip())
    cell = Cell()
    where, alone = "", False
    for pattern in text.split():
        if pattern in (VARIANT, READ):
            where = pattern.removesuffix(":")
            alone = True
            continue
        matches = points.matching(pattern)
        if not matches:
            raise Error(f"{place}: no point is called '{pattern}'")
        alone = False
        cell.points += [name for name in matches if name not in cell.points]
        if where:
            cell.elsewhere |= dict.fromkeys(matches, where)
    if alone:
        raise Error(f"{place}: no point follows '{where}:'")
    return cell


def read_area(path: Path, points: Sequence[str]) -> Area:
    """Reads one table; `points` are the names of all points there are."""
    known = Points(points)
    number, _, name = path.name.partition("-")
    area = Area(int(number), name, "", [], [])
    section = None
    for count, line in enumerate(path.read_text().splitlines(), 1):
        place = f"{path.name}:{count}"
        word, _, rest = line.partition(" ")
        cells = [cell.strip() for cell in line.split("|")]
        if not line or line.startswith("#"):
            continue
        if word == "area":
            area.title, *area.columns = [text.strip() for text in rest.split("|")]
        elif word == "section":
            section = rest.strip()
        elif not area.columns:
            raise Error(f"{place}: the table must begin with 'area TITLE | COLUMN'")
        elif section is None:
            raise Error(f"{place}: there must be a 'section' before the first row")
        elif len(cells) != 2 + len(area.columns) or not all(cells):
            raise Error(f"{place}: a row has {2 + len(area.columns)} cells")
        elif any(row.id == cells[0] for row in area.rows):
            raise Error(f"{place}: there is a row '{cells[0]}' already")
        else:
            row = Row(cells[0], cells[1], section, [])
            row.cells = [read_cell(cell, known, place) for cell in cells[2:]]
            area.rows.append(row)
    return area


def number(name: str) -> int:
    """Of an area, by the name of its table."""
    return int(name.partition("-")[0])


def read_tables(
    cases: Path = CASES, points: Sequence[str] | None = None
) -> list[Area]:
    """All areas, in the order of their numbers."""
    points = points or list_points(cases)
    paths = sorted(cases.glob("coverage/[0-9]*"), key=lambda path: number(path.name))
    if not paths:
        raise Error(f"{cases}/coverage: no tables")
    return [read_area(path, points) for path in paths]


def unexplained(areas: Sequence[Area], points: Sequence[str]) -> list[str]:
    """The points that no row names."""
    named = {name for area in areas for row in area.rows for name in row.points()}
    return [name for name in points if name not in named]


def command(platform: Platform | None, options: Namespace) -> int:
    """Runs everything, or reads what came of it; 0 if nothing failed and nothing is
    unexplained."""
    points = list_points(options.cases)
    areas = read_tables(options.cases, points)
    if platform:
        image = run.make_image(platform, points, options)
        status, tap = run.record(platform, image, options, "results.tap", "console.log")
        title = platform.title
    else:
        status, tap, title = kept(options.results)
    came = {point.name: point for point in tap.points}
    if missing := [name for name in points if name not in came]:
        if not platform:
            others = f" and {len(missing) - 1} more" * (len(missing) > 1)
            raise Error(f"{options.results[0]}: there is no {missing[0]} in it{others}")
        return status or 1
    run.make_folder(options.output)
    rest = unexplained(areas, points)
    (options.output / "coverage.json").write_text(
        json.dumps(as_json(title, areas, came, rest), indent=1) + "\n"
    )
    for area in areas:
        print_area(area, came)
    print_summary(title, areas, came)
    for name in rest:
        print(f"no table names {name}", file=sys.stderr)
    return status or bool(rest)


def kept(paths: Sequence[Path]) -> tuple[int, Stream, str]:
    """What came of an earlier run: its exit status, its TAP, and who was tested."""
    if len(paths) > 1:
        raise Error(f"{paths[1]}: coverage is of one result; `merge` makes one of shards")
    one = results.rename(results.whole(results.read(paths[0])))
    failed = one.counts()["failed"] or one.tap.bail_out is not None
    return int(bool(failed)), one.tap, one.target


def as_json(
    title: str, areas: Sequence[Area], came: Came, rest: Sequence[str]
) -> dict[str, object]:
    return {
        "platform": title,
        "unexplained": rest,
        "areas": [
            {
                "number": area.number,
                "name": area.name,
                "title": area.title,
                "counts": area.counts(came),
                "rows": [
                    {
                        "id": row.id,
                        "what": row.what,
                        "section": row.section,
                        "outcome": row.outcome(came),
                        "why": row.why(came),
                    }
                    | {
                        column: {name: came[name].outcome for name in cell.points}
                        for column, cell in zip(area.columns, row.cells)
                    }
                    for row in area.rows
                ],
            }
            for area in areas
        ],
    }


WORDS = {"none": "no case", "todo": "deviates"}


def print_area(area: Area, came: Came) -> None:
    """What is not plainly passed, and why."""
    print(f"\n{area.number} {area.title}")
    for row in area.rows:
        if (outcome := row.outcome(came)) == "passed":
            continue
        print(f"  {WORDS.get(outcome, outcome):8}  {row.id}: {row.what}")
        for reason in row.why(came):
            print(f"            {reason}")


def print_summary(title: str, areas: Sequence[Area], came: Came) -> None:
    """A line for each area; the columns add up: listed is all that follow."""
    titles = [
        *("listed", "passed", "deviates", "skipped", "variant", "read", "free"),
        *("no case", "failed", "points"),
    ]
    print(f"\n{title}\n\n{'area':28}" + "".join(f"{t:>10}" for t in titles))
    for area in areas:
        counts = area.counts(came)
        points = {name for row in area.rows for name in row.points()}
        values = [
            len(area.rows),
            *(counts[o] for o in ("passed", "todo", "skipped", "variant", "read")),
            *(counts[o] for o in ("free", "none", "failed")),
            len(points),
        ]
        name = f"{area.number} {area.name}"
        print(f"{name:28}" + "".join(f"{value:10}" for value in values))
