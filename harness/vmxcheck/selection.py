# SPDX-License-Identifier: GPL-2.0
"""Which points a run is about: what patterns select, or one of several shards of that."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from vmxcheck import Error
from vmxcheck.options import spelled
from vmxcheck.several import case_of


@dataclass(frozen=True)
class Shard:
    """One of `count` parts of something: `whole` is the same for all of them."""

    index: int
    count: int
    whole: str

    def __str__(self) -> str:
        return f"{self.index}/{self.count} of {self.whole}"


def shard_of(text: str | None, whole: str) -> Shard | None:
    """The I/N of an option, of this."""
    if not text:
        return None
    index, count = map(int, text.split("/"))
    return Shard(index, count, whole)


def points_as_text(points: Sequence[str], patterns: Sequence[str]) -> str:
    """Which points these are, in whatever order: N points, DIGEST PATTERN..."""
    digest = hashlib.sha256("\n".join(sorted(points)).encode()).hexdigest()[:8]
    return " ".join([f"{len(points)} points, {digest}", *patterns])


class Selection:
    """What `patterns` select of the points, `whole`; `shard` is I/N or None.

    The cases are dealt out to the shards in turn. `name in selection` tells of any name, also
    of one that there is no more, whether it is, or was, selected.
    """

    def __init__(
        self, whole: Sequence[str], patterns: Sequence[str], shard: str | None
    ) -> None:
        self.patterns = patterns
        cases = list(dict.fromkeys(map(case_of, whole)))
        self.shard = shard_of(shard, points_as_text(whole, patterns))
        own = cases[self.shard.index - 1 :: self.shard.count] if self.shard else cases
        if shard and not own:
            name = spelled("shard", shard)
            are = "is 1 case" if len(cases) == 1 else f"are {len(cases)} cases"
            raise Error(f"{name}: nothing is left for it: there {are}")
        self.first = not self.shard or self.shard.index == 1
        self.other_cases = set(cases) - set(own)
        self.cases = set(own)
        self.points = [point for point in whole if case_of(point) in self.cases]

    def __contains__(self, name: object) -> bool:
        case = case_of(str(name))
        if case not in self.cases and (case in self.other_cases or not self.first):
            return False
        return not self.patterns or any(
            pattern == name if "[" in pattern else fnmatchcase(case, pattern)
            for pattern in self.patterns
        )
