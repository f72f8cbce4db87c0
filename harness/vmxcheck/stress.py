# SPDX-License-Identifier: GPL-2.0
"""vmxcheck stress: the stress test's TAP as it comes, and a summary."""

import sys
import time
from pathlib import Path

from vmxcheck.image import BUILD, ROOT, Image
from vmxcheck.machine import Machine
from vmxcheck.run import Progress, give_up, summary
from vmxcheck.tap import Stream


def command(platform, options):
    """Runs it; 0 if all of its points came and none failed."""
    started = time.monotonic()
    tap = Stream()
    progress = Progress(sys.stderr, platform.title, "?")
    with (
        open(options.output / "stress.tap", "w") as results,
        open(options.output / "stress.log", "w") as console,
        Machine(platform, image(platform, options), options.silence) as machine,
    ):
        for stream, line in machine.lines():
            progress.clear()
            if stream == "tap":
                print(line, file=results)
                print(line, flush=True)
                tap.feed(line)
            elif stream == "console":
                print(line, file=console)
                if options.verbose:
                    print(line, file=sys.stderr)
            progress.total = tap.plan or "?"
            progress.show(len(tap.points))
        progress.clear()
        if machine.ending or not tap.complete:
            give_up(machine, tap, results)
    return summary(tap, platform.title, time.monotonic() - started)


def image(platform, options):
    """The image that runs the stress test and powers off; nothing else is in it.

    `options.kernel` is another kernel, `options.module` the vmxfs.ko for it;
    `options.arguments` are the program's.
    """
    files = {
        "init": options.init or ROOT / "ci/init-stress",
        "bin/busybox": Path("/bin/busybox"),
        "vmxfs.ko": options.module or BUILD / "vmxfs.ko",
        "stress": BUILD / "stress",
        "args": " ".join([*platform.stress_options, *options.arguments]),
    }
    return Image(files, base=None, append=options.append, kernel=options.kernel)
