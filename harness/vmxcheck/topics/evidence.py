# SPDX-License-Identifier: GPL-2.0
"""What the suite has on a name: its points, what came of them, where a platform is wrong."""

import re
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path

from vmxcheck import Error, results
from vmxcheck.coverage import Area, Row, read_tables
from vmxcheck.image import run_program
from vmxcheck.paths import BUILD, CASES
from vmxcheck.printed import points as some_points
from vmxcheck.results import Results
from vmxcheck.several import case_of
from vmxcheck.topics.text import filled, row, section

# So many are named, one a line; the rest only by their names.
MOST = 12


@cache
def values(cases: Path = CASES) -> Mapping[str, Mapping[str, str]]:
    """All points, and what `each` gives there."""
    found = {}
    text = run_program(BUILD / "vmxrun", "--list", "--values", "-C", cases)
    for line in text.splitlines():
        name, _, pairs = line.partition("\t")
        found[name] = dict(pair.split("=", 1) for pair in pairs.split())
    return found


def points() -> list[str]:
    return list(values())


@cache
def case_texts() -> Mapping[str, str]:
    """The text of each case, by its name."""
    return {case: (CASES / f"{case}.case").read_text() for case in map(case_of, points())}


@cache
def areas() -> Sequence[Area]:
    """The tables of coverage."""
    return read_tables(points=points())


@cache
def rows() -> Sequence[Row]:
    """All rows of the tables of coverage."""
    return [row for area in areas() for row in area.rows]


def comment(case: str) -> str:
    """What a case says of itself, but not which section it is from."""
    return _comment(case).partition(" SDM, ")[0]


def sections(case: str) -> list[str]:
    """The sections of the SDM that a case names."""
    text = _comment(case).partition(" SDM, ")[2]
    return re.findall(r'"([^"]+)"', text)


def _comment(case: str) -> str:
    lines = []
    for line in case_texts()[case].splitlines():
        if not line.startswith("#"):
            break
        if "SPDX-License" not in line:
            lines.append(line.removeprefix("#").strip())
    return re.sub(r"-- (?=\w)", "--", " ".join(lines))


def naming(word: str) -> list[str]:
    """The cases that have this word in a line that is no comment."""
    pattern = re.compile(rf"^[^#\n].*(?<![\w.-]){re.escape(word)}(?![\w.-])", re.MULTILINE)
    return [case for case, text in case_texts().items() if word in text and pattern.search(text)]


def points_naming(word: str) -> list[str]:
    """The points of these cases."""
    cases = set(naming(word))
    return [point for point in points() if case_of(point) in cases]


def last_run(folder: Path) -> Results | None:
    """The results in this folder; None if there are none."""
    if not results.file_in(folder).exists():
        return None
    try:
        return results.rename(results.read(folder))
    except Error:
        return None


def outcomes(names: Iterable[str], last: Results | None) -> str:
    """What came of these points, in a few words."""
    names = list(names)
    if not last:
        return some_points(len(names))
    counts = Counter(
        last.points[name].outcome if name in last.points else "not run" for name in names
    )
    return ", ".join(f"{count} {outcome}" for outcome, count in counts.items())


def table_of(names: Sequence[str], last: Results | None) -> Iterator[str]:
    """A line for each case that has some of these points, with what it is about."""
    by_case: dict[str, list[str]] = {}
    for name in names:
        by_case.setdefault(case_of(name), []).append(name)
    for case in list(by_case)[:MOST]:
        about = re.split(r"(?<=[.]) ", comment(case))[0]
        yield from filled(f"{case} ({outcomes(by_case[case], last)}): {about}", "    ", "")
    if rest := list(by_case)[MOST:]:
        yield from filled(f"and {len(rest)} more cases: {' '.join(rest)}", "    ", "")


def cases(title: str, names: Sequence[str], last: Results | None) -> Iterator[str]:
    """table_of() under a title."""
    yield from section(title, table_of(names, last))


def from_run(last: Results | None, folder: Path) -> str:
    """Which run outcomes are of."""
    if not last:
        return f"no results in {_shown(folder)} yet: ./vmxcheck run writes them"
    return f"of {_shown(results.file_in(folder))}, {last.target}"


def _shown(path: Path) -> Path:
    root = CASES.parent
    return path.relative_to(root) if path.is_relative_to(root) else path


@dataclass
class Reason:
    """Why a platform fails, of a file of cases/quirks: what it does, and what is right."""

    platform: str
    because: str
    right: str = ""
    versions: str = ""
    patterns: list[str] = field(default_factory=list)

    def excuses(self, name: str) -> bool:
        case = case_of(name)
        return any(p == name if "[" in p else fnmatchcase(case, p) for p in self.patterns)


@cache
def reasons() -> Sequence[Reason]:
    """All reasons of all platforms."""
    found: list[Reason] = []
    for path in sorted((CASES / "quirks").iterdir()):
        if path.name != "README.md":
            _read_reasons(path, found)
    return found


def _read_reasons(path: Path, found: list[Reason]) -> None:
    text = re.sub(r"\n[ \t]+", " ", path.read_text())
    for line in text.splitlines():
        word, _, rest = line.partition(" ")
        if word == "because":
            found.append(Reason(path.name, rest))
        elif word == "right":
            found[-1].right = rest
        elif word in ("from", "until", "erratum"):
            found[-1].versions += f"{' ' * bool(found[-1].versions)}{line}"
        elif match := re.fullmatch(r"(?:sometimes )?(?:dies )?([a-z0-9*?-]+/\S+)", line):
            found[-1].patterns.append(match[1])


def quirks(names: Iterable[str]) -> Iterator[str]:
    """Where platforms are known to be wrong at these points."""
    names = list(names)
    lines: list[str] = []
    for reason in reasons():
        hit = [name for name in names if reason.excuses(name)]
        if hit:
            of = f"{reason.platform} ({reason.versions})" if reason.versions else reason.platform
            more = f" and {len(hit) - 1} more" * (len(hit) > 1)
            lines += filled(f"{of}: {reason.because} ({hit[0]}{more})", "    ", "")
            lines += row("right:", reason.right, 8)
    yield from section("Known quirks and errata", lines)


def decode(lines: Sequence[str]) -> list[str]:
    """What lines of a transcript mean, "" where there is nothing to say."""
    if not lines:
        return []
    done = subprocess.run(
        [BUILD / "vmxrun", "--decode"],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def at_point(line: str, point: str) -> str:
    """The line with what `each` gives at this point."""
    found = values().get(point, {})
    return re.sub(r"\{(\w+)\}", lambda match: found.get(match[1], match[0]), line)
