# SPDX-License-Identifier: GPL-2.0
"""The suite on several machines at once; what they say is one stream again."""

import os
import re
from collections import deque
from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from vmxcheck import Error
from vmxcheck.image import Image
from vmxcheck.machine import Machine
from vmxcheck.options import spelled
from vmxcheck.several import apart, case_of
from vmxcheck.target import Platform

# A machine more costs a boot, which takes as long as this many points.
WORTH_A_BOOT = 500

POINT = re.compile(r"((?:not )?ok )\d+")


@dataclass
class Shards:
    """The images of several machines.

    `owners` says for each point, in the order of the stream, which of them has it.
    """

    points: Sequence[str]
    images: list[Image]
    owners: list[int]


def count_jobs(
    platform: Platform, points: Sequence[str], jobs: int | None = None
) -> int:
    """How many machines are to run these points; `jobs` is what the user wants."""
    if not platform.parallel:
        if jobs and jobs > 1:
            name = spelled("jobs", jobs)
            raise Error(f"{name}: there is one machine: {platform.title}")
        return 1
    cases = len({case_of(point) for point in points})
    if jobs:
        return min(jobs, cases)
    return min(os.cpu_count() or 1, cases, 1 + len(points) // WORTH_A_BOOT)


def share(
    platform: Platform,
    points: Sequence[str],
    cases: Path,
    jobs: int | None,
    make_image: Callable[[Platform, Sequence[str]], Image],
) -> Image | Shards:
    """The image that runs these points, or several that share them.

    Points that need several processors have a machine of their own, one more than `jobs`:
    Bochs with several of them is not the same processor.
    """
    larger, some = apart(platform, points, cases)
    rest = [point for point in points if point not in some]
    if not rest:
        platform, some, rest = larger, set(), list(points)
    count = count_jobs(platform, rest, jobs)
    return deal(
        points,
        count,
        lambda hand: make_image(larger if some.intersection(hand) else platform, hand),
        some,
    )


def deal(
    points: Sequence[str],
    jobs: int,
    make_image: Callable[[Sequence[str]], Image],
    apart: Container[str] = (),
) -> Image | Shards:
    """The image of these points, or Shards; the cases are dealt out in turn, but those
    `apart` to one hand more."""
    hands: list[list[str]] = [[] for _ in range(jobs + 1)]
    owners = []
    turn, last = -1, None
    for point in points:
        if point in apart:
            owner = jobs
        elif case_of(point) != last:
            last = case_of(point)
            owner = turn = (turn + 1) % jobs
        else:
            owner = turn
        hands[owner].append(point)
        owners.append(owner)
    if not hands[-1]:
        hands.pop()
    if len(hands) == 1:
        return make_image(points)
    return Shards(points, [make_image(hand) for hand in hands], owners)


def make_machine(
    platform: Platform, image: Image | Shards, silence: float
) -> "Machine | Machines":
    """A Machine for an image, and what looks like one for Shards."""
    if isinstance(image, Shards):
        return Machines(platform, image, silence)
    return Machine(image.platform or platform, image, silence)


class Machines:
    """Machines side by side, with the interface of Machine.

    Their TAP comes in the order of the points, whichever is the faster.
    """

    def __init__(self, platform: Platform, shards: Shards, silence: float) -> None:
        self.shards = shards
        self.machines = [
            Machine(image.platform or platform, image, silence)
            for image in shards.images
        ]
        self.ending: str | None = None
        self.console_tail: deque[str] = deque()

    @property
    def times(self) -> dict[str, float]:
        """As of Machine."""
        return {name: time for one in self.machines for name, time in one.times.items()}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for one in self.machines:
                stack.enter_context(one)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def lines(self) -> Iterator[tuple[str, str]]:
        """As of Machine; a line of a console begins with the machine's number."""
        merge = Merge(self.shards.owners)
        sources = dict(enumerate(one.lines() for one in self.machines))
        while sources:
            for number, source in list(sources.items()):
                # In between, each yields "idle", after a while if there is nothing.
                for stream, line in source:
                    if stream == "tap":
                        merge.feed(number, line)
                    elif stream == "console":
                        yield stream, f"{number + 1}: {line}"
                    else:
                        break
                else:
                    del sources[number]
                    merge.end(number)
            for line in merge.take():
                yield "tap", line
            yield "idle", ""
        for one in self.machines:
            if one.ending and not self.ending:
                self.ending, self.console_tail = one.ending, one.console_tail


class Merge:
    """Several streams of TAP become one. A point and what follows it stay together."""

    def __init__(self, owners: Sequence[int]) -> None:
        self.owners = owners
        self.next = 0
        self.begun = False  # the next point's own line is out
        self.waiting: list[deque[str]] = [deque() for _ in range(max(owners) + 1)]
        self.ended: set[int] = set()
        self.head: set[str] = set()  # the lines before the first point that are out

    def feed(self, number: int, line: str) -> None:
        self.waiting[number].append(line)

    def end(self, number: int) -> None:
        self.ended.add(number)

    def take(self) -> Iterator[str]:
        """The lines that are due."""
        while self.next < len(self.owners):
            number = self.owners[self.next]
            lines = self.waiting[number]
            while lines:
                match = POINT.match(lines[0])
                if match and self.begun:
                    break
                line = lines.popleft()
                if match:
                    self.begun = True
                    yield f"{match[1]}{self.next + 1}{line[match.end():]}"
                elif self.begun or self._is_new(line := self._for_all(line)):
                    yield line
            if not lines and number not in self.ended:
                return
            self.next += 1
            self.begun = False

    def _for_all(self, line: str) -> str:
        """This line before the first point; the plan is for all."""
        return f"1..{len(self.owners)}" if line.startswith("1..") else line

    def _is_new(self, line: str) -> bool:
        new = line not in self.head
        self.head.add(line)
        return new
