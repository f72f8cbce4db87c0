# SPDX-License-Identifier: GPL-2.0
"""What becomes of the TAP of a target in QEMU: by its serial port, and by its mailbox."""

import subprocess
import sys

import pytest
from vmxcheck.image import ROOT

# In the place of an emulator's printer
PRINTER = """\
#include <unistd.h>
#include "printer.h"

int printer_open(void) { return 0; }
void printer_write(const char *text, size_t size) { write(1, text, size); }
int sched_setscheduler(int process, int policy, const void *parameters) { return 0; }
"""
# A target: what is in quotation marks goes to the port, else into the mailbox.
TARGET = """\
import mmap, os, sys, time

def port(text):
    os.write(1, text)

def mail(text):
    box[ADDRESS + 4 : ADDRESS + 4 + len(text)] = text
    box[ADDRESS : ADDRESS + 4] = len(text).to_bytes(4, "little")

def ring(text):
    mail(text)
    port(b"\\0")
    while any(box[ADDRESS : ADDRESS + 4]):
        time.sleep(0.001)

ADDRESS = 0x10000
with open("memory", "wb+") as file:
    file.truncate(ADDRESS + 0x10000)
    box = mmap.mmap(file.fileno(), 0)
"""


@pytest.fixture(scope="module")
def relay(tmp_path_factory):
    """The program, whose printer is its standard output."""
    folder = tmp_path_factory.mktemp("relay")
    (folder / "printer.c").write_text(PRINTER)
    sources = [ROOT / "harness/target/relay.c", folder / "printer.c"]
    include = f"-I{ROOT / 'harness/vmxrun'}"
    subprocess.run(["gcc", "-w", include, "-o", folder / "relay", *sources], check=True)
    return folder / "relay"


@pytest.mark.parametrize(
    "script, printed",
    [
        ("port(b'ok 1\\nok 2\\n')", "ok 1\nok 2\n"),
        ("port(b'ok'); port(b' 1\\nok'); port(b' 2\\n')", "ok 1\nok 2\n"),
        # a line that was being written is none
        ("port(b'ok 1\\nok 2')", "ok 1\n"),
        ("ring(b'ok 1\\n'); port(b'ok 2\\n'); ring(b'ok 3\\n')", "ok 1\nok 2\nok 3\n"),
        # parts of one text
        ("ring(b'ok'); ring(b' 1\\n')", "ok 1\n"),
        # what did not ring any more
        ("ring(b'ok 1\\n'); mail(b'ok 2\\n')", "ok 1\nok 2\n"),
        ("port(b'#\\n'); mail(b'ok 1\\nok 2')", "#\nok 1\n"),
    ],
)
def test_relay(tmp_path, relay, script, printed):
    """It is printed, and added to the copy; the status is that of the emulator."""
    (tmp_path / "copy").write_text("before\n")
    done = subprocess.run(
        [*(relay, "copy", "memory", "0x10000"), *(sys.executable, "-c"), f"{TARGET}\n{script}; sys.exit(7)"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    # There is no KVM.
    printed = f"# tsc-offset: unknown\n{printed}"
    assert (done.returncode, done.stdout) == (7, printed)
    assert (tmp_path / "copy").read_text() == f"before\n{printed}"


def test_no_memory(tmp_path, relay):
    """What is no emulator has none."""
    command = [relay, "copy", "none", "0", "/bin/echo", "Bail out! why"]
    done = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert (done.returncode, done.stdout) == (0, "Bail out! why\n")
