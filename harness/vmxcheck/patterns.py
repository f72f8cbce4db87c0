# SPDX-License-Identifier: GPL-2.0
"""Patterns of cases: whether they can select anything, as far as the names of cases tell."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from vmxcheck import Error
from vmxcheck.nearest import hint
from vmxcheck.profile import PROFILE


def check(cases: Path, patterns: Iterable[str]) -> None:
    """Error if one of them selects nothing. Whether a case has a point is for vmxrun to say."""
    if not cases.is_dir():
        what = "this is no folder" if cases.exists() else "there is no such folder of cases"
        raise Error(f"{cases}: {what}")
    names = names_of(cases)
    for pattern in patterns:
        case, bracket, _ = pattern.partition("[")
        wanted = case if bracket else pattern
        if pattern.startswith(PROFILE) or any(fnmatchcase(name, wanted) for name in names):
            continue
        raise Error(f"there is no point '{pattern}'{meant(cases, case, names)}")


def names_of(cases: Path) -> list[str]:
    files = sorted(cases.glob("*/*.case"))
    return [file.relative_to(cases).with_suffix("").as_posix() for file in files]


def meant(cases: Path, case: str, names: Sequence[str]) -> str:
    """What to add to an error message about a case that there is not."""
    path = case.removesuffix(".case").rstrip("/")
    name = path.removeprefix(f"{cases}/").removeprefix("./").removeprefix("cases/")
    if name in names:
        return f"; the nearest is {name}"
    if any(one.startswith(f"{name}/") for one in names):
        return f"; all cases of this area are '{name}/*'"
    return hint(case, names)
