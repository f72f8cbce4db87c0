# SPDX-License-Identifier: GPL-2.0
"""vmxcheck new: a case, and if there is none a guest for it; both pass as they are."""

import re
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from vmxcheck import Error
from vmxcheck.nearest import there_are
from vmxcheck.paths import CASES, ROOT

GUESTS = ROOT / "guests"
# The macro of inc/MODE.inc that brings a guest into its mode
MACROS = {
    "real": "real_mode",
    "prot": "protected_mode",
    "pae": "pae_mode",
    "long": "long_mode",
}
# No guest at first, but a program for a processor that Linux gives away
PROGRAM = "root"
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

CASE = """\
# SPDX-License-Identifier: GPL-2.0
# What the processor does, and when, in a sentence or two.
# SDM, "The Title of the Section"
guest {guest}

ctl: go
wait? .vmcall 0x0 pc $end sp 0x9000 ilen 0x3 iinfo *
"""

# The words of the file processor are in include/vmxfs_processor.h.
PROGRAM_CASE = """\
# SPDX-License-Identifier: GPL-2.0
# What the processor does, and when, in a sentence or two.
# SDM, "The Title of the Section"
guest {guest}
reach reset
need vmxfs.processors>1

ctl: unsafe
processor: vmx 2
processor: guest $guest
processor: then $host
processor: at $launch
processor: start
processor? event end reason 0x12
"""

GUEST = """\
; SPDX-License-Identifier: GPL-2.0
; What this guest does, in one line.
%include "{mode}.inc"

start:
	{macro}
	nop			; in place of this: what is to be seen, with a label
end:
	vmcall
"""

PROGRAM_GUEST = """\
; SPDX-License-Identifier: GPL-2.0
; What this program does, in one line.
%include "root.inc"

section .text
bits 64
guest:
	nop			; in place of this: what the guest does
	vmcall
host:
	nop			; in place of this: what is to be seen after the VM exit
	done
"""


def command(platform: object, options: Namespace) -> int:
    """Writes what is not there yet; nothing if anything is wrong."""
    case_name = checked("case", "AREA", options.case, areas())
    name = checked("guest", "MODE", options.guest, modes(options.guest))
    case = CASES / f"{case_name}.case"
    guest = GUESTS / f"{name}.asm"
    if case.exists():
        raise Error(f"{case.relative_to(ROOT)} is there already")
    mode, _, _ = name.partition("/")
    write(case, (PROGRAM_CASE if mode == PROGRAM else CASE).format(guest=name))
    if guest.exists():
        print(f"{guest.relative_to(ROOT)} is there: the case must expect what that does")
    elif mode == PROGRAM:
        write(guest, PROGRAM_GUEST)
    else:
        write(guest, GUEST.format(mode=mode, macro=MACROS[mode]))
    print(f"next: make run CASES={case_name}, then its words, and a row in cases/coverage/")
    return 0


def modes(guest: str) -> list[str]:
    """Those that a new guest can have; one that is there can have another."""
    known = [*MACROS, PROGRAM]
    folder, _, _ = guest.partition("/")
    return [*known, folder] if (GUESTS / f"{guest}.asm").exists() else known


def areas() -> list[str]:
    """The folders of cases, and one that is empty: a new one."""
    folders = [path for path in CASES.iterdir() if path.is_dir()]
    return [f.name for f in folders if any(f.glob("*.case")) or not any(f.iterdir())]


def checked(what: str, kind: str, name: str, folders: Iterable[str]) -> str:
    """FOLDER/NAME, if there is a folder of this kind and the name can be one."""
    folder, slash, rest = name.partition("/")
    known = sorted(folders)
    if not slash:
        raise Error(
            f"{what} {name!r}: {kind}/NAME is expected; as {kind}, {there_are('', known)}"
        )
    if folder not in known:
        raise Error(f"{what} {name!r}: no {kind} is called so; {there_are(folder, known)}")
    if not NAME.fullmatch(rest):
        raise Error(f"{what} {name!r}: a name of a-z, 0-9 and - is expected after the /")
    return name


def write(path: Path, text: str) -> None:
    try:
        path.write_text(text)
    except OSError as error:
        raise Error(f"{path.relative_to(ROOT)}: {error.strerror}") from None
    print(f"wrote {path.relative_to(ROOT)}")
