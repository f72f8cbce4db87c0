# SPDX-License-Identifier: GPL-2.0
"""Two runs are the same to the last instruction; and a difference would be seen."""

import os
import re
import subprocess
import sys

import pytest
from vmxcheck.deterministic import compare
from vmxcheck.image import BUILD

# What a process sees of the host's clock, and of its random numbers with a seed.
OF_THE_HOST = """
import ctypes, sys
libc = ctypes.CDLL(None)
now = ctypes.create_string_buffer(16)
libc.gettimeofday(now, None)
libc.srand(int(sys.argv[1]))
print(now.raw.hex(), libc.rand())
"""


@pytest.mark.emulator
def test_two_runs(command):
    status, out, err = command.vmxcheck("deterministic", "exits/hlt*", "random/*")
    assert (status, err) == (0, "")
    assert re.match(r"[\d,]{10,} instructions on Bochs", out)
    assert "run twice: no difference" in out


def test_what_bochs_sees_of_the_host():
    """Nothing that differs from run to run."""

    def seen(seed, **preload):
        return subprocess.check_output(
            [sys.executable, "-c", OF_THE_HOST, seed], env=os.environ | preload
        )

    preload = {"LD_PRELOAD": str(BUILD / "seed.so")}
    assert seen("7", **preload) == seen("8", **preload)
    assert seen("7").split()[0] != seen("7").split()[0]
    assert seen("7").split()[1] != seen("8").split()[1]


def test_a_difference(capsys):
    one = {"tap": ["a", "b"], "console": []}
    assert compare(one, {"tap": ["a", "b"], "console": []})
    assert not compare(one, {"tap": ["a", "c"], "console": []})
    assert "tap, line 2:\n  b\n  c" in capsys.readouterr().err
    assert not compare(one, {"tap": ["a"], "console": []})
