# SPDX-License-Identifier: GPL-2.0
"""A guest's source, with the addresses of its labels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from vmxcheck import Error
from vmxcheck.image import GUESTS, run_program
from vmxcheck.paths import ROOT

# Of a longer one, what is around the labels that matter.
WHOLE = 60
AROUND = 2


@cache
def labels(guest: str) -> Mapping[str, int]:
    """The addresses of its labels, the lowest first."""
    found = {}
    for line in run_program("nm", "-n", GUESTS / guest).splitlines():
        address, _, name = line.rpartition(" ")[0].rpartition(" ")[0], "", line.split()[-1]
        if address:
            found[name] = int(address, 16)
    return found


def of(guest: str, names: Sequence[str]) -> Iterator[str]:
    """Its source; if that is long, the lines around these labels."""
    path = ROOT / "guests" / f"{guest}.asm"
    lines = path.read_text().expandtabs().splitlines()
    lines = [line for line in lines if "SPDX-License" not in line]
    try:
        known = labels(guest)
    except Error:
        known = {}
    marked = {i: where(line) for i, line in enumerate(lines) if where(line) in known}
    keep = set(range(len(lines)))
    if len(lines) > WHOLE:
        wanted = [i for i, name in marked.items() if name in {*names, "start"}]
        keep = {i for n in wanted for i in range(max(n - AROUND, 0), n + 2 * AROUND + 1)}
        keep &= set(range(len(lines)))
        if not keep:
            keep = set(range(WHOLE))
    before = -1
    for i in sorted(keep):
        if i > before + 1:
            yield "  ..."
        before = i
        address = f"{known[marked[i]]:#x}" if i in marked else ""
        yield f"{address:>8}  {lines[i]}".rstrip()
    if keep and before < len(lines) - 1:
        yield f"  ...       (all of it: {path.relative_to(ROOT)})"


def where(line: str) -> str:
    """The label that the line sets, or "": `name:`, or `insn name, ...`."""
    match = re.match(r"\$?([A-Za-z_]\w*):|\s+(?:insn|one) (\w+),", line)
    return (match[1] or match[2]) if match else ""
