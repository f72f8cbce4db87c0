# SPDX-License-Identifier: GPL-2.0
"""vmxcheck leaks: the isolation test finds each leak that is seeded into the module."""

import os
import runpy
from argparse import Namespace
from typing import NoReturn

from vmxcheck import Error
from vmxcheck.check import pytest
from vmxcheck.nearest import hint
from vmxcheck.paths import ROOT

TESTS = ROOT / "harness/tests/module"


def command(_platform: object, options: Namespace) -> NoReturn:
    """It is a test of pytest's, which `check` leaves out."""
    rows = runpy.run_path(str(TESTS / "leaks.py"))["LEAKS"]
    leaks = [f"{leak.kind}-{leak.name}" for leak in rows]
    for word in options.leaks:
        if not any(word in leak for leak in leaks):
            raise Error(f"{word}: no leak has this in its name{hint(word, leaks)}")
    os.environ["LEAKS"] = ",".join(options.leaks)
    pytest(str(TESTS / "check_leaks.py"))
