# SPDX-License-Identifier: GPL-2.0
"""vmxcheck shell: the target's console on this terminal."""

import subprocess
import sys
from argparse import Namespace
from pathlib import Path

from vmxcheck import Error
from vmxcheck.folders import scratch_folder
from vmxcheck.explain import PROGRAM
from vmxcheck.image import CASES, ROOT, Files, Image
from vmxcheck.machine import emulator
from vmxcheck.target import Platform


# They are in the shell's path.
COMMANDS = ("why", "restore")


def command(platform: Platform, options: Namespace) -> int:
    """Boots to a shell, without running cases; it is over at the shell's `exit`."""
    if not sys.stdin.isatty():
        raise Error("shell needs a terminal")
    files: Files = {"cases": CASES, "bin/vmxexplain": PROGRAM}
    files |= {f"bin/{name}": ROOT / "harness/target" / name for name in COMMANDS}
    if options.init:
        files["init"] = options.init
    image = Image(files, append=options.append, tracing=True)
    with scratch_folder() as name:
        directory = Path(name)
        boot = image.boot(directory, platform.command_line)
        words = platform.command(directory, boot, console="/dev/tty", tap="/dev/null")
        status = subprocess.call(**emulator(words, directory))
        if ending := platform.ending(directory, status):
            raise Error(ending)
    return 0
