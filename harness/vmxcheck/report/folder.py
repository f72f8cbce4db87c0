# SPDX-License-Identifier: GPL-2.0
"""The folder of a report: an older one is replaced as a whole, when the new one is complete."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from vmxcheck import Error

# What the first page has by which it is known as ours
MARK = '<meta name="generator" content="vmxcheck report">'


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A folder to write into, which then becomes `path`; nothing is left of it on an error."""
    check(path)
    new, old = (path.with_name(f".{path.name}.{word}") for word in ("new", "old"))
    try:
        _remove(new, old)
        new.mkdir()
        yield new
        if path.exists():
            path.rename(old)
        new.rename(path)
    finally:
        _remove(new, old)


def _remove(*folders: Path) -> None:
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def check(path: Path) -> None:
    """Error if something is there that is no report."""
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise Error(f"{path}: this is no folder, and is left alone")
    if path.exists() and any(path.iterdir()) and not is_report(path):
        raise Error(f"{path}: this is no report, and is left alone; name another folder")


def is_report(path: Path) -> bool:
    index = path / "index.html"
    return index.is_file() and MARK in index.read_text(errors="replace")[:1000]
