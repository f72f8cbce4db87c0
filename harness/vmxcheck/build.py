# SPDX-License-Identifier: GPL-2.0
"""Calls make: for what a command needs, and for what the Makefile does itself."""

import os
import subprocess
import sys
from argparse import Namespace
from typing import NoReturn

from vmxcheck import Error
from vmxcheck.commands import Command
from vmxcheck.options import BUILD, KERNEL, VARIABLES, Option
from vmxcheck.paths import ROOT

# What the Makefile does only in part while no other make builds
ALONE_BY_ITSELF = ("clean", "test-fast")


def needs(command: Command, options: Namespace, reads: bool = False) -> None:
    """Builds what a command needs; make knows what that is. `reads`: it boots nothing."""
    words = _make(f"for-{'compare' if reads else command.name}", BUILD, options)
    words = [str(ROOT / "ci/alone"), *words]
    try:
        # The command's own words are all that is on stdout.
        done = subprocess.run(words, env=_environment(), stdout=sys.stderr)
    except OSError as error:
        raise Error(f"make: {error.strerror}") from None
    if done.returncode:
        raise Error(f"what {command.name} needs could not be built")


def do(command: Command, options: Namespace) -> NoReturn:
    """Becomes make."""
    try:
        words = _make(command.name, command.options, options)
        if command.name in ALONE_BY_ITSELF:
            os.execvpe("make", words, _environment("0"))
        os.execve(ROOT / "ci/alone", [str(ROOT / "ci/alone"), *words], _environment())
    except OSError as error:
        raise Error(f"make: {error.strerror}") from None


def _make(goal: str, rows: tuple[Option, ...], options: Namespace) -> list[str]:
    words = ["make", "-C", str(ROOT), "--no-print-directory", goal]
    values = {row.variable: getattr(options, row.dest, None) for row in rows}
    if KERNEL in rows and values.get("PLATFORM") != "local":
        values["KERNEL"] = os.environ.get("VMXCHECK_KERNEL")
    given = {name: _value(value) for name, value in values.items()}
    return words + [f"{name}={text}" for name, text in given.items() if text]


def _value(value: object) -> str:
    if isinstance(value, list):
        return " ".join(map(_value, value))
    if value is None or isinstance(value, bool):
        return "1" if value else ""
    return str(value).replace("$", "$$")


def _environment(level: str = "1") -> dict[str, str]:
    """Without make's variables, and what another make says to those that it calls."""
    not_for_make = {"VMXCHECK_MAKE", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", *VARIABLES}
    own = {name: os.environ[name] for name in os.environ.keys() - not_for_make}
    # The Makefile need not check again what it is called with.
    return own | {"MAKELEVEL": level}
