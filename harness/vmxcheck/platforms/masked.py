# SPDX-License-Identifier: GPL-2.0
"""Who refused a VM entry: the hypervisor under test, or the processor below it?

A hypervisor with nested VMX gives the VM entry of its guest's guest to the processor below,
with a VMCS that it made of the guest's. What the hypervisor does not check, that processor
refuses, and the hypervisor passes that on: on another processor, or with another VMCS below,
nobody might. So a point whose VM entry must fail says nothing of the hypervisor then; it is
undecided. But for cases that are about what follows: they clear bit 1 of RFLAGS.

Bochs is the processor below, and its log has each VM entry that failed there, with its
time-stamp counter. vmxrun says when the point ran, by the guest's; and the hypervisor's
kernel says once what the guest's is ahead. SDM, "Time-Stamp Counter Offset": it is added.
"""

import json
import re
from pathlib import Path

from vmxcheck.platforms.bochs import ENTRY_FAILURE, TSC
from vmxcheck.tap import UNDECIDED

# By harness/target/relay.c, and by harness/vmxrun/tap.c
OFFSET = re.compile(r"# tsc-offset: (-?\d+|unknown)")
REFUSED = re.compile(r"# refused: (\d+) (\d+)")
PASSED = re.compile(r"ok \d+ - ([^#]*)")
# What a case spoils so that VM entry fails, where it does not matter who refuses it; and where
# it does
MEANS = "VMENTER FAIL: RFLAGS[1] cleared"
SHOWS = "entry/rflags["


class Mask:
    """Follows the TAP of a target, beside the log of the Bochs that it runs in."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.read = 0  # so many bytes of it
        self.failures: list[tuple[int, str]] = []
        self.offset: int | None = None
        # When the point ran that comes next, of which a VM entry failed; then, what is known below
        self.refused: tuple[int, int] | None = None
        self.words: list[str] = []

    def judged(self, line: str) -> list[str]:
        """The lines in place of this one."""
        if match := OFFSET.fullmatch(line):
            # The target begins, perhaps again.
            self.offset = None if match[1] == "unknown" else int(match[1])
            self.refused = None
            return []
        if match := REFUSED.fullmatch(line):
            self.refused = int(match[1]), int(match[2])
            return []
        if TSC.fullmatch(line):
            return [line, *(f"  bochs: {json.dumps(text)}" for text in self.words[-1:])]
        if line.startswith(("#", " ")):
            return [line]
        refused, self.refused, self.words = self.refused, None, []
        if not refused:
            return [line]
        if self.offset is not None:
            self.words = self.said(*(time - self.offset for time in refused))
        if (match := PASSED.fullmatch(line)) and (why := self.undecided(match[1])):
            return [f"{line} # SKIP {UNDECIDED}{why}"]
        return [line]

    def undecided(self, name: str) -> str | None:
        """Why nobody can say who refused a VM entry of this point; None: the hypervisor did."""
        if self.offset is None:
            return "nobody says when the processor below ran this"
        words = [text for text in self.words if text != MEANS or name.startswith(SHOWS)]
        return f"the processor below refused the VM entry: {words[-1]}" if words else None

    def said(self, begun: int, ended: int) -> list[str]:
        """What the log has of this time, as far as there are whole lines."""
        if self.log.exists():
            with self.log.open("rb") as file:
                file.seek(self.read)
                text = file.read()
            text = text[: text.rfind(b"\n") + 1]
            self.read += len(text)
            for line in text.decode(errors="replace").splitlines():
                if match := ENTRY_FAILURE.fullmatch(line):
                    self.failures.append((int(match[1]), match[2]))
        return [text for ticks, text in self.failures if begun <= ticks <= ended]
