# SPDX-License-Identifier: GPL-2.0
"""vmxcheck bench-boot: what the boot and the suite cost, in emulated instructions."""

import re
import time
from argparse import Namespace
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
    """Prints ticks from power-on: of a bare boot, and of the suite."""
    files = {"bin/busybox": Path("/bin/busybox"), "ticks": BUILD / "ticks"}
    bare = Image(files=files | {"init": BARE_INIT}, base=None)
    [init], bare_seconds = ticks(platform, bare, 1)
    image = suite(list_points(), platform, options=["-t"])
    [first, last], seconds = ticks(platform, image, 2)

    print(f"{platform.title}: ticks from power-on")
    print(
        f"{init:>13,}        init of a bare busybox image ({bare_seconds:.1f} s in all)"
    )
    print(f"{first:>13,}  {first / init:.3f} first TAP line")
    print(f"{last:>13,}  {last / init:.3f} last TAP line ({seconds:.1f} s in all)")
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
