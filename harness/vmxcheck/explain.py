# SPDX-License-Identifier: GPL-2.0
"""vmxcheck explain: what has a name; or why a VM entry failed, from a dump, which harness/explain
does."""

import re
import subprocess
from argparse import Namespace
from pathlib import Path

from vmxcheck import Error, topics
from vmxcheck.nearest import hint
from vmxcheck.paths import BUILD, ROOT
from vmxcheck.run import make_folder

PROGRAM = BUILD / "vmxexplain"
# A folder of cases, as cases/ is
REPLAY = BUILD / "replay"
AREA = "dump"


def command(_platform: object, options: Namespace) -> int:
    """0 if there was something to explain; of a dump the exit status of the program, which is 1
    if it does not understand the text."""
    if is_dump(options.what):
        options.file = options.what if options.what == "-" else Path(options.what).absolute()
        return explain_dump(options)
    if options.replay or options.caps:
        raise Error(f"{options.what}: there is no such file, and only a dump has use for --replay and --caps")
    return explain_name(options.what, options.output)


def is_dump(what: str) -> bool:
    """Whether this is a file, or standard input; that of a case is none."""
    return what == "-" or (Path(what).exists() and not Path(what).is_dir() and Path(what).suffix != ".case")


def explain_name(name: str, folder: Path) -> int:
    """Prints all that is called so."""
    found = topics.find(name, folder)
    if not found:
        near = hint(name, topics.names())
        raise Error(
            f"{name}: no file, VM exit, exception, control, field, capability, check, case or point"
            f" is called so{near}"
        )
    for number, topic in enumerate(found):
        print("\n" * bool(number) + topic.title)
        print("\n".join(["", *topic.lines]))
    return 0


def explain_dump(options: Namespace) -> int:
    """What harness/explain says of it."""
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
