# SPDX-License-Identifier: GPL-2.0
"""What vmxcheck compare prints of more than two results: a table, who passes what."""

from collections import defaultdict
from collections.abc import Sequence
from string import ascii_uppercase

from vmxcheck import processor
from vmxcheck.difference import WORST_FIRST, difference
from vmxcheck.printed import points, print_names
from vmxcheck.results import Results, differ_in_ending
from vmxcheck.tap import Point

ABSENT = "-"

# What is in a row: for each result the outcome, and which of several forms of it.
Cells = tuple[str, ...]


def compare(every: Sequence[Results]) -> int:
    """Prints the table, what differs the most first; 0 if all are the same."""
    letters = [letter(i) for i in range(len(every))]
    for name, one in zip(letters, every):
        print(f"{name:>3}: {one.target} ({one.path})")
    for line in processor.table([(name, one.processor) for name, one in zip(letters, every)]):
        print(f"  {line}")
    for name, one in zip(letters, every):
        if ending := one.ending:
            print(f"{name:>3} {ending}")
    rows: dict[Cells, list[str]] = defaultdict(list)
    for name in dict.fromkeys(name for one in every for name in one.points):
        rows[cells([one.points.get(name) for one in every])].append(name)
    differ = [row for row in rows if len(set(row)) > 1]
    width = 2 + max(map(len, ["skipped", *(cell for row in differ for cell in row)]))
    print()
    print_row(width, "", letters)
    for outcome in reversed(WORST_FIRST):
        counts = [one.counts()[outcome] for one in every]
        # Few platforms have such points.
        if outcome != "undecided" or any(counts):
            print_row(width, outcome, list(map(str, counts)))
    print_row(width, "planned", [str(one.tap.plan or 0) for one in every])
    for row in sorted(differ, key=rank):
        print()
        print_row(width, f"{len(rows[row])}", row)
        print_names(rows[row])
    print()
    for row in sorted(rows, key=rank):
        if row not in differ:
            print(f"{row[0]} in all: {points(len(rows[row]))}")
    return 1 if differ or differ_in_ending(every) else 0


def letter(i: int) -> str:
    """A, B, ..., Z, AA, AB..."""
    before = letter(i // 26 - 1) if i >= 26 else ""
    return before + ascii_uppercase[i % 26]


def cells(some: Sequence[Point | None]) -> Cells:
    """What came of a point in each result; numbers tell forms of the same outcome apart."""
    forms: dict[str, list[Point]] = defaultdict(list)
    numbers = []
    for point in some:
        known = forms[point.outcome] if point else []
        number = next(
            (i for i, one in enumerate(known) if point and not difference(one, point)),
            len(known),
        )
        if point and number == len(known):
            known.append(point)
        numbers.append(number)
    return tuple(
        (f"{point.outcome} {number + 1}" if len(forms[point.outcome]) > 1 else point.outcome)
        if point
        else ABSENT
        for point, number in zip(some, numbers)
    )


def rank(row: Cells) -> tuple[int, bool]:
    """By the worst outcome that is not all's."""
    outcomes = [cell.split()[0] for cell in row]
    worst = min(
        WORST_FIRST.index(outcome) if outcome in WORST_FIRST else len(WORST_FIRST)
        for outcome in outcomes
    )
    return worst, len(set(outcomes)) == 1


def print_row(width: int, title: str, row: Sequence[str]) -> None:
    print(f"{title:>9}" + "".join(f"{text:>{width}}" for text in row))
