# SPDX-License-Identifier: GPL-2.0
"""What a program of the user's says of itself. It may be anything, so it is not trusted."""

import contextlib
import os
import resource
import signal
import subprocess
import tempfile
from pathlib import Path

from vmxcheck.folders import scratch_folder

# How long it may take; far more than it needs, since the computer may be busy.
SECONDS = 60.0
# At most so many bytes are written, by whatever it is.
BYTES = 1 << 20


def ask(program: Path | str, *words: str, files: dict[str, str] | None = None) -> str:
    """What `program WORDS` prints, in a folder of its own with these files.

    ValueError says in a few words why it can't be asked.
    """
    try:
        with scratch_folder() as folder:
            for name, text in (files or {}).items():
                Path(folder, name).write_text(text)
            return _run([str(program), *words], folder)
    except OSError as error:
        raise ValueError(f"it can't be started: {error.strerror}") from None


def _run(command: list[str], folder: Path) -> str:
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_limit,
        )
        try:
            process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            raise ValueError(
                f"`{' '.join(command[1:])}` did not end within {SECONDS:g} s"
            ) from None
        finally:
            # And what it started
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        said.seek(0)
        return said.read(BYTES).decode(errors="replace")


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def program(text: str) -> Path:
    """The program at this path; ValueError says what is there instead."""
    path = Path(text).absolute()
    if not path.exists():
        raise ValueError("there is no such file")
    if path.is_dir():
        raise ValueError("this is a folder; the program in it is expected")
    if not (path.is_file() and os.access(path, os.X_OK)):
        raise ValueError("this is no program: it can't be executed")
    return path


def first_line(said: str) -> str:
    """For a message: what it said, or that it said nothing."""
    lines = [line.strip() for line in said.splitlines() if line.strip(" =\t")]
    return f"it says '{lines[0][:80]}'" if lines else "it says nothing"
