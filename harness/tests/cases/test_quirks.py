# SPDX-License-Identifier: GPL-2.0
"""The files of cases/quirks/ name points and lines that exist, and errata by their numbers."""

import re
import subprocess

import pytest
from vmxcheck.image import BUILD, CASES

QUIRKS = CASES / "quirks"
FILES = sorted(path.name for path in QUIRKS.iterdir() if path.suffix != ".md")
# By the processor, and not by a version.
ERRATA = "intel"


def blocks():
    """The lines of each reason of ERRATA, with its number as the test's name."""
    text = (QUIRKS / ERRATA).read_text()
    for number, block in enumerate(re.split(r"^because ", text, flags=re.M)[1:]):
        yield pytest.param(block.splitlines(), id=str(number))


def errata(block):
    """(ID, its processors) of each 'erratum ID PROCESSOR ...'."""
    for line in block:
        if line.startswith("erratum "):
            _, id, *processors = line.split()
            yield id, processors


def steppings(processor):
    """Each FAMILY_MODEL and stepping of 06_9EH:9-D."""
    model, _, some = processor.partition(":")
    first, _, last = (some or "0-F").partition("-")
    for stepping in range(int(first, 16), int(last or first, 16) + 1):
        yield model, stepping


@pytest.mark.parametrize("name", FILES)
def test_points_and_lines(name):
    """vmxrun says so itself; the version matters for none of them."""
    version = "" if name == ERRATA else "@1"
    path = f"{QUIRKS / name}{version}"
    command = [BUILD / "vmxrun", "-l", "-C", CASES, "-Q", path]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("block", blocks())
def test_each_reason_has_errata(block):
    assert any(errata(block))


@pytest.mark.parametrize("block", blocks())
def test_numbers_of_errata(block):
    """Letters of the processors, and a number: ADL002, AAU65."""
    wrong = [id for id, _ in errata(block) if not re.fullmatch(r"[A-Z]{2,3}\d{1,3}", id)]
    assert wrong == []


@pytest.mark.parametrize("block", blocks())
def test_processors(block):
    """A processor has one number for a reason, unless the later one is for all that is left."""
    seen = {}
    for id, processors in errata(block):
        for processor in processors:
            new = [one for one in steppings(processor) if one not in seen]
            assert new, f"{id} {processor} comes too late"
            seen.update(dict.fromkeys(new, id))


def test_no_number_twice():
    """One reason is said once."""
    numbers = [id for block in blocks() for id, _ in errata(block.values[0])]
    assert sorted(set(numbers)) == sorted(numbers)
