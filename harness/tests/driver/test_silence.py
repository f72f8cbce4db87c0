# SPDX-License-Identifier: GPL-2.0
"""When a machine that says nothing is given up: by its own time, not by the clock."""

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
