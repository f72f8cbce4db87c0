# SPDX-License-Identifier: GPL-2.0
"""vmxcheck compare: two results side by side, and each point that differs."""

import re
import subprocess
import textwrap
from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error
from vmxcheck.image import BUILD, CASES
from vmxcheck.run import TARGET
from vmxcheck.shards import case_of
from vmxcheck.tap import Stream

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


@dataclass
class Results:
    """What came of a run, and who was tested."""

    path: Path
    target: str
    tap: Stream
    points: dict

    @property
    def transcripts(self):
        return any("transcript" in point.fields for point in self.points.values())

    def counts(self):
        return Counter(point.outcome for point in self.points.values())


def read(path):
    """The results in a folder, or in a TAP file."""
    file = path / "results.tap" if path.is_dir() else path
    try:
        lines = file.read_text(errors="replace").splitlines()
    except OSError as error:
        raise Error(f"{file}: {error.strerror}") from None
    tap = Stream()
    for line in lines:
        tap.feed(line)
    tap.finish()
    if tap.plan is None and not tap.points and tap.bail_out is None:
        raise Error(f"{file}: this is not TAP")
    names = Counter(point.name for point in tap.points)
    for name, count in names.items():
        if count > 1:
            raise Error(f"{file}: {name} came {count} times")
    said = [line for line in lines if line.startswith(f"# {TARGET}: ")]
    target = said[-1].partition(": ")[2] if said else "?"
    return Results(path, target, tap, {point.name: point for point in tap.points})


def read_renamed(path: Path) -> dict[str, str]:
    """Names of points of the release before -> what they are called now.

    A line is the name of a case or, indented, what was in the brackets and what is.
    """
    names = {}
    case = None
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

    outcomes: tuple
    notes: tuple
    a: tuple = ()
    b: tuple = ()


def command(platform, options):
    """0 if both are the same, 1 if they differ."""
    if not options.a or not options.b:
        raise Error("two results are to be compared, A and B")
    names = read_renamed(CASES / "renamed")
    a, b = (rename(read(Path(path)), names) for path in (options.a, options.b))
    common = [name for name in a.points if name in b.points]
    groups = defaultdict(list)
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
    differ = groups or any(names for _, names in alone)
    if not differ:
        print("\nthe same" + (", but for what the cases leave open" * bool(values)))
    gave_up = a.tap.bail_out != b.tap.bail_out
    return 1 if differ or gave_up else 0


def difference(a, b):
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


def why(point):
    """What a point itself says about its outcome."""
    texts = [point.reason] if point.directive else []
    if point.outcome == "failed" and "message" in point.fields:
        place = point.fields.get("at", "")
        message = point.fields["message"].removeprefix(f"{place}: ")
        texts.append(f"{place}: {message}" if place else message)
    return texts


def said(point, other):
    """The lines that a point read, as far as is known; None if it is not."""
    mine, others = point.fields, other.fields
    if "transcript" in mine and "transcript" in others:
        return mine["transcript"].splitlines()
    if "got" in mine:
        return mine["got"].splitlines()
    if point.outcome == "passed" and "expected" in others:
        return others["expected"].splitlines()
    return None


def first_difference(a, b):
    """The first lines that differ in what the case asks for, one of each; or None.

    A point ends with the first line that is wrong: there is nothing after it.
    """
    for x, y in zip(a or (), b or ()):
        if checked(x) != checked(y):
            return (x,), (y,)
    return None


def checked(line):
    """A line without what the case leaves open."""
    words = []
    for word in line.split():
        if word == REST:
            break
        if word.startswith(ANY):
            word = ANY
        elif match := MASKED.fullmatch(word):
            word = masked(*match.groups()) or word
        words.append(word)
    return words


def masked(value, mask):
    """The bits of the value that count, and the mask; None if these are no numbers."""
    try:
        return int(value, 0) & int(mask, 0), int(mask, 0)
    except ValueError:
        return None


def unmasked(line):
    """A line of which all bits count."""
    return MASKED.sub(r"\1", line)


def open_values(a, b, common):
    """Where both passed: what it is -> [(point, in A, in B, line of A, of B)]."""
    found = defaultdict(list)
    for name in common:
        points = a.points[name], b.points[name]
        if any(point.outcome != "passed" for point in points):
            continue
        for x, y in zip(*(p.fields.get("transcript", "").splitlines() for p in points)):
            for what, values in differing_words(x, y):
                found[what].append((name, *values, unmasked(x), unmasked(y)))
    return found


def differing_words(a, b):
    """What differs between two lines: (what it is, the value of each)."""
    a, b = ([w for w in line.split() if w != REST] for line in (a, b))
    for i, (x, y) in enumerate(zip(a, b)):
        if x != y:
            yield describe(a, i), (x.removeprefix(ANY), y.removeprefix(ANY))


def describe(words, i):
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


def decode(lines):
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


def print_counts(a, b):
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


def rank(outcomes):
    a, b = outcomes
    return a == b, WORST_FIRST.index(b), -WORST_FIRST.index(a)


def print_differences(groups):
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


def print_difference(case, found, names, means):
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


def print_open_values(values):
    if not values:
        return
    total = len({name for found in values.values() for name, *_ in found})
    print(f"\npassed in both, but what the cases leave open differs: {points(total)}")
    print(f"\n{'points':>8}  {'value':32}for example")
    means = decode([line for found in values.values() for line in found[0][3:]])
    for what, found in sorted(values.items(), key=lambda item: -len(item[1])):
        name, a, b, *lines = found[0]
        count = len({name for name, *_ in found})
        print_wrapped(f"{count:>8}  {what:31} {a} -> {b} {name}", "", " " * 42)
        if what.endswith(QUALIFICATION):
            for mark, line in zip("-+", lines):
                if line in means:
                    print_wrapped(
                        means[line], f"{'':10}{mark}   = ", f"{'':10}{mark}     "
                    )


def print_alone(side, names):
    if names:
        print(f"\nonly in {side}: {points(len(names))}\n")
        print_cases(names)


def print_cases(names):
    """The cases of some points, and how many they are of each."""
    counts = Counter(map(case_of, names))
    text = ", ".join(f"{c} ({n})" if n > 1 else c for c, n in counts.items())
    print_wrapped(text, "  ", "  ")


def points(count):
    return f"{count} point{'s' * (count != 1)}"


def print_wrapped(text, first, rest):
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
