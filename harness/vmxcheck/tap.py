# SPDX-License-Identifier: GPL-2.0
"""Reads TAP 13, a line at a time, as it comes: python3-tap reads what is complete."""

import functools
import re
from dataclasses import dataclass, field

POINT = re.compile(
    r"(?P<not>not )?ok\b\s*(?P<number>\d{1,9})?\s*(?:- )?(?P<name>[^#]*?)\s*"
    r"(?:#\s*(?P<directive>SKIP|TODO)\S*\s*(?P<reason>.*))?",
    re.IGNORECASE,
)
PLAN = re.compile(r"1\.\.(\d{1,9})(?!\d)")
OUTCOMES = ("passed", "failed", "skipped", "todo", "undecided")
# How the reason of a point begins that came as it must, but by whom is not known:
# platforms/masked.py. To others it is one that was skipped.
UNDECIDED = "undecided: "
BAIL_OUT = re.compile(r"Bail out!\s*(.*)", re.IGNORECASE)


@dataclass
class Point:
    """One TAP point: a line of the stream and the YAML block under it."""

    number: int
    name: str
    ok: bool
    directive: str = ""
    reason: str = ""
    yaml: list[str] = field(default_factory=list)

    @property
    def outcome(self) -> str:
        """One of OUTCOMES."""
        if self.directive == "SKIP" and self.ok:
            return "undecided" if self.reason.startswith(UNDECIDED) else "skipped"
        if self.directive == "TODO" and not self.ok:
            return "todo"
        return "passed" if self.ok and not self.directive else "failed"

    @property
    def fields(self) -> dict[str, str]:
        """The texts in the block, by their keys."""
        if not self.yaml:
            return {}
        # A machine may have ended in the middle of the last line.
        return texts(*self.yaml) or texts(*self.yaml[:-1]) or {}


def point_of(number: int, name: str, outcome: str) -> Point:
    """A point of which no more is known than its outcome."""
    directive = {"skipped": "SKIP", "undecided": "SKIP", "todo": "TODO"}.get(outcome, "")
    reason = UNDECIDED if outcome == "undecided" else ""
    return Point(number, name, outcome not in ("failed", "todo"), directive, reason)


@functools.cache
def texts(*lines: str) -> dict[str, str] | None:
    """The keys and texts of a block of YAML; None if it is none."""
    import yaml  # what make checks comes before its package is installed

    try:
        found = yaml.load("\n".join([*lines, ""]), yaml.CBaseLoader)
    except yaml.YAMLError:
        return None
    if not isinstance(found, dict):
        return None
    return {key: text for key, text in found.items() if isinstance(text, str)}


class Stream:
    """A TAP stream; `feed` it line by line.

    `plan` is the number of points it promised, None before it did; `points` are
    those that came; `bail_out` is why it gave up, None if it did not; `block` is the
    point to whose YAML block the last line belongs, None if it is in no block.
    """

    def __init__(self) -> None:
        self.plan: int | None = None
        self.points: list[Point] = []
        self.bail_out: str | None = None
        self.block: Point | None = None
        self._open: Point | None = None  # a point whose YAML block may still come

    def feed(self, line: str) -> list[Point]:
        """Takes the next line; returns the points that are complete with it.

        A point that is `ok` is complete at once (a block under it is a record of
        what passed, and is added to it later), one that is `not ok` with its YAML
        block or with the line that shows that there is none.
        """
        self.block = self._open if line.startswith("  ") else None
        if self.block:
            return self._yaml(self.block, line)
        done = self.finish()
        if match := PLAN.match(line):
            self.plan = int(match[1])
        elif match := BAIL_OUT.match(line):
            self.bail_out = match[1]
        elif match := POINT.fullmatch(line):
            done += self._point(match)
        return done

    def finish(self) -> list[Point]:
        """There are no more lines; returns the points that are complete now."""
        done = [self._open] if self._open and not self._open.ok else []
        self._open = None
        return done

    @property
    def complete(self) -> bool:
        """Whether every point of the plan came, and nothing else."""
        numbers = sorted(point.number for point in self.points)
        return len(numbers) == self.plan and numbers == list(range(1, self.plan + 1))

    def _point(self, match: re.Match[str]) -> list[Point]:
        point = Point(
            number=int(match["number"] or len(self.points) + 1),
            name=match["name"],
            ok=not match["not"],
            directive=(match["directive"] or "").upper(),
            reason=match["reason"] or "",
        )
        self.points.append(point)
        self._open = point
        return [point] if point.ok else []

    def _yaml(self, point: Point, line: str) -> list[Point]:
        text = line.strip()
        if text == "...":
            return self.finish()
        if text != "---":
            point.yaml.append(line)
        return []
