# SPDX-License-Identifier: GPL-2.0
"""Who refused a VM entry, by Bochs' log."""

import pytest
from vmxcheck.platforms.masked import Mask
from vmxcheck.run import conclude
from vmxcheck.tap import Stream

# The target's counter is 4000 behind.
OFFSET = "# tsc-offset: -4000"
LOG = """\
00000005000e[CPU0  ] VMEXIT: EPT violation for guest paddr 0x1000
00000005100e[CPU0  ] VMENTER FAIL: VMCS guest RIP > 32 bit
00000005200e[CPU0  ] VMFAIL: VMCS host state invalid CR3
00000005300e[CPU0  ] RDMSR: Unknown register 0x1d9
"""
POINT = "ok 7 - entry/rip"
SKIP = f"{POINT} # SKIP undecided: "
BELOW = f"{SKIP}the processor below refused the VM entry: "


def judge(folder, *lines, log=LOG):
    (folder / "log").write_text(log)
    mask = Mask(folder / "log")
    return [judged for line in lines for judged in mask.judged(line)]


@pytest.mark.parametrize(
    "begun, ended, judged",
    [
        (900, 1099, POINT),
        (1000, 1100, f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit"),
        (1100, 1199, f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit"),
        (1101, 1199, POINT),
        (1000, 1250, f"{BELOW}VMFAIL: VMCS host state invalid CR3"),
        (1250, 1400, POINT),
    ],
)
def test_by_the_time(tmp_path, begun, ended, judged):
    said = judge(tmp_path, OFFSET, f"# refused: {begun} {ended}", POINT)
    assert said == [judged]


def test_only_the_next_point(tmp_path):
    refused = "# refused: 1000 1100"
    lines = ["# refused: 900 901", "ok 1 - a", "ok 2 - b", refused, "# note", POINT, "ok 8 - c"]
    assert judge(tmp_path, OFFSET, *lines) == [
        *("ok 1 - a", "ok 2 - b", "# note"),
        f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit",
        "ok 8 - c",
    ]


def test_what_did_not_pass(tmp_path):
    """It is what it is."""
    for line in ("not ok 7 - entry/rip # TODO a mistake", "not ok 7 - entry/rip"):
        assert judge(tmp_path, OFFSET, "# refused: 1000 1100", line) == [line]


def test_each_start_has_its_offset(tmp_path):
    lines = (OFFSET, "# refused: 1000 1100", POINT, "# tsc-offset: -9000", "# refused: 1000 1100", POINT)
    first, second = judge(tmp_path, *lines)
    assert first.startswith(BELOW)
    assert second == POINT


def test_without_offset(tmp_path):
    said = judge(tmp_path, "# refused: 1000 1100", POINT)
    assert said == [f"{SKIP}nobody says when the processor below ran this"]


def test_log_that_grows(tmp_path):
    """It is read on, and only whole lines."""
    log = tmp_path / "log"
    mask = Mask(log)
    mask.judged(OFFSET)

    def point():
        mask.judged("# refused: 1000 1100")
        return mask.judged(POINT)

    assert point() == [POINT]
    log.write_text(LOG[:100])
    assert point() == [POINT]
    with log.open("a") as file:
        file.write(LOG[100:])
    assert point() == [f"{BELOW}VMENTER FAIL: VMCS guest RIP > 32 bit"]


def test_summary(capsys):
    """It is no failure."""
    tap = Stream()
    for line in ("1..2", "ok 1 - a", f"{BELOW}x".replace("7", "2")):
        tap.feed(line)
    assert conclude(tap, "KVM", 1.0) == 0
    assert "1 passed, 1 undecided of 2 in 1.0 s on KVM" in capsys.readouterr().err
