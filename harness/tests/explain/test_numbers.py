# SPDX-License-Identifier: GPL-2.0
"""explain: a number is not taken for another one."""

import pytest
from explain.said import explain, parts

BLOCKING = "GUEST_INTERRUPTIBILITY_STATE = 0x1\n"


@pytest.mark.parametrize("sign", ["!=", " != ", "==", " |= ", " &= ", "=~", "=-", " = -", "- "])
def test_no_value(sign):
    """A condition, an assignment, or another value than the number"""
    assert parts(explain(BLOCKING + "GUEST_RFLAGS = 0x2\n")[1])[0] == ("state-11",)
    said = explain(BLOCKING + f"GUEST_RFLAGS{sign}0x2\n")[1]
    assert parts(said)[0] == () and "(line 2)" not in said


def test_header():
    """Lines that define encodings"""
    text = "enum {\n\tGUEST_CR0 = 0x00006800,\n\tGUEST_RFLAGS = 0x00006820,\n};\n"
    assert explain(text)[0] == 1
    assert parts(explain(text.replace("6820", "6822"))[1])[0] == ("rip-4",)


@pytest.mark.parametrize("reason", ["2147483681", "33", "0x21", "80000021"])
def test_exit_reason(reason):
    """Without 0x a number is decimal, unless it has the eight digits of a hexadecimal one."""
    status, said, _ = explain(f"exit reason: {reason}\n{BLOCKING}")
    assert status == 0
    assert ("exit reason 0x80000021" in said) == (reason == "80000021")
    assert "Not of a failed" not in said


SREGS = """\
hardware_entry_failure_reason = 2147483681
sregs = {{cs = {{base = {0}, limit = {1}, selector = {2}, type = {3} '\\v', present = 1 '\\001'}},
cr0 = {4}, cr2 = 0, cr3 = 0, cr4 = 0, cr8 = 0, efer = 0}}
"""


@pytest.mark.parametrize("form", ["{:#x}", "{:d}"])
def test_gdb(form):
    """p and p/x: PG without PE, and nothing else"""
    numbers = 0xFFFF0000, 0xFFFF, 0xF000, 11, 0x80000000
    said = explain(SREGS.format(*(form.format(number) for number in numbers)))[1]
    assert "VM entry failed: guest state is not valid." in said
    assert parts(said)[0] == ("guest-3",)
