# SPDX-License-Identifier: GPL-2.0
"""What the user got wrong is said in one line, and the exit status is not 0."""

import os
import subprocess

import pytest
from vmxcheck.image import ROOT


def make(*words):
    """`make WORDS`: its exit status and its messages, without make's own."""
    env = {name: os.environ[name] for name in os.environ if "MAKE" not in name}
    done = subprocess.run(
        ["make", *words], cwd=ROOT, env=env, capture_output=True, text=True
    )
    lines = (done.stdout + done.stderr).splitlines()
    return done.returncode, [line for line in lines if not line.startswith("make:")]


@pytest.mark.parametrize(
    "words, message",
    [
        (["PLATFORM=abacus"], "PLATFORM=abacus: there are: bochs"),
        (["BOCHS=1.0"], "BOCHS=1.0: there are: 3.0 2.7"),
        (["MODEL=abacus"], "MODEL=abacus: "),
        (["FEATURES=smx,abacus"], "FEATURES=smx,abacus: there are: cet "),
        (["JOBS=0"], "JOBS=0: a number of machines"),
        (["KERNEL=abacus"], "KERNEL=abacus: there are: 6.1 6.1-amd64 6.1-rt 6.12 "),
        (["CASES=exits/abacus*"], "there is no point 'exits/abacus*'"),
    ],
)
def test_wrong_variable(words, message):
    status, lines = make("run", *words)
    assert status != 0
    assert len(lines) == 1
    assert message in lines[0]


def test_unknown_model_lists_those_that_exist():
    _, [line] = make("run", "MODEL=abacus")
    assert " arrow_lake" in line and " corei7_haswell_4770" in line


def test_help_names_targets_and_variables():
    status, lines = make("help")
    text = "\n".join(lines)
    assert status == 0
    for (
        word
    ) in "run check shell iso dkms bench-boot clean PLATFORM KERNEL BOCHS MODEL FEATURES CASES V=1".split():
        assert word in text


def test_nothing_is_rebuilt():
    status, lines = make("all")
    assert (status, lines) == (0, [])
