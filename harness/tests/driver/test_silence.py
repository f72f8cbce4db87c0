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
