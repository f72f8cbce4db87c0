# SPDX-License-Identifier: GPL-2.0
"""What a platform must offer: its file in cases/profiles, whose README has the grammar.

Each capability is a point, profile/CAPABILITY, which vmxrun decides where it runs.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from vmxcheck import Error
from vmxcheck.target import Platform

PROFILE = "profile/"
BELOW = "below."
VERSION = re.compile(r"\d+(\.\d+)*")


@dataclass
class Offer:
    """A capability that a platform must offer, if the conditions hold.

    `known`: why it does not, if that is known.
    """

    capability: str
    conditions: tuple[str, ...]
    because: str
    known: str = ""

    @property
    def point(self) -> str:
        """What the point is called."""
        return PROFILE + name_of(self.capability)

    @property
    def line(self) -> str:
        """As vmxrun reads it."""
        conditions = " ".join(self.conditions)
        return f"{self.capability}\t{conditions}\t{self.because}\t{self.known}\n"


@dataclass
class Profile:
    """What a platform must offer, and what it has no code for: a name, and why."""

    offers: dict[str, Offer] = field(default_factory=dict)
    lacks: dict[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All of it, for vmxrun."""
        return "".join(offer.line for offer in self.offers.values())

    def points(self, patterns: Iterable[str] = ()) -> list[str]:
        """The names of the points that a pattern selects; all without one."""
        points = [offer.point for offer in self.offers.values()]
        patterns = list(patterns)
        if not patterns:
            return points
        chosen = [p for p in points if any(fnmatchcase(p, one) for one in patterns)]
        for one in patterns:
            if not any(fnmatchcase(point, one) for point in points):
                raise Error(f"there is no point '{one}' in the profile of this platform")
        return chosen


def of(platform: Platform, cases: Path) -> Profile:
    """The profile of a platform; one that has none must offer nothing."""
    name, _, version = platform.profile.partition("@")
    path = cases / "profiles" / name
    if not name or not path.exists():
        return Profile()
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise Error(f"{path}: {error}") from None
    return parse(text, str(path), version, platform.kinds)


def parse(text: str, path: str, version: str, kinds: Sequence[str] = ()) -> Profile:
    """Reads a profile, as it is for this version, and for one that is of these kinds."""
    reader = Reader(path, version, kinds)
    for number, line in logical_lines(text):
        reader.place = f"{path}:{number}"
        reader.line(line)
    reader.finish()
    return reader.profile


def logical_lines(text: str) -> Iterable[tuple[int, str]]:
    """The lines, each with its number and what continues it."""
    last: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith((" ", "\t")) and last and line.strip():
            last = last[0], f"{last[1]} {line.strip()}"
            continue
        if last:
            yield last
        last = (number, line.rstrip()) if line.strip() and line[0] != "#" else None
    if last:
        yield last


class Reader:
    """Takes the lines of a profile."""

    def __init__(self, path: str, version: str, kinds: Sequence[str]) -> None:
        self.profile = Profile()
        self.place = path
        self.version = version
        self.kinds = kinds
        self.because = ""
        self.active = False
        self.missing: dict[str, tuple[str, str]] = {}
        self.offered: set[str] = set()  # by whatever reason, also of other versions

    def line(self, line: str) -> None:
        word, _, text = line.partition(" ")
        words = text.split()
        if not words:
            raise self.wrong(f"'{line}' says nothing")
        if word == "because":
            self.because, self.active = text, True
        elif word not in ("from", "until", "on", "offers", "passes", "missing", "lacks"):
            raise self.wrong(f"a line begins with because, from, until, on, offers, passes,"
                             f" missing or lacks, and not with '{word}'")
        elif not self.because:
            raise self.wrong(f"'{word}' without a 'because' before it")
        elif word in ("from", "until"):
            self.range(line.split())
        elif word == "on":
            self.active = self.active and bool(set(words) & set(self.kinds))
        else:
            self.capabilities(word, words)

    def range(self, words: Sequence[str]) -> None:
        """from VERSION until VERSION, or one of the two."""
        for word, version in zip(words[::2], words[1::2], strict=False):
            if word not in ("from", "until") or not VERSION.fullmatch(version):
                break
            if word == "from" and numbers(self.version) < numbers(version):
                self.active = False
            if word == "until" and numbers(self.version) > numbers(version):
                self.active = False
        else:
            if len(words) % 2 == 0:
                return
        raise self.wrong("expected: from VERSION until VERSION, or one of the two")

    def capabilities(self, word: str, words: Sequence[str]) -> None:
        """CAPABILITY ... [if CONDITION ...]"""
        names, conditions = list(words), []
        if "if" in words:
            at = words.index("if")
            names, conditions = list(words[:at]), list(words[at + 1 :])
            if not names or not conditions or word in ("missing", "lacks"):
                raise self.wrong(f"expected: {word} CAPABILITY ... if CONDITION ...")
        if word in ("offers", "passes"):
            self.offered.update(map(name_of, names))
        for name in names if self.active else ():
            if word == "lacks":
                self.profile.lacks[name] = self.because
            elif word == "missing":
                self.missing[name] = self.because, self.place
            else:
                self.offer(name, [f"{BELOW}{name}"] if word == "passes" else [], conditions)

    def offer(self, name: str, first: Sequence[str], conditions: Sequence[str]) -> None:
        if name_of(name) in self.profile.offers:
            raise self.wrong(f"{name_of(name)} is offered twice")
        conditions = (*first, *conditions)
        self.profile.offers[name_of(name)] = Offer(name, tuple(conditions), self.because)

    def finish(self) -> None:
        for name, (why, place) in self.missing.items():
            if name not in self.offered:
                raise Error(f"{place}: {name} is missing, but nothing says that it is offered")
            if name in self.profile.offers:
                self.profile.offers[name].known = why

    def wrong(self, what: str) -> Error:
        return Error(f"{self.place}: {what}")


def name_of(capability: str) -> str:
    """The name alone: misc.cr3_target_values of misc.cr3_target_values>3."""
    return re.split("[<>=]", capability)[0]


def numbers(version: str) -> list[int]:
    """A version, to be compared: 6.2 comes before 6.12."""
    return [int(number) for number in re.findall(r"\d+", version)]
