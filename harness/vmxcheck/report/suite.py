# SPDX-License-Identifier: GPL-2.0
"""What the suite has: its cases with their points, which of them are about what."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from vmxcheck.coverage import Area, Row
from vmxcheck.several import case_of
from vmxcheck.topics import evidence


@cache
def cases() -> dict[str, list[str]]:
    """The points of each case."""
    found: dict[str, list[str]] = {}
    for point in evidence.points():
        found.setdefault(case_of(point), []).append(point)
    return found


@cache
def rows_of() -> dict[str, list[tuple[Area, Row]]]:
    """The rows of the tables of coverage that name each point."""
    found: dict[str, list[tuple[Area, Row]]] = {}
    for area in evidence.areas():
        for row in area.rows:
            for name in dict.fromkeys(row.points()):
                found.setdefault(name, []).append((area, row))
    return found


@dataclass(frozen=True)
class Some:
    """Points of one case, all or not."""

    case: str
    names: Sequence[str]

    @property
    def all(self) -> bool:
        return len(self.names) == len(cases().get(self.case, ()))

    @property
    def of(self) -> int:
        """How many the case has."""
        return len(cases().get(self.case, ()))

    @property
    def about(self) -> str:
        """The first sentence that it says of itself."""
        return first_sentence(self.case) if self.case in cases() else ""


@cache
def first_sentence(case: str) -> str:
    return evidence.comment(case).partition(". ")[0].rstrip(".")


def by_case(names: Iterable[str]) -> list[Some]:
    found: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        found.setdefault(case_of(name), []).append(name)
    return [Some(case, some) for case, some in found.items()]


@cache
def naming(word: str) -> list[str]:
    """The points of the cases that have this word."""
    return [point for case in evidence.naming(word) for point in cases()[case]]
