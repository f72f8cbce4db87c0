# SPDX-License-Identifier: GPL-2.0
"""The results of a run that was kept: a results.tap, read again."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error
from vmxcheck.paths import CASES
from vmxcheck.tap import Point, Stream

# Who was tested, with which cases and programs, which part of the points these are, and the
# platform's file in cases/profiles with the version: at the end of results.tap.
TARGET, TREE, SHARD, PROFILE = "target", "tree", "shard", "profile"

NOTE = re.compile(rf"# ({TARGET}|{TREE}|{SHARD}|{PROFILE}): (.*)")

# What it can do, and what the processor below can, on which a hypervisor makes this one:
# NAME VALUE, at the beginning.
CAPS, BELOW = "caps", "below"
CAPABILITIES = (f"# {CAPS}: ", f"# {BELOW}: ")
CAPABILITY = re.compile(rf"# ({CAPS}|{BELOW}): (\S+) (\S+)")

# Which processor it was, as vmxrun says before the first point
PROCESSOR = "# processor: "

# The first line of LAVA's log of a job
LAVA = re.compile(r'(?:- )?\{"?dt"?: ')


@dataclass
class Results:
    """What came of a run, and who was tested; `notes` is what else the file says of it."""

    path: Path
    target: str
    tap: Stream
    points: dict[str, Point]
    notes: dict[str, str]
    capabilities: dict[str, dict[str, str]]  # CAPS or BELOW -> name -> value
    processor: str = ""

    @property
    def transcripts(self) -> bool:
        """Whether it has any."""
        return any("transcript" in point.fields for point in self.points.values())

    @property
    def is_cut(self) -> bool:
        """Whether points are missing, and nothing says why."""
        return not self.tap.complete and self.tap.bail_out is None

    @property
    def ending(self) -> str:
        """Why not all of its points came, "" if they did."""
        if self.tap.bail_out is not None:
            return f"gave up: {self.tap.bail_out}"
        came, plan = len(self.tap.points), self.tap.plan
        return f"was cut off: {came} of {plan or 0} came" if plan is None or came < plan else ""

    def counts(self) -> Counter[str]:
        """How many points there are of each outcome."""
        return Counter(point.outcome for point in self.points.values())


def differ_in_ending(every: Sequence[Results]) -> bool:
    """Whether one of them was cut off, or gave up and another did not, or for another reason."""
    endings = {one.ending for one in every}
    return len(endings) > 1 or any(one.ending and one.tap.bail_out is None for one in every)


def file_in(path: Path) -> Path:
    """The TAP file that this folder, or this file, is."""
    return path / "results.tap" if path.is_dir() else path


def find(path: Path) -> list[Path]:
    """The results that this file is, or this folder has; or else the folders in it.

    There are several if a machine has several kinds of cores.
    """
    if not path.is_dir():
        return [path]
    if not (files := below(path)):
        raise Error(f"{path}: there are no results in it")
    return files


def below(folder: Path, others: Sequence[str] = ()) -> list[Path]:
    """The results in a folder, and files of other names; if there are none, those of the
    folders in it."""
    one = folder / "results.tap"
    found = [one] if one.is_file() else sorted(folder.glob("results-*.tap"))
    found += [folder / name for name in others if (folder / name).is_file()]
    if found:
        return found
    # What a link leads to may be above it.
    folders = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    return [file for path in folders for file in below(path, others)]


def lines_of(file: Path) -> list[str]:
    """The lines of a text; of a log of LAVA's what the machine said."""
    try:
        if file.exists() and not file.is_file():
            raise Error(f"{file}: this is no file")
        lines = file.read_text(errors="replace").splitlines()
    except OSError as error:
        raise Error(f"{file}: {error.strerror}") from None
    if lines and LAVA.match(lines[0]):
        return list(said(lines))
    return lines


def said(log: Sequence[str]) -> Iterator[str]:
    """What a machine said: in a log of LAVA's, each line is an entry, in YAML.

    LAVA's dispatcher has put a backslash before each quotation mark.
    """
    import yaml

    for line in log:
        try:
            entry = yaml.load(line.removeprefix("- "), yaml.CBaseLoader)
        except yaml.YAMLError:
            continue
        if isinstance(entry, dict) and entry.get("lvl") == "target":
            yield str(entry.get("msg", "")).replace('\\"', '"')


def read(path: Path) -> Results:
    """The results in a folder, or in a TAP file."""
    file = file_in(path)
    if file != path and not file.exists():
        raise Error(f"{path}: there is no {file.name} in it")
    lines = lines_of(file)
    tap = stream_of(lines)
    if tap.plan is None and not tap.points and tap.bail_out is None:
        raise Error(f"{file}: this is not TAP")
    return of(path, file, tap, lines)


def read_all(file: Path) -> list[Results]:
    """The results in a file that has several: on a console, each kind of core has one."""
    lines = lines_of(file) if file.is_file() else []
    starts = [i for i, line in enumerate(lines) if line.startswith("TAP version")]
    parts = [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)])]
    if len(parts) < 2:
        return []
    return [of(file, file, stream_of(part), part) for part in parts]


def stream_of(lines: Sequence[str]) -> Stream:
    tap = Stream()
    for line in lines:
        tap.feed(line)
    tap.finish()
    return tap


def of(path: Path, file: Path, tap: Stream, lines: list[str]) -> Results:
    """The results that the lines of this file are."""
    names = Counter(point.name for point in tap.points)
    for name, count in names.items():
        if count > 1:
            raise Error(f"{file}: {name} came {count} times")
    known = notes(lines)
    processor = next((line for line in lines if line.startswith(PROCESSOR)), "")
    processor = processor.removeprefix(PROCESSOR)
    points = {point.name: point for point in tap.points}
    target = known.get(TARGET) or processor or "?"
    return Results(path, target, tap, points, known, capabilities(lines), processor)


def notes(lines: Iterable[str]) -> dict[str, str]:
    """What these lines say of the whole."""
    return {match[1]: match[2] for match in map(NOTE.fullmatch, lines) if match}


def capabilities(lines: Iterable[str]) -> dict[str, dict[str, str]]:
    """What these lines say of the processor, and of the one below."""
    said: dict[str, dict[str, str]] = {}
    for match in map(CAPABILITY.fullmatch, lines):
        if match:
            said.setdefault(match[1], {})[match[2]] = match[3]
    return said


def whole(one: Results) -> Results:
    """The same; Error if it was cut off."""
    if one.is_cut:
        came, planned = len(one.tap.points), one.tap.plan or 0
        raise Error(
            f"{file_in(one.path)}: it was cut off: {came} points came, {planned} were planned"
        )
    return one


def ended(one: Results) -> Results:
    """The same; Error if not all of its points came, for whatever reason."""
    if one.tap.bail_out is not None:
        raise Error(f"{file_in(one.path)}: it gave up, and is no baseline: {one.tap.bail_out}")
    return whole(one)


def renamed(path: Path = CASES / "renamed") -> dict[str, str]:
    """Names of points of the release before -> what they are called now.

    A line is the name of a case or, indented, what was in the brackets and what is.
    """
    names = {}
    case = ""
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("  "):
            old, new = line.split()
            names[f"{case}[{old}]"] = f"{case}[{new}]"
        else:
            case = line
    return names


def rename(results: Results) -> Results:
    """The same results by today's names."""
    names = renamed()
    for point in results.tap.points:
        point.name = names.get(point.name, point.name)
    results.points = {point.name: point for point in results.tap.points}
    return results
