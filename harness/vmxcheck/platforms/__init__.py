# SPDX-License-Identifier: GPL-2.0
"""The machines that can be a target, one module each.

A platform has the attributes `title` (for people), `quirks` (the name of its file
in cases/quirks), `command_line` (of the kernel), `parallel` (whether several of them
can run side by side) and `stress_options` (what the stress
test has to know of it), and the methods
`command(directory, boot, console, tap)`, the program that boots an image.Boot and has
its serial ports at these two paths, `ending(directory, status)`, which says why
that program ended (None if the target switched the power off), and `ticks(directory)`,
how many instructions it executed, None if nobody knows.
"""

from vmxcheck import Error
from vmxcheck.platforms.bochs import Bochs

PLATFORMS = {"bochs": Bochs}


def platform(name, **settings):
    """The platform of this name, with its settings (None is the default)."""
    if name not in PLATFORMS:
        raise Error(f"PLATFORM={name}: there are: {' '.join(PLATFORMS)}")
    return PLATFORMS[name](**settings)
