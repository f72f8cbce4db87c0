# SPDX-License-Identifier: GPL-2.0
"""A short form of make fuzz: it finds nothing but what is known of Bochs 3.0, and that
again if it has forgotten it."""

import re

import modules
import pytest
from vmxcheck import fuzz
from vmxcheck.arguments import parse
from vmxcheck.commands import find
from vmxcheck.fuzz import write_cases
from vmxcheck.machine import Machine
from vmxcheck.platforms.bochs import Bochs

pytestmark = pytest.mark.emulator

# Bases that vmxfs keeps from a vCPU that is not unsafe
UNSAFE = ["loads-of-the-hosts", "posted-interrupts", "secondary-exit"]
BOCHS = ("--bochs", "3.0", "--model", "arrow_lake")


@pytest.mark.parametrize("reach", ["safe", "unsafe"])
def test_nothing_new(command, tmp_path, reach):
    words = ["--", "--unsafe"] if reach == "unsafe" else []
    status, out, err = command.vmxcheck(
        "fuzz", *BOCHS, "--count", "5600", "--output", tmp_path, *words
    )
    assert status == 0, out + err
    assert "not ok" not in out
    assert not (tmp_path / "fuzz-cases").exists()
    tap = (tmp_path / "fuzz.tap").read_text()
    # A base that is written wrongly would be left out.
    skipped = re.findall(r"^ok \d+ - fuzz/(\S+) # SKIP", tap, re.MULTILINE)
    assert skipped == (UNSAFE if reach == "safe" else [])
    # Each of what can come has come, and some of what is known.
    entered, errors, guest, known = (
        sum(map(int, numbers))
        for numbers in zip(
            *re.findall(
                r"(\d+) entered, (\d+) failed with an error, (\d+) on guest state; (\d+) known",
                tap,
            ),
            strict=True,
        )
    )
    assert min(entered, errors, guest) > 100 and known, tap
    assert re.search(r"# known, \d+ met, first after \d+: check state-20, ", tap), tap


def test_found_again(command, tmp_path):
    """With one change; the case that it writes fails where this one failed."""
    status, out, err = command.vmxcheck(
        "fuzz",
        *(*BOCHS, "--count", "2000", "--no-quirks", "--output", tmp_path),
        *("--", "--base", "prot"),
    )
    assert status == 1 and "1 failed of 1" in err, out + err
    assert "check: state-20" in out
    cases = tmp_path / "fuzz-cases"
    texts = {path: path.read_text() for path in sorted(cases.glob("*.case"))}
    [(path, text)] = [
        (path, text)
        for path, text in texts.items()
        if "guest_pending_debug_exceptions" in text
    ]
    [change] = re.findall(r"vmcs: (\w+) (0x\w+)", text.split("timer_value 0\n")[1])
    # One bit of those beyond the 32 that Bochs looks at
    assert change[0] == "guest_pending_debug_exceptions"
    assert bin(int(change[1], 0)).count("1") == 1 and int(change[1], 0) >> 32
    area = tmp_path / "cases/found"
    area.mkdir(parents=True)
    path.rename(area / "one.case")
    status, out, err = command.vmxcheck(
        "run", *BOCHS, "--cases", tmp_path / "cases", "--output", tmp_path
    )
    assert status == 1 and "not ok 1 - found/one" in out, out + err
    assert "expected !entrystate, got preempt" in out, out


def test_instruction_found_again(command, tmp_path):
    """What Bochs answers to an INVEPT with a type of more than 32 bits, or of none."""
    status, out, err = command.vmxcheck(
        "fuzz",
        *(*BOCHS, "--count", "600", "--no-quirks", "--output", tmp_path),
        *("--", "--base", "instructions"),
    )
    assert status == 1 and "1 failed of 1" in err, out + err
    assert "rule: invept-5" in out
    cases = [path.read_text() for path in (tmp_path / "fuzz-cases").glob("*.case")]
    assert any(re.search(r"insn: .*invept .*\ninsn\? .*failvalid 28$", text, re.DOTALL)
               for text in map(str.strip, cases)), cases
    lines, insns, entered = map(
        int, re.search(r"(\d+) lines: (\d+) instructions, (\d+) VM entries", out).groups()
    )
    assert insns > lines > 100 and entered > 5


def test_msr_found_again(command, tmp_path):
    """One that can be written in SMM only"""
    status, out, err = command.vmxcheck(
        "fuzz",
        *(*BOCHS, "--count", "200", "--no-quirks", "--output", tmp_path),
        *("--", "--base", "msrs", "--unsafe"),
    )
    assert status == 1 and "1 failed of 1" in err, out + err
    assert re.findall(r"check: (\S+)", out) == ["msr-4"]
    assert "entrymsrload: 0x9b 0\n" in out and "expected: !entrymsr 1\n" in out
    # Those that a guest may have are loaded without --unsafe only.
    [entered] = re.findall(r"msrs: \d+ VM entries: (\d+) entered", out)
    [known] = re.findall(r"# known, (\d+) met, first after \d+: check msr-4,", out)
    assert entered == known, out


def test_instruction_executed(tmp_path):
    """By a module that gives the guest time though the timer is 0."""
    change = (
        "files/vmcs_file.c",
        "int err = vmwrite(field, value);",
        "int err = vmwrite(field, field == VMCS_PREEMPTION_TIMER_VALUE ? 0x40 : value);",
    )
    built = modules.build_all(tmp_path / "built", {"late": change})
    platform = Bochs()
    options = parse(find("fuzz"), ["--count", "20", "--", "--base", "prot"])
    image = fuzz.make_image(platform, options)
    image.files["vmxfs.ko"] = built["late"]
    with Machine(platform, image) as machine:
        lines = [line for stream, line in machine.lines() if stream == "tap"]
    assert "not ok 1 - fuzz/prot" in lines
    assert any('got: ".hlt ' in line for line in lines), lines


# Bochs lets both in: then VM exit would store MSRs all over the memory; and nothing but a SIPI
# would get the processor back. Base, number of the VM entry, what it changes
DEADLY = [
    (
        "inject-interrupt",
        5993,
        "exit_msr_store_count 0x4005 entry_interruption_information 0x80000812",
    ),
    (
        "shutdown",
        287383,
        "guest_activity_state 0x3 guest_pending_debug_exceptions 0x20000000000",
    ),
]


@pytest.mark.parametrize(("base", "number", "change"), DEADLY)
def test_survives(command, tmp_path, base, number, change):
    count = str(number + 1)
    status, out, err = command.vmxcheck(
        "fuzz",
        *(*BOCHS, "--count", count, "--shard", f"{count}/{count}", "--output", tmp_path),
        *("--", "--unsafe", "--trace", "--base", base),
    )
    assert status == 0, out + err
    tap = (tmp_path / "fuzz.tap").read_text()
    # If not, the table of fields has changed: look for another one.
    assert f"# {number}: {change}\n" in tap
    assert f"# {base}: 0 VM entries" in tap and "; 1 not tried" in tap


def test_base_of_other_processors(command, tmp_path):
    """VMWRITE takes its control, and then there is no VM entry."""
    status, out, err = command.vmxcheck(
        "fuzz",
        *("--bochs", "3.0", "--model", "corei7_haswell_4770", "--count", "10"),
        *("--output", tmp_path, "--", "--base", "mode-based"),
    )
    assert status == 0 and "1 skipped of 1" in err, out + err


def test_shards(command, tmp_path):
    """Two parts have as many VM entries as the whole."""
    counts = []
    for shard in ([], ["--shard", "1/2"], ["--shard", "2/2"]):
        status, out, err = command.vmxcheck(
            "fuzz",
            *(*BOCHS, "--count", "301", *shard, "--output", tmp_path),
            *("--", "--base", "real"),
        )
        assert status == 0, out + err
        tap = (tmp_path / "fuzz.tap").read_text()
        counts.append(int(re.search(r"real: (\d+) VM entries", tap)[1]))
    assert counts[0] == counts[1] + counts[2] > 200


def test_cases_of_before(tmp_path):
    """Only those of the last run are there."""
    folder = tmp_path / "cases"
    folder.mkdir()
    (folder / "difference-7.case").write_text("old\n")
    point = "not ok 8 - fuzz/long\n  ---\n  differences:\n"
    assert write_cases(f"{point}      case: |\n        a\n\n          b\n  ...\n", folder) == 1
    assert [path.name for path in folder.iterdir()] == ["long-1.case"]
    assert (folder / "long-1.case").read_text() == "a\n\n  b\n"
