# SPDX-License-Identifier: GPL-2.0
"""How two points of one name differ: in what came of them, in what they read."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from vmxcheck.tap import Point

# The worst comes first; two points that differ within one outcome come last.
WORST_FIRST = ("failed", "todo", "undecided", "skipped", "passed")

# How a transcript says what a case leaves open: harness/vmxrun/transcript.h.
ANY = "*="
REST = "..."
MASKED = re.compile(r"(\w+)/(\w+)")


@dataclass(frozen=True)
class Difference:
    """What is different about some points: the outcomes, and lines of each side."""

    outcomes: tuple[str, str]
    notes: tuple[str, ...]
    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()


def difference(a: Point, b: Point) -> Difference | None:
    """The Difference between two points of one name; None if they agree."""
    outcomes = (a.outcome, b.outcome)
    notes = tuple(
        f"{side}: {text}" for side, point in (("A", a), ("B", b)) for text in why(point)
    )
    lines = first_difference(said(a, b), said(b, a))
    if a.outcome == b.outcome:
        if a.outcome == "skipped":
            return Difference(outcomes, notes) if a.reason != b.reason else None
        if not lines:
            same = a.fields.get("message") == b.fields.get("message")
            return None if same else Difference(outcomes, notes)
    return Difference(outcomes, notes, *(lines or ()))


def why(point: Point) -> list[str]:
    """What a point itself says about its outcome."""
    texts = [point.reason] if point.directive else []
    if point.outcome == "failed" and "message" in point.fields:
        place = point.fields.get("at", "")
        message = point.fields["message"].removeprefix(f"{place}: ")
        texts.append(f"{place}: {message}" if place else message)
    return texts


def said(point: Point, other: Point) -> list[str] | None:
    """The lines that a point read, as far as is known; None if it is not."""
    mine, others = point.fields, other.fields
    if "transcript" in mine and "transcript" in others:
        return mine["transcript"].splitlines()
    if "got" in mine:
        return mine["got"].splitlines()
    if point.outcome in ("passed", "undecided") and "expected" in others:
        return others["expected"].splitlines()
    return None


def first_difference(
    a: Sequence[str] | None, b: Sequence[str] | None
) -> tuple[tuple[str], tuple[str]] | None:
    """The first lines that differ in what the case asks for, one of each; or None.

    A point ends with the first line that is wrong: there is nothing after it.
    """
    for x, y in zip(a or (), b or ()):
        if checked(x) != checked(y):
            return (x,), (y,)
    return None


def checked(line: str) -> list[str | tuple[int, int]]:
    """A line without what the case leaves open."""
    words: list[str | tuple[int, int]] = []
    for word in line.split():
        if word == REST:
            break
        if word.startswith(ANY):
            words.append(ANY)
        else:
            words.append(masked(word) or word)
    return words


def masked(word: str) -> tuple[int, int] | None:
    """VALUE/MASK: the bits that count, and the mask; None if these are no numbers."""
    if not (match := MASKED.fullmatch(word)):
        return None
    try:
        value, mask = int(match[1], 0), int(match[2], 0)
        return value & mask, mask
    except ValueError:
        return None


def unmasked(line: str) -> str:
    """A line of which all bits count."""
    return MASKED.sub(r"\1", line)
