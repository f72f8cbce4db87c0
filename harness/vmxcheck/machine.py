# SPDX-License-Identifier: GPL-2.0
"""A target that runs, and what it says."""

import contextlib
import os
import re
import signal
import subprocess
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from io import FileIO
from pathlib import Path
from typing import Any, Self

from vmxcheck import Error
from vmxcheck.folders import scratch_folder
from vmxcheck.image import Image
from vmxcheck.tap import POINT
from vmxcheck.target import PRINTER, Platform

# The last words of a kernel, and how long they may take to come.
PANIC = re.compile(r"Kernel panic - not syncing.*")
LAST_WORDS = 1.0

# A machine that is silent is given up when it has used so many seconds of a processor: on
# a busy computer it is slow for no fault of its own. One that uses no processor, because
# it waits for something, is given up after this many times as long, and so is one that
# only complains on its console, of a processor that hangs say.
PATIENCE = 10
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

# Files, at which one has to look again and again: an emulator writes each byte by
# itself, and each that goes into a pipe would wake this process.
POLL = 0.02


class Machine:
    """A machine that boots an image; use it in a `with` statement.

    Nothing of it is left when the `with` statement is done, nor when this process
    is killed. `silence` is how many seconds of a processor's time it may use without a
    word; `panics`: it is meant to go on after a kernel panic.
    """

    def __init__(
        self,
        platform: Platform,
        image: Image,
        silence: float = 60.0,
        panics: bool = False,
    ) -> None:
        self.platform = platform
        self.image = image
        self.silence = silence
        # Only what runs points is started again behind one.
        self.panics = panics or (platform.panics and bool(image.points))
        self.ending: str | None = None
        self.ticks: int | None = None
        # Name of a point -> seconds of the host's clock until it came, after the one before.
        # Those that came together have equal shares.
        self.times: dict[str, float] = {}
        self.console_tail: deque[str] = deque(maxlen=20)

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self._directory = stack.enter_context(scratch_folder())
            try:
                self._boot(stack)
            except OSError as error:
                place = error.filename or self._directory
                raise Error(f"{place}: {error.strerror}") from None
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._stack.close()

    def _boot(self, stack: contextlib.ExitStack) -> None:
        boot = self.image.boot(self._directory, self.platform.command_line)
        ports = {name: self._directory / name for name in ("console", "tap")}
        self._streams: dict[FileIO, Lines] = {}
        for name, path in (*ports.items(), ("tap", self._directory / PRINTER)):
            path.touch()
            stream = stack.enter_context(open(path, "rb", buffering=0))
            self._streams[stream] = Lines(name)
        self._process = subprocess.Popen(
            **emulator(
                self.platform.command(self._directory, boot, **ports),
                self._directory,
                self.platform.stop,
            ),
            start_new_session=True,
        )
        stack.callback(self._kill)

    def _kill(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, self.platform.stop)
            self._process.wait()

    @property
    def pid(self) -> int:
        """The emulator's process, and its process group."""
        return self._process.pid

    def lines(self) -> Iterator[tuple[str, str]]:
        """Yields ("tap", line) and ("console", line) as they come.

        In between, once a second at least, it yields ("idle", ""). When it ends,
        the machine has, and `ending` says why: None if the target switched the
        power off.
        """
        limit = self.silence
        self._since = time.monotonic()
        silence = result = Silence(self.pid)
        running, panic = True, None
        while running:
            # What it said before it ended is in the files when it has.
            running = self._process.poll() is None
            came = list(self._read())
            self._clock([line for stream, line in came if stream == "tap"])
            for stream, line in came:
                if stream == "console":
                    self.console_tail.append(line)
                    match = PANIC.search(line)
                    if match and self.panics:
                        panic = match[0]
                    elif match and not self.ending:
                        self.ending, limit = match[0], LAST_WORDS
                if stream == "tap":
                    for judged in self.platform.judged(self._directory, line):
                        yield stream, judged
                else:
                    yield stream, line
            if came:
                silence = Silence(self.pid)
            if any(stream == "tap" for stream, _ in came):
                result, panic = silence, None
            if silence.lasts(limit):
                self._give_up(f"it said nothing for {limit:g} s")
            elif result.lasts(limit * PATIENCE):
                self._give_up(f"there was no result for {limit * PATIENCE:g} s")
            elif running and not came:
                time.sleep(POLL)
            yield "idle", ""
        for lines in self._streams.values():
            yield from lines.finish()
        status = self._process.wait()
        if not self.ending and (ended := self.platform.ending(self._directory, status)):
            # After a panic it may have gone on; or not.
            self.ending = panic or ended
        self.ticks = self.platform.ticks(self._directory)

    def _clock(self, lines: Sequence[str]) -> None:
        now = time.monotonic()
        names = [match["name"] for match in map(POINT.fullmatch, lines) if match]
        for name in names:
            self.times[name] = (now - self._since) / len(names)
        # What comes before the first point is the boot's.
        if lines and (names or not self.times):
            self._since = now

    def _give_up(self, why: str) -> None:
        self.ending = self.ending or why
        self._kill()

    def _read(self) -> Iterator[tuple[str, str]]:
        for stream, lines in self._streams.items():
            while data := stream.read(65536):
                yield from lines.feed(data)


class Silence:
    """How long a process says nothing."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._used = used(pid)
        self._since = time.monotonic()

    def lasts(self, seconds: float) -> bool:
        """Whether it has had `seconds` of a processor, or had far more to wait."""
        waited = time.monotonic() - self._since
        if waited <= seconds:
            return False
        return used(self._pid) - self._used > seconds or waited > seconds * PATIENCE


def used(pid: int) -> float:
    """The seconds of processors' time that a process has used; 0 if it has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return 0.0
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / TICKS_PER_SECOND


class Lines:
    """Cuts what comes from a serial line into lines."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.rest = b""

    def feed(self, data: bytes) -> list[tuple[str, str]]:
        *lines, self.rest = (self.rest + data).split(b"\n")
        return [self._line(line) for line in lines]

    def finish(self) -> list[tuple[str, str]]:
        return [self._line(self.rest)] if self.rest else []

    def _line(self, line: bytes) -> tuple[str, str]:
        return self.name, line.decode(errors="replace").rstrip("\r")


def emulator(
    command: Iterable[Path | str],
    directory: Path,
    stop: signal.Signals = signal.SIGKILL,
) -> dict[str, Any]:
    """How subprocess starts an emulator, which gets `stop` when this process dies."""
    return {
        "args": ["setpriv", "--pdeathsig", stop.name.removeprefix("SIG"), *command],
        "cwd": directory,
        # Its memory in huge pages makes it 5 % faster.
        "env": os.environ
        | {"TERM": "vt100", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"},
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
