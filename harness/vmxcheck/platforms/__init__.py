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
from vmxcheck.platforms.bochs import Bochs
from vmxcheck.platforms.kvm_in_bochs import KvmInBochs
from vmxcheck.platforms.local import Local
from vmxcheck.platforms.qemu import Qemu

PLATFORMS = {"bochs": Bochs, "kvm-in-bochs": KvmInBochs, "qemu": Qemu, "local": Local}

# What make calls a setting, where that differs.
SETTINGS = {"version": "BOCHS"}


def platform(name, **settings):
    """The platform of this name, with its settings (None is the default)."""
    if name not in PLATFORMS:
        raise Error(f"PLATFORM={name}: there are: {' '.join(PLATFORMS)}")
    kind = PLATFORMS[name]
    given = {key: value for key, value in settings.items() if value is not None}
    for key in given.keys() - inspect.signature(kind).parameters:
        raise Error(f"{SETTINGS.get(key, key.upper())} has no use with PLATFORM={name}")
    return kind(**given)
