# SPDX-License-Identifier: GPL-2.0
"""What can be refused before anything is built, made or booted."""

import os
from argparse import Namespace
from pathlib import Path

from vmxcheck import Error, options, patterns
from vmxcheck.commands import Command
from vmxcheck.folders import check_folder
from vmxcheck.image import cache
from vmxcheck.options import spelled
from vmxcheck.paths import BUILD, CASES, ROOT

# Options that name a file which must be there, if it is no default
FILES = ("init", "program", "baseline")


def check(command: Command, given: Namespace) -> None:
    """Error if the command would fail by what it is given."""
    values = vars(given)
    reads = command.reads(given)
    if options.PATTERNS in command.options or "cases" in values:
        patterns.check(values.get("cases", CASES), values.get("patterns", ()))
    if options.ORDER in command.options and given.seed is not None and given.order != "random":
        raise Error(f"{spelled('seed')} is for {spelled('order', 'random')}")
    for row in command.options:
        if row.name in FILES and (path := values[row.dest]) and path != row.default:
            check_file(row.name, path)
    if command.name == "caps":
        from vmxcheck import caps

        caps.check(name for name in (given.a, given.b) if name)
    if options.OUTPUT in command.options:
        check_folder(given.output)
    if options.NO_BUILD in command.options and not given.no_build and not reads:
        check_tree()


def check_file(name: str, path: Path) -> None:
    if not path.exists():
        raise Error(f"{path}: No such file or directory")
    if name != "baseline" and path.is_dir():
        raise Error(f"{spelled(name, path)}: this is a folder")


def check_tree() -> None:
    """Error if nothing can be built in this tree, or be kept in the cache."""
    if wrong := refused_path(str(ROOT)):
        raise Error(f"{ROOT}: a tree whose path has {wrong} in it can't be built")
    for path in (BUILD if BUILD.exists() else ROOT, _above(cache())):
        if not path.is_dir():
            raise Error(f"{path}: Not a directory")
        if not os.access(path, os.W_OK | os.X_OK):
            raise Error(f"{path}: this user can't write there")


def refused_path(path: str) -> str:
    """What of a path make or Linux's build system takes apart, "" if nothing."""
    found = next((c for c in path if c.isspace() or c in "'\"`$\\#:%;&|<>()*?[]{}~!="), "")
    return repr(found) if found else ""


def _above(path: Path) -> Path:
    """The path, or as much of it as exists."""
    return next(one for one in (path, *path.parents) if one.exists())
