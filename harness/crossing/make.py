# SPDX-License-Identifier: GPL-2.0
"""All cases, and where they are."""

from pathlib import Path

from . import entered, executed, injected
from .family import Family

CASES = Path(__file__).parents[2] / "cases"


def all_families() -> list[Family]:
    return [*entered.families(), *injected.families(), *executed.families()]
