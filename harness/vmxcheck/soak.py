# SPDX-License-Identifier: GPL-2.0
"""vmxcheck soak: no stop of a program's run is lost, however many there are."""

from argparse import Namespace

from vmxcheck import stress
from vmxcheck.paths import ROOT
from vmxcheck.target import Platform


def command(platform: Platform, options: Namespace) -> int:
    """The TAP of a program that stops a guest from another processor."""
    options.program = ROOT / "build/stop"
    options.arguments = ["soak", str(options.stops)]
    return stress.command(platform, options)
