# SPDX-License-Identifier: GPL-2.0
"""explain --replay: a case that makes the VM entry of a dump again."""

import subprocess

import pytest
from explain.expected import EXPECTED
from explain.said import DUMPS
from vmxcheck.explain import AREA, name_of
from vmxcheck.image import BUILD

# What can't be made again: no guest state is told, it depends on the processor, or it is in
# controls or host state.
NONE = (
    *("capabilities-virtualbox", "capabilities-vmxcap-diff", "haxm-controls", "haxm-host-state"),
    *("kvm-nmi-in-sti-shadow", "noirvisor-error-7", "qemu-error-7-nested", "qemu-error-7-reset"),
    *("qemu-exit-controls", "windows-bug-check", "words-controls", "words-error-8"),
    *("words-high-half", "words-rip", "words-sti", "xen-partial", "xen-pdptes"),
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
        ("GUEST_ACTIVITY_STATE = 3", "wait? preempt"),
        # What would come before the timer is left out.
        ("GUEST_PENDING_DEBUG_EXCEPTIONS = 0x1001", "wait? preempt"),
        ("ENTRY_INTERRUPTION_INFORMATION = 0x80000700", "wait? preempt"),
        # A bit that the module keeps: CET without CR0.WP
        ("GUEST_CR0 = 0x80040033\nGUEST_CR4 = 0x802020", "reach unsafe"),
        ("GUEST_CR4 = 0x802020", "guest_cr4 0x2020\n"),
        # "Activate secondary controls" is 0.
        (
            "PROC_BASED_CONTROLS = 0x04006172\nSECONDARY_CONTROLS = 0x82\nGUEST_CR0 = 0x30",
            "proc2.unrestricted_guest 0\n",
        ),
        # An event that no processor takes
        ("ENTRY_INTERRUPTION_INFORMATION = 0x80000100", "insn? failvalid 7"),
    ],
)
def test_of_one_line(line, words, tmp_path):
    text = tmp_path / "dump"
    registers = "" if "GUEST_CR0" in line else "GUEST_CR0 = 0x80050033\n"
    text.write_text(f"GUEST_RFLAGS = 0x2\n{registers}{line}\n")
    done = subprocess.run([BUILD / "vmxexplain", text, "--replay"], capture_output=True, text=True)
    assert words in done.stdout, done.stdout + done.stderr
    assert "guest_activity_state 0x3" not in done.stdout
    assert "host_" not in done.stdout


# What is violated is not in what a case can have, or is of another processor: without it VM
# entry would succeed.
NOT_SHOWN = (
    "HOST_CR3 = 0x8000000000000000",
    'VM-exit control "host address-space size" (bit 9) = 0\nHOST_RIP = 0xffffffff81000000',
    'VM-exit control "save VMX-preemption timer value" (bit 22) = 1\nPIN_BASED_CONTROLS = 0x16',
    "VMCS_LINK_POINTER = 0x123",
    "ENTRY_CONTROLS = 0x4011ff\nGUEST_PKRS = 0x100000000",
    "ENTRY_CONTROLS = 0x111ff\nGUEST_BNDCFGS = 0xffc",
    "GUEST_ACTIVITY_STATE = 3\nENTRY_INTERRUPTION_INFORMATION = 0x80000202",
    "address sizes : 36 bits physical, 48 bits virtual\nGUEST_CR3 = 0x1000000000",
)


@pytest.mark.parametrize("lines", NOT_SHOWN)
def test_not_shown(lines, tmp_path):
    text = tmp_path / "dump"
    text.write_text(f"GUEST_RFLAGS = 0x2\n{lines}\n")
    words = [BUILD / "vmxexplain", text]
    explained = subprocess.run(words, capture_output=True, text=True)
    assert "must hold: " in explained.stdout
    done = subprocess.run([*words, "--replay"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert "can't be shown again" in done.stderr


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
