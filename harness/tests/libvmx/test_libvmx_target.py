# SPDX-License-Identifier: GPL-2.0
"""libvmx and libnvmm on vmxfs: each point of build/libvmx-target is a test here; one boot for all."""

import os
import re
import subprocess

import pytest
from page import page_example
from scripts import boot
from vmxcheck.image import BUILD, ROOT, libraries
from vmxcheck.platforms import platform
from vmxcheck.tap import Stream

pytestmark = pytest.mark.emulator

PROGRAM = BUILD / "libvmx-target"
SOURCES = [
    *sorted((ROOT / "harness/tests/libvmx/target").glob("*.c")),
    ROOT / "harness/tests/libnvmm/target.c",
]
# More trials of the assists take longer: see harness/libvmx/README.md.
OPTIONS = os.environ.get("ASSISTS", "")


# See cases/quirks/bochs.
BLOCKED = 'VM entry with "virtual NMIs" does not end blocking by NMI'
QUIRKS = {"bochs@2.7": {"exits/nmi": BLOCKED, "state/run": BLOCKED}}


def points():
    """The names of the points, by the tables that have them."""
    row = re.compile(r'^\t\{ "([^"]+)", \w+ \},$', re.MULTILINE)
    return [name for path in SOURCES for name in row.findall(path.read_text())]


@pytest.fixture(scope="module")
def booted(tmp_path_factory):
    """What the tests' program says, and what the example of the manual page does."""
    example = tmp_path_factory.mktemp("example") / "example"
    source = example.with_suffix(".c")
    source.write_text(page_example())
    flags = "-Iharness/libvmx", "-Iinclude", "build/libvmx/libvmx.a", "-lZydis"
    subprocess.run(["gcc", "-o", example, source, *flags], cwd=ROOT, check=True)
    files = {"libvmx": PROGRAM, "example": example} | libraries(PROGRAM)
    script = f"/libvmx {OPTIONS} >/dev/ttyS1; /example"
    return boot(platform("bochs"), script, files)


@pytest.fixture(scope="module")
def results(booted):
    """name -> point"""
    stream = Stream()
    for line in booted[0]:
        stream.feed(line)
    stream.finish()
    assert stream.complete, stream.bail_out
    return {point.name: point for point in stream.points}


@pytest.mark.parametrize("name", points())
def test_libvmx(results, name):
    if reason := QUIRKS.get(platform("bochs").quirks, {}).get(name):
        pytest.xfail(reason)
    assert results[name].ok, "\n".join(results[name].yaml)


def test_example(booted):
    assert "Hi!" in booted[1]


def test_points(results):
    assert sorted(results) == sorted(points())
    assert len(results) > 15
