# SPDX-License-Identifier: GPL-2.0
"""How points and texts are printed, in lines that are not too long."""

import textwrap
from collections import Counter
from collections.abc import Iterable
from typing import TextIO

from vmxcheck.several import case_of

WIDTH = 100
# Points of a case are named up to this many.
NAMES = 3


def print_cases(names: Iterable[str]) -> None:
    """The cases of some points, and how many they are of each."""
    counts = Counter(map(case_of, names))
    text = ", ".join(f"{c} ({n})" if n > 1 else c for c, n in counts.items())
    print_wrapped(text, "  ", "  ")


def print_names(names: Iterable[str], file: TextIO | None = None) -> None:
    """Some points; of a case that has many of them, how many these are."""
    by_case: dict[str, list[str]] = {}
    for name in names:
        by_case.setdefault(case_of(name), []).append(name)
    texts = [
        text
        for case, some in by_case.items()
        for text in (some if len(some) <= NAMES else [f"{case} ({len(some)})"])
    ]
    print_wrapped(", ".join(texts), "  ", "  ", file)


def points(count: int) -> str:
    return several(count, "point")


def several(count: int, what: str) -> str:
    """1 point, 2 points, 2 passes."""
    ending = "es" if what.endswith("s") else "s"
    return f"{count} {what}{ending * (count != 1)}"


def print_wrapped(text: str, first: str, rest: str, file: TextIO | None = None) -> None:
    print(
        textwrap.fill(
            text,
            WIDTH,
            initial_indent=first,
            subsequent_indent=rest,
            drop_whitespace=True,
            break_long_words=False,
            break_on_hyphens=False,
        ),
        file=file,
    )
