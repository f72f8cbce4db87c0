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
MODES = {
    "real": "real_mode",
    "prot": "protected_mode",
    "pae": "pae_mode",
    "long": "long_mode",
}
NAME = re.compile(r"[a-z0-9][a-z0-9-]*")

CASE = """\
# SPDX-License-Identifier: GPL-2.0
# What the processor does, and when, in a sentence or two.
# SDM, "The Title of the Section"
guest {guest}

ctl: go
wait? .vmcall 0x0 pc $end sp 0x9000 ilen 0x3 iinfo *
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


def command(platform: object, options: Namespace) -> int:
    """Writes what is not there yet; nothing if anything is wrong."""
    case_name = checked("case", "AREA", options.case, areas())
    name = checked("guest", "MODE", options.guest, MODES)
    case = CASES / f"{case_name}.case"
    guest = GUESTS / f"{name}.asm"
    if case.exists():
        raise Error(f"{case.relative_to(ROOT)} is there already")
    mode, _, _ = name.partition("/")
    write(case, CASE.format(guest=name))
    if guest.exists():
        print(f"{guest.relative_to(ROOT)} is there: the case must expect what that does")
    else:
        write(guest, GUEST.format(mode=mode, macro=MODES[mode]))
    print(f"next: make run CASES={case_name}, then its words, and a row in cases/coverage/")
    return 0


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
