# SPDX-License-Identifier: GPL-2.0
"""explain --replay: a case that makes the VM entry of a dump again."""

import subprocess

import pytest
from explain.expected import EXPECTED
from explain.said import DUMPS
from vmxcheck.explain import AREA, name_of
from vmxcheck.image import BUILD

# What can't be made again: no guest state is told, or it depends on the processor.
NONE = (
    *("capabilities-virtualbox", "capabilities-vmxcap-diff", "haxm-host-state"),
    *("kvm-nmi-in-sti-shadow", "windows-bug-check", "words-controls", "words-error-8"),
    *("words-high-half", "words-rip", "words-sti", "xen-pdptes"),
)
# Bochs enters IA-32e mode without paging, and panics (cases/quirks, guest-7).
FATAL = ("bits-ia32e-without-pg",)
CASES = [name for name in EXPECTED if name not in NONE]


def replay(name):
    words = [BUILD / "vmxexplain", DUMPS / f"{name}.txt", "--replay"]
    done = subprocess.run(words, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize("name", NONE)
def test_none(name):
    status, said, error = replay(name)
    assert (status, said) == (1, "")
    assert error.count("\n") == 1


@pytest.mark.parametrize("name", CASES)
def test_expectation(name):
    """What is violated must make VM entry fail."""
    status, said, _ = replay(name)
    assert status == 0
    last = said.splitlines()[-1]
    if EXPECTED[name].violated:
        assert "!entrystate" in last or "failvalid" in last
        assert all(f"# {check}: " in said for check in EXPECTED[name].violated)
    else:
        assert last.startswith("wait? preempt ...")


@pytest.mark.parametrize(
    "line, words",
    [
        # What a processor must refuse before it uses anything of it
        ("HOST_CR3 = 0x8000000000000000", "insn? failvalid 8"),
        ("GUEST_ACTIVITY_STATE = 3", "wait? preempt"),
        # A bit that the module keeps
        ("GUEST_CR4 = 0x802020", "reach unsafe"),
    ],
)
def test_of_one_line(line, words, tmp_path):
    text = tmp_path / "dump"
    text.write_text(f"GUEST_RFLAGS = 0x2\nHOST_CR4 = 0x2020\nGUEST_CR0 = 0x80050033\n{line}\n")
    done = subprocess.run([BUILD / "vmxexplain", text, "--replay"], capture_output=True, text=True)
    assert words in done.stdout, done.stdout + done.stderr
    assert "guest_activity_state 0x3" not in done.stdout


@pytest.mark.emulator
def test_on_bochs(command, tmp_path):
    folder = tmp_path / "cases" / AREA
    folder.mkdir(parents=True)
    for name in CASES:
        if name not in FATAL:
            (folder / f"{name}.case").write_text(replay(name)[1])
    options = "--cases", folder.parent, "--output", tmp_path / "out"
    status, out, err = command.vmxcheck("run", *options)
    assert status == 0, out + err
    count = len(CASES) - len(FATAL)
    assert err.splitlines()[-1].startswith(f"{count} passed of {count}")


def test_command(command):
    """The file is where the command says, and the next line runs it."""
    status, out, _ = command.vmxcheck("explain", DUMPS / "kvm-sti-smm.txt", "--replay")
    *said, path, run = out.splitlines()
    assert said[0].startswith("state-11: There is no blocking by STI")
    assert (status, path) == (0, "build/replay/dump/kvm-sti-smm.case")
    assert run == "./vmxcheck run --cases build/replay dump/kvm-sti-smm"
    assert (BUILD.parent / path).read_text() == replay("kvm-sti-smm")[1]


@pytest.mark.parametrize(
    "file, name", [("-", "dump"), ("a/KVM 5.15 (SMM).txt", "kvm-5-15-smm"), ("???", "dump")]
)
def test_name(file, name):
    assert name_of(file) == name
