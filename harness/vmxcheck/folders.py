# SPDX-License-Identifier: GPL-2.0
"""Folders: those that results go into, of one run at a time; and those that are gone after it."""

import fcntl
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vmxcheck import Error

# The shell that keeps a scratch folder removes it when nobody has the other end of its pipe:
# then whoever made it is done, or was killed. What it started may still write for a moment.
KEEPER = 'read -r _; for _ in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" && exit; sleep 0.1; done'

# Those of this process, until its end: path -> descriptor, with which it is locked
_taken: dict[Path, int] = {}


def make_folder(path: Path) -> None:
    """Makes a folder for results and takes it, until this process ends; Error if another
    process has it, or it can't be made."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        _take(path.resolve())
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from None


def check_folder(path: Path) -> None:
    """Error if make_folder() would fail; makes nothing."""
    try:
        if path.exists():
            file = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
            try:
                if path.resolve() not in _taken:
                    _lock(path, file)
            finally:
                os.close(file)
        above = next(one for one in (path, *path.parents) if one.exists())
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from None
    if not above.is_dir():
        raise Error(f"{path}: {above} is no folder")
    if not os.access(above, os.W_OK | os.X_OK) or above.is_relative_to("/proc"):
        raise Error(f"{path}: nothing can be written into {above}")


def _take(path: Path) -> None:
    if path in _taken:
        return
    file = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _lock(path, file)
    except Error:
        os.close(file)
        raise
    _taken[path] = file


def _lock(path: Path, file: int) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Error(f"{path}: another run writes its results there; wait, or name another folder") from None


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A temporary folder, of which nothing is left, even if this process is killed."""
    try:
        name = tempfile.mkdtemp(prefix="vmxcheck-")
    except OSError as error:
        raise Error(f"there is no folder for temporary files: {error.strerror}") from None
    with subprocess.Popen(
        ["sh", "-c", KEEPER, "keeper", name],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        # What ends all processes of a session is not for it.
        start_new_session=True,
    ):
        yield Path(name)
