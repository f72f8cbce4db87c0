# SPDX-License-Identifier: GPL-2.0
"""What a target is: a platform, and what it boots."""

import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self


PRINTER = "printer"


@dataclass(frozen=True)
class Boot:
    """A vmlinuz, the RAM disks that lie one after the other, the command line.

    `logs`: an emulator keeps a log of what is wrong by it. `points`: those that it runs, one a
    line.
    """

    kernel: Path
    initrds: list[Path]
    command_line: str
    logs: bool = False
    points: str = ""


class Platform(Protocol):
    """A machine that can be a target; vmxcheck.platforms has one module for each."""

    @property
    def title(self) -> str:
        """What it is called, for people."""

    @property
    def quirks(self) -> str:
        """Its files in cases/quirks, each as FILE or FILE@VERSION, with blanks between."""

    @property
    def profile(self) -> str:
        """Its file in cases/profiles, as FILE@VERSION; "" if it has none."""

    @property
    def kinds(self) -> Sequence[str]:
        """What a profile may say it is: the model of an emulator, say."""

    @property
    def command_line(self) -> str | None:
        """The kernel's command line; None: nothing boots."""

    @property
    def reach(self) -> str:
        """How far a case may reach, one of options.REACHES."""

    @property
    def panics(self) -> bool:
        """Whether it goes on after a kernel panic on its console."""

    @property
    def vmxrun_options(self) -> Sequence[str]:
        """How vmxrun is to print its TAP there."""

    @property
    def core(self) -> str:
        """The kind of core of a hybrid processor on which cases run; "" is any."""

    def by_core(self) -> "Sequence[Platform]":
        """One for each kind of core; itself alone if there is one kind."""

    def with_processors(self, count: int) -> "Platform | None":
        """The same with so many processors; None if how many it has is not to be changed."""

    @property
    def parallel(self) -> bool:
        """Whether several of them can run side by side."""

    @property
    def stress_options(self) -> Sequence[str]:
        """What the stress test has to know of it."""

    @property
    def isolation_options(self) -> Sequence[str]:
        """What the isolation test has to know of it."""

    @property
    def stop(self) -> signal.Signals:
        """The signal that ends it."""

    @staticmethod
    def missing() -> str | None:
        """What keeps it from running on this machine, or None."""

    def command(
        self, directory: Path, boot: Boot | None, console: Path | str, tap: Path | str
    ) -> list[Path | str]:
        """The program that boots this and has its serial ports at these two paths.

        What is printed there, if it has a printer, goes into the file PRINTER of the folder.
        """

    def ending(self, directory: Path, status: int) -> str | None:
        """Why that program ended; None if the target switched the power off."""

    def ticks(self, directory: Path) -> int | None:
        """How many instructions it executed; None if nobody knows."""

    def judged(self, directory: Path, line: str) -> Sequence[str]:
        """What becomes of this line of TAP, by what is known outside: lines in its place."""


class OneKind:
    """What a platform is whose processors are all alike."""

    core = ""
    profile = ""
    kinds: Sequence[str] = ()
    panics = False
    vmxrun_options: Sequence[str] = ()

    def by_core(self) -> Sequence[Self]:
        return [self]

    def with_processors(self, _count: int) -> Platform | None:
        return None

    def judged(self, _directory: Path, line: str) -> Sequence[str]:
        return (line,)
