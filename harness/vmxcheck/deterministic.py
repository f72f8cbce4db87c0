# SPDX-License-Identifier: GPL-2.0
"""vmxcheck deterministic: two runs of the cases are the same to the last instruction."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence

from vmxcheck import Error
from vmxcheck.image import list_points, suite
from vmxcheck.machine import Machine
from vmxcheck.target import Platform

# What a machine said, by stream
Said = Mapping[str, Sequence[str]]


def command(platform: Platform, options: Namespace) -> int:
    """Runs the cases on two machines side by side; 0 if there is no difference."""
    points = list_points(options.cases, options.patterns)
    image = suite(points, platform, options.cases, append=options.append, own_quirks=options.quirks)
    with (
        Machine(platform, image, options.silence) as one,
        Machine(platform, image, options.silence) as other,
    ):
        lines = together(one.lines(), other.lines())
    for machine in (one, other):
        if machine.ending:
            raise Error(machine.ending)
    same = compare(*lines) and one.ticks == other.ticks
    print(f"{one.ticks:,} instructions on {platform.title}, then power-off")
    if one.ticks != other.ticks:
        print(f"{other.ticks:,} in a second run", file=sys.stderr)
    print(
        f"{len(points)} points, run twice: {'no difference' if same else 'DIFFERENT'}"
    )
    return 0 if same else 1


def together(*sources: Iterator[tuple[str, str]]) -> list[Said]:
    """What each said, by stream, while all of them run."""
    said: list[dict[str, list[str]]] = [{"tap": [], "console": []} for _ in sources]
    running = list(zip(sources, said))
    while running:
        for pair in list(running):
            source, streams = pair
            for stream, line in source:
                if stream == "idle":
                    break
                streams[stream].append(line)
            else:
                running.remove(pair)
    return [*said]


def compare(one: Said, other: Said) -> bool:
    """Whether both said the same; the first line that differs is shown."""
    for stream, lines in one.items():
        if lines != other[stream]:
            pairs = enumerate(zip(lines, other[stream]), 1)
            number, pair = next(
                ((n, p) for n, p in pairs if p[0] != p[1]),
                (min(len(lines), len(other[stream])) + 1, ("", "")),
            )
            print(f"{stream}, line {number}:", *pair, sep="\n  ", file=sys.stderr)
            return False
    return True
