# SPDX-License-Identifier: GPL-2.0
"""Runs the suite on a mutant until a point fails."""

import dataclasses
import random
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from threading import Event

from vmxcheck import run
from vmxcheck.image import Image
from vmxcheck.machine import Machine
from vmxcheck.options import SETTINGS
from vmxcheck.platforms import given
from vmxcheck.platforms.bochs import Bochs
from vmxcheck.several import case_of
from vmxcheck.tap import Stream

VERSION = "3.0"
MILLION = 1_000_000


class Mutant(Bochs):
    """Bochs 3.0 whose program is another; it ends after so many millions of instructions."""

    def __init__(
        self,
        options: Namespace,
        program: Path | None = None,
        millions: int | None = None,
        processors: int | None = None,
    ) -> None:
        settings = {name: getattr(options, name) for name in SETTINGS}
        if processors:
            settings["processors"] = processors
        super().__init__(**given("bochs", settings | {"bochs": VERSION}))
        self.millions = millions
        if program:
            self.version = dataclasses.replace(self.version, program=str(program))
        if millions:
            limit = ("-benchmark", str(millions))
            self.version = dataclasses.replace(self.version, options=limit)

    def ending(self, directory: Path, status: int) -> str | None:
        said = super().ending(directory, status)
        # It says nothing then, and neither is it killed.
        if self.millions and said == f"the emulator ended with status {status}":
            return f"it did not end within {self.millions} million instructions"
        return said


@dataclass(frozen=True)
class Verdict:
    """`by` is the point that failed first, or how the machine ended; "" if all was right.

    `skipped` is how many points were skipped, `ticks` how many instructions it took.
    """

    by: str
    skipped: int = 0
    ticks: int = 0


def until_failure(
    target: Bochs, image: Image, folder: Path, silence: float, stop: Event
) -> Verdict:
    """Boots the image, until a point fails, or somebody wants it to stop.

    The folder gets results.tap and console.log.
    """
    tap = Stream()
    with (
        run.create(folder / "results.tap") as results,
        run.create(folder / "console.log") as console,
        Machine(target, image, silence) as machine,
    ):
        files = {"tap": results, "console": console}
        for stream, line in machine.lines():
            if stream in files:
                files[stream].write(f"{line}\n".encode())
            for point in tap.feed(line) if stream == "tap" else ():
                if point.outcome == "failed":
                    message = point.fields.get("message", "it passed, and should not")
                    return Verdict(f"{point.name}: {message}")
            if stop.is_set():
                break
        for point in tap.finish():
            if point.outcome == "failed":
                return Verdict(point.name)
    if by := ending(tap, machine.ending):
        after = f" after {tap.points[-1].name}" if tap.points else ", before any point"
        return Verdict(by + after)
    skipped = sum(point.outcome == "skipped" for point in tap.points)
    return Verdict("", skipped, machine.ticks or 0)


def ending(tap: Stream, ending: str | None) -> str:
    """Why not all of the points came, or ""."""
    if tap.bail_out is not None:
        return tap.bail_out
    return ending or ("" if tap.complete else run.TOO_EARLY)


def in_order(points: Sequence[str]) -> list[str]:
    """The cases in an order that is random, and always the same.

    What one fault breaks are often points of one area, and these would come late.
    """
    cases = [list(some) for _, some in groupby(points, case_of)]
    random.Random(0).shuffle(cases)
    return [point for case in cases for point in case]
