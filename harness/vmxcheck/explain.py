# SPDX-License-Identifier: GPL-2.0
"""vmxcheck explain: why a VM entry failed, from a dump; harness/explain does it."""

import re
import subprocess
from argparse import Namespace
from pathlib import Path

from vmxcheck import Error
from vmxcheck.paths import BUILD, ROOT
from vmxcheck.run import make_folder

PROGRAM = BUILD / "vmxexplain"
# A folder of cases, as cases/ is
REPLAY = BUILD / "replay"
AREA = "dump"


def command(_platform: object, options: Namespace) -> int:
    """The exit status of the program: 1 if it does not understand the text."""
    words = [PROGRAM, options.file, *(["--replay"] if options.replay else [])]
    words += [word for path in options.caps for word in ("--caps", path)]
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE if options.replay else None)
    except OSError as error:
        raise Error(f"{PROGRAM.relative_to(ROOT)}: {error.strerror}") from None
    if options.replay and not done.returncode:
        write_case(name_of(options.file), done.stdout)
    return done.returncode


def name_of(file: Path | str) -> str:
    """What the case of this dump is called."""
    stem = "" if file == "-" else Path(file).stem
    return re.sub(r"[^a-z0-9]+", "-", stem.lower())[:50].strip("-") or AREA


def write_case(name: str, text: bytes) -> None:
    """Writes it, and says how it is run."""
    make_folder(REPLAY / AREA)
    case = REPLAY / AREA / f"{name}.case"
    try:
        case.write_bytes(text)
    except OSError as error:
        raise Error(f"{case.relative_to(ROOT)}: {error.strerror}") from None
    for line in text.decode().splitlines()[2:]:
        if line.startswith("# "):
            print(line[2:])
    print(case.relative_to(ROOT))
    print(f"./vmxcheck run --cases {REPLAY.relative_to(ROOT)} {AREA}/{name}")
