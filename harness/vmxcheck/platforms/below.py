# SPDX-License-Identifier: GPL-2.0
"""What the processor below a hypervisor can do, where nobody above can ask it."""

import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from vmxcheck import results
from vmxcheck.capabilities import expand

# Before the first point it says what the processor can do.
POINT = "caps/basic"


@cache
def caps(*options: str) -> str:
    """The file caps of vmxfs on Bochs with these options of ./vmxcheck run, but what is 0; "" if
    it says nothing. A boot of its own, some seconds."""
    with tempfile.TemporaryDirectory(prefix="vmxcheck-") as folder:
        line = [sys.executable, "-m", "vmxcheck", "run", "--no-build", "--platform=bochs"]
        line += [*options, "--jobs=1", f"--output={folder}", POINT]
        with subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
            try:
                child.wait()
            finally:
                child.terminate()
        tap = Path(folder, "results.tap")
        said = results.capabilities(tap.read_text().splitlines()) if tap.exists() else {}
    return "".join(f"{name} {value}\n" for name, value in expand(said.get(results.CAPS, {})).items())
