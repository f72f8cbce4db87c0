# SPDX-License-Identifier: GPL-2.0
"""vmxcheck fuzz: random VM entries against libvmxcheck: TAP, cases of what differs."""

import re
import sys
import textwrap
from argparse import Namespace
from pathlib import Path

from vmxcheck import run, stress
from vmxcheck.image import BUILD, CASES, GUESTS, ROOT, Image, arguments, known, parameters
from vmxcheck.selection import shard_of
from vmxcheck.target import Platform

PROGRAM = BUILD / "fuzz"
# Of the guests from which states begin
MODES = ("real", "prot", "pae", "long")
UNSAFE = {"-u", "--unsafe"}


def command(platform: Platform, options: Namespace) -> int:
    """Runs it; 0 if all of its points came and none failed."""
    image = make_image(platform, options)
    # All shards are told the same but for this.
    same = [word for word in options.arguments if not word.startswith("--shard=")]
    shard = shard_of(options.shard, f"tries: {' '.join(same)}")
    status = run.show(platform, image, options, "fuzz.tap", "fuzz.log", shard)
    folder = options.output / "fuzz-cases"
    if write_cases((options.output / "fuzz.tap").read_text(), folder):
        shown = folder.relative_to(ROOT) if folder.is_relative_to(ROOT) else folder
        print(f"Each difference is a case: ./vmxcheck run --cases {shown}", file=sys.stderr)
    return status


def make_image(platform: Platform, options: Namespace) -> Image:
    """As the stress test's, and with guests and quirks."""
    words = [f"--count={options.count}"]
    if options.seed is not None:
        words.append(f"--seed={options.seed}")
    if options.shard:
        words.append(f"--shard={options.shard}")
    quirks, files = known(platform, CASES, options.quirks)
    words += [f"--quirks={word}" for word in quirks]
    words += ["--forget"] if options.no_quirks else []
    words += options.arguments
    options.program = PROGRAM
    options.arguments = words
    image = stress.make_image(platform, options)
    image.files["cases/quirks"] = CASES / "quirks"
    image.files |= files
    for mode in MODES:
        image.files[f"guests/{mode}/hlt"] = GUESTS / mode / "hlt"
    reach = "unsafe" if UNSAFE & set(words) else "safe"
    image.files["parameters"] = arguments(*parameters(reach))
    return image


def write_cases(tap: str, folder: Path) -> int:
    """Writes each case of the TAP to a file of the folder, which has no others then.

    They are called by their points; returns how many there are.
    """
    for old in folder.glob("*.case"):
        old.unlink()
    found = re.findall(r"^not ok \d+ - fuzz/(\S+)|case: \|\n((?: {8}.*\n| *\n)+)", tap, re.M)
    number = 0
    point = ""
    for name, text in found:
        point = name or point
        if not text:
            continue
        run.make_folder(folder)
        number += 1
        (folder / f"{point}-{number}.case").write_text(
            textwrap.dedent(text).rstrip("\n") + "\n"
        )
    return number
