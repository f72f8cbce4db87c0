# SPDX-License-Identifier: GPL-2.0
"""The machines that can be a target, one module each.

A platform has the attributes `title` (for people), `quirks` (its files in
cases/quirks, each as FILE or FILE@VERSION, with blanks between them), `command_line`
(of the kernel; None: nothing boots), `parameters` (of the module), `parallel` (whether
several of them can run side by side), `stress_options` (what the stress test has to
know of it) and `stop` (the signal
that ends it); the static method `missing()`, what keeps it from running on this machine,
or None; and the methods
`command(directory, boot, console, tap)`, the program that boots an image.Boot and has
its serial ports at these two paths, `ending(directory, status)`, which says why
that program ended (None if the target switched the power off), and `ticks(directory)`,
how many instructions it executed, None if nobody knows.
"""

import inspect

from vmxcheck import Error
from vmxcheck.image import LINUX
from vmxcheck.options import spelled
from vmxcheck.platforms.bochs import Bochs
from vmxcheck.platforms.kvm_in_bochs import KvmInBochs
from vmxcheck.platforms.local import Local
from vmxcheck.platforms.qemu import Qemu

# How many megabytes a target has whose kernel has KASAN, which takes its share of them.
KASAN = 512

PLATFORMS = {"bochs": Bochs, "kvm-in-bochs": KvmInBochs, "qemu": Qemu, "local": Local}


def platform(name, **settings):
    """The platform of this name, with its settings (None is the default)."""
    needed = {"memory": KASAN} if LINUX.endswith("-debug") and name != "local" else {}
    return PLATFORMS[name](**(needed | given(name, settings)))


def check(name, settings):
    """Error if the platform can't run on this machine, or not with these settings."""
    given(name, settings)
    if missing := PLATFORMS[name].missing():
        raise Error(f"{spelled('platform', name)}: {missing}")


def given(name, settings):
    """Those of the settings that are not the default; Error if one is of no use."""
    given = {key: value for key, value in settings.items() if value is not None}
    for key in given:
        if key not in inspect.signature(PLATFORMS[name]).parameters:
            raise Error(f"{spelled(key)} has no use with {spelled('platform', name)}")
    return given
