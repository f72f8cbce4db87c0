# SPDX-License-Identifier: GPL-2.0
"""vmxcheck compare: two results side by side, and each point that differs."""

import re
import subprocess
import textwrap
from argparse import Namespace
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error
from vmxcheck.image import BUILD, CASES
from vmxcheck.results import Results, read
from vmxcheck.several import case_of
from vmxcheck.tap import Point

# The worst comes first; two points that differ within one outcome come last.
WORST_FIRST = ("failed", "todo", "skipped", "passed")
WIDTH = 100
# Points of a case with the same difference are named up to this many.
NAMES = 3

# How a transcript says what a case leaves open: harness/vmxrun/transcript.h.
ANY = "*="
REST = "..."
QUALIFICATION = "exit qualification"
MASKED = re.compile(r"(\w+)/(\w+)")


def read_renamed(path: Path) -> dict[str, str]:
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


def rename(results: Results, names: dict[str, str]) -> Results:
    """The same results by today's names."""
    for point in results.tap.points:
        point.name = names.get(point.name, point.name)
    results.points = {point.name: point for point in results.tap.points}
    return results


@dataclass(frozen=True)
class Difference:
    """What is different about some points: the outcomes, and lines of each side."""

    outcomes: tuple[str, str]
    notes: tuple[str, ...]
    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()


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
    """0 if both are the same, 1 if they differ."""
    if not options.a or not options.b:
        raise Error("two results are to be compared, A and B")
    renamed = read_renamed(CASES / "renamed")
    a, b = (rename(read(Path(path)), renamed) for path in (options.a, options.b))
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
    if not differ:
        print("\nthe same" + (", but for what the cases leave open" * bool(values)))
    gave_up = a.tap.bail_out != b.tap.bail_out
    return 1 if differ or gave_up else 0


def difference(a: Point, b: Point) -> Difference | None:
    """The Difference between two points of one name; None if they agree."""
    outcomes = (a.outcome, b.outcome)
    notes = tuple(
        f"{side}: {text}" for side, point in (("A", a), ("B", b)) for text in why(point)
    )
    lines = first_difference(said(a, b), said(b, a))
    if a.outcome == b.outcome:
        if a.outcome == "skipped":
            return Difference(outcomes, notes) if a.reason != b.reason else None
        if not lines:
            same = a.fields.get("message") == b.fields.get("message")
            return None if same else Difference(outcomes, notes)
    return Difference(outcomes, notes, *(lines or ()))


def why(point: Point) -> list[str]:
    """What a point itself says about its outcome."""
    texts = [point.reason] if point.directive else []
    if point.outcome == "failed" and "message" in point.fields:
        place = point.fields.get("at", "")
        message = point.fields["message"].removeprefix(f"{place}: ")
        texts.append(f"{place}: {message}" if place else message)
    return texts


def said(point: Point, other: Point) -> list[str] | None:
    """The lines that a point read, as far as is known; None if it is not."""
    mine, others = point.fields, other.fields
    if "transcript" in mine and "transcript" in others:
        return mine["transcript"].splitlines()
    if "got" in mine:
        return mine["got"].splitlines()
    if point.outcome == "passed" and "expected" in others:
        return others["expected"].splitlines()
    return None


def first_difference(
    a: Sequence[str] | None, b: Sequence[str] | None
) -> tuple[tuple[str], tuple[str]] | None:
    """The first lines that differ in what the case asks for, one of each; or None.

    A point ends with the first line that is wrong: there is nothing after it.
    """
    for x, y in zip(a or (), b or ()):
        if checked(x) != checked(y):
            return (x,), (y,)
    return None


def checked(line: str) -> list[str | tuple[int, int]]:
    """A line without what the case leaves open."""
    words: list[str | tuple[int, int]] = []
    for word in line.split():
        if word == REST:
            break
        if word.startswith(ANY):
            words.append(ANY)
        else:
            words.append(masked(word) or word)
    return words


def masked(word: str) -> tuple[int, int] | None:
    """VALUE/MASK: the bits that count, and the mask; None if these are no numbers."""
    if not (match := MASKED.fullmatch(word)):
        return None
    try:
        value, mask = int(match[1], 0), int(match[2], 0)
        return value & mask, mask
    except ValueError:
        return None


def unmasked(line: str) -> str:
    """A line of which all bits count."""
    return MASKED.sub(r"\1", line)


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
    for side, one in (("A", a), ("B", b)):
        if one.tap.bail_out is not None:
            print(f"{side} gave up: {one.tap.bail_out}")
        if not one.transcripts:
            print(
                f"{side} has no transcripts (TRANSCRIPT=1): of a pass nothing more is known"
            )
    print(f"\n{'':8}{'A':>8}{'B':>8}")
    counts = a.counts(), b.counts()
    for outcome in reversed(WORST_FIRST):
        print(f"{outcome:8}" + "".join(f"{count[outcome]:8}" for count in counts))
    print(f"{'planned':8}" + "".join(f"{one.tap.plan or 0:8}" for one in (a, b)))


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


def print_cases(names: Iterable[str]) -> None:
    """The cases of some points, and how many they are of each."""
    counts = Counter(map(case_of, names))
    text = ", ".join(f"{c} ({n})" if n > 1 else c for c, n in counts.items())
    print_wrapped(text, "  ", "  ")


def points(count: int) -> str:
    return f"{count} point{'s' * (count != 1)}"


def print_wrapped(text: str, first: str, rest: str) -> None:
    print(
        textwrap.fill(
            text,
            WIDTH,
            initial_indent=first,
            subsequent_indent=rest,
            drop_whitespace=True,
            break_long_words=False,
            break_on_hyphens=False,
        )
    )
