# SPDX-License-Identifier: GPL-2.0
"""Points that need several processors: on an emulator, a machine of its own has them."""

import re
from collections.abc import Sequence
from pathlib import Path

from vmxcheck.target import Platform

NEED = re.compile(r"^need\b.*\bvmxfs\.processors>(\d+)", re.MULTILINE)


def processors_of(cases: Path, case: str) -> int:
    """How many processors a case needs, as its file says."""
    try:
        text = (cases / f"{case}.case").read_text(errors="replace")
    except OSError:
        return 1
    return max((int(number) + 1 for number in NEED.findall(text)), default=1)


def apart(
    platform: Platform, points: Sequence[str], cases: Path
) -> tuple[Platform, set[str]]:
    """The platform with as many processors as points need, and which points these are.

    None are, if the platform is as the user wants it, or is as it is.
    """
    needs = {case: processors_of(cases, case) for case in map(case_of, points)}
    most = max(needs.values(), default=1)
    larger = platform.with_processors(most) if most > 1 else None
    if larger is None:
        return platform, set()
    return larger, {point for point in points if needs[case_of(point)] > 1}


def case_of(point: str) -> str:
    """The name of the case that a point is of."""
    return point.partition("[")[0]
