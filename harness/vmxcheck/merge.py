# SPDX-License-Identifier: GPL-2.0
"""vmxcheck merge: the results of all shards of a run become those of one run."""

import re
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from vmxcheck import Error, changes, fuzz, junit, results, run
from vmxcheck.results import SHARD, TREE, Results
from vmxcheck.selection import Selection, Shard
from vmxcheck.several import case_of
from vmxcheck.shards import Merge
from vmxcheck.tap import Stream

FORM = re.compile(r"(\d+)/(\d+) of (.*)")
# As vmxcheck fuzz calls them
FUZZ = "fuzz"


@dataclass(frozen=True)
class Part:
    """The results of a shard, a file."""

    file: Path
    results: Results
    shard: Shard

    @property
    def tree(self) -> str:
        return self.results.notes.get(TREE, "?")

    @property
    def lines(self) -> list[str]:
        """Those of the points, and before them."""
        return [
            line
            for line in results.lines_of(self.file)
            if not results.NOTE.fullmatch(line) and not line.startswith("Bail out!")
        ]


def command(_platform: None, options: Namespace) -> int:
    """Merges; the last line and the exit status are those of one run."""
    if not options.results:
        raise Error("the results of all shards are to be merged: name them, or their folder")
    merged = []
    for name, files in by_name(options.results).items():
        parts = in_order([read(file) for file in files])
        lines = of_fuzz(parts) if name == f"{FUZZ}.tap" else of_cases(parts)
        earlier = None
        if options.baseline:
            found = changes.read(options.baseline, name)
            earlier = changes.before(found, Selection([], patterns(parts[0].shard), None))
        merged.append((name, parts, [*lines, *ending(parts)], earlier))
    run.make_folder(options.output)
    status = 0
    for name, parts, lines, earlier in merged:
        file = options.output / name
        with run.create(file) as written:
            written.write("".join(f"{line}\n" for line in lines).encode())
        junit.write(file)
        if name == f"{FUZZ}.tap":
            fuzz.write_cases(file.read_text(), options.output / "fuzz-cases")
        tap = Stream()
        for line in lines:
            tap.feed(line)
        tap.finish()
        title = f"{parts[0].results.target}, {len(parts)} shards"
        status = max(status, run.conclude(tap, title, None, earlier))
    return status


def by_name(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """The files of shards, by the names of those that they become."""
    found: dict[str, list[Path]] = {}
    for path in paths:
        if path.is_dir():
            files = [*results.below(path, "results"), *results.below(path, FUZZ)]
            if not files:
                raise Error(f"{path}: there are no results in it")
            for file in files:
                found.setdefault(file.name, []).append(file)
        else:
            found.setdefault(name_of(path), []).append(path)
    return found


def name_of(file: Path) -> str:
    """What a file of any name is to become."""
    shard = results.read(file).notes.get(SHARD, "")
    if "of tries" in shard:
        return f"{FUZZ}.tap"
    return file.name if re.fullmatch(r"results(-\w+)?\.tap", file.name) else "results.tap"


def read(file: Path) -> Part:
    """The results of a shard."""
    one = results.whole(results.read(file))
    if not (match := FORM.fullmatch(one.notes.get(SHARD, ""))):
        raise Error(f"{file}: this is no shard: it was run without --shard")
    return Part(file, one, Shard(int(match[1]), int(match[2]), match[3]))


def in_order(parts: Sequence[Part]) -> list[Part]:
    """All shards of one run; Error if they are not."""
    first, *others = parts
    for one in others:
        for what, a, b in (
            ("of another tree", first.tree, one.tree),
            ("of another target", first.results.target, one.results.target),
            ("of other points", first.shard.whole, one.shard.whole),
            ("one of another number", f"{first.shard.count}", f"{one.shard.count}"),
        ):
            if a != b:
                raise Error(f"{one.file}: it is {what} than {first.file}: {b}, not {a}")
    found: dict[int, Part] = {}
    for one in parts:
        if other := found.setdefault(one.shard.index, one):
            if other is not one:
                raise Error(f"{one.file}: it is the same shard as {other.file}: {one.shard}")
    numbers = range(1, first.shard.count + 1)
    if missing := [f"{number}/{first.shard.count}" for number in numbers if number not in found]:
        are = "shard is" if len(missing) == 1 else "shards are"
        raise Error(f"{len(missing)} {are} missing beside {first.file}: {', '.join(missing)}")
    return [found[number] for number in numbers]


def of_cases(parts: Sequence[Part]) -> list[str]:
    """The TAP of disjoint points: in turn a case of each, as they were dealt out."""
    owner: dict[str, Part] = {}
    for part in parts:
        for name in part.results.points:
            if name in owner:
                raise Error(f"{name} is in {owner[name].file} and in {part.file}")
            owner[name] = part
    planned = sum(part.results.tap.plan or 0 for part in parts)
    if (whole := parts[0].shard.whole).split()[0] != f"{planned}":
        raise Error(f"{parts[0].file}: it is of {whole}, but all shards plan {planned}")
    hands = [hand(part) for part in parts]
    owners = [
        number
        for turn in range(max(map(len, hands)))
        for number, counts in enumerate(hands)
        for _ in range(counts[turn] if turn < len(counts) else 0)
    ]
    merge = Merge(owners)
    for number, part in enumerate(parts):
        for line in part.lines:
            merge.feed(number, line)
        merge.end(number)
    return list(merge.take())


def patterns(shard: Shard) -> Sequence[str]:
    """Those that selected the points."""
    return shard.whole.split()[3:]


def hand(part: Part) -> list[int]:
    """How many points each of its cases has; what did not come, comes last."""
    names = [point.name for point in part.results.tap.points]
    counts = [len(list(some)) for _, some in groupby(names, case_of)]
    return [*counts, (part.results.tap.plan or 0) - len(names)]


def of_fuzz(parts: Sequence[Part]) -> list[str]:
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
        if part.results.tap.bail_out is not None
    ]
    notes = run.notes(parts[0].results.target, parts[0].tree)
    return [*([f"Bail out! {'; '.join(why)}"] if why else []), *notes]
