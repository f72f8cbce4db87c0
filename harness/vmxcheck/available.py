# SPDX-License-Identifier: GPL-2.0
"""vmxcheck platforms: which of them can run on this machine now."""

from vmxcheck.platforms import PLATFORMS
from vmxcheck.platforms.bochs import VERSIONS, Bochs, installed


def command(_target, _options):
    """Prints a line for each."""
    width = max(map(len, PLATFORMS))
    for name, kind in PLATFORMS.items():
        print(f"{name:{width}}  {state(kind)}")
    return 0


def state(kind):
    """What there is to say of a platform."""
    if missing := kind.missing():
        return f"can't run: {missing}"
    if issubclass(kind, Bochs) and not any(map(installed, VERSIONS)):
        return "can run: make builds Bochs first"
    return "can run"
