# SPDX-License-Identifier: GPL-2.0
"""Who refused a VM entry: the hypervisor under test, or the processor below it?

A hypervisor with nested VMX gives the VM entry of its guest's guest to the processor below,
with a VMCS that it made of the guest's. What the hypervisor does not check, that processor
refuses, and the hypervisor passes that on: on another processor, or with another VMCS below,
nobody might. So a point whose VM entry must fail says nothing of the hypervisor then; it is
undecided.

Bochs is the processor below, and its log has each VM entry that failed there, with its
time-stamp counter. vmxrun says when the point ran, by the guest's; and the hypervisor's
kernel says once what the guest's is ahead. SDM, "Time-Stamp Counter Offset": it is added.
"""

import re
from pathlib import Path

from vmxcheck.tap import UNDECIDED

# By harness/target/relay.c, and by harness/vmxrun/tap.c
OFFSET = re.compile(r"# tsc-offset: (-?\d+)")
REFUSED = re.compile(r"# refused: (\d+) (\d+)")
PASSED = re.compile(r"ok \d+ - [^#]*")
# What Bochs says of VMLAUNCH and VMRESUME: of checks of VM entry
ENTRY_FAILURE = re.compile(r"(\d+)e\[CPU\d+ *\] ((?:VMFAIL|VMENTER)\b.*)")


class Mask:
    """Follows the TAP of a target, beside the log of the Bochs that it runs in."""

    def __init__(self, log: Path) -> None:
        self.log = log
        self.read = 0  # so many bytes of it
        self.failures: list[tuple[int, str]] = []
        self.offset: int | None = None
        self.refused: tuple[int, int] | None = None

    def judged(self, line: str) -> list[str]:
        """The lines in place of this one."""
        if match := OFFSET.fullmatch(line):
            self.offset = int(match[1])
            return []
        if match := REFUSED.fullmatch(line):
            self.refused = int(match[1]), int(match[2])
            return []
        if line.startswith("#") or not self.refused:
            return [line]
        refused, self.refused = self.refused, None
        if PASSED.fullmatch(line) and (why := self.undecided(*refused)):
            return [f"{line} # SKIP {UNDECIDED}{why}"]
        return [line]

    def undecided(self, begun: int, ended: int) -> str | None:
        """Why nobody can say who refused a VM entry of this time; None: the hypervisor did."""
        if self.offset is None:
            return "nobody says when the processor below ran this"
        begun, ended = (time - self.offset for time in (begun, ended))
        self.catch_up()
        said = [text for ticks, text in self.failures if begun <= ticks <= ended]
        return f"the processor below refused the VM entry: {said[-1]}" if said else None

    def catch_up(self) -> None:
        """Reads what is new in the log, as far as there are whole lines."""
        if not self.log.exists():
            return
        with self.log.open("rb") as file:
            file.seek(self.read)
            text = file.read()
        text = text[: text.rfind(b"\n") + 1]
        self.read += len(text)
        for line in text.decode(errors="replace").splitlines():
            if match := ENTRY_FAILURE.fullmatch(line):
                self.failures.append((int(match[1]), match[2]))
