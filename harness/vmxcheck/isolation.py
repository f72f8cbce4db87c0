# SPDX-License-Identifier: GPL-2.0
"""vmxcheck isolation: whether guest and host are kept apart: its TAP, and a summary."""

from argparse import Namespace

from vmxcheck import run, stress
from vmxcheck.image import BUILD, TARGET, Image
from vmxcheck.target import Platform

PROGRAM = BUILD / "isolation/isolation"


def command(platform: Platform, options: Namespace) -> int:
    """Runs it; 0 if all of its points came and none failed."""
    return run.show(
        platform, make_image(platform, options), options, "isolation.tap", "isolation.log"
    )


def make_image(platform: Platform, options: Namespace) -> Image:
    """As the stress test's, and with the probe. The arguments are the program's."""
    options.program = PROGRAM
    options.arguments = [
        *platform.isolation_options,
        *([] if options.seed is None else ["--seed", str(options.seed)]),
        *options.arguments,
    ]
    image = stress.make_image(platform, options)
    image.files["hostprobe.ko"] = TARGET / "hostprobe.ko"
    image.files["caller32"] = BUILD / "isolation/caller32"
    # What is left out for speed is what kprobes are made with.
    image.tracing = True
    return image
