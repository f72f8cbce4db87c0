# SPDX-License-Identifier: GPL-2.0
"""The command: ./vmxcheck COMMAND (see --help)."""

import os
import sys
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module

from vmxcheck import Error, build
from vmxcheck.arguments import help_of, parse
from vmxcheck.commands import COMMANDS, Command, find, names
from vmxcheck.interrupt import raise_interrupts, status_of
from vmxcheck.nearest import hint
from vmxcheck.options import NO_BUILD, PLATFORM, SETTINGS, in_one_line
from vmxcheck.paths import ROOT

HELP = ("-h", "--help")
VERSION = "--version"


def main(words: list[str]) -> int:
    """Does what the words of the command line say; returns the exit status."""
    if not words or words[0] in HELP:
        print(overview())
        return 0
    if words[0] == VERSION:
        print("vmxcheck", (ROOT / "VERSION").read_text().strip())
        return 0
    name, *words = words
    if name == "help" and words:
        name, words = words[0], [HELP[0]]
    command = command_of(name)
    end = words.index("--") if "--" in words else len(words)
    if any(word in HELP for word in words[:end]):
        print(help_of(command), end="")
        return 0
    return execute(command, parse(command, words))


def overview() -> str:
    """The commands."""
    return "\n".join(
        [
            "usage: ./vmxcheck COMMAND [OPTION...] [ARGUMENT...]",
            "",
            *(f"  {command.name:14}{command.help}" for command in COMMANDS),
            "",
            "./vmxcheck COMMAND --help lists the options of a command.",
        ]
    )


def command_of(word: str) -> Command:
    """The command of this name."""
    if command := find(word):
        return command
    if word.startswith("-"):
        raise Error(f"{word}: the command comes first; ./vmxcheck lists them")
    raise Error(
        f"there is no command '{word}'{hint(word, names())}; ./vmxcheck lists them"
    )


def execute(command: Command, options: Namespace, built: bool = False) -> int:
    """Does it; returns the exit status. `built`: what it needs is there."""
    reads = command.reads(options)
    # These must come after the choice of a kernel.
    if PLATFORM in command.options and not reads:
        platforms = import_module("vmxcheck.platforms")
        settings = {name: getattr(options, name) for name in SETTINGS}
        platforms.check(options.platform, settings)
    import_module("vmxcheck.early").check(command, options)
    if not command.module:
        build.do(command, options)
    if NO_BUILD in command.options and not (built or options.no_build):
        build.needs(command, options, reads)
    if command.name == "run" and options.model == "all":
        return int(import_module("vmxcheck.matrix").command(options))
    platform = None
    if command.boots and not reads:
        platform = platforms.platform(options.platform, **settings)
    module = import_module(f"vmxcheck.{command.module}")
    return int(module.command(platform, options))


def guard(run: Callable[[], int]) -> int:
    """Runs it; what the user has to know is one line."""
    raise_interrupts()
    try:
        if sys.stdout is None:
            raise Error("standard output is closed")
        status = run()
        sys.stdout.flush()
        return status
    except Error as error:
        print(f"vmxcheck: {in_one_line(str(error))}", file=sys.stderr)
        return 2
    except KeyboardInterrupt as interrupt:
        return status_of(interrupt)
    except BrokenPipeError:
        # Nobody reads: not even the last words are for them.
        drop_stdout()
        return 141
    except ModuleNotFoundError as error:
        print(f"vmxcheck: Python has no {error.name}; make packages installs it", file=sys.stderr)
        return 2
    except OSError as error:
        # Of a file that somebody named, or of standard output
        place = in_one_line(str(error.filename or "standard output"))
        print(f"vmxcheck: {place}: {error.strerror}", file=sys.stderr)
        if not error.filename:
            drop_stdout()
        return 2


def drop_stdout() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(guard(lambda: main(sys.argv[1:])))
