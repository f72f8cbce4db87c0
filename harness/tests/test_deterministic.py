# SPDX-License-Identifier: GPL-2.0
"""Two runs are the same to the last instruction; and a difference would be seen."""

import re

from vmxcheck.deterministic import compare


def test_two_runs(command):
    status, out, err = command.vmxcheck("deterministic", "exits/hlt*", "random/*")
    assert (status, err) == (0, "")
    assert re.match(r"[\d,]{10,} instructions on Bochs", out)
    assert "run twice: no difference" in out


def test_a_difference(capsys):
    one = {"tap": ["a", "b"], "console": []}
    assert compare(one, {"tap": ["a", "b"], "console": []})
    assert not compare(one, {"tap": ["a", "c"], "console": []})
    assert "tap, line 2:\n  b\n  c" in capsys.readouterr().err
    assert not compare(one, {"tap": ["a"], "console": []})
