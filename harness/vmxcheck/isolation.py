# SPDX-License-Identifier: GPL-2.0
"""vmxcheck isolation: whether guest and host are kept apart: its TAP, and a summary."""

from vmxcheck import run, stress
from vmxcheck.image import BUILD, TARGET

PROGRAM = BUILD / "isolation/isolation"


def command(platform, options):
    """Runs it; 0 if all of its points came and none failed."""
    return run.show(
        platform, image(platform, options), options, "isolation.tap", "isolation.log"
    )


def image(platform, options):
    """As the stress test's, and with the probe. The arguments are the program's."""
    options.program = PROGRAM
    options.arguments = [
        *getattr(platform, "isolation_options", ()),
        *([] if options.seed is None else ["--seed", str(options.seed)]),
        *options.arguments,
    ]
    image = stress.image(platform, options)
    image.files["hostprobe.ko"] = TARGET / "hostprobe.ko"
    image.files["caller32"] = BUILD / "isolation/caller32"
    # What is left out for speed is what kprobes are made with.
    image.tracing = True
    return image
