# SPDX-License-Identifier: GPL-2.0
"""Builds a mutant: a copy of the built source, one file with a fault, make."""

import filecmp
from pathlib import Path

from variants import build as variants

from mutants.choose import Fault


def build(fault: Fault, source: Path, tree: Path, log: Path) -> str:
    """Builds it in `tree`; returns why this is no mutant, or "".

    `source` is the folder of the built source, which stays as it is.
    """
    variants.copy(source, {fault.source.name: fault.content.encode("latin-1")}, tree)
    if not variants.make(tree, log, jobs=1):
        return "it does not compile"
    compiled = Path(fault.source.name).with_suffix(".o")
    if filecmp.cmp(source / compiled, tree / compiled, shallow=False):
        return "it compiles to the same"
    return ""
