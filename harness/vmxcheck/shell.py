# SPDX-License-Identifier: GPL-2.0
"""vmxcheck shell: the target's console on this terminal."""

import os
import subprocess
import sys
import termios
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from argparse import Namespace
from pathlib import Path

from vmxcheck import Error
from vmxcheck.folders import scratch_folder
from vmxcheck.explain import PROGRAM
from vmxcheck.image import BUILD, CASES, ROOT, Files, Image, kernel, libraries, run_program
from vmxcheck.machine import emulator
from vmxcheck.target import Platform


# They are in the shell's path.
COMMANDS = ("why", "restore")


# What `launch` boots a guest with, if the kernel has drivers for it: see ci/virtio.
LAUNCHER = BUILD / "vmxlaunch"


def guest(directory: Path) -> Files:
    """The launcher, and what it boots; nothing if there are no drivers."""
    drivers = kernel().parent / "virtio"
    if not drivers.exists() or not LAUNCHER.exists():
        return {}
    target = ROOT / "harness/target"
    disk = directory / "guest.cpio"
    files: Files = {
        "init": target / "init-guest",
        "init-common": target / "init-common",
        "bin/busybox": Path("/bin/busybox"),
        "virtio": drivers,
    }
    run_program(target / "initrd", disk, *(f"{to}={source}" for to, source in files.items()))
    return {
        "bin/vmxlaunch": LAUNCHER,
        "bin/launch": target / "launch",
        "vmlinuz": kernel(),
        "guest.cpio": disk,
        **libraries(LAUNCHER),
    }


def command(platform: Platform, options: Namespace) -> int:
    """Boots to a shell, without running cases; it is over at the shell's `exit`."""
    if not sys.stdin.isatty():
        raise Error("shell needs a terminal")
    files: Files = {"cases": CASES, "bin/vmxexplain": PROGRAM}
    files |= {f"bin/{name}": ROOT / "harness/target" / name for name in COMMANDS}
    files |= own_files(options.files)
    if options.init:
        files["init"] = options.init
    with scratch_folder() as name:
        directory = Path(name)
        image = Image(files | guest(directory), append=options.append, tracing=True)
        boot = image.boot(directory, platform.command_line)
        words = platform.command(directory, boot, console="/dev/tty", tap="/dev/null")
        with same_terminal():
            status = subprocess.call(**emulator(words, directory))
        if ending := platform.ending(directory, status):
            raise Error(ending)
    return 0


def own_files(paths: Sequence[Path]) -> Files:
    """Files of the user's: programs, with their libraries, are in the shell's path, the others
    in /root."""
    files: Files = {}
    for path in paths:
        is_program = os.access(path, os.X_OK)
        name = f"{'bin' if is_program else 'root'}/{path.name}"
        if name in files or path.name in (*COMMANDS, "busybox"):
            raise Error(f"{path}: there is a file of this name in the target already")
        files[name] = path
        if is_program:
            files |= libraries(path)
    return files


@contextmanager
def same_terminal() -> Iterator[None]:
    """Leaves the terminal as it was: Bochs makes it raw, and leaves it so."""
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
