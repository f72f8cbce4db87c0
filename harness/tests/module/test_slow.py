# SPDX-License-Identifier: GPL-2.0
"""A program whose memory is slow to come holds up nobody but itself."""

import pytest
from scripts import RUN, boot
from vmxcheck.image import BUILD, LINUX, ROOT, Image, arguments, parameters
from vmxcheck.machine import Machine
from vmxcheck.platforms import platform

pytestmark = pytest.mark.emulator

SLOW = BUILD / "slow"
QUIT = "cat /sys/fs/vmx/0/status; echo quit >/sys/fs/vmx/0/ctl; ls -1 /sys/fs/vmx"
# What the command says while the ioctl waits: the vCPU is there, and then is not.
SAID = ["ready", "caps", "clone", "segment"]
# What comes of it then: it had zeros, or the vCPU is gone.
RESULTS = {
    "map argument": "Invalid argument",
    "unmap argument": "Invalid argument",
    "share argument": "Invalid argument",
    "cpuid argument": "No such device",
    "cpuid entries": "No such device",
}


@pytest.fixture(scope="module")
def said():
    """What the program says of each ioctl: name -> lines"""
    script = f"echo begin; /slow '{QUIT}'; echo over"
    _, console = boot(platform("bochs"), script, {"slow": SLOW})
    found = {}
    for line in console[console.index("begin") + 1 : console.index("over")]:
        start, colon, text = line.partition(": ")
        if colon:
            name = start
        found.setdefault(name, []).append(text or line)
    return found


@pytest.mark.parametrize("name", RESULTS)
def test_argument(said, name):
    """Another process sees the vCPU's state meanwhile, and ends it."""
    assert said[name] == ["waits", *SAID, RESULTS[name]]


def test_memory(said):
    """Older kernels don't wait for memory that is pinned for long."""
    if LINUX.split("-")[1] == "6.1":
        assert said["map memory"] == ["does not wait", "Bad address"]
    else:
        assert said["map memory"] == ["waits", *SAID, "No such device"]


def test_reboot():
    """The machine goes down, and comes up again."""
    target = platform("bochs")
    init = (ROOT / "harness/target/init").read_text()
    assert RUN in init
    script = "echo once more; /slow 'reboot -f'"
    files = {
        "args": "",
        "parameters": arguments(*parameters(target.reach)),
        "init": init.replace(RUN, script),
        "slow": SLOW,
    }
    boots = 0
    # By the PCI reset register: Bochs' other ways end in a triple fault.
    with Machine(target, Image(files, append="reboot=p")) as machine:
        for _, line in machine.lines():
            boots += line == "once more"
            if boots == 2:
                return
    raise AssertionError("\n".join([machine.ending or "", *machine.console_tail]))
