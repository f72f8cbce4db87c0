# SPDX-License-Identifier: GPL-2.0
"""vmxcheck leaks: the isolation test finds each leak that is seeded into the module."""

import os
from argparse import Namespace
from typing import NoReturn

from vmxcheck.check import pytest


def command(_platform: object, options: Namespace) -> NoReturn:
    """It is a test of pytest's, which `check` leaves out."""
    os.environ["LEAKS"] = ",".join(options.leaks)
    pytest("harness/tests/check_leaks.py")
