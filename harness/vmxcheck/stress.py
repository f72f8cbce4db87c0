# SPDX-License-Identifier: GPL-2.0
"""vmxcheck stress: the stress test's TAP as it comes, and a summary."""

from pathlib import Path

from vmxcheck import run
from vmxcheck.image import BUILD, ROOT, TARGET, Image


def command(platform, options):
    """Runs it; 0 if all of its points came and none failed."""
    return run.show(
        platform, image(platform, options), options, "stress.tap", "stress.log"
    )


def image(platform, options):
    """The image that runs the stress test and powers off; nothing else is in it.

    `options.arguments` are the program's.
    """
    files = {
        "init": options.init or ROOT / "ci/init-stress",
        "init-common": ROOT / "ci/init-common",
        "bin/busybox": Path("/bin/busybox"),
        "vmxfs.ko": TARGET / "vmxfs.ko",
        "stress": BUILD / "stress",
        "args": " ".join([*platform.stress_options, *options.arguments]),
    }
    return Image(files, base=None, append=options.append)
