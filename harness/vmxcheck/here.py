# SPDX-License-Identifier: GPL-2.0
"""What harness/target/init does on a target, on this machine:
python3 -m vmxcheck.here CONSOLE TAP.

In a folder with the files of an image.suite() it loads vmxfs, mounts it, runs vmxrun,
unmounts and unloads; SIGTERM only makes it skip what is left of the run. CONSOLE gets
what the kernel says meanwhile.
"""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from vmxcheck import Error
from vmxcheck.image import BUILD, TARGET, run_program

MOUNT = "/sys/fs/vmx"
POLL = 0.02


def main(console_path: str, tap_path: str) -> None:
    # Nothing is left half-done: execute() looks for it.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    with (
        open(console_path, "ab", buffering=0) as console,
        open(tap_path, "ab") as tap,
    ):
        log = KernelLog(console)
        try:
            with ExitStack() as stack:
                load(stack, log)
                execute(console, tap, log)
        except Error as error:
            tap.write(f"Bail out! {error}\n".encode())
        log.copy()


def load(stack: ExitStack, log: "KernelLog") -> None:
    """Loads vmxfs and mounts it, until the stack is closed."""
    parameters = Path("parameters").read_text().splitlines()
    try:
        run_program("insmod", TARGET / "vmxfs.ko", *parameters)
        stack.callback(run_program, "rmmod", "vmxfs")
        run_program("mount", "-t", "vmxfs", "vmxfs", MOUNT)
        stack.callback(run_program, "umount", MOUNT)
    except Error as error:
        log.copy()
        raise Error(f"vmxfs does not load: {log.reason or error}") from None


def execute(console: FileIO, tap: BinaryIO, log: "KernelLog") -> None:
    """Runs vmxrun to its end, or until SIGTERM."""
    words: list[Path | str] = ["setpriv", "--pdeathsig", "KILL", BUILD / "vmxrun"]
    words += ["-C", "cases", "-G", BUILD / "guests", "-M", MOUNT]
    words += Path("args").read_text().splitlines()
    process = subprocess.Popen(words, stdout=tap, stderr=console)
    while process.poll() is None:
        if signal.SIGTERM in signal.sigpending():
            process.kill()
        log.copy()
        time.sleep(POLL)
    if process.returncode < 0:
        name = signal.Signals(-process.returncode).name
        raise Error(f"vmxrun was killed by {name}")
    if process.returncode > 1:
        raise Error(f"vmxrun ended with status {process.returncode}")


class KernelLog:
    """What the kernel says from now on; `reason` is what vmxfs said last."""

    def __init__(self, console: FileIO) -> None:
        self.console = console
        self.reason: str | None = None
        self.records = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self.records, 0, os.SEEK_END)

    def copy(self) -> None:
        """Copies what came since the last time."""
        while record := self._next():
            prefix, _, message = record.decode(errors="replace").partition(";")
            text = message.splitlines()[0]
            # Processes can write to it, too.
            if int(prefix.split(",")[0]) >> 3 == 0:
                self.console.write(f"{text}\n".encode())
                if text.startswith("vmxfs: ") and "taint" not in text:
                    self.reason = text.removeprefix("vmxfs: ")

    def _next(self) -> bytes:
        while True:
            try:
                return os.read(self.records, 8192)
            except BlockingIOError:
                return b""
            except BrokenPipeError:
                pass  # some were overwritten before they were read


if __name__ == "__main__":
    main(*sys.argv[1:])
