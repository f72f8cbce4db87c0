# SPDX-License-Identifier: GPL-2.0
"""Texts for people: what a topic is, and how its lines are filled."""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

# Sections are indented by 2 more
WIDTH = 86


@dataclass(frozen=True)
class Topic:
    """What one name stands for: its title, and the lines that explain it, which are made when
    they are wanted."""

    title: str
    lines: Iterator[str]


def filled(text: str, indent: str = "", first: str | None = None) -> Iterator[str]:
    """The text in lines that are not too long."""
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent if first is None else first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [""]


def row(left: str, text: str, width: int = 11) -> Iterator[str]:
    """Two columns: `left`, and the text."""
    yield from filled(text, " " * (width + 2), f"  {left:{width}}")


def indented(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        yield f"  {line}".rstrip()


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """The lines under a title, after an empty line; nothing if there are none."""
    found = list(lines)
    if found:
        yield from ["", title, *indented(found)]


def sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "." * (not text.endswith("."))


def sdm(*titles: str) -> str:
    """Sections of the SDM."""
    return "SDM, " + "; ".join(f'"{title}"' for title in dict.fromkeys(titles))
