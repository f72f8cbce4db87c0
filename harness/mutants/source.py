# SPDX-License-Identifier: GPL-2.0
"""What of Bochs' source is VMX code that does something.

A fault can be where the text of a file is neither a comment, a string, a message nor a check of
Bochs' own, is compiled, is inside a function, and is about VMX.
"""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vmxcheck import Error

# Files of cpu/ that mention VMX, and are no part of it
OTHERS = {
    "svm.cc": "AMD's virtualization",
    "smm.cc": "SMM, which the firmware has",
    "debugstuff.cc": "what people read",
}

# A comment, a string, or a character; a line of the preprocessor with those that continue it
NO_CODE = re.compile(
    r"//[^\n]*|/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'"
    r"|^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*",
    re.DOTALL | re.MULTILINE,
)
# Calls that say something to people, or to instrumentation
MESSAGE = re.compile(r"\b(?:BX_(?:DEBUG|INFO|ERROR|PANIC|FATAL|ASSERT|INSTR_\w+))\s*\(")
# Functions that tell the state to people
STATE = re.compile(r"::(?:register_\w+|dump_\w+|dbg_\w+|debug\w*)\(")
ABOUT_VMX = re.compile(r"vmx|VMX|vmcs|VMCS|[Vv][Mm]exit|VMenter|\bEPT|_ept_|eptptr")
CONDITION = re.compile(r"^[ \t]*#[ \t]*(if|elif|else|endif)([^\n]*)", re.MULTILINE)
MARKER = re.compile(r'# (\d+) "(.*?)"')


@dataclass(frozen=True)
class Source:
    """A file: `text` is all of it, `code` the same with blanks where no fault can be."""

    name: str
    text: str
    code: str

    def line_of(self, place: int) -> int:
        return self.text.count("\n", 0, place) + 1


def read_all(folder: Path) -> Iterator[Source]:
    """The files of cpu/ that have VMX code; `folder` is that of Bochs' source."""
    for path in sorted((folder / "cpu").glob("*.cc")):
        text = path.read_text(encoding="latin-1")
        if path.name not in OTHERS and ABOUT_VMX.search(text):
            yield Source(f"cpu/{path.name}", text, code_of(text, compiled_lines(path)))


def compiled_lines(path: Path) -> set[int]:
    """The numbers of the lines that the preprocessor leaves."""
    command = ["g++", "-E", "-I..", "-I../instrument/stubs", path.name]
    done = subprocess.run(command, cwd=path.parent, capture_output=True)
    if done.returncode:
        raise Error(f"{path}: {done.stderr.decode(errors='replace').splitlines()[0]}")
    return lines_left(done.stdout.decode("latin-1"), path.name)


def lines_left(preprocessed: str, name: str) -> set[int]:
    found = set()
    number, here = 0, False
    for line in preprocessed.splitlines():
        if marker := MARKER.match(line):
            number, here = int(marker[1]), marker[2] == name
            continue
        if here and line.strip():
            found.add(number)
        number += 1
    return found


def code_of(text: str, compiled: set[int]) -> str:
    """The text with blanks where no fault can be."""
    code = blank(text, [match.span() for match in NO_CODE.finditer(text)])
    calls = MESSAGE.finditer(code)
    code = blank(code, [(call.start(), closing(code, call.end() - 1)) for call in calls])
    about = lines_about_vmx(text)
    inside = lines_of_functions(code)
    return "".join(
        line if number in compiled & about & inside else blank(line, [(0, len(line))])
        for number, line in enumerate(code.splitlines(keepends=True), 1)
    )


def blank(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with blanks there; what is a line remains one."""
    parts = []
    end = 0
    for start, stop in spans:
        parts += [text[end:start], re.sub(r"[^\n]", " ", text[start:stop])]
        end = stop
    return "".join([*parts, text[end:]])


def closing(code: str, opening: int) -> int:
    """Where the parenthesis at `opening` is closed: the place behind."""
    depth = 0
    for place in range(opening, len(code)):
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        if not depth:
            return place + 1
    return len(code)


def lines_about_vmx(text: str) -> set[int]:
    """Those between an #if of VMX' and its #endif, and those that name something of VMX'."""
    found = set()
    within: list[bool] = []
    for number, line in enumerate(text.splitlines(), 1):
        if condition := CONDITION.match(line):
            word, rest = condition.groups()
            if word == "if":
                within.append("BX_SUPPORT_VMX" in rest)
            elif word == "endif":
                within.pop()
        elif any(within) or ABOUT_VMX.search(line):
            found.add(number)
    return found


def lines_of_functions(code: str) -> set[int]:
    """Those between a { and a } at the beginning of a line, but of functions that only tell."""
    found = set()
    inside = False
    head = ""
    for number, line in enumerate(code.splitlines(), 1):
        if line.startswith("{"):
            inside = "(" in head and not STATE.search(head)
        elif line.startswith("}"):
            inside, head = False, ""
        elif inside:
            found.add(number)
        else:
            head = "" if line.rstrip().endswith(";") else head + line
    return found
