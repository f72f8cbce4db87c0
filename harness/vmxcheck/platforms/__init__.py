# SPDX-License-Identifier: GPL-2.0
"""The machines that can be a target: a target.Platform each, with a module of its own.

vmxcheck platforms says which of them can run on this machine now.
"""

import inspect
from argparse import Namespace
from collections.abc import Mapping
from typing import Any

from vmxcheck import Error, own_kernel
from vmxcheck.image import KASAN, KERNEL, has_kasan
from vmxcheck.options import spelled
from vmxcheck.platforms import own_bochs
from vmxcheck.platforms.bochs import VERSIONS, Bochs, installed
from vmxcheck.platforms.kvm_in_bochs import KvmInBochs
from vmxcheck.platforms.local import Local
from vmxcheck.platforms.qemu import Qemu
from vmxcheck.platforms.xen_in_bochs import XenInBochs
from vmxcheck.target import Platform

# Each is called with its settings.
Kind = type[Bochs] | type[KvmInBochs] | type[XenInBochs] | type[Qemu] | type[Local]

PLATFORMS: dict[str, Kind] = {
    "bochs": Bochs,
    "kvm-in-bochs": KvmInBochs,
    "xen-in-bochs": XenInBochs,
    "qemu": Qemu,
    "local": Local,
}


def platform(name: str, **settings: Any) -> Platform:
    """The platform of this name, with its settings (None is the default)."""
    needed: dict[str, Any] = {}
    if name != "local" and has_kasan(KERNEL):
        needed["memory"] = KASAN
    return PLATFORMS[name](**(needed | given(name, settings)))


def check(name: str, settings: Mapping[str, Any]) -> None:
    """Error if the platform can't run on this machine, or not with these settings."""
    given(name, settings)
    if missing := PLATFORMS[name].missing():
        raise Error(f"{spelled('platform', name)}: {missing}")
    # A Bochs that is there is asked at once, and not after all is built.
    bochs = settings.get("bochs") or "3.0"
    if name == "bochs" and settings.get("model") != "all":
        if own_bochs.is_own(bochs) or installed(bochs):
            platform(name, **settings)
    if name == "kvm-in-bochs" and "/" in KERNEL and not settings.get("kvm_kernel"):
        try:
            own_kernel.check_kvm(KERNEL)
        except ValueError as error:
            raise Error(f"{spelled('kernel', KERNEL)}: {error}") from None


def given(name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Those of the settings that are not the default; Error if one is of no use."""
    given = {key: value for key, value in settings.items() if value is not None}
    for key in given:
        if key not in inspect.signature(PLATFORMS[name]).parameters:
            raise Error(f"{spelled(key)} has no use with {spelled('platform', name)}")
    return given


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
