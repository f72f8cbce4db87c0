# SPDX-License-Identifier: GPL-2.0
"""What is not as it was: a result beside an earlier one, the baseline."""

import sys
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import baseline, results
from vmxcheck.difference import WORST_FIRST, difference, why
from vmxcheck.printed import print_names, print_wrapped, several
from vmxcheck.results import Results
from vmxcheck.tap import Point, Stream


def kind_of(outcome: str) -> str:
    """What a point is whose outcome is another now."""
    return {"failed": "new failure", "passed": "new pass"}.get(
        outcome, f"newly {outcome} point"
    )


ANOTHER, CHANGED = "other failure", "changed transcript"
LOST, ADDED = "lost point", "new point"
# In the order in which they are told
KINDS = (*map(kind_of, WORST_FIRST), ANOTHER, CHANGED, LOST, ADDED)


@dataclass(frozen=True)
class Change:
    """A point that is not as it was; `lines` say how."""

    name: str
    lines: Sequence[str] = ()


# Kind -> the points
Changes = Mapping[str, Sequence[Change]]


@dataclass(frozen=True)
class Before:
    """An earlier result: its points that a run is about."""

    title: str
    points: Mapping[str, Point]
    transcripts: bool

    def changes(self, tap: Stream) -> Changes:
        """What is different now, by kind."""
        found: dict[str, list[Change]] = {}
        now = {point.name: point for point in tap.points}
        transcripts = self.transcripts and any(
            "transcript" in point.fields for point in tap.points
        )
        for name in [*now, *(name for name in self.points if name not in now)]:
            kind, lines = change(self.points.get(name), now.get(name), transcripts)
            if kind:
                found.setdefault(kind, []).append(Change(name, lines))
        return {kind: found[kind] for kind in KINDS if kind in found}


def change(
    before: Point | None, now: Point | None, transcripts: bool
) -> tuple[str, Sequence[str]]:
    """The kind of a change, "" if there is none, and what it is in words."""
    if now is None:
        return LOST, ()
    if before is None:
        return ADDED, () if now.outcome == "passed" else [now.outcome, *why(now)]
    if before.outcome != now.outcome:
        return kind_of(now.outcome), why(now)
    messages = [point.fields.get("message") for point in (before, now)]
    if now.outcome == "failed" and None not in messages and messages[0] != messages[1]:
        return ANOTHER, why(now)
    if transcripts and now.outcome != "skipped" and (found := difference(before, now)):
        return CHANGED, [
            f"{mark} {line}"
            for mark, lines in (("-", found.a), ("+", found.b))
            for line in lines
        ]
    return "", ()


def read(path: Path, name: str) -> Results:
    """The baseline that this file is; of a folder, the results of this name."""
    file = path / name if path.is_dir() else path
    return results.rename(results.ended(baseline.read(file)))


def before(one: Results, about: Container[str]) -> Before:
    """Of an earlier result, what a run is about."""
    points = {name: point for name, point in one.points.items() if name in about}
    return Before(f"{one.target} ({one.path})", points, one.transcripts)


def tell(before: Before, tap: Stream) -> str:
    """Prints what changed; returns it as a few words, "" if nothing did."""
    found = before.changes(tap)
    for kind, some in found.items():
        print(f"{several(len(some), kind)}:", file=sys.stderr)
        alike: dict[tuple[str, ...], list[str]] = {}
        for one in some:
            alike.setdefault(tuple(one.lines), []).append(one.name)
        for lines, names in alike.items():
            print_names(names, sys.stderr)
            for line in lines:
                print_wrapped(line, "      ", "        ", sys.stderr)
    return ", ".join(several(len(some), kind) for kind, some in found.items())
