# SPDX-License-Identifier: GPL-2.0
"""The pytest plugin: every TAP point of a .case file is a test.

The selected points run in one boot, of a machine or a few that share them, which
starts with the first of them; each test waits for its own line. A point that never came is an error,
one that failed is a failure.
"""

import signal
from argparse import ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from vmxcheck import Error, shards
from vmxcheck.image import list_points, suite
from vmxcheck.machine import Machine
from vmxcheck.options import OF_PYTEST, SETTINGS, Option
from vmxcheck.platforms import platform
from vmxcheck.run import TOO_EARLY
from vmxcheck.several import case_of
from vmxcheck.shards import Machines
from vmxcheck.tap import Point, Stream

target = pytest.StashKey["Target"]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("vmxcheck")
    for row in OF_PYTEST:
        if row.flag:
            kind: dict[str, Any] = {"action": "store_const", "const": True}
        else:
            kind = {"metavar": row.placeholder, "type": reader(row)}
        group.addoption(f"--{row.name}", default=row.default, help=row.help, **kind)


def reader(row: Option) -> Callable[[str], object]:
    """Reads a value for argparse."""

    def read(text: str) -> object:
        try:
            return row.value(text)
        except Error as error:
            raise ArgumentTypeError(str(error)) from None

    return read


def pytest_configure(config: pytest.Config) -> None:
    for one in signal.SIGTERM, signal.SIGHUP:
        signal.signal(one, signal.default_int_handler)
    # Cases can be anywhere, without pytest.ini.
    marker = "emulator: it starts a target, in an emulator or on this machine"
    config.addinivalue_line("markers", marker)
    config.stash[target] = Target(config.option)


def pytest_collection_finish(session: pytest.Session) -> None:
    points = [item.name for item in session.items if isinstance(item, CasePoint)]
    if points and not session.config.option.collectonly:
        try:
            session.config.stash[target].select(points)
        except Error as error:
            raise pytest.UsageError(str(error)) from None


def pytest_unconfigure(config: pytest.Config) -> None:
    config.stash[target].stop()


def pytest_collect_file(
    parent: pytest.Collector, file_path: Path
) -> "CaseFile | None":
    if file_path.match("*.case") and file_path.is_relative_to(cases_of(parent)):
        file: CaseFile = CaseFile.from_parent(parent, path=file_path)
        return file
    return None


def cases_of(node: pytest.Collector) -> Path:
    """The folder of cases of this session."""
    return Path(node.config.option.cases).resolve()


# The points of each case, of a session
listed: dict[pytest.Session, dict[str, list[str]]] = {}


def by_case(points: Iterable[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for point in points:
        found.setdefault(case_of(point), []).append(point)
    return found


class CaseFile(pytest.File):
    """A file of cases/; its points are what vmxrun says they are."""

    def collect(self) -> list["CasePoint"]:
        cases = cases_of(self)
        name = self.path.relative_to(cases).with_suffix("").as_posix()
        return [CasePoint.from_parent(self, name=point) for point in self._points(cases, name)]

    def _points(self, cases: Path, name: str) -> list[str]:
        """Those of this case. All are asked for at once, which takes as long as for one; a
        case that is wrong is asked for alone."""
        if self.session not in listed:
            try:
                listed[self.session] = by_case(list_points(cases))
            except Error:
                listed[self.session] = {}
        if points := listed[self.session].get(name):
            return points
        try:
            return list_points(cases, [name])
        except Error as error:
            raise self.CollectError(str(error)) from None


class CasePoint(pytest.Item):
    """A TAP point. That it comes is its setup; what it says is the test."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.add_marker("emulator")

    def setup(self) -> None:
        self.point = self.config.stash[target].wait(self.name)

    def runtest(self) -> None:
        if self.point.outcome in ("skipped", "undecided"):
            pytest.skip(self.point.reason)
        if self.point.outcome == "todo":
            pytest.xfail(self.point.reason)
        if self.point.outcome == "failed":
            raise Failed(self.point)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None
    ) -> Any:
        if isinstance(excinfo.value, (Failed, Error)):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, None, str]:
        return self.path, None, self.name


class Failed(Exception):
    """A point that is `not ok`, with its YAML block."""

    def __init__(self, point: Point) -> None:
        super().__init__("\n".join([f"not ok - {point.name}", *point.yaml]))


class Target:
    """What runs the points of a session, from the first one's wait on."""

    def __init__(self, option: Namespace) -> None:
        self.option = option
        self.machine: Machine | Machines | None = None
        self.tap = Stream()
        self.came: dict[str, Point] = {}
        self.exit = ExitStack()

    def select(self, points: Sequence[str]) -> None:
        """Says which points will be asked for."""
        option = self.option
        self.platform = platform(
            option.platform, **{name: getattr(option, name) for name in SETTINGS}
        )
        self.image = shards.share(
            self.platform,
            points,
            option.cases,
            option.jobs,
            lambda on, some: suite(
                some,
                on,
                option.cases,
                init=option.init,
                append=option.append,
                own_quirks=option.quirks,
            ),
        )

    def wait(self, name: str) -> Point:
        """The TAP point of this name, as soon as it came."""
        if self.machine is None:
            machine = shards.make_machine(self.platform, self.image, self.option.silence)
            self.exit.enter_context(machine)
            self.machine, self.lines = machine, machine.lines()
        while name not in self.came:
            if (event := next(self.lines, None)) is None:
                self._came(self.tap.finish())
                break
            stream, line = event
            if stream == "tap":
                self._came(self.tap.feed(line))
        if name not in self.came:
            raise Error(self._why(self.machine))
        return self.came[name]

    def stop(self) -> None:
        """Ends the machine, if there is one."""
        self.exit.close()

    def _came(self, points: Iterable[Point]) -> None:
        self.came.update((point.name, point) for point in points)

    def _why(self, machine: Machine | Machines) -> str:
        reason = self.tap.bail_out or machine.ending or TOO_EARLY
        tail = [f"console: {line}" for line in machine.console_tail]
        return "\n".join([f"this point did not run: {reason}", *tail])
