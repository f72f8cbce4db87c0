# SPDX-License-Identifier: GPL-2.0
"""What `./vmxcheck explain NAME` explains.

Each module has the names of a kind, and find(), which explains what is called by one. Facts come
from the tables of include/, of cases/coverage and cases/quirks, and from the cases.
"""

from collections.abc import Iterator
from pathlib import Path

from vmxcheck.topics import cases, controls, exits, fields, others
from vmxcheck.topics.text import Topic

KINDS = (exits, controls, fields, cases, others)


def find(word: str, folder: Path) -> list[Topic]:
    """All that is called so; outcomes are of the results in this folder."""
    return [topic for kind in KINDS for topic in kind.find(word, folder)]


def names() -> Iterator[str]:
    for kind in KINDS:
        yield from kind.names()
