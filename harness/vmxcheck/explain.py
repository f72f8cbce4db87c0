# SPDX-License-Identifier: GPL-2.0
"""vmxcheck explain: why a VM entry failed, from a dump; harness/explain does it."""

import subprocess
from argparse import Namespace

from vmxcheck import Error
from vmxcheck.paths import ROOT

PROGRAM = ROOT / "build/vmxexplain"


def command(_platform: object, options: Namespace) -> int:
    """The exit status of the program: 1 if it does not understand the text."""
    caps = [word for path in options.caps for word in ("--caps", path)]
    try:
        return subprocess.run([PROGRAM, options.file, *caps]).returncode
    except OSError as error:
        raise Error(f"{PROGRAM.relative_to(ROOT)}: {error.strerror}") from None
