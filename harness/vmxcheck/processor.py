# SPDX-License-Identifier: GPL-2.0
"""Which processor a result is of, as vmxrun's identity.c says it."""

import re
from collections.abc import Sequence

# The columns of a table of several
FACTS = ("family", "model", "stepping", "microcode", "core")
UNKNOWN = "-"

FORM = re.compile(
    r".*, (?P<family>[0-9a-f]{2,})-(?P<model>[0-9a-f]{2,})-(?P<stepping>[0-9a-f]{2,})"
    r", microcode (?P<microcode>\w+)(?:, core (?P<core>\S+))?"
)


def facts(text: str) -> Sequence[str]:
    """Of such a line, what FACTS are called; UNKNOWN is what it does not say."""
    match = FORM.fullmatch(text)
    found = match.groupdict() if match else {}
    values = [found.get(name) or UNKNOWN for name in FACTS]
    return [UNKNOWN if value == "unknown" else value for value in values]


def order(text: str) -> list[tuple[int, str]]:
    """By this, those of the same kind are side by side: by numbers, as far as they are."""
    return [(number(value), value) for value in facts(text)]


def number(text: str) -> int:
    try:
        return int(text, 16)
    except ValueError:
        return -1


def table(rows: Sequence[tuple[str, str]]) -> list[str]:
    """The lines of a table of these results, of each its name and its processor; none if
    nothing is known."""
    cells = [("", *FACTS), *((name, *facts(text)) for name, text in rows)]
    if all(set(row[1:]) == {UNKNOWN} for row in cells[1:]):
        return []
    widths = [max(map(len, column)) for column in zip(*cells)]
    return [
        "  ".join(f"{text:>{width}}" for text, width in zip(row, widths)) for row in cells
    ]
