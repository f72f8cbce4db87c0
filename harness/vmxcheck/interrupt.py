# SPDX-License-Identifier: GPL-2.0
"""Signals that end the command: what came so far is kept, and nothing else is left."""

import signal
from types import FrameType

# ^C; a CI server's time-out, or kill; the terminal is gone
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(KeyboardInterrupt):
    """One of these signals came. Later ones do nothing, so that what is begun is ended."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number

    def __str__(self) -> str:
        return f"interrupted by {signal.Signals(self.number).name}"


def status_of(interrupt: KeyboardInterrupt) -> int:
    """The exit status, as a shell has it."""
    return 128 + (interrupt.number if isinstance(interrupt, Interrupted) else signal.SIGINT)


def text_of(interrupt: KeyboardInterrupt) -> str:
    return str(interrupt) or "interrupted"


def _interrupted(number: int, _frame: FrameType | None) -> None:
    for one in SIGNALS:
        signal.signal(one, signal.SIG_IGN)
    raise Interrupted(number)


def raise_interrupts() -> None:
    """From now on the first of these signals is Interrupted. A signal that is ignored, by
    nohup for example, stays so."""
    for one in SIGNALS:
        if signal.getsignal(one) != signal.SIG_IGN:
            signal.signal(one, _interrupted)
