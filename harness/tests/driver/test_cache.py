# SPDX-License-Identifier: GPL-2.0
"""The scripts of ci/: what can't be had is said in a line, is tried again, and nothing of it
is left; two that want the same thing wait for one another."""

import os
import signal
import subprocess
import time

import pytest
from vmxcheck.image import ROOT

OFFLINE = """\
echo "W: Failed to fetch http://a/: Temporary failure resolving 'a'"
echo "E: You must put some 'deb-src' URIs in your sources.list"
exit 100
"""
REASON = "Failed to fetch http://a/: Temporary failure resolving 'a'"


class Ci:
    """The scripts, with a cache of their own and programs in place of apt's."""

    def __init__(self, folder):
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.folder = folder
        self.cache = folder / "a cache"
        self.program("apt-get", OFFLINE)
        self.program("apt-cache", "echo '  Depends: linux-image-6.1.0-1-cloud-amd64'\n")
        self.program("dpkg-query", "echo installed\n")

    def program(self, name, text):
        path = self.programs / name
        path.write_text(f"#!/bin/sh\n{text}")
        path.chmod(0o755)

    def start(self, script, *words, cache=None):
        path = f"{self.programs}:{os.environ['PATH']}"
        return subprocess.Popen(
            [ROOT / "ci" / script, *words],
            cwd=self.folder,
            env=os.environ | {"PATH": path, "VMXCHECK_CACHE": str(cache or self.cache)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            # A shell's background job ignores it, and so would this.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, script, *words, cache=None):
        process = self.start(script, *words, cache=cache)
        lines = process.communicate()[0].splitlines()
        return process.returncode, lines

    def left(self, cache=None):
        """What is in the cache, without locks."""
        folder = self.folder / (cache or self.cache)
        return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


@pytest.fixture
def ci(tmp_path):
    return Ci(tmp_path)


@pytest.mark.parametrize(
    "words, log",
    [
        (("kernel", "6.1"), []),
        (("xen",), []),
        (("lava",), []),
        (("bochs-3.0",), ["bochs-3.0.log"]),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_no_network(ci, words, log):
    """The cause is said, not what follows from it; the next call tries again."""
    for _ in range(2):
        status, lines = ci.run(*words)
        assert status == 1
        assert len(lines) == 2 and lines[0].startswith("Downloading ")
        assert lines[1].startswith(words[0]) and REASON in lines[1]
        assert ci.left() == log


def test_a_relative_cache(ci):
    status, lines = ci.run("bochs-3.0", cache="a/b")
    assert status == 1 and REASON in lines[-1]
    assert ci.left("a/b") == ["bochs-3.0.log"]


def test_other_bochs(ci):
    """2.7 is used as long as 3.0 can't be downloaded, which is said; then 3.0 is."""
    for _ in range(2):
        status, lines = ci.run("bochs")
        assert status == 0
        assert REASON in lines[1]
        assert lines[2:] == [
            "bochs: Bochs 2.7 is used: 3.0 can't be had now, and is tried again next time"
        ]
    (ci.cache / "bochs-3.0").mkdir()
    (ci.cache / "bochs-3.0/bochs").touch(0o755)
    assert ci.run("bochs") == (0, [])


def test_what_can_not_be_compiled(ci):
    """It is remembered, since it would take a minute each time."""
    ci.program("apt-get", 'case "$*" in *download-only*) mkdir s; cd s; echo "echo error: no; exit 1"'
               " >configure; chmod +x configure; cd ..; tar -c -J -f bochs_3.0+dfsg.orig.tar.xz s;; esac\n")
    status, lines = ci.run("bochs")
    assert status == 0 and "can't be built: error: no" in lines[1]
    assert "bochs-3.0.failed" in ci.left()
    status, lines = ci.run("bochs")
    assert status == 0 and len(lines) == 1 and "BOCHS=3.0 tries again" in lines[0]
    assert ci.run("bochs", "3.0")[0] == 1


def test_a_cache_that_can_not_be_written(ci):
    for cache in "/dev/null", "/proc/nowhere":
        status, lines = ci.run("kernel", "6.1", cache=cache)
        assert status == 1 and len(lines) == 1 and cache in lines[0]


def wait_for(condition):
    while not condition():
        time.sleep(0.02)


def test_two_at_once(ci):
    """The second one waits, and finds what the first has got."""
    ci.program("apt-get", "while [ ! -e ../../go ]; do sleep 0.05; done\nexit 1\n")
    first = ci.start("kernel", "6.1")
    wait_for(lambda: [*ci.cache.glob("work.*/log")])
    second = ci.start("kernel", "6.1")
    assert second.stdout.readline() == "kernel: another one gets linux-6.1, which takes a while\n"
    (ci.cache / "linux-6.1").mkdir()
    (ci.cache / "linux-6.1/vmlinuz").touch()
    (ci.folder / "go").touch()
    first.communicate()
    assert second.communicate() == ("", None) and second.returncode == 0


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"])
def test_interrupted(ci, name):
    """Nothing of it is left; or, after SIGKILL, when the next one has looked."""
    ci.program("apt-get", f"touch {ci.folder}/started; exec sleep 1000\n")
    process = ci.start("kernel", "6.1")
    wait_for((ci.folder / "started").exists)
    os.killpg(process.pid, signal.Signals[name])
    process.communicate()
    ci.program("apt-get", OFFLINE)
    if name == "SIGKILL":
        assert len(ci.left()) == 1
        ci.run("kernel", "6.1")
    assert ci.left() == []
