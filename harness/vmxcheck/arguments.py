# SPDX-License-Identifier: GPL-2.0
"""The words after a command become its options."""

import argparse
from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import NoReturn, TypeVar

from vmxcheck import Error
from vmxcheck.commands import Command
from vmxcheck.nearest import hint
from vmxcheck.options import KERNEL, MANY, Option, choose_kernel

Given = TypeVar("Given")


class Parser(argparse.ArgumentParser):
    """It raises Error for what the user got wrong."""

    def error(self, message: str) -> NoReturn:
        raise Error(message)


def parse(command: Command, words: list[str]) -> Namespace:
    """The options that these words say."""
    # What comes after `--` are arguments, whatever they look like.
    end = words.index("--") if "--" in words else len(words)
    try:
        known, rest = _parser(command).parse_known_args(words[:end])
        for word in rest:
            if word.startswith("-") and word != "-":
                raise Error(_no_option(command, word))
        given = {key: text for key, text in vars(known).items() if text is not None}
        given |= _arguments(command, rest + words[end + 1 :])
        return complete(command, given, _read)
    except Error as error:
        raise Error(f"{command.name}: {error}") from None


def help_of(command: Command) -> str:
    """What --help says."""
    parser = _parser(command)
    for row in command.options:
        if row.count:
            count: int | str = 1 if row.is_needed else row.count
            parser.add_argument(
                row.dest, nargs=count, metavar=row.placeholder, help=row.help
            )
    return parser.format_help()


def complete(
    command: Command,
    given: Mapping[str, Given],
    read: Callable[[Option, Given], object],
) -> Namespace:
    """The values of all options of a command, by what is given of them."""
    values = {
        row.dest: command.defaults.get(row.dest, row.default) for row in command.options
    }
    if KERNEL in command.options:
        kernel = given.get(KERNEL.dest)
        choose_kernel(given.get("platform"), kernel and read(KERNEL, kernel))
    for row in command.options:
        if row.dest in given:
            values[row.dest] = read(row, given[row.dest])
        elif row.count == MANY:
            values[row.dest] = []
        elif row.is_needed:
            raise Error(f"{row.spelled()} is missing: {row.help}")
    return Namespace(**values)


def sentence(text: str) -> str:
    return text[0].upper() + text[1:] + ("" if text.endswith("?") else ".")


def _parser(command: Command) -> Parser:
    """It knows the options, not the arguments, which may come between them."""
    parser = Parser(
        prog=f"./vmxcheck {command.name}",
        description=sentence(command.help),
        allow_abbrev=False,
        formatter_class=lambda prog: argparse.HelpFormatter(
            prog, width=88, max_help_position=28
        ),
    )
    for row in command.options:
        names = [f"-{row.short}"] if row.short else []
        names.append(f"--{row.name}")
        if row.flag:
            parser.add_argument(*names, action="store_const", const=True, help=row.help)
        elif not row.count:
            action = "append" if row.repeats else "store"
            parser.add_argument(
                *names, action=action, metavar=row.placeholder, help=row.help
            )
    return parser


def _no_option(command: Command, word: str) -> str:
    name = word.partition("=")[0]
    names = [f"--{row.name}" for row in command.options if not row.count]
    return f"there is no option {name}{hint(name, names)}"


def _arguments(command: Command, words: list[str]) -> dict[str, str | list[str]]:
    """Deals them out to the rows."""
    found: dict[str, str | list[str]] = {}
    for row in command.options:
        if row.count == MANY:
            found[row.dest], words = words, []
        elif row.count and words:
            found[row.dest], *words = words
    if words:
        raise Error(f"there is an argument too many: '{words[0]}'")
    return found


def _read(row: Option, given: str | list[str]) -> object:
    if row.flag:
        return given
    if row.count == MANY or row.repeats:
        return [row.value(word) for word in given]
    # argparse takes away a value that is `--`.
    return row.value(given if isinstance(given, str) else "--")
