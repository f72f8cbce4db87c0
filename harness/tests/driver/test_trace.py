# SPDX-License-Identifier: GPL-2.0
"""`./vmxcheck trace`: what happens in a point, line by line. Two boots."""

import subprocess

import pytest
from texts import HLT
from vmxcheck.paths import BUILD
from vmxcheck.trace import Shown

LABELS = {"start": 0x1000, "hlt": 0x1022, "end": 0x1023}


def disassemble(*lines):
    text = "".join(f"{line}\n" for line in lines)
    return subprocess.run(
        [BUILD / "vmxdisasm"], input=text, capture_output=True, text=True, check=True
    ).stdout.splitlines()


def test_disassembles():
    """Each line has its line, whatever it says."""
    assert disassemble(
        "64 0x1058 f40f01c1", "32 0x1000 eb10", "16 0x1000 e642", "64 0 48b8", "8 0 f4", "x", ""
    ) == ["1 hlt", "2 jmp 0x1012", "2 out 0x42, al", "0", "0", "0", "0"]


def shown(*lines):
    found = Shown(LABELS)
    return [text for line in lines for text in found.feed(line)] + list(found.finish())


def test_lines():
    assert shown(
        "> 9 ctl : go bx=0x1022;",
        "< 10 wait ? .hlt 0x0 pc 0x1022 sp 0x9000 ilen 0x1 iinfo 0x0",
        "reg - pc 0x1000 0x1022",
        "reg - flags 0x2 0x0000000000000046",
        "code - 32 0x1022 f4",
        "> 11 b/ctl : jump",
        "< 11 b/ctl ! unknown control message: jump",
    ) == [
        "   9  ctl: go bx=$hlt;",
        "  10  wait? .hlt 0x0 pc $hlt sp 0x9000 ilen 0x1 iinfo 0x0",
        "          = HLT",
        "          pc 0x1000 -> 0x1022, flags 0x2 -> 0x46",
        "          pc $hlt (0x1022): hlt  (32-bit code)",
        "  11  b/ctl: jump",
        "  11  b/ctl! unknown control message: jump",
    ]


@pytest.mark.parametrize(
    "address, where",
    [
        (0x1022, "$hlt (0x1022)"),
        (0x1001, "$start+0x1 (0x1001)"),
        (0xFFF, "0xfff"),
        (0x9000, "0x9000"),
    ],
)
def test_where(address, where):
    assert Shown(LABELS).where(address) == where


@pytest.mark.emulator
def test_triple_fault(command):
    """Which exception came first is said."""
    status, out, err = command.vmxcheck("trace", "exits/triplef[long]")
    assert (status, err) == (0, "")
    lines = [line.strip() for line in out.splitlines()]
    assert lines[0].startswith("exits/triplef[long] on Bochs")
    assert lines[0].endswith("; guest long/triple")
    assert lines[-1] == "passed"
    assert "= Triple fault" in lines
    first = lines.index("#ud: Invalid Opcode (Undefined Opcode)")
    assert lines[first + 1] == "pc $ud2 (0x105f): ud2  (64-bit code)"
    rest = [line for line in lines[first + 2 :] if line]
    assert [line.partition(",")[0] for line in rest] == [
        *("#gp: General Protection", "while #ud was being delivered"),
        *("#gp: General Protection", "while #gp was being delivered"),
        *("#gp: General Protection", "while #df was being delivered", "passed"),
    ]


@pytest.mark.emulator
def test_failure(command, cases):
    """What differs comes last, and the exit status says so. A case has many points: the first."""
    text = "each length in 0x2 0x1\n" + HLT.format(length="{length}")
    folder = cases(wrong=text)
    status, out, err = command.vmxcheck("trace", "--cases", folder, "exits/wrong")
    assert (status, err) == (1, "vmxcheck: exits/wrong has 2 points: this is exits/wrong[0x2]\n")
    lines = out.splitlines()
    assert "   4  wait? .hlt 0x0 pc $hlt sp 0x9000 ilen 0x1 iinfo 0x0" in lines
    assert "failed: ilen: expected 0x2, got 0x1 (exits/wrong.case:4)" in lines


def test_no_such_point(here):
    status, out, err = here("trace", "exits/hl")
    assert (status, out) == (2, "")
    assert "there is no point 'exits/hl'; the nearest is exits/hlt" in err
