# SPDX-License-Identifier: GPL-2.0
"""All files that are made, by their paths below cases/."""

from pathlib import Path

from . import coverage, entered, executed, injected
from .family import Family

CASES = Path(__file__).parents[2] / "cases"
FOLDER = "crossed"


def all_families() -> list[Family]:
    return [*entered.families(), *injected.families(), *executed.families()]


def files() -> dict[str, str]:
    """Of each file its text."""
    made = all_families()
    texts = {f"{FOLDER}/{family.name}.case": family.text() for family in made}
    return texts | {"coverage/10-crossed": coverage.text(made)}
