# SPDX-License-Identifier: GPL-2.0
"""What the Makefile calls: make's variables become the options of a command.

    python3 -m vmxcheck.make check 'GOAL...' [NAME=VALUE...]
    python3 -m vmxcheck.make do COMMAND
    python3 -m vmxcheck.make help
    python3 -m vmxcheck.make name PATH    of a kernel or a QEMU of the user's, for build/
    python3 -m vmxcheck.make stage PATH FOLDER              a kernel
    python3 -m vmxcheck.make kvm-disk FILE MODULES PATH     with a QEMU

NAME=VALUE are the variables of make's command line, which are in the environment, too, when
it does something. Others that are there count where they are of use.
"""

import os
import sys
import textwrap
from argparse import Namespace
from collections.abc import Iterable, Mapping
from pathlib import Path

from vmxcheck import Error, own_kernel, stage_kernel
from vmxcheck.__main__ import execute, guard
from vmxcheck.arguments import complete
from vmxcheck.commands import COMMANDS, Command, find, names
from vmxcheck.nearest import hint
from vmxcheck.options import (
    MANY,
    PLATFORM,
    SETTINGS,
    TABLE,
    VARIABLES,
    Option,
    spell_as_make,
)

# Those of make itself that may be given, too.
TOOLS = ("CC", "LD", "AR", "PYTHON", "MAKE", "SHELL")


def read_words(words: Iterable[str]) -> dict[str, str]:
    """The variables of the command line: name -> value."""
    given = {}
    for word in words:
        name, _, given[name] = word.partition("=")
        if name not in VARIABLES and name not in TOOLS:
            near = hint(name, VARIABLES)
            raise Error(f"there is no variable {name}{near}; `make help` lists them")
    return given


def options_of(command: Command, given: Mapping[str, str]) -> Namespace:
    """The options by the variables, of which the environment may have some."""
    found = {}
    for row in command.options:
        value = given.get(row.variable) or os.environ.get(row.variable)
        if row.variable and value:
            found[row.dest] = value
    return complete(command, found, Option.from_make)


def check(goals: list[str], given: Mapping[str, str]) -> None:
    """Error if a goal or a variable is wrong, or one is of no use for the other."""
    commands = []
    for goal in goals:
        # A file is make's own matter.
        if "/" in goal or goal == "help":
            continue
        if not (command := find(goal)):
            near = hint(goal, [*names(), "help"])
            raise Error(f"there is no target {goal}{near}; `make help` lists them")
        commands.append(command)
    rows = [row for command in commands for row in command.options]
    for name in given:
        if name in VARIABLES and len(commands) == len(goals) > 0:
            if name not in (known := [row.variable for row in rows if row.variable]):
                near = hint(name, known)
                raise Error(f"{name} has no use with make {' '.join(goals)}{near}")
    for command in commands:
        options = options_of(command, given)
        if PLATFORM in command.options and not command.reads(options):
            from vmxcheck.platforms import check

            check(
                options.platform,
                {name: getattr(options, name, None) for name in SETTINGS},
            )
        from vmxcheck import early

        early.check(command, options)


def help_text() -> str:
    """What `make help` prints."""
    goals = [command for command in COMMANDS if command.of_make]
    variables = [row for row in TABLE if row.variable]
    lines = [_line(f"make {command.name}", command.help) for command in goals]
    return "\n".join(
        [*lines, "", *(_line(_example(row), row.help) for row in variables)]
    )


def _example(row: Option) -> str:
    value = "1" if row.flag else row.placeholder
    return (
        f"{row.variable}='{value}...'"
        if row.count == MANY
        else f"{row.variable}={value}"
    )


def _line(left: str, text: str) -> str:
    """Two columns."""
    return textwrap.fill(
        text, 88, initial_indent=f"{left:23} ", subsequent_indent=24 * " "
    )


def do(name: str) -> int:
    """Does a command; what it needs, make has built."""
    command = find(name)
    assert command and command.module
    options = options_of(command, {})
    return execute(command, options, built=True)


def main() -> int:
    what, *words = sys.argv[1:]
    spell_as_make()
    if what == "help":
        print(help_text())
        return 0
    name, *words = words
    if what == "name":
        print(own_kernel.name(name))
        return 0
    if what == "stage":
        stage_kernel.stage(os.path.abspath(name), Path(words[0]))
        return 0
    if what == "kvm-disk":
        from vmxcheck.platforms.kvm_in_bochs import write_disk

        write_disk(name, *words)
        return 0
    if what == "do":
        return do(name)
    check(name.split(), read_words(words))
    return 0


if __name__ == "__main__":
    sys.exit(guard(main))
