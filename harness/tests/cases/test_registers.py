# SPDX-License-Identifier: GPL-2.0
"""What a case gives a guest in registers before that is in 64-bit mode.

All guests begin in a 32-bit mode, or in real mode, where bits 63:32 of a register and all of R8 to
R15 are undefined: SDM, "General-Purpose Registers in 64-Bit Mode". A case that wants them waits
until its guest is in 64-bit mode: it goes to `$end` first.
"""

import re

import pytest
from vmxcheck.image import CASES

BLOCK = re.compile(r"^each (.*?) in\s(.*(?:\n\s.*)*)", re.MULTILINE)
GIVES = re.compile(r"^(?:ctl: go|regs:) ?(.*)")
REGISTER = re.compile(r"\b(ax|bx|cx|dx|si|di|bp|r8|r9|r1[0-5])[= ]([^; ]+)")
LONG = re.compile(r"^guest (?:long|compat|\{)", re.MULTILINE)


def choices(text):
    """VARIABLE -> what the case has it be."""
    values = {}
    for names, rows in BLOCK.findall(text):
        for row in rows.split():
            for name, value in zip(re.split("[:,]", names), re.split("[:,]", row)):
                values.setdefault(name, set()).add(value)
    return values


def is_wide(value):
    return value.startswith("-") or bool(re.fullmatch("0x0*[1-9a-f][0-9a-f]{8,}", value))


def undefined(text):
    """The registers that are given too early."""
    values = choices(text)
    for line in text.splitlines():
        if line.startswith("wait?") or not LONG.search(text):
            return
        if match := GIVES.match(line):
            for register, value in REGISTER.findall(match[1]):
                given = values.get(value.strip("{}"), {value})
                if re.fullmatch("r[0-9]+", register) or any(map(is_wide, given)):
                    yield f"{register} {value}"


def test_none_too_early():
    found = {str(path.relative_to(CASES)): list(undefined(path.read_text())) for path in CASES.rglob("*.case")}
    assert {path: registers for path, registers in found.items() if registers} == {}


@pytest.mark.parametrize(
    "line, found",
    [
        ("ctl: go bx=$x;si=0x100000000;", ["si 0x100000000"]),
        ("ctl: go si={wide};bp={narrow};", ["si {wide}"]),
        ("regs: r12 0x1", ["r12 0x1"]),
        ("regs: r12high 0x1", []),
        ("wait? .vmcall\nregs: r12 0x1", []),
    ],
)
def test_what_is_too_early(line, found):
    head = "each wide,narrow in\n  0x1,0x1\n  0x100000000,0xffffffff\n"
    assert list(undefined(f"{head}guest long/a\n\n{line}\n")) == found
    assert list(undefined(f"{head}guest prot/a\n\n{line}\n")) == []
