# SPDX-License-Identifier: GPL-2.0
"""Which faults there can be, and which of them a seed takes."""

import difflib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mutants.operators import OPERATORS, Names, read_names
from mutants.source import Source, read_all


@dataclass(frozen=True)
class Fault:
    """One: in this source, from `start` to `end`, there is `new` instead."""

    source: Source
    operator: str
    start: int
    end: int
    new: str

    @property
    def place(self) -> str:
        return f"{self.source.name}:{self.source.line_of(self.start)}"

    @property
    def content(self) -> str:
        """The file with the fault."""
        text = self.source.text
        return text[: self.start] + self.new + text[self.end :]

    @property
    def lines(self) -> list[str]:
        """The lines that differ, as in a diff."""
        return [line for line in self._diff(0)[2:] if line[:1] in "+-"]

    @property
    def diff(self) -> str:
        """For `patch -p1` in the folder of the source."""
        return "\n".join([*self._diff(3), ""])

    def _diff(self, context: int) -> list[str]:
        name = self.source.name
        old, new = self.source.text.split("\n"), self.content.split("\n")
        return list(
            difflib.unified_diff(old, new, f"a/{name}", f"b/{name}", n=context, lineterm="")
        )


@dataclass(frozen=True)
class Site:
    """A place at which an operator has something to do."""

    source: Source
    operator: str
    start: int
    end: int
    choices: Sequence[str]


def sites_of(source: Source, names: Names) -> list[Site]:
    """In the order of the text."""
    found = [
        Site(source, operator.name, start, end, choices)
        for operator in OPERATORS
        for start, end, choices in operator.find(source.code, names)
        # A condition of the preprocessor would be lost in there.
        if choices and "#" not in source.text[start:end]
    ]
    return sorted(found, key=lambda site: (site.start, site.operator))


def all_sites(folder: Path) -> list[Site]:
    """Those of Bochs' source in this folder."""
    names = read_names(folder)
    return [site for source in read_all(folder) for site in sites_of(source, names)]


def choose(sites: Sequence[Site], count: int, seed: int) -> list[Iterator[Fault]]:
    """For each mutant the faults that it may be, the first that is one is taken.

    The sites are cut into as many parts as there are mutants, for they are to be everywhere.
    A mutant depends on the seed, the number of them, and the sites; on no other mutant.
    """
    count = min(count, len(sites))
    cuts = [len(sites) * number // count for number in range(count + 1)]
    return [
        candidates(sites[start:end], f"{seed} {number}")
        for number, (start, end) in enumerate(zip(cuts, cuts[1:]))
    ]


def candidates(sites: Sequence[Site], seed: str) -> Iterator[Fault]:
    """All of them, in a random order, each with one of its choices."""
    dice = random.Random(seed)
    for site in dice.sample(sites, len(sites)):
        new = dice.choice(site.choices)
        yield Fault(site.source, site.operator, site.start, site.end, new)
