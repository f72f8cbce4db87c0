# SPDX-License-Identifier: GPL-2.0
"""The pytest plugin: every TAP point of a .case file is a test.

One machine runs all the selected points, in one boot that starts with the first
of them; each test waits for its own line. A point that never came is an error,
one that failed is a failure.
"""

import signal
import sys
from pathlib import Path

import pytest

from vmxcheck import Error
from vmxcheck.image import CASES, list_points, suite
from vmxcheck.machine import Machine
from vmxcheck.platforms import platform
from vmxcheck.tap import Stream

target = pytest.StashKey()


def pytest_addoption(parser):
    group = parser.getgroup("vmxcheck")
    group.addoption("--platform", default="bochs", help="the machine that runs cases")
    group.addoption("--bochs", metavar="VERSION", help="the version of Bochs")
    group.addoption("--model", help="the processor that Bochs is")
    group.addoption("--cases", type=Path, default=CASES, help="the folder of cases")
    group.addoption("--silence", type=float, default=60.0, metavar="SECONDS")


def pytest_configure(config):
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    config.stash[target] = Target(config)


def pytest_unconfigure(config):
    config.stash[target].stop()


def pytest_collect_file(parent, file_path):
    if file_path.suffix == ".case":
        return CaseFile.from_parent(parent, path=file_path)


class CaseFile(pytest.File):
    """A file of cases/; its points are what vmxrun says they are."""

    def collect(self):
        cases = self.config.option.cases.resolve()
        name = self.path.relative_to(cases).with_suffix("").as_posix()
        # A case's points are its name, alone or with values in brackets.
        for point in self.config.stash[target].points(cases):
            if point.partition("[")[0] == name:
                yield CasePoint.from_parent(self, name=point)


class CasePoint(pytest.Item):
    """A TAP point. That it comes is its setup; what it says is the test."""

    def setup(self):
        self.point = self.config.stash[target].wait(self)

    def runtest(self):
        if self.point.outcome == "skipped":
            pytest.skip(self.point.reason)
        if self.point.outcome == "todo":
            pytest.xfail(self.point.reason)
        if self.point.outcome == "failed":
            raise Failed(self.point)

    def repr_failure(self, excinfo, style=None):
        if isinstance(excinfo.value, (Failed, Error)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self):
        return self.path, None, self.name


class Failed(Exception):
    """A point that is `not ok`, with its YAML block."""

    def __init__(self, point):
        super().__init__("\n".join([f"not ok - {point.name}", *point.yaml]))


class Target:
    """The machine that runs the points of a session, from the first one's wait on."""

    def __init__(self, config):
        self.config = config
        self.listed = None
        self.machine = None
        self.tap = Stream()
        self.came = {}

    def points(self, cases):
        """The names of all points of the folder of cases."""
        if self.listed is None:
            self.listed = list_points(cases)
        return self.listed

    def wait(self, item):
        """The TAP point of this item, as soon as it came."""
        if self.machine is None:
            self._boot(item.session)
        while item.name not in self.came:
            event = next(self.lines, None)
            if event is None:
                raise Error(self._why())
            if event[0] == "tap":
                self._came(self.tap.feed(event[1]))
        return self.came[item.name]

    def stop(self):
        if self.machine:
            self.machine.__exit__(None, None, None)

    def _boot(self, session):
        option = self.config.option
        points = [item.name for item in session.items if isinstance(item, CasePoint)]
        host = platform(option.platform, version=option.bochs, model=option.model)
        image = suite(points, host, option.cases)
        self.machine = Machine(host, image, option.silence).__enter__()
        self.lines = self.machine.lines()

    def _came(self, points):
        self.came.update((point.name, point) for point in points)

    def _why(self):
        reason = self.tap.bail_out or self.machine.ending or "the power went off"
        tail = "\n".join(f"console: {line}" for line in self.machine.console_tail)
        return f"this point did not run: {reason}\n{tail}"
