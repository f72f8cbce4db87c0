# SPDX-License-Identifier: GPL-2.0
"""The suite on several machines at once; what they say is one stream again."""

import os
import re
from collections import deque
from contextlib import ExitStack
from dataclasses import dataclass

from vmxcheck import Error
from vmxcheck.image import Image
from vmxcheck.machine import Machine
from vmxcheck.options import spelled

# A machine more costs a boot, which takes as long as this many points.
WORTH_A_BOOT = 500

POINT = re.compile(r"((?:not )?ok )\d+")


@dataclass
class Shards:
    """The images of several machines.

    `owners` says for each point, in the order of the stream, which of them has it.
    """

    points: list[str]
    images: list[Image]
    owners: list[int]


def count_jobs(platform, points, jobs=None):
    """How many machines are to run these points; `jobs` is what the user wants."""
    if not platform.parallel:
        if jobs and jobs > 1:
            name = spelled("jobs", jobs)
            raise Error(f"{name}: there is one machine: {platform.title}")
        return 1
    cases = len({case_of(point) for point in points})
    if jobs:
        return min(jobs, cases)
    return min(os.cpu_count(), cases, 1 + len(points) // WORTH_A_BOOT)


def case_of(point):
    return point.partition("[")[0]


def deal(points, jobs, make_image):
    """The image of these points, or Shards; the cases are dealt out in turn."""
    if jobs == 1:
        return make_image(points)
    hands = [[] for _ in range(jobs)]
    owners = []
    turn, last = -1, None
    for point in points:
        if case_of(point) != last:
            last = case_of(point)
            turn = (turn + 1) % jobs
        hands[turn].append(point)
        owners.append(turn)
    return Shards(points, [make_image(hand) for hand in hands], owners)


def machine(platform, image, silence):
    """A Machine for an image, and what looks like one for Shards."""
    if isinstance(image, Shards):
        return Machines(platform, image, silence)
    return Machine(platform, image, silence)


class Machines:
    """Machines side by side, with the interface of Machine.

    Their TAP comes in the order of the points, whichever is the faster.
    """

    def __init__(self, platform, shards, silence):
        self.shards = shards
        self.machines = [Machine(platform, image, silence) for image in shards.images]
        self.ending = None
        self.console_tail = deque()

    def __enter__(self):
        with ExitStack() as stack:
            for one in self.machines:
                stack.enter_context(one)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *exception):
        self._stack.close()

    def lines(self):
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

    def __init__(self, owners):
        self.owners = owners
        self.next = 0
        self.begun = False  # the next point's own line is out
        self.waiting = [deque() for _ in range(max(owners) + 1)]
        self.ended = set()
        self.head = set()  # the lines before the first point that are out

    def feed(self, number, line):
        self.waiting[number].append(line)

    def end(self, number):
        self.ended.add(number)

    def take(self):
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
                elif self.begun or (line := self._head(line)):
                    yield line
            if not lines and number not in self.ended:
                return
            self.next += 1
            self.begun = False

    def _head(self, line):
        """What of this line before the first point is new; the plan is for all."""
        if line.startswith("1.."):
            line = f"1..{len(self.owners)}"
        if line in self.head:
            return None
        self.head.add(line)
        return line
