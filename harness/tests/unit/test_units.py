# SPDX-License-Identifier: GPL-2.0
"""The C unit tests: each program of harness/tests/unit is a test here."""

import subprocess

import pytest
from vmxcheck.image import BUILD, ROOT

PROGRAMS = sorted(path.stem for path in (ROOT / "harness/tests/unit").glob("test_*.c"))


@pytest.mark.parametrize("program", PROGRAMS)
def test_unit(program):
    done = subprocess.run([BUILD / "unit" / program], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[  PASSED  ]" in done.stdout + done.stderr
