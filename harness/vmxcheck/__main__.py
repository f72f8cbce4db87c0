# SPDX-License-Identifier: GPL-2.0
"""The command: /usr/bin/python3 -m vmxcheck COMMAND (see --help)."""

import argparse
import signal
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from vmxcheck import (
    Error,
    bench,
    bench_boot,
    compare,
    coverage,
    deterministic,
    image,
    isolation,
    junit,
    matrix,
    platforms,
    run,
    shell,
    stress,
)
from vmxcheck.platforms import platform
from vmxcheck.target import Platform


def add_run_options(command: ArgumentParser) -> None:
    command.add_argument("--cases", type=Path, default=image.CASES, metavar="DIR")
    command.add_argument(
        "--output",
        type=Path,
        default=image.BUILD,
        metavar="DIR",
        help="where results.tap, results.xml and console.log go",
    )
    command.add_argument(
        "--transcript", action="store_true", help="record what the files said"
    )
    command.add_argument("--silence", type=float, default=60.0, metavar="SECONDS")
    command.add_argument("--jobs", metavar="N", help="machines at once")
    command.add_argument(
        "-v", "--verbose", action="store_true", help="show the console"
    )


def positive(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text}: 1 or more is expected")
    return int(text)


def arguments() -> Namespace:
    parser = ArgumentParser(prog="vmxcheck")
    parser.add_argument("--platform", default="bochs")
    parser.add_argument("--bochs", metavar="VERSION")
    parser.add_argument("--model", help="the processor that Bochs is")
    parser.add_argument("--processors", type=int, metavar="N", help="how many")
    parser.add_argument("--memory", type=int, metavar="MEGABYTES")
    parser.add_argument(
        "--unsafe",
        action="store_const",
        const=True,
        help="run what may harm this machine, too",
    )
    parser.add_argument(
        "--append", default="", metavar="WORDS", help="more for the kernel command line"
    )
    parser.add_argument(
        "--init",
        type=Path,
        metavar="FILE",
        help="the target's /init instead of harness/target/init",
    )
    parser.set_defaults(platform_of=platform_of)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    command = commands.add_parser("run", help="run the cases that match, or all")
    command.set_defaults(command=run.command)
    add_run_options(command)
    command.add_argument("--order", choices=run.ORDERS, default="forward")
    command.add_argument("--seed", type=int, metavar="N", help="of a random order")
    command.add_argument("patterns", nargs="*", metavar="PATTERN")

    command = commands.add_parser(
        "coverage", help="run all cases; what the SDM lists, and what came of it"
    )
    command.set_defaults(command=coverage.command)
    add_run_options(command)

    command = commands.add_parser(
        "deterministic", help="run the cases twice; every instruction must be the same"
    )
    command.set_defaults(command=deterministic.command)
    add_run_options(command)
    command.add_argument("patterns", nargs="*", metavar="PATTERN")

    command = commands.add_parser("stress", help="run the stress test")
    command.set_defaults(command=stress.command)
    command.add_argument("--output", type=Path, default=image.BUILD, metavar="DIR")
    command.add_argument("--silence", type=float, default=300.0, metavar="SECONDS")
    command.add_argument(
        "-v", "--verbose", action="store_true", help="show the console"
    )
    command.add_argument("--program", type=Path, default=image.BUILD / "stress")
    command.add_argument("arguments", nargs="*", metavar="ARGUMENT")

    command = commands.add_parser(
        "isolation", help="whether guest and host are kept apart"
    )
    command.set_defaults(command=isolation.command)
    command.add_argument("--output", type=Path, default=image.BUILD, metavar="DIR")
    command.add_argument("--silence", type=float, default=300.0, metavar="SECONDS")
    command.add_argument(
        "-v", "--verbose", action="store_true", help="show the console"
    )
    command.add_argument("arguments", nargs="*", metavar="ARGUMENT")

    command = commands.add_parser("compare", help="two results, side by side")
    command.set_defaults(command=compare.command, platform_of=no_platform)
    command.add_argument("a", metavar="A", help="a folder with results.tap, or TAP")
    command.add_argument("b", metavar="B")

    command = commands.add_parser("junit", help="a results.tap as JUnit, beside it")
    command.set_defaults(command=junit.command, platform_of=no_platform)
    command.add_argument("results", type=Path, help="a folder with it, or TAP")

    command = commands.add_parser("shell", help="a shell on the target")
    command.set_defaults(command=shell.command)

    command = commands.add_parser("bench", help="vmxfs against KVM")
    command.set_defaults(command=bench.command)
    command.add_argument("--output", type=Path, default=image.BUILD, metavar="DIR")
    command.add_argument("--silence", type=float, default=300.0, metavar="SECONDS")
    command.add_argument("--repetitions", type=positive, default=1000, metavar="N")
    command.add_argument("rows", nargs="*", metavar="ROW", help=", ".join(bench.ROWS))

    command = commands.add_parser("bench-boot", help="measure the boot")
    command.set_defaults(command=bench_boot.command)

    command = commands.add_parser(
        "missing", help="what keeps the platform from running"
    )
    command.set_defaults(command=lambda platform, options: 0)

    command = commands.add_parser("platforms", help="which platforms can run here")
    command.set_defaults(command=platforms.command, platform_of=no_platform)
    return parser.parse_args()


def platform_of(options: Namespace) -> Platform:
    """The platform that the options describe."""
    return platform(
        options.platform,
        version=options.bochs,
        model=options.model,
        processors=options.processors,
        memory=options.memory,
        unsafe=options.unsafe,
    )


def no_platform(_options: Namespace) -> None:
    """For a command that runs nothing."""


def main() -> int:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = arguments()
    try:
        if options.model == matrix.ALL and options.command is run.command:
            return matrix.command(options)
        status: int = options.command(options.platform_of(options), options)
        return status
    except Error as error:
        print(f"vmxcheck: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


sys.exit(main())
