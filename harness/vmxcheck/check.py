# SPDX-License-Identifier: GPL-2.0
"""vmxcheck check: pytest runs all tests."""

import os
import sys
from argparse import Namespace
from typing import NoReturn

from vmxcheck import options as table
from vmxcheck.options import OF_PYTEST
from vmxcheck.paths import ROOT


def command(_platform: object, options: Namespace) -> NoReturn:
    """Becomes pytest, whose plugin takes the options from the same table."""
    words = table.words(OF_PYTEST, options)
    # A module that is loaded here has this machine to itself.
    workers = "0" if options.platform == "local" else "auto"
    junit = f"--junitxml={ROOT / 'build/check.xml'}"
    pytest(junit, "-n", workers, "--maxprocesses=8", *words, *options.arguments)


def pytest(*words: str) -> NoReturn:
    """Becomes pytest with these words, in the root folder."""
    os.chdir(ROOT)
    os.environ["PYTHONPATH"] = str(ROOT / "harness")
    sys.stdout.flush()
    python = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *words]
    os.execv(sys.executable, python)
