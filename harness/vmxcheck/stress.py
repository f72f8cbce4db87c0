# SPDX-License-Identifier: GPL-2.0
"""vmxcheck stress: the TAP of the stress test, or the soak, as it comes, and a summary."""

from pathlib import Path

from vmxcheck import run
from vmxcheck.image import ROOT, TARGET, Image, libraries


def command(platform, options):
    """Runs it; 0 if all of its points came and none failed."""
    return run.show(
        platform, image(platform, options), options, "stress.tap", "stress.log"
    )


def image(platform, options):
    """The image that runs a program and powers off; nothing else is in it.

    `options.arguments` are the program's.
    """
    arguments = options.arguments
    if options.program.name == "stress":
        arguments = [*platform.stress_options, *arguments]
    files = {
        "init": options.init or ROOT / "harness/target/init-stress",
        "init-common": ROOT / "harness/target/init-common",
        "bin/busybox": Path("/bin/busybox"),
        "vmxfs.ko": TARGET / "vmxfs.ko",
        "stress": options.program,
        "args": " ".join(arguments),
        **libraries(options.program),
    }
    return Image(files, base=None, append=options.append)
