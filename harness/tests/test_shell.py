# SPDX-License-Identifier: GPL-2.0
"""`make shell`, and that what the README shows of it is so."""

import re
import sys

import pexpect
from vmxcheck.image import ROOT

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


def test_readme():
    transcript = readme()
    assert len(transcript) > 8
    shell = pexpect.spawn(
        sys.executable, ["-m", "vmxcheck", "shell"], encoding="utf-8", timeout=60
    )
    shell.expect_exact(PROMPT)
    for command, answer in transcript:
        shell.sendline(command)
        shell.expect_exact(PROMPT)
        # The first line is the echo; the rest without what is for the terminal.
        lines = re.sub(r"\x1b\[[0-9;]*[a-zA-Z]", "", shell.before).splitlines()[1:]
        assert [line for line in lines if line] == answer, command
    shell.sendline("exit")
    shell.expect(pexpect.EOF)
    shell.close()
    assert shell.exitstatus == 0
