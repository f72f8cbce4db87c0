# SPDX-License-Identifier: GPL-2.0
"""vmxcheck junit, and what vmxcheck run writes: results as JUnit XML, for CI servers.

harness/target/junit.awk makes it of the TAP, since the stick has to, and has no Python.
"""

import contextlib
import os
import subprocess
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from vmxcheck import Error, results
from vmxcheck.paths import ROOT

SCRIPT = ROOT / "harness/target/junit.awk"


def command(_platform: None, options: Namespace) -> int:
    """Writes results.xml beside a results.tap that was kept alone."""
    results.read(options.results)
    write(results.file_in(options.results))
    return 0


def write(
    tap: Path,
    planned: Sequence[str] = (),
    platform: str = "",
    times: Mapping[str, float] | None = None,
) -> None:
    """Writes the JUnit file of this TAP beside it; `planned` are the names of the points
    that were to run, `times` how many seconds some of them took.
    """
    file = tap.with_suffix(".xml")
    new = file.with_name(file.name + ".new")
    variables = [*("-v", "planned=/dev/stdin"), *("-v", f"platform={platform}")]
    names = {name: "" for name in planned}
    names |= {name: f"\t{seconds:.4f}" for name, seconds in (times or {}).items()}
    done = subprocess.run(
        ["awk", *variables, "-f", SCRIPT, tap],
        env=os.environ | {"LC_ALL": "C"},
        input="".join(f"{name}{time}\n" for name, time in names.items()).encode(),
        capture_output=True,
    )
    if done.returncode:
        raise Error(f"{SCRIPT}: {done.stderr.decode(errors='replace').strip()}")
    try:
        new.write_bytes(done.stdout)
        os.replace(new, file)
    except OSError as error:
        with contextlib.suppress(OSError):
            new.unlink()
        raise Error(f"{file}: {error.strerror}") from None
