# SPDX-License-Identifier: GPL-2.0
"""vmxcheck compare: results side by side, and each point that differs.

Of two this is all that can be said; more are a table, in table.py.
"""

import re
import subprocess
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error, baseline, processor, results, table
from vmxcheck.difference import ANY, REST, WORST_FIRST, Difference, difference, unmasked
from vmxcheck.image import BUILD
from vmxcheck.options import spelled
from vmxcheck.printed import NAMES, points, print_cases, print_wrapped
from vmxcheck.results import Results
from vmxcheck.several import case_of

QUALIFICATION = "exit qualification"

# The points with the same difference; a case is named if it is of that case only.
Groups = Mapping[tuple[str, Difference], Sequence[str]]


@dataclass(frozen=True)
class OpenValue:
    """A word that a case leaves open and that differs, and the line of each side."""

    point: str
    a: str
    b: str
    lines: tuple[str, str]


# What the word is -> where it differs
OpenValues = Mapping[str, Sequence[OpenValue]]


def command(_platform: None, options: Namespace) -> int:
    """0 if all are the same, 1 if they differ."""
    given = [options.a, options.b, *options.results]
    if not (paths := [Path(path) for path in given if path]):
        raise Error("two results are to be compared, A and B, or more")
    found = [results.find(path) for path in paths]
    if len(found) == len(found[0]) == 1 and not results.read_all(found[0][0]):
        raise Error(f"{found[0][0]}: this is one result; two are to be compared, or more")
    every = [one for files in found for one in read(files)]
    return compare(*every) if len(every) == 2 else table.compare(every)


def read(files: Sequence[Path]) -> list[Results]:
    """The results of a folder of them; those of the same processor are side by side."""
    every = [
        results.rename(one)
        for file in files
        for one in results.read_all(file) or [baseline.read(file)]
    ]
    return sorted(every, key=lambda one: processor.order(one.processor))


def compare(a: Results, b: Results) -> int:
    """Prints what differs between two."""
    common = [name for name in a.points if name in b.points]
    groups: dict[tuple[str, Difference], list[str]] = defaultdict(list)
    for name in common:
        if found := difference(a.points[name], b.points[name]):
            # A reason stands for all its points, a line for those of one case.
            case = case_of(name) if found.a else ""
            groups[(case, found)].append(name)
    values = open_values(a, b, common)
    alone = [
        (side, [name for name in one.points if name not in other.points])
        for side, one, other in (("A", a, b), ("B", b, a))
    ]

    print_counts(a, b)
    print_differences(groups)
    print_open_values(values)
    for side, names in alone:
        print_alone(side, names)
    differ = bool(groups) or any(names for _, names in alone)
    missing = results.differ_in_ending([a, b])
    if not (differ or missing):
        print("\nthe same" + (", but for what the cases leave open" * bool(values)))
    return 1 if differ or missing else 0


def open_values(a: Results, b: Results, common: Iterable[str]) -> OpenValues:
    """What differs where both passed."""
    found = defaultdict(list)
    for name in common:
        points = a.points[name], b.points[name]
        if any(point.outcome != "passed" for point in points):
            continue
        for x, y in zip(*(p.fields.get("transcript", "").splitlines() for p in points)):
            for what, value, other in differing_words(x, y):
                lines = (unmasked(x), unmasked(y))
                found[what].append(OpenValue(name, value, other, lines))
    return found


def differing_words(a: str, b: str) -> Iterator[tuple[str, str, str]]:
    """What differs between two lines: what it is, and the value of each."""
    words, others = ([w for w in line.split() if w != REST] for line in (a, b))
    for i, (x, y) in enumerate(zip(words, others)):
        if x != y:
            yield describe(words, i), x.removeprefix(ANY), y.removeprefix(ANY)


def describe(words: Sequence[str], i: int) -> str:
    """What the i-th word of a line is; a name comes before its value."""
    if words[0] != "wait?":
        return (
            f"{words[0].rstrip('?!')} {words[i - 1].removeprefix(ANY)}"
            if i > 1
            else words[0]
        )
    event = words[1].removeprefix(ANY)
    if i < 3:
        return f"{event}: " + ("exit reason" if i == 1 else QUALIFICATION)
    return f"{event}: {words[i - 1].removeprefix(ANY)}"


def decode(lines: Sequence[str]) -> dict[str, str]:
    """What lines of transcripts mean: line -> text, where there is something to say."""
    asked = [line if re.match(r"\w+[?!] ", line) else f"wait? {line}" for line in lines]
    try:
        done = subprocess.run(
            [BUILD / "vmxrun", "-d"],
            input="".join(f"{line}\n" for line in asked),
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise Error(f"{BUILD / 'vmxrun'} -d: {error}; `make all` builds it") from None
    return {line: text for line, text in zip(lines, done.stdout.splitlines()) if text}


def print_counts(a: Results, b: Results) -> None:
    for side, one in (("- A", a), ("+ B", b)):
        print(f"{side}: {one.target} ({one.path})")
    for line in processor.table([("A", a.processor), ("B", b.processor)]):
        print(f"  {line}")
    for side, one in (("A", a), ("B", b)):
        if ending := one.ending:
            print(f"{side} {ending}")
        if not one.transcripts:
            print(
                f"{side} has no transcripts ({spelled('transcript')}): of a pass nothing more is known"
            )
    print(f"\n{'':9}{'A':>8}{'B':>8}")
    counts = a.counts(), b.counts()
    for outcome in reversed(WORST_FIRST):
        # Few platforms have such points.
        if outcome != "undecided" or any(count[outcome] for count in counts):
            print(f"{outcome:9}" + "".join(f"{count[outcome]:8}" for count in counts))
    print(f"{'planned':9}" + "".join(f"{one.tap.plan or 0:8}" for one in (a, b)))


def rank(outcomes: tuple[str, str]) -> tuple[bool, int, int]:
    a, b = outcomes
    return a == b, WORST_FIRST.index(b), -WORST_FIRST.index(a)


def print_differences(groups: Groups) -> None:
    means = decode(sorted({line for _, d in groups for line in (*d.a, *d.b)}))
    sections = defaultdict(list)
    for (case, found), names in groups.items():
        sections[found.outcomes].append((case, found, names))
    for outcomes in sorted(sections, key=rank):
        entries = sections[outcomes]
        count = sum(len(names) for _, _, names in entries)
        arrow = " -> ".join(outcomes)
        if outcomes[0] == outcomes[1]:
            arrow = f"{outcomes[0]} in both, but differently"
        print(f"\n{arrow}: {points(count)}")
        for case, found, names in entries:
            print_difference(case, found, names, means)


def print_difference(
    case: str, found: Difference, names: Sequence[str], means: Mapping[str, str]
) -> None:
    print()
    if case:
        for name in names[:NAMES]:
            print(f"  {name}")
        if len(names) > NAMES:
            print(f"  and {len(names) - NAMES} more of {case}")
    else:
        print_cases(names)
    for note in found.notes:
        print_wrapped(note, "      ", "         ")
    for mark, lines in (("-", found.a), ("+", found.b)):
        for line in lines:
            print_wrapped(line, f"    {mark} ", f"    {mark}     ")
            if line in means:
                print_wrapped(means[line], f"    {mark}   = ", f"    {mark}     ")


def print_open_values(values: OpenValues) -> None:
    if not values:
        return
    total = len({value.point for found in values.values() for value in found})
    print(f"\npassed in both, but what the cases leave open differs: {points(total)}")
    print(f"\n{'points':>8}  {'value':32}for example")
    means = decode([line for found in values.values() for line in found[0].lines])
    for what, found in sorted(values.items(), key=lambda item: -len(item[1])):
        first = found[0]
        count = len({value.point for value in found})
        example = f"{first.a} -> {first.b} {first.point}"
        print_wrapped(f"{count:>8}  {what:31} {example}", "", " " * 42)
        if what.endswith(QUALIFICATION):
            for mark, line in zip("-+", first.lines):
                if line in means:
                    print_wrapped(
                        means[line], f"{'':10}{mark}   = ", f"{'':10}{mark}     "
                    )


def print_alone(side: str, names: Sequence[str]) -> None:
    if names:
        print(f"\nonly in {side}: {points(len(names))}\n")
        print_cases(names)
