# SPDX-License-Identifier: GPL-2.0
"""vmxcheck platforms: which of them can run on this machine now."""

from vmxcheck.platforms import PLATFORMS


def command(_target, _options):
    """Prints a line for each."""
    width = max(map(len, PLATFORMS))
    for name, kind in PLATFORMS.items():
        if missing := kind.missing():
            said = f"can't run: {missing}"
        else:
            said = ": ".join(filter(None, ["can run", kind.pending()]))
        print(f"{name:{width}}  {said}")
    return 0
