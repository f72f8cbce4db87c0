# SPDX-License-Identifier: GPL-2.0
"""What a run shows while it goes on: TAP, and on a terminal a line of progress.

All of it is in results.tap; here is what somebody reads.
"""

import re
import shutil
import sys
import time
from typing import TextIO

from vmxcheck.results import CAPABILITIES, PROCESSOR
from vmxcheck.tap import Stream

REGISTERS = "  registers: |"
# A register that has the value of most: nothing is to be seen in it.
ZERO = re.compile(r"    \w+ 0x0+")


class Screen:
    """Shows each line that is for people. The progress is always the last line of a
    terminal, however narrow that is."""

    def __init__(
        self, terminal: TextIO, title: str, tap: Stream, echo: bool, verbose: bool
    ) -> None:
        self.terminal = terminal if terminal.isatty() else None
        self.title = title
        self.tap = tap
        self.echo = echo
        self.verbose = verbose
        self.registers = False
        self.counted = self.failed = 0
        self.started = time.monotonic()

    def show(self, stream: str, line: str) -> None:
        """Shows a line, which the TAP knows already."""
        self.clear()
        if stream == "tap" and self.echo and self._is_shown(line):
            print(line, flush=True)
        elif stream == "console" and self.verbose:
            print(line, file=sys.stderr)
        self._progress()

    def clear(self) -> None:
        if self.terminal:
            self.terminal.write("\r\33[K")
            self.terminal.flush()

    def _is_shown(self, line: str) -> bool:
        """Not a transcript of what passed, nor which processor it is, what that can do, and
        registers that are 0."""
        if line.startswith((PROCESSOR, *CAPABILITIES)):
            return False
        if self.tap.block is None:
            self.registers = False
            return True
        if not line.startswith("    "):
            self.registers = line == REGISTERS
        if self.registers and ZERO.fullmatch(line):
            return False
        return not self.tap.block.ok

    def _progress(self) -> None:
        if not self.terminal:
            return
        seconds = time.monotonic() - self.started
        what = f"{len(self.tap.points)} of {self.tap.plan}" if self.tap.plan else "booting"
        new = self.tap.points[self.counted :]
        self.counted += len(new)
        self.failed += sum(point.outcome == "failed" for point in new)
        if self.failed:
            what += f", {self.failed} failed"
        what += f", {seconds:.0f} s"
        line = f"[{self.title}: {what}]"
        width = shutil.get_terminal_size().columns - 1
        self.terminal.write((line if len(line) <= width else what)[:width])
        self.terminal.flush()
