# SPDX-License-Identifier: GPL-2.0
"""When a machine that says nothing is given up: by its own time, not by the clock."""

from types import SimpleNamespace

import pytest
from vmxcheck import machine


@pytest.fixture
def clocks(monkeypatch):
    """What the clock says, and what the process has used: seconds, to be set."""
    now = {"clock": 0.0, "used": 0.0}
    monkeypatch.setattr(machine.time, "monotonic", lambda: now["clock"])
    monkeypatch.setattr(machine, "used", lambda pid: now["used"])
    return now


@pytest.mark.parametrize(
    "clock, used, lasts",
    [
        (60.0, 60.0, False),
        (61.0, 60.5, True),
        # It got a tenth of a processor.
        (301.0, 30.0, False),
        # It waits for something.
        (599.0, 0.0, False),
        (601.0, 0.0, True),
    ],
)
def test_silence(clocks, clock, used, lasts):
    silence = machine.Silence(1)
    clocks |= {"clock": clock, "used": used}
    assert silence.lasts(60.0) == lasts


def test_used_is_that_of_the_process():
    with open("/proc/self/stat") as stat:
        pid = int(stat.read().split()[0])
    before = machine.used(pid)
    while machine.used(pid) < before + 0.1:
        sum(range(100_000))
    assert machine.used(2**30) == 0.0


class Complains(machine.Machine):
    """A processor of it hangs, of which its kernel tells each 21 seconds."""

    def __init__(self, clocks, results):
        nothing = SimpleNamespace(
            panics=False, ticks=lambda directory: None, judged=lambda _, line: [line]
        )
        super().__init__(nothing, None)
        self._clocks, self._results, self._streams = clocks, results, {}
        self._process = SimpleNamespace(pid=1, poll=lambda: self.ending, wait=lambda: 0)
        self._directory = None

    def _read(self):
        self._clocks["clock"] += 21
        self._clocks["used"] += 21
        yield "console", "rcu: INFO: rcu_preempt self-detected stall on CPU"
        if self._results > 0:
            self._results -= 1
            yield "tap", "ok"


@pytest.mark.parametrize("results, lasts", [(0, 630), (5, 735)])
def test_that_only_complains(clocks, results, lasts):
    complains = Complains(clocks, results)
    assert list(complains.lines())
    assert complains.ending == "there was no result for 600 s"
    assert clocks["used"] == lasts


class Panics(machine.Machine):
    """One that goes on after a panic, or not: these lines come, then it ends so."""

    def __init__(self, lines, ending):
        platform = SimpleNamespace(
            panics=True,
            ticks=lambda directory: None,
            judged=lambda _, line: [line],
            ending=lambda directory, status: ending,
        )
        super().__init__(platform, SimpleNamespace(points="a\n"))
        self._lines, self._streams, self._directory = lines, {}, None
        self._process = SimpleNamespace(pid=1, poll=lambda: None if self._lines else 1, wait=lambda: 1)

    def _read(self):
        if self._lines:
            yield self._lines.pop(0)


PANIC = "console", "[ 1.0] Kernel panic - not syncing: sysrq triggered crash"
POINT = "tap", "ok 1 - a"


@pytest.mark.parametrize(
    "lines, ending, says",
    [
        ([POINT, PANIC], "triple fault", "Kernel panic - not syncing: sysrq triggered crash"),
        # It was the target's, which was started again.
        ([PANIC, POINT], "triple fault", "triple fault"),
        ([POINT, PANIC], None, None),
    ],
)
def test_panic_that_ends_it(lines, ending, says):
    one = Panics(list(lines), ending)
    list(one.lines())
    assert one.ending == says
