# SPDX-License-Identifier: GPL-2.0
"""vmxcheck merge: the results of all shards of a run become those of one run."""

import re
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import TypeVar

from vmxcheck import Error, changes, fuzz, junit, results, run
from vmxcheck.changes import Before
from vmxcheck.options import spelled
from vmxcheck.results import PROFILE, SHARD, TARGET, TREE, Results
from vmxcheck.selection import Selection, Shard
from vmxcheck.several import case_of
from vmxcheck.shards import Merge
from vmxcheck.tap import Stream

FORM = re.compile(r"(\d{1,9})/(\d{1,9}) of (\S.*)")
# As vmxcheck fuzz and vmxcheck mutants call them
FUZZ, MUTANTS = "fuzz.tap", "mutants.txt"
# Of the shards that are missing
MOST_NAMED = 20


@dataclass(frozen=True)
class Part:
    """What a shard has kept, a file."""

    file: Path
    notes: Mapping[str, str]
    shard: Shard

    def note(self, key: str) -> str:
        return self.notes.get(key, "?")

    @property
    def lines(self) -> list[str]:
        """All but what is said about the whole."""
        return [
            line
            for line in results.lines_of(self.file)
            if not results.NOTE.fullmatch(line) and not line.startswith("Bail out!")
        ]


@dataclass(frozen=True)
class Points(Part):
    """The results of a shard."""

    results: Results


Some = TypeVar("Some", bound=Part)


def command(_platform: None, options: Namespace) -> int:
    """Merges; the last line and the exit status are those of one run."""
    if not options.results:
        raise Error("the results of all shards are to be merged: name them, or their folder")
    found = by_name(options.results)
    for name, files in found.items():
        output = (options.output / name).absolute()
        if any(file.absolute() == output for file in files):
            raise Error(f"{options.output / name}: it is to be merged, and would be overwritten;"
                        f" {spelled('output', 'DIR')} says where else the result goes")
    merged = [
        of_mutants(in_order([read_mutants(file) for file in files]))
        if name == MUTANTS
        else of_points(name, in_order([read(file) for file in files]), options.baseline)
        for name, files in found.items()
    ]
    run.make_folder(options.output)
    return max(one.write(options.output) for one in merged)


@dataclass(frozen=True)
class Merged:
    """What is to be written: the lines of a file."""

    name: str
    title: str
    lines: Sequence[str]
    earlier: Before | None = None

    def write(self, folder: Path) -> int:
        """Writes it, and says what came; returns the exit status."""
        file = folder / self.name
        with run.create(file) as written:
            written.write("".join(f"{line}\n" for line in self.lines).encode())
        if self.name == MUTANTS:
            print(f"{mutants_in(self.lines)} on {self.title}", file=sys.stderr)
            return 0
        junit.write(file)
        if self.name == FUZZ:
            fuzz.write_cases(file.read_text(), folder / "fuzz-cases")
        tap = Stream()
        for line in self.lines:
            tap.feed(line)
        tap.finish()
        return run.conclude(tap, self.title, None, self.earlier)


def of_points(name: str, parts: Sequence[Points], baseline: Path | None) -> Merged:
    """The TAP of all of them. The fuzzer has no baseline."""
    lines = of_fuzz(parts) if name == FUZZ else of_cases(parts)
    earlier = None
    if baseline and name != FUZZ:
        about = Selection([], patterns(parts[0].shard), None)
        earlier = changes.before(changes.read(baseline, name), about)
    return Merged(name, title(parts), [*lines, *ending(parts)], earlier)


def title(parts: Sequence[Part]) -> str:
    return f"{parts[0].note(TARGET)}, {len(parts)} shards"


def by_name(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """The files of shards, by the names of those that they become."""
    found: dict[str, list[Path]] = {}
    for path in paths:
        if path.is_dir():
            if not (files := results.below(path, (FUZZ, MUTANTS))):
                raise Error(f"{path}: there are no results in it")
            for file in files:
                found.setdefault(file.name, []).append(file)
        else:
            found.setdefault(name_of(path), []).append(path)
    return found


def name_of(file: Path) -> str:
    """What a file of any name is to become."""
    shard = results.notes(results.lines_of(file)).get(SHARD, "")
    for name, kind in ((FUZZ, "tries"), (MUTANTS, "mutants")):
        if f" of {kind}: " in shard:
            return name
    return file.name if re.fullmatch(r"results(-\w+)?\.tap", file.name) else "results.tap"


def read(file: Path) -> Points:
    """The results of a shard."""
    one = results.whole(results.read(file))
    return Points(file, one.notes, shard_in(file, one.notes), one)


def read_mutants(file: Path) -> Part:
    notes = results.notes(results.lines_of(file))
    return Part(file, notes, shard_in(file, notes))


def shard_in(file: Path, notes: Mapping[str, str]) -> Shard:
    """Which one it says that it is."""
    if not (match := FORM.fullmatch(notes.get(SHARD, ""))):
        raise Error(f"{file}: this is no shard: it was run without --shard")
    return Shard(int(match[1]), int(match[2]), match[3])


def in_order(parts: Sequence[Some]) -> list[Some]:
    """All shards of one run; Error if they are not."""
    first, *others = parts
    for one in others:
        for what, a, b in (
            ("of another tree", first.note(TREE), one.note(TREE)),
            ("of another target", first.note(TARGET), one.note(TARGET)),
            ("of something else", first.shard.whole, one.shard.whole),
            ("one of another number", f"{first.shard.count}", f"{one.shard.count}"),
        ):
            if a != b:
                raise Error(f"{one.file}: it is {what} than {first.file}: {b}, not {a}")
    found: dict[int, Some] = {}
    for one in parts:
        if (other := found.setdefault(one.shard.index, one)) is not one:
            if one.file.resolve() == other.file.resolve():
                raise Error(f"{one.file}: it is named twice")
            raise Error(f"{one.file}: it is the same shard as {other.file}: {one.shard}")
    count = first.shard.count
    if lack := count - len(found):
        numbers = (number for number in range(1, count + 1) if number not in found)
        some = [f"{number}/{count}" for number in islice(numbers, MOST_NAMED)]
        are = "shard is" if lack == 1 else "shards are"
        more = f" and {lack - len(some)} more" * (lack > len(some))
        raise Error(f"{lack} {are} missing beside {first.file}: {', '.join(some)}{more}")
    return [found[number] for number in range(1, count + 1)]


def of_mutants(parts: Sequence[Part]) -> Merged:
    """The lines of all mutants, by their numbers: `# N: ...` and `N ...` are of mutant N."""
    found: dict[int, list[str]] = {}
    number = 0
    for part in parts:
        for line in part.lines:
            if match := re.match(r"(?:# )?(\d+)(?=[: ])", line):
                number = int(match[1])
            found.setdefault(number, []).append(line)
    lines = [line for _, some in sorted(found.items()) for line in some]
    first = parts[0]
    tried = re.search(r"--count=(\d+)", first.shard.whole)
    came = len(found.keys() - {0})
    if tried and int(tried[1]) != came:
        raise Error(f"{first.file}: it was cut off: {came} mutants came, {tried[1]} were tried")
    return Merged(MUTANTS, title(parts), [*lines, *ending(parts)])


def mutants_in(lines: Sequence[str]) -> str:
    """How many mutants these lines tell of."""
    of_one = [line for line in lines if re.match(r"\d+ ", line)]
    killed = sum(": killed by " in line for line in of_one)
    return f"{killed} killed, {len(of_one) - killed} survived of {len(of_one)} mutants"


def of_cases(parts: Sequence[Points]) -> list[str]:
    """The TAP of disjoint points: in turn a case of each, as they were dealt out."""
    owner: dict[str, Points] = {}
    for part in parts:
        for name in part.results.points:
            if name in owner:
                raise Error(f"{name} is in {owner[name].file} and in {part.file}")
            owner[name] = part
    plans = [part.results.tap.plan for part in parts]
    planned = sum(plan or 0 for plan in plans)
    whole = parts[0].shard.whole
    missing = int(whole.split()[0]) - planned if whole.split()[0].isdecimal() else -1
    if None in plans and missing >= 0:
        # One that gave up before it said how many they are has the rest.
        plans[plans.index(None)] = missing
    elif missing:
        raise Error(f"{parts[0].file}: it is of {whole}, but all shards plan {planned}")
    hands = [hand(part, plan or 0) for part, plan in zip(parts, plans)]
    owners = [
        number
        for turn in range(max(map(len, hands)))
        for number, counts in enumerate(hands)
        for _ in range(counts[turn] if turn < len(counts) else 0)
    ]
    if not owners:
        raise Error(f"{parts[0].file}: there is no point in any shard")
    merge = Merge(owners)
    for number, part in enumerate(parts):
        for line in part.lines:
            merge.feed(number, line)
        merge.end(number)
    return list(merge.take())


def patterns(shard: Shard) -> Sequence[str]:
    """Those that selected the points."""
    return shard.whole.split()[3:]


def hand(part: Points, plan: int) -> list[int]:
    """How many points each of its cases has; what did not come, comes last."""
    names = [point.name for point in part.results.tap.points]
    counts = [len(list(some)) for _, some in groupby(names, case_of)]
    return [*counts, plan - len(names)]


def of_fuzz(parts: Sequence[Points]) -> list[str]:
    """The TAP of points that are the same in all shards, of which each has other tries."""
    head = [line for line in parts[0].lines if line.startswith(("TAP version", "1.."))]
    lines = []
    names = max((list(part.results.points) for part in parts), key=len)
    for part in parts:
        if part.results.tap.plan != len(names) or list(part.results.points) != names:
            if part.results.tap.bail_out is None:
                raise Error(f"{part.file}: it has other points than the others")
    for number, name in enumerate(names, 1):
        points = [
            point for part in parts if (point := part.results.points.get(name))
        ]
        failed = [point for point in points if point.outcome == "failed"]
        skipped = [point for point in points if point.outcome == "skipped"]
        if failed:
            lines += [f"not ok {number} - {name}", "  ---", "  differences:"]
            lines += [line for point in failed for line in point.yaml[1:]]
            lines += ["  ..."]
        elif len(skipped) == len(points):
            lines.append(f"ok {number} - {name} # SKIP {skipped[0].reason}")
        else:
            lines.append(f"ok {number} - {name}")
    comments = [line for part in parts for line in part.lines if line.startswith("#")]
    return [*head, *lines, *comments]


def ending(parts: Sequence[Part]) -> list[str]:
    """Why the shards gave up that did, and what all of it is of."""
    why = [
        f"shard {part.shard.index}/{part.shard.count}: {part.results.tap.bail_out}"
        for part in parts
        if isinstance(part, Points) and part.results.tap.bail_out is not None
    ]
    first = parts[0]
    profile = first.notes.get(PROFILE, "")
    notes = run.notes(first.note(TARGET), first.note(TREE), profile=profile)
    return [*([f"Bail out! {'; '.join(why)}"] if why else []), *notes]
