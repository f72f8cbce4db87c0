# SPDX-License-Identifier: GPL-2.0
"""What vmxexplain says of a text."""

import re
import subprocess
from pathlib import Path

from vmxcheck.image import BUILD

DUMPS = Path(__file__).parent / "dumps"


def explain(text, *words):
    done = subprocess.run(
        [BUILD / "vmxexplain", "-", *words], input=text.encode(), capture_output=True
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def dump(name):
    return (DUMPS / f"{name}.txt").read_text()


def parts(said):
    """The ids of the checks that are named as violated, and of those that it is one of."""
    before, _, after = said.partition("\nBy what is reported it is one of these:\n")
    after = after.partition("\nWhat would decide more:\n")[0]
    ids = r"^  ([a-z]+-\d+)  SDM, "
    return (
        tuple(re.findall(ids, before, re.MULTILINE)),
        tuple(re.findall(ids, after, re.MULTILINE)),
    )
