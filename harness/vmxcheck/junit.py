# SPDX-License-Identifier: GPL-2.0
"""vmxcheck junit, and what vmxcheck run writes: results as JUnit XML, for CI servers.

harness/target/junit.awk makes it of the TAP, since the stick has to, and has no Python.
"""

import os
import subprocess
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from vmxcheck import Error, results
from vmxcheck.paths import ROOT

SCRIPT = ROOT / "harness/target/junit.awk"


def command(_platform: None, options: Namespace) -> int:
    """Writes results.xml beside a results.tap that was kept alone."""
    results.read(options.results)
    write(results.file_in(options.results))
    return 0


def write(tap: Path, planned: Sequence[str] = (), platform: str = "") -> None:
    """Writes the JUnit file of this TAP beside it; `planned` are the names of the points
    that were to run.
    """
    file = tap.with_suffix(".xml")
    new = file.with_name(file.name + ".new")
    variables = [*("-v", "planned=/dev/stdin"), *("-v", f"platform={platform}")]
    done = subprocess.run(
        ["awk", *variables, "-f", SCRIPT, tap],
        env=os.environ | {"LC_ALL": "C"},
        input="".join(f"{point}\n" for point in planned).encode(),
        capture_output=True,
    )
    if done.returncode:
        raise Error(f"{SCRIPT}: {done.stderr.decode(errors='replace').strip()}")
    try:
        new.write_bytes(done.stdout)
        os.replace(new, file)
    except OSError as error:
        raise Error(f"{file}: {error.strerror}") from None
