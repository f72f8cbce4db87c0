# SPDX-License-Identifier: GPL-2.0
"""Which VMX code of Bochs runs: gcc counts how often each line does."""

import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from variants import build as variants
from vmxcheck import Error

# COUNT:LINE:TEXT. COUNT is - where there is no code, of # or = where it did not run; a * behind
# it means that not all of the line ran.
COUNTED = re.compile(r"\s*(\d+|#+|=+)\*?:\s*(\d+):")


def build(source: Path, tree: Path, log: Path, names: Iterable[str]) -> None:
    """Builds Bochs in `tree`, so that these files of the source are counted."""
    variants.copy(source, {}, tree)
    for name in names:
        (tree / name).touch()
    if not variants.make(tree, log, os.cpu_count() or 1, "CXX=g++ --coverage"):
        raise Error(f"Bochs can't be built with --coverage: see {log}")


def counts(tree: Path, name: str) -> dict[int, int]:
    """Line -> how often it ran, of the lines of this file that have code."""
    command = ["gcov", "-t", Path(name).name]
    done = subprocess.run(command, cwd=(tree / name).parent, capture_output=True)
    if done.returncode:
        raise Error(f"gcov {name}: {done.stderr.decode(errors='replace').strip()}")
    return counted(done.stdout.decode("latin-1"))


def counted(text: str) -> dict[int, int]:
    found: dict[int, int] = {}
    for line in text.splitlines():
        if match := COUNTED.match(line):
            number = int(match[2])
            times = int(match[1]) if match[1].isdigit() else 0
            # What is compiled several times is there several times.
            found[number] = max(found.get(number, 0), times)
    return found
