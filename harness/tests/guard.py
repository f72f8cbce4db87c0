# SPDX-License-Identifier: GPL-2.0
"""A pytest plugin: only a test with the marker `emulator` can start a target.

For the others, programs that fail come before those that start one.
"""

import os
import tempfile
from pathlib import Path

import pytest

STARTERS = "setpriv", "bochs", "qemu-system-x86_64"
SCRIPT = """\
#!/bin/sh
echo "${0##*/} $*" >>"${0%/*}/called"
echo "$0: the test has no marker 'emulator'" >&2
exit 1
"""

guards = pytest.StashKey()


def pytest_configure(config):
    folder = tempfile.TemporaryDirectory(prefix="guards-")
    config.add_cleanup(folder.cleanup)
    for name in STARTERS:
        program = Path(folder.name, name)
        program.write_text(SCRIPT)
        program.chmod(0o755)
    config.stash[guards] = Path(folder.name)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_protocol(item):
    path = os.environ["PATH"]
    if not item.get_closest_marker("emulator"):
        os.environ["PATH"] = f"{item.config.stash[guards]}:{path}"
    yield
    os.environ["PATH"] = path


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_teardown(item):
    yield
    called = item.config.stash[guards] / "called"
    if called.exists():
        words = called.read_text()
        called.unlink()
        pytest.fail(f"a test without the marker 'emulator' started {words}", pytrace=False)
