# SPDX-License-Identifier: GPL-2.0
"""vmxcheck caps: what a processor can do, beside another one or the one below it."""

import re
import subprocess
import sys
from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from vmxcheck import Error, profile
from vmxcheck.capabilities import Caps, expand
from vmxcheck.folders import scratch_folder
from vmxcheck.image import CASES
from vmxcheck.nearest import there_are
from vmxcheck.options import MACHINE, NO_BUILD, PLATFORM, words
from vmxcheck.platforms import PLATFORMS
from vmxcheck.results import BELOW, CAPS, PROFILE, Results, file_in, read
from vmxcheck.run import needs

# What a platform runs that is only asked: it says what the processor can do first.
POINTS = "caps/*"
# What is another thing on each processor, or was said before in parts
NO_CAPABILITY = ("msr.", "host.", "vmxfs.")

NUMBER = re.compile(r"0x[0-9a-f]+|0|[1-9][0-9]*")


def command(_platform: None, options: Namespace) -> int:
    """0 if both can do the same, 1 if not; 0 for one alone."""
    if not options.a:
        raise Error("a platform or a result is wanted, or two of them")
    check(name for name in (options.a, options.b) if name)
    if not options.b:
        for line in alone(result_of(options.a, options)):
            print(line)
        return 0
    a, b = (result_of(name, options) for name in (options.a, options.b))
    lines = list(side_by_side(caps_of(a), caps_of(b)))
    print(f"A: {a.target}\nB: {b.target}")
    for line in lines or ["both can do the same"]:
        print(line)
    return 1 if lines else 0


def result_of(name: str, options: Namespace) -> Results:
    """What is kept there; or what a platform of this name says now."""
    if Path(name).exists() or name not in PLATFORMS:
        return read(Path(name))
    with scratch_folder() as folder:
        settings = [row for row in MACHINE if row is not PLATFORM]
        line = [sys.executable, "-m", "vmxcheck", "run", f"--platform={name}"]
        line += [*words([*settings, NO_BUILD], options), f"--output={folder}", POINTS]
        status, said = run_to_its_end(line)
        # A point that fails says nothing against what comes first.
        if status not in (0, 1):
            reason = said.strip().splitlines()[-1:] or [f"status {status}"]
            raise Error(f"{name} says nothing: {reason[0].removeprefix('vmxcheck: ')}")
        return read(Path(folder))


def run_to_its_end(line: Sequence[str]) -> tuple[int, str]:
    """Runs it without its output; returns its status and its messages. Interrupted, it can
    take away what is its."""
    quiet = subprocess.DEVNULL
    with subprocess.Popen(line, stdout=quiet, stderr=subprocess.PIPE, text=True) as child:
        try:
            said = child.communicate()[1]
            return child.returncode, said
        finally:
            child.terminate()
            child.wait()


def check(names: Iterable[str]) -> None:
    """Error if one of them is neither a result nor a platform that can run here."""
    for name in names:
        if Path(name).exists():
            continue
        if name not in PLATFORMS:
            raise Error(f"{name}: there is no such result; platforms: {there_are(name, PLATFORMS)}")
        if missing := PLATFORMS[name].missing():
            raise Error(f"{name}: {missing}")


def caps_of(result: Results, word: str = CAPS) -> Caps:
    """What it says, and what follows from that; Error if it says nothing."""
    if word not in result.capabilities:
        raise Error(f"{result.path}: it does not say what the processor can do")
    for name, value in result.capabilities[word].items():
        if not NUMBER.fullmatch(value):
            raise Error(f"{file_in(result.path)}: {name} is no number: {value}")
    return expand(result.capabilities[word])


def side_by_side(a: Caps, b: Caps) -> Iterator[str]:
    """A line for each capability that is not the same."""
    names = [name for name in [*a, *(b.keys() - a.keys())] if is_capability(name)]
    rows = [(name, a.get(name, "0"), b.get(name, "0")) for name in ordered(names)]
    rows = [row for row in rows if row[1] != row[2]]
    yield from table([("", "A", "B"), *rows] if rows else [])


def alone(result: Results) -> Iterator[str]:
    """What the points miss that were skipped, and what only the processor below can."""
    caps = caps_of(result)
    below = caps_of(result, BELOW) if BELOW in result.capabilities else {}
    cost = Counter(name for point in result.tap.points for name in needs(point))
    lacks = reasons(result)
    missing = [name for name in cost if is_capability(name) and not name.startswith("!")]
    missing += [n for n in below if n not in caps and n not in cost and is_capability(n)]
    rows = [
        (name, caps.get(name, "0"), below.get(name, "0") if below else "?")
        + (str(cost[name]), lacks.get(name, ""))
        for name in sorted(missing, key=lambda name: (-cost[name], name))
    ]
    yield result.target
    yield from table([("missing", "here", "below", "points", "why"), *rows])


def reasons(result: Results) -> Mapping[str, str]:
    """Why it does not have a capability, as its profile says."""
    name, _, version = result.notes.get(PROFILE, "").partition("@")
    path = CASES / "profiles" / name
    if not name or not path.exists():
        return {}
    found = profile.parse(path.read_text(), str(path), version)
    known = {offer.capability: offer.known for offer in found.offers.values()}
    return found.lacks | {name: why for name, why in known.items() if why}


def is_capability(name: str) -> bool:
    return not name.startswith(NO_CAPABILITY) and name != "basic.revision"


def ordered(names: Sequence[str]) -> list[str]:
    """Groups in the order of the first of each."""
    groups = list(dict.fromkeys(name.split(".")[0] for name in names))
    return sorted(names, key=lambda name: (groups.index(name.split(".")[0]), name))


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (f"{cell:{width}}" for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
