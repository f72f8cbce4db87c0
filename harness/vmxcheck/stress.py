# SPDX-License-Identifier: GPL-2.0
"""vmxcheck stress: the TAP of the stress test, or the soak, as it comes, and a summary."""

from argparse import Namespace
from pathlib import Path

from vmxcheck import run
from vmxcheck.image import ROOT, TARGET, Files, Image, arguments, libraries
from vmxcheck.target import Platform


def command(platform: Platform, options: Namespace) -> int:
    """Runs it; 0 if all of its points came and none failed."""
    return run.show(
        platform, make_image(platform, options), options, "stress.tap", "stress.log"
    )


def make_image(platform: Platform, options: Namespace) -> Image:
    """The image that runs a program and powers off; nothing else is in it.

    `options.arguments` are the program's.
    """
    words = options.arguments
    if options.program.name == "stress":
        words = [*platform.stress_options, *words]
    files: Files = {
        "init": options.init or ROOT / "harness/target/init-stress",
        "init-common": ROOT / "harness/target/init-common",
        "bin/busybox": Path("/bin/busybox"),
        "vmxfs.ko": TARGET / "vmxfs.ko",
        # Its messages begin with its name.
        options.program.name: options.program,
        "program": arguments(options.program.name),
        "args": arguments(*words),
        **libraries(options.program),
    }
    return Image(files, base=None, append=options.append)
