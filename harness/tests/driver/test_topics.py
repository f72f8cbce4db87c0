# SPDX-License-Identifier: GPL-2.0
"""`./vmxcheck explain NAME`: what has a name is explained by what the tables say."""

import pytest
from vmxcheck import topics
from vmxcheck.topics import cases, draw, evidence
from vmxcheck.topics.draw import Bits
from vmxcheck.topics.text import WIDTH

TAP = """\
TAP version 13
# caps: msr.vmx_procbased_ctls 0xfff9fffe0401e172
1..2
ok 1 - exits/io[in_al_imm]
not ok 2 - exits/io[in_eax_imm]
  ---
  severity: failure
  message: "it came otherwise"
  ...
# target: a processor
"""


@pytest.fixture
def explain(here, tmp_path):
    """Explains a name; returns what is said, by a folder that has no results."""

    def run(name):
        status, out, err = here("explain", name, "--output", tmp_path)
        assert (status, err) == (0, ""), name
        return out

    return run


@pytest.mark.parametrize(
    "name, lines",
    [
        ("30", ["VM exit 30: I/O instruction (io in wait, VMX_EXIT_IO_INSTRUCTION)"]),
        ("io", ["      6  A  0: port in DX; 1: port immediate", "exits/io (6 points): What"]),
        ("HLT", ["control    proc.hlt_exiting", "Nothing: it is 0."]),
        ("hlt exiting", ['control proc.hlt_exiting: "HLT exiting"', "Bit 7 of the primary"]),
        ("proc.hlt_exiting", ["VM exit 12, .hlt, when the guest executes HLT"]),
        ("proc2.enable_ept", ["guest_physical_address", "kept by vmxfs: the host's memory"]),
        ("#pf", ["exception 14: Page Fault", "exception_bitmap", " linear address "]),
        ("0x4402", ["field 0x4402: Exit reason", "15:0  G  basic exit reason"]),
        ("0x2001", ["field 0x2000: Address of I/O bitmap A", "its high 32 bits"]),
        ("vmcs_guest_cr4", ["UMIP, User-Mode Instruction Prevention"]),
        ("vmcs_link_pointer", ["field 0x2800: VMCS link pointer"]),
        ("pin", ["group of controls pin", '"Virtual NMIs", pin.virtual_nmis']),
        ("exits/io", ["Points", "in_al_imm", "Guest prot/io", "0x102e          insn in_al_imm"]),
        ("cases/exits/hlt.case", ["case exits/hlt"]),
        ("exits/io[out_dx_ax]", ["point exits/io[out_dx_ax]", "= I/O instruction: OUT, 2 bytes"]),
        ("controls-13", ['controls-13: "NMI-window exiting" needs "virtual NMIs"']),
        ("ept.invept", ["capability ept.invept", "Bit 20 of MSR 0x48c."]),
        ("vpid", ["area vpid: "]),
        ("7", ["VM exit 7: Interrupt window", "proc.interrupt_window_exiting"]),
        ("41", ["none: no emulator here has machine checks"]),
    ],
)
def test_explains(explain, name, lines):
    out = explain(name)
    for line in lines:
        assert line in out, out


def test_several_things_of_one_name(explain):
    """conceal_vmx_from_pt is a control of three groups."""
    out = explain("conceal_vmx_from_pt")
    titles = [line for line in out.splitlines() if line.startswith("control ")]
    groups = ("proc2", "exit", "entry")
    assert titles == [f'control {g}.conceal_vmx_from_pt: "Conceal VMX from PT"' for g in groups]


def test_outcomes(here, tmp_path):
    (tmp_path / "results.tap").write_text(TAP)
    out = here("explain", "exits/io", "--output", tmp_path)[1]
    assert "1 passed, 1 failed, 4 not run" in out
    assert "exits/io[in_eax_imm]: failed: it came otherwise" in out
    assert "results.tap, a processor." in out
    out = here("explain", "proc.hlt_exiting", "--output", tmp_path)[1]
    assert "last run   a processor: it may be 0 and 1" in out


def test_quirks(explain):
    out = explain("entry/guest-perf-global-ctrl")
    assert "Known quirks" in out
    assert "bochs" in out


@pytest.mark.parametrize(
    "name, message",
    [
        ("htl", "; the nearest is HLT"),
        ("exits/hlt[lon]", "; the nearest is exits/hlt[long]"),
        ("", "is called so"),
        ("0x7fff", "is called so"),
    ],
)
def test_unknown(here, name, message):
    status, out, err = here("explain", name)
    assert (status, out) == (2, "")
    assert message in err or "a value is expected" in err
    assert len(err.splitlines()) == 1


def test_options_are_for_dumps(here):
    status, _, err = here("explain", "hlt", "--replay")
    assert (status, err) == (
        2,
        "vmxcheck: hlt: there is no such file, and only a dump has use for --replay and --caps\n",
    )


def test_all(tables, tmp_path):
    """Each exit and exception, each group of controls is explained within the width of a
    terminal."""
    words = [name for _, name, _ in tables.EXITS.values()]
    words += [name for _, name, _, _ in tables.EXCEPTIONS.values()]
    for word in (*words, *tables.CONTROL_GROUPS):
        found = topics.find(word, tmp_path)
        assert found, word
        for line in [*found[0].lines][:-1]:
            assert len(line) <= WIDTH + 2, word


def test_names(tables):
    """Each control and each field has its name among those of which the nearest is said."""
    names = set(topics.names())
    assert {f"{group}.{name}" for (group, _), (name, _) in tables.CONTROLS.items()} <= names
    assert {name.lower() for name, _ in tables.FIELDS.values()} <= names


def test_picture():
    register = [Bits(31, 16, "port"), Bits(3, 3, choices=("OUT", "IN")), Bits(0, 0, "x", flag=True)]
    assert list(draw.picture(register, 32)) == [
        "  31:16   15:4   3   2:1   0 ",
        "+-------+------+---+-----+---+",
        "| port  |  0   | A |  0  | B |",
        "+-------+------+---+-----+---+",
        "31:16     port",
        "    3  A  0: OUT; 1: IN",
        "    0  B  1: x",
    ]


def test_pictures_leave_no_bit_out():
    for key, register in draw.formats().items():
        ranges = sorted((bits.low, bits.high) for bits in register)
        ends = [high for _, high in ranges]
        assert all(low > before for (low, _), before in zip(ranges[1:], ends)), key


def test_words_of_a_case():
    """A continued line is one; {NAME} has its value."""
    steps = cases.steps("exits/io[in_al_imm]")
    assert steps[0] == "ctl: go bx=$in_al_imm;"
    assert cases.labels("exits/io[in_al_imm]") == ["in_al_imm", "end", "in_ax_imm"]
    assert cases.guest_of("exits/hlt[long]") == "long/hlt"


def test_every_reason_has_points():
    """What the files of cases/quirks say is understood here as far as it is shown."""
    reasons = evidence.reasons()
    assert len(reasons) > 100
    # Some are only about what fuzz does.
    assert sum(bool(reason.patterns) for reason in reasons) > 100
    assert all(reason.because for reason in reasons)
