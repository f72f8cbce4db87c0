# SPDX-License-Identifier: GPL-2.0
"""The machines that can be a target: a target.Platform each, with a module of its own.

vmxcheck platforms says which of them can run on this machine now.
"""

import inspect
from argparse import Namespace
from typing import Any

from vmxcheck import Error
from vmxcheck.platforms.bochs import VERSIONS, Bochs, installed
from vmxcheck.platforms.kvm_in_bochs import KvmInBochs
from vmxcheck.platforms.local import Local
from vmxcheck.platforms.qemu import Qemu
from vmxcheck.target import Platform

# Each is called with its settings.
Kind = type[Bochs] | type[KvmInBochs] | type[Qemu] | type[Local]
PLATFORMS: dict[str, Kind] = {
    "bochs": Bochs,
    "kvm-in-bochs": KvmInBochs,
    "qemu": Qemu,
    "local": Local,
}

# What make calls a setting, where that differs.
SETTINGS = {"version": "BOCHS"}


def platform(name: str, **settings: Any) -> Platform:
    """The platform of this name, with its settings (None is the default)."""
    if name not in PLATFORMS:
        raise Error(f"PLATFORM={name}: there are: {' '.join(PLATFORMS)}")
    kind = PLATFORMS[name]
    given = {key: value for key, value in settings.items() if value is not None}
    for key in given.keys() - inspect.signature(kind).parameters:
        raise Error(f"{SETTINGS.get(key, key.upper())} has no use with PLATFORM={name}")
    return kind(**given)


def command(_platform: None, _options: Namespace) -> int:
    """Prints a line for each."""
    width = max(map(len, PLATFORMS))
    for name, kind in PLATFORMS.items():
        print(f"{name:{width}}  {state(kind)}")
    return 0


def state(kind: Kind) -> str:
    """What there is to say of a platform."""
    if missing := kind.missing():
        return f"can't run: {missing}"
    if issubclass(kind, Bochs) and not any(map(installed, VERSIONS)):
        return "can run: make builds Bochs first"
    return "can run"
