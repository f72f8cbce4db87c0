# SPDX-License-Identifier: GPL-2.0
"""What a processor can do, from what the file caps of vmxfs says of it."""

import importlib.util
from collections.abc import Container, Iterator, Mapping
from functools import cache
from typing import Any

from vmxcheck import Error
from vmxcheck.paths import BUILD

Caps = Mapping[str, str]


@cache
def tables() -> Any:
    """The tables of include/."""
    path = BUILD / "vmx_tables.py"
    spec = importlib.util.spec_from_file_location("vmx_tables", path)
    if not spec or not spec.loader or not path.exists():
        raise Error(f"{path} is not here; `make all` builds it")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def expand(said: Caps) -> dict[str, str]:
    """All that the file caps of vmxfs says, but what is 0."""
    numbers = {name: int(value, 0) for name, value in said.items()}
    capabilities = tables().CAPABILITIES
    msrs = {
        msr: numbers.get(name, 0)
        for name, (msr, _, width) in capabilities.items()
        if width == 64
    }
    caps = dict(controls(msrs))
    for name, (msr, bit, width) in capabilities.items():
        if value := msrs.get(msr, 0) >> bit & ((1 << width) - 1):
            caps[name] = f"{value:#x}"
    return caps | dict(said)


def controls(msrs: Mapping[int, int]) -> Iterator[tuple[str, str]]:
    """What each control may be, of those that may be 1."""
    basic, bit, _ = tables().CAPABILITIES["basic.true_controls"]
    is_true = msrs.get(basic, 0) >> bit & 1
    for (group, bit), (name, _) in tables().CONTROLS.items():
        field, msr, true_msr, _ = tables().CONTROL_GROUPS[group]
        value = msrs.get(true_msr if is_true and true_msr else msr, 0)
        # The MSR of a field of 64 bits has no bits that must be 1.
        wide = field in fields_of_64_bits()
        must, may = (0, value) if wide else (value & 0xFFFFFFFF, value >> 32)
        if may >> bit & 1:
            yield f"{group}.{name}", "1" if must >> bit & 1 else "01"


@cache
def fields_of_64_bits() -> Container[str]:
    """SDM, "Field Encoding in VMCS": the width is in bits 14:13."""
    fields = tables().FIELDS.items()
    return {name for encoding, (name, _) in fields if encoding >> 13 & 3 == 1}
