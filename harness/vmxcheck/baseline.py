# SPDX-License-Identifier: GPL-2.0
"""vmxcheck baseline: a result as a small text, to be committed; a later run says what changed.

A line is `NAME OUTCOME`. Lines that begin with # are comments, of which `# target: WHO`
says who was tested. The order does not matter; it is written sorted.
"""

from argparse import Namespace
from pathlib import Path

from vmxcheck import Error, results
from vmxcheck.nearest import there_are
from vmxcheck.results import TARGET, Results
from vmxcheck.tap import OUTCOMES, Stream, point_of

TITLE = "# vmxcheck baseline: NAME OUTCOME"


def command(_platform: None, options: Namespace) -> int:
    """Prints the baseline that a result is."""
    one = results.ended(results.read(options.results))
    print(TITLE)
    print(f"# {TARGET}: {one.target}")
    for name, point in sorted(one.points.items()):
        print(name, point.outcome)
    return 0


def read(path: Path) -> Results:
    """A result: TAP, a folder with it, or a baseline."""
    if path.is_dir():
        return results.read(path)
    lines = results.lines_of(path)
    if not any(line.strip() for line in lines):
        raise Error(f"{path}: it is empty")
    if any(is_tap(line) for line in lines):
        return results.read(path)
    tap = Stream()
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            name, outcome = parse(path, number, line.strip(), len(tap.points))
            tap.points.append(point_of(len(tap.points) + 1, name, outcome))
    if not tap.points:
        raise Error(f"{path}: there is no point in it")
    tap.plan = len(tap.points)
    return results.of(path, path, tap, lines)


def is_tap(line: str) -> bool:
    """Whether this is what only TAP has; any TAP has such a line."""
    return line.startswith(("TAP version", "1..", "Bail out!"))


def parse(path: Path, number: int, line: str, before: int) -> tuple[str, str]:
    """The name and the outcome of a line."""
    name, _, outcome = line.rpartition(" ")
    if outcome in OUTCOMES and name.strip():
        return name.strip(), outcome
    if not before and "/" not in name:
        raise Error(f"{path}: this is neither TAP nor a baseline")
    if not name.strip():
        raise Error(f"{path}:{number}: NAME OUTCOME is expected: '{line}'")
    raise Error(f"{path}:{number}: '{outcome}' is no outcome; {there_are(outcome, OUTCOMES)}")
