# SPDX-License-Identifier: GPL-2.0
"""What the tests of the driver share: cases of their own, and the command."""

import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from vmxcheck.__main__ import guard, main
from vmxcheck.commands import find
from vmxcheck.image import BUILD, ROOT
from vmxcheck.options import NO_BUILD


@pytest.fixture(scope="session")
def tables():
    """The tables of include/, as a module."""
    spec = importlib.util.spec_from_file_location("t", BUILD / "vmx_tables.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def cases(tmp_path):
    """Makes a folder of cases from NAME=TEXT; returns its path."""

    def make(**texts):
        folder = tmp_path / "cases" / "exits"
        folder.mkdir(parents=True)
        for name, text in texts.items():
            (folder / f"{name}.case").write_text(text)
        return folder.parent

    return make


def words_of(command, words):
    """The words after a command: it takes what is built."""
    row = find(command)
    no_build = ["--no-build"] * bool(row and NO_BUILD in row.options)
    return [command, *no_build, *map(str, words)]


@pytest.fixture
def here(capsys):
    """`./vmxcheck WORDS` in this process, which is faster: its status, stdout, stderr."""

    def run(command, *words):
        status = guard(lambda: main(words_of(command, words)))
        return status, *capsys.readouterr()

    return run


def all_words():
    """The words of each process."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes().split(b"\0")
        except OSError:
            pass


class Command:
    """`python3 -m COMMAND...` with temporary files in a folder of its own.

    vmxcheck takes what is built: tests run side by side with others, and what they boot
    has no make.
    """

    def __init__(self, folder):
        self.folder = folder
        self.folder.mkdir()

    def start(self, module, *words):
        if module == "vmxcheck" and words:
            words = words_of(words[0], words[1:])
        return subprocess.Popen(
            [sys.executable, "-m", module, *map(str, words)],
            cwd=ROOT,
            env=os.environ | {"TMPDIR": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            # A shell's background job ignores it, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *command):
        """Returns its exit status, and what it printed."""
        process = self.start(*command)
        out, err = process.communicate()
        return process.returncode, out, err

    def vmxcheck(self, *options):
        """`vmxcheck run ...`, say."""
        return self.run("vmxcheck", *options)

    def processes(self):
        """The processes that work below the folder: number -> command line."""
        found = {}
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if Path(os.readlink(process / "cwd")).is_relative_to(self.folder):
                    # One that has ended, and of which only the entry is left, has no words.
                    if words := (process / "cmdline").read_bytes():
                        found[int(process.name)] = words.split(b"\0")
            except OSError:
                pass
        return found

    def wait_for_keepers(self):
        """Until those of vmxcheck.folders are done: they outlive what was killed."""
        folder = os.fsencode(self.folder)
        while any(
            words[3:4] == [b"keeper"] and words[4].startswith(folder) for words in all_words()
        ):
            time.sleep(0.05)

    def emulators(self):
        """The numbers of the emulators among the processes."""
        return [
            number
            for number, words in self.processes().items()
            if b"bochsrc" in words and b"setpriv" not in words
        ]


@pytest.fixture
def command(tmp_path):
    """A Command that must leave no process and no file behind."""
    command = Command(tmp_path / "tmp")
    yield command
    command.wait_for_keepers()
    assert command.processes() == {}
    assert list(command.folder.iterdir()) == []
