# SPDX-License-Identifier: GPL-2.0
"""`make shell`, and that what the README shows of it is so."""

import re
import sys
import termios

import pexpect
import pytest
from vmxcheck.image import ROOT

pytestmark = pytest.mark.emulator

PROMPT = "/sys/fs/vmx # "


def readme():
    """What the README types at the prompt, and what it says comes."""
    transcript = []
    for line in (ROOT / "README.md").read_text().splitlines():
        if line.startswith("    " + PROMPT):
            transcript.append((line.removeprefix("    " + PROMPT), []))
        elif transcript and line.startswith("    "):
            transcript[-1][1].append(line.strip())
        elif transcript:
            return transcript


@pytest.fixture(scope="module")
def enter():
    """Types a line at the prompt; returns the lines that come."""
    shell = pexpect.spawn(
        sys.executable,
        ["-m", "vmxcheck", "shell", "--no-build", "--files=/usr/bin/prlimit,/etc/debian_version"],
        encoding="utf-8",
        timeout=None,
    )
    before = termios.tcgetattr(shell.child_fd)
    shell.expect_exact(PROMPT)

    def enter(line):
        shell.sendline(line)
        shell.expect_exact(PROMPT)
        # The first line is the echo; the rest without what is for the terminal.
        lines = re.sub(r"\x1b\[[0-9;]*[a-zA-Z]", "", shell.before).splitlines()[1:]
        return [line for line in lines if line]

    enter.shell = shell
    yield enter
    shell.sendline("exit")
    shell.expect(pexpect.EOF)
    # Bochs has made it raw.
    assert termios.tcgetattr(shell.child_fd) == before
    shell.close()
    assert shell.exitstatus == 0


def test_readme(enter):
    transcript = readme()
    assert len(transcript) > 8
    for command, answer in transcript:
        assert enter(command) == answer, command


def test_own_files(enter):
    """A program comes with its libraries."""
    [said] = enter("prlimit --version")
    assert said.startswith("prlimit from util-linux")
    assert enter("cat /root/debian_version") == [open("/etc/debian_version").read().strip()]


def test_launch(enter):
    """Debian's kernel in vmxlaunch, to a prompt of its own, where there is no vmxfs."""
    shell = enter.shell
    shell.sendline("launch")
    shell.expect_exact("/ # ")
    shell.sendline("ls -d /sys/fs/vmx; cat /sys/class/misc/hw_random/rng_current")
    shell.expect_exact("/ # ")
    assert "No such file" in shell.before and "virtio_rng.0" in shell.before
    enter("exit")


def test_tracepoints(enter):
    """vmxfs(4), TRACEPOINTS: `events/vmxfs` of tracefs."""
    assert enter("mount -t tracefs tracefs /sys/kernel/tracing") == []
    for name in "entry", "exit":
        format = f"/sys/kernel/tracing/events/vmxfs/vmxfs_{name}/format"
        assert enter(f"head -n 1 {format}") == [f"name: vmxfs_{name}"]


def test_saved_vmcs(enter):
    """What `cat vmcs` has printed can be written back; `restore` sets aside what can't be."""
    [vcpu] = enter("cat clone")
    saved = enter(f"cat {vcpu}/vmcs | tee /tmp/saved")
    assert "virtual_timer_vector unsupported" in saved
    assert enter(f"cat /tmp/saved > {vcpu}/vmcs") == []
    for line in "guest_rip 0x7", "guest_cr3 0x1000", "entry.ia32e_mode_guest 1":
        assert enter(f"echo {line} > {vcpu}/vmcs") == []
    assert enter(f"cat {vcpu}/vmcs") != saved
    assert enter(f"echo link 0 >> /tmp/saved; restore {vcpu} /tmp/saved; echo $?") == [
        "link 0: unknown field: link",
        "1",
    ]
    assert enter(f"cat {vcpu}/vmcs") == saved


def test_why_of_an_error(enter):
    """To read the file vmcs leaves the VM-instruction error alone, which is shown."""
    [vcpu] = enter("cat clone")
    assert enter(f"echo proc.nmi_window_exiting 1 > {vcpu}/vmcs") == []
    assert enter(f"echo vmlaunch > {vcpu}/insn; cat {vcpu}/insn") == ["failvalid 7"]
    for _ in range(2):
        said = enter(f"why {vcpu}")
        assert "VM-instruction error 7:" in "".join(said)
        assert [line for line in said if "  controls-13  SDM" in line]
        explained = said.index("What explains it:")
        assert "controls-13" in said[explained + 1]


def test_why_of_none(enter):
    """The module's own VMREADs leave errors that are of no VM entry."""
    [vcpu] = enter("cat clone")
    said = enter(f"why {vcpu}")
    assert "The text does not say how the VM entry ended." in said
    assert not [line for line in said if re.match(r"  [a-z]+-\d+  SDM", line)]


@pytest.mark.parametrize(
    "line, words",
    [
        ("why", "usage: why VCPU"),
        ("why 77", "why: there is no vCPU 77"),
        ("restore 0", "usage: restore VCPU FILE"),
        ("restore 77 /init", "restore: there is no vCPU 77"),
        ("restore $(cat clone) /none", "restore: /none can't be read"),
    ],
)
def test_usage(enter, line, words):
    [said, status] = enter(f"{line}; echo $?")
    assert said.startswith(words)
    assert status == "2"


def test_without_a_terminal(command):
    status, _, err = command.vmxcheck("shell")
    assert status != 0
    assert err == "vmxcheck: shell needs a terminal\n"
