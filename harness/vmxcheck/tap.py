# SPDX-License-Identifier: GPL-2.0
"""Reads TAP 13, a line at a time, as it comes."""

import re
from dataclasses import dataclass, field

POINT = re.compile(
    r"(?P<not>not )?ok\b\s*(?P<number>\d+)?\s*(?:- )?(?P<name>[^#]*?)\s*"
    r"(?:#\s*(?P<directive>SKIP|TODO)\S*\s*(?P<reason>.*))?",
    re.IGNORECASE,
)
PLAN = re.compile(r"1\.\.(\d+)")
OUTCOMES = ("passed", "failed", "skipped", "todo")
FIELD = re.compile(r"  (\w+): (.*)")
ESCAPE = re.compile(r"\\(?:x([0-9a-f]{2})|(.))")
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
    def outcome(self):
        """One of OUTCOMES."""
        if self.directive == "SKIP" and self.ok:
            return "skipped"
        if self.directive == "TODO" and not self.ok:
            return "todo"
        return "passed" if self.ok and not self.directive else "failed"

    @property
    def fields(self):
        """What vmxrun says in the block: key -> text."""
        found = {}
        key = None
        for line in self.yaml:
            if match := FIELD.fullmatch(line):
                key, value = match.groups()
                found[key] = "" if value == "|" else scalar(value)
            elif key and line.startswith("    "):
                found[key] += line[4:] + "\n"
        return found


def scalar(text):
    """The text of a YAML scalar, plain or in double quotes."""
    if not text.startswith('"'):
        return text
    return ESCAPE.sub(lambda e: chr(int(e[1], 16)) if e[1] else e[2], text[1:-1])


class Stream:
    """A TAP stream; `feed` it line by line.

    `plan` is the number of points it promised, None before it did; `points` are
    those that came; `bail_out` is why it gave up, None if it did not; `block` is the
    point to whose YAML block the last line belongs, None if it is in no block.
    """

    def __init__(self):
        self.plan = None
        self.points = []
        self.bail_out = None
        self.block = None
        self._open = None  # a point whose YAML block may still come

    def feed(self, line):
        """Takes the next line; returns the points that are complete with it.

        A point that is `ok` is complete at once (a block under it is a record of
        what passed, and is added to it later), one that is `not ok` with its YAML
        block or with the line that shows that there is none.
        """
        self.block = self._open if line.startswith("  ") else None
        if self.block:
            return self._yaml(line.strip(), line)
        done = self.finish()
        if match := PLAN.match(line):
            self.plan = int(match[1])
        elif match := BAIL_OUT.match(line):
            self.bail_out = match[1]
        elif match := POINT.fullmatch(line):
            done += self._point(match)
        return done

    def finish(self):
        """There are no more lines; returns the points that are complete now."""
        done = [self._open] if self._open and not self._open.ok else []
        self._open = None
        return done

    @property
    def complete(self):
        """Whether every point of the plan came, and nothing else."""
        numbers = sorted(point.number for point in self.points)
        return self.plan is not None and numbers == list(range(1, self.plan + 1))

    def _point(self, match):
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

    def _yaml(self, text, line):
        if text == "...":
            return self.finish()
        if text != "---":
            self._open.yaml.append(line)
        return []
