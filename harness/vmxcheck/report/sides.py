# SPDX-License-Identifier: GPL-2.0
"""The results that are side by side, and what came of some points in each."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import processor
from vmxcheck.paths import ROOT
from vmxcheck.results import TREE, Results
from vmxcheck.table import letter

# The outcome of several points is the first of these that one of them has. `never`: all were
# skipped, or did not come; NONE: there are no points.
OUTCOMES = ("failed", "todo", "passed", "undecided", "never")
NONE = "none"
# Of one point
POINT_OUTCOMES = ("failed", "todo", "passed", "undecided", "skipped", "not run")
# The letters by which the pages know them
LETTERS = {"failed": "f", "todo": "t", "passed": "p", "undecided": "u", "never": "s"}
LETTERS |= {"skipped": "s", "not run": "s", NONE: "n"}
# What they mean, for people
MEANINGS = {
    "failed": "a point failed",
    "todo": "a point is wrong in a way that is known: a quirk",
    "passed": "all points that ran passed",
    "undecided": "passed, but perhaps only by the processor below",
    "never": "never run here: all points were skipped, or are not in the result",
    NONE: "no case is about it",
}


@dataclass(frozen=True)
class Side:
    """One result, by its letter."""

    letter: str
    results: Results

    @property
    def title(self) -> str:
        return self.results.target if self.results.target != "?" else self.path

    @property
    def path(self) -> str:
        path = Path(self.results.path)
        for folder in (ROOT, Path.cwd()):
            if path.is_relative_to(folder):
                return str(path.relative_to(folder))
        return str(path)

    @property
    def tree(self) -> str:
        """The version, and which cases and programs it is of."""
        return self.results.notes.get(TREE, "")

    @property
    def facts(self) -> Sequence[str]:
        """Of its processor, what processor.FACTS are called."""
        return processor.facts(self.results.processor)

    def outcome(self, name: str) -> str:
        """One of POINT_OUTCOMES."""
        point = self.results.points.get(name)
        return point.outcome if point else "not run"

    def counts(self, names: Iterable[str]) -> list[tuple[str, int]]:
        """How many of these points there are of each outcome, the worst first."""
        found = Counter(map(self.outcome, names))
        return [(one, found[one]) for one in POINT_OUTCOMES if found[one]]

    def of(self, names: Collection[str]) -> str:
        """One of OUTCOMES, or NONE."""
        found = set(map(self.outcome, names))
        return next((one for one in OUTCOMES if one in found), "never" if names else NONE)


def sides_of(every: Sequence[Results]) -> list[Side]:
    return [Side(letter(i), one) for i, one in enumerate(every)]


def alike(sides: Sequence[Side], name: str) -> list[list[Side]]:
    """Those of which the same came of a point, with the same words, are together."""
    found: dict[tuple[object, ...], list[Side]] = {}
    for side in sides:
        point = side.results.points.get(name)
        words = (point.reason, *point.yaml) if point else ()
        found.setdefault((side.outcome(name), *words), []).append(side)
    return list(found.values())


def by_outcome(sides: Sequence[Side], name: str) -> list[tuple[str, list[Side]]]:
    """What came of a point, the worst first, and in which results."""
    found = [(one, [side for side in sides if side.outcome(name) == one]) for one in POINT_OUTCOMES]
    return [(one, some) for one, some in found if some]


def letters(sides: Sequence[Side], names: Collection[str]) -> str:
    """What came of these points, a letter for each result."""
    return "".join(LETTERS[side.of(names)] for side in sides)


def worst(found: str) -> str:
    """Of such letters the one that a cell has if all results are shown."""
    return next(LETTERS[one] for one in (*OUTCOMES, NONE) if LETTERS[one] in found)
