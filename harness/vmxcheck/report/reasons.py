# SPDX-License-Identifier: GPL-2.0
"""Why points are known to be wrong: what the results say, and what is right by cases/quirks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vmxcheck.profile import PROFILE
from vmxcheck.report.sides import Side
from vmxcheck.tap import Point
from vmxcheck.topics import evidence

URL = "quirks.html"


@dataclass
class Why:
    """A reason: the file of quirks that has it, and the points of each result that it excuses."""

    id: str
    file: str
    reason: str
    right: str = ""
    versions: str = ""
    points: dict[str, list[str]] = field(default_factory=dict)  # by the letter of the result

    @property
    def url(self) -> str:
        return f"{URL}#{self.id}"


class Reasons:
    """All reasons of these results."""

    def __init__(self, sides: Sequence[Side]) -> None:
        self.every: list[Why] = []
        self._known: dict[tuple[str, str], Why] = {}
        self._of: dict[tuple[str, str], Why] = {}
        for side in sides:
            for name, point in side.results.points.items():
                if point.outcome == "todo":
                    why = self._why(name, point)
                    why.points.setdefault(side.letter, []).append(name)
                    self._of[side.letter, name] = why

    def of(self, letter: str, name: str) -> Why | None:
        """Of a point in a result."""
        return self._of.get((letter, name))

    def hitting(self, names: Iterable[str]) -> list[tuple[Why, dict[str, int]]]:
        """Those of some of these points, and how many these are in each result."""
        some = set(names)
        found = []
        for why in self.every:
            counts = {letter: len(some & set(hit)) for letter, hit in why.points.items()}
            if any(counts.values()):
                found.append((why, {letter: n for letter, n in counts.items() if n}))
        return found

    def by_file(self) -> dict[str, list[Why]]:
        found: dict[str, list[Why]] = {}
        for why in self.every:
            found.setdefault(why.file, []).append(why)
        return dict(sorted(found.items()))

    def _why(self, name: str, point: Point) -> Why:
        file = point.fields.get("quirk", "").rpartition(":")[0]
        if not file and name.startswith(PROFILE):
            file = "cases/profiles"
        key = (file, point.reason)
        if key not in self._known:
            why = Why(f"w{len(self.every) + 1}", file, point.reason)
            platform = file.rpartition("/")[2]
            for one in evidence.reasons():
                if one.platform == platform and one.because in point.reason:
                    why.right, why.versions = one.right, one.versions
                    why.reason = point.reason.removesuffix(f": {one.right}")
            self._known[key] = why
            self.every.append(why)
        return self._known[key]
