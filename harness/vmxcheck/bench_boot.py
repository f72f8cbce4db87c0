# SPDX-License-Identifier: GPL-2.0
"""vmxcheck bench-boot: what the boot and the suite cost, in emulated instructions."""

import re
import time
from argparse import Namespace
from itertools import pairwise
from pathlib import Path

from vmxcheck import Error
from vmxcheck.image import BUILD, Image, list_points, suite
from vmxcheck.machine import Machine
from vmxcheck.target import Platform

TSC = re.compile(r"(?:# )?tsc (\d+)")

BARE_INIT = """\
#!/bin/busybox sh
/ticks
sleep 0.1
/bin/busybox poweroff -f
"""


def command(platform: Platform, _options: Namespace) -> int:
    """Prints ticks: from power-on, of a bare boot and of the suite; and of a point."""
    files = {"bin/busybox": Path("/bin/busybox"), "ticks": BUILD / "ticks"}
    bare = Image(files=files | {"init": BARE_INIT}, base=None)
    [init], bare_seconds = ticks(platform, bare, 1)
    points = list_points()
    image = suite(points, platform, options=["-t"])
    stamps, seconds = ticks(platform, image, len(points) + 1)
    first, last = stamps[0], stamps[-1]
    each = sorted(after - before for before, after in pairwise(stamps))

    print(f"{platform.title}: ticks from power-on")
    print(
        f"{init:>13,}        init of a bare busybox image ({bare_seconds:.1f} s in all)"
    )
    print(f"{first:>13,}  {first / init:.3f} before the first point")
    print(f"{last:>13,}  {last / init:.3f} last TAP line ({seconds:.1f} s in all)")
    median, most = each[len(each) // 2], each[-1]
    print(f"{median:>13,}        a point in the median ({most:,} the longest)")
    return 0


def ticks(platform: Platform, image: Image, count: int) -> tuple[list[int], float]:
    """Boots; returns the time stamps that the target printed, and the seconds."""
    started = time.monotonic()
    with Machine(platform, image) as machine:
        matches = [TSC.fullmatch(line) for _, line in machine.lines()]
    found = [int(match[1]) for match in matches if match]
    if machine.ending or len(found) != count:
        raise Error(machine.ending or f"{len(found)} time stamps came, not {count}")
    return found, time.monotonic() - started
