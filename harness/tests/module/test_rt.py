# SPDX-License-Identifier: GPL-2.0
"""On PREEMPT_RT most locks may sleep: nothing that takes one is done with preemption or
interrupts disabled."""

import re
import subprocess

import pytest
from modules import build, copy_source
from scripts import RUN
from vmxcheck import image as images
from vmxcheck.image import BUILD, ROOT, Image, arguments, libraries, list_points, parameters
from vmxcheck.machine import Machine
from vmxcheck.platforms import platform

pytestmark = pytest.mark.emulator

KERNEL = "6.1-rt"
PROGRAM = BUILD / "libvmx-target"
POINTS = ["events/irq*", "exits/hlt", "exits/cpuid", "insn/vmlaunch", "step/*"]
# The kernel only complains when it really has to sleep, which is rare. So the module is
# built with calls that complain as soon as they might.
CHECK = """\
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/wait.h>
#define CHECKED(call) ({ WARN_ON_ONCE(!preemptible()); call; })
#undef wake_up_all
#define wake_up_all(queue) CHECKED(__wake_up(queue, TASK_NORMAL, 0, NULL))
#undef mutex_lock
#define mutex_lock(lock) CHECKED((mutex_lock)(lock))
#define kfree(what) CHECKED((kfree)(what))
"""
COMPLAINT = "BUG: |WARNING: |scheduling while atomic|invalid context"


@pytest.fixture
def rt(monkeypatch):
    subprocess.run([ROOT / "ci/kernel", KERNEL], check=True)
    monkeypatch.setattr(images, "LINUX", f"linux-{KERNEL}")


def checked(folder):
    """The module whose calls that may sleep complain where they must not."""
    copy_source(folder)
    (folder / "kmod/check.h").write_text(CHECK)
    with open(folder / "kmod/Kbuild", "a") as kbuild:
        kbuild.write("ccflags-y += -include $(src)/check.h\n")
    return build(folder, "checked")


def test_nothing_sleeps_where_it_must_not(rt, tmp_path):
    """go, wait, irq, insn and step by the files, and runs of a program."""
    target = platform("bochs")
    init = (ROOT / "harness/target/init").read_text()
    assert RUN in init
    # Not all of the log: the console is a slow line, and poweroff does not wait for it.
    complaints = f"dmesg | grep -E -A 12 '{COMPLAINT}' | head -n 40; sleep 1"
    script = f"{RUN}\n/libvmx >/dev/null\nuname -v\n{complaints}\necho the end"
    points = "".join(f"{point}\n" for point in list_points(patterns=POINTS))
    files = {
        "init": init.replace(RUN, script),
        "args": arguments("-f", "points"),
        "parameters": arguments(*parameters(target.reach)),
        "points": points,
        "cases": ROOT / "cases",
        "libvmx": PROGRAM,
        "vmxfs.ko": checked(tmp_path / "checked"),
    }
    image = Image(files | libraries(PROGRAM))
    with Machine(target, image) as machine:
        lines = list(machine.lines())
    console = [line for stream, line in lines if stream == "console"]
    assert machine.ending is None, "\n".join([machine.ending, *console])
    assert "the end" in console
    assert any("PREEMPT_RT" in line for line in console)
    assert any("ok 1 - " in line for stream, line in lines if stream == "tap")
    assert not [line for line in console if re.search(COMPLAINT, line)], "\n".join(
        console
    )
