# SPDX-License-Identifier: GPL-2.0
"""vmxlaunch without a guest: its unit tests, and what its command line refuses."""

import subprocess

import pytest
from programs import run
from vmxcheck.image import BUILD, ROOT

PROGRAMS = sorted(path.stem for path in (ROOT / "harness/tests/launch").glob("test_*.c"))


@pytest.mark.parametrize("program", PROGRAMS)
def test_unit(program):
    assert "[  PASSED  ]" in run(BUILD / "unit/launch" / program)


@pytest.mark.parametrize(
    "words, message",
    [
        ([], "which kernel?"),
        (["a", "b"], "there are two kernels: a and b"),
        (["-m", "15", "a"], "--memory: '15' is no number from 16 to 1048576"),
        (["-m", "-20", "a"], "--memory: '-20' is no number"),
        (["-s", "33", "a"], "--smp: '33' is no number from 1 to 32"),
        (["--entry", "16", "a"], "--entry: '16' is none of 64, 32 and pvh"),
        (["/nowhere/vmlinuz"], "/nowhere/vmlinuz: No such file or directory"),
        (["-i", "/nowhere/initrd", "/bin/busybox"], "/nowhere/initrd: No such file"),
        (["/dev/null"], "/dev/null: it is empty, or no file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_refuses(words, message):
    done = subprocess.run([BUILD / "vmxlaunch", *words], capture_output=True, text=True)
    assert done.returncode > 0
    assert message in done.stderr.splitlines()[0]
