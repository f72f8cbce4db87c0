# SPDX-License-Identifier: GPL-2.0
"""A guest's source, with the addresses of its labels."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from vmxcheck.image import GUESTS, run_program
from vmxcheck.paths import ROOT

# Of a longer one, what is around the labels that matter.
WHOLE = 60
AROUND = 2


def labels(guest: str) -> Mapping[str, int]:
    """The addresses of its labels, the lowest first."""
    return _labels().get(str(GUESTS / guest), {})


@cache
def _labels() -> Mapping[str, Mapping[str, int]]:
    """Of all guests that are built, by their paths: a program is slow to start."""
    sources = (ROOT / "guests").glob("*/*.asm")
    built = [GUESTS / path.parent.name / path.stem for path in sources]
    there = [path for path in built if path.exists()]
    found: dict[str, dict[str, int]] = {}
    for line in run_program("nm", "-n", "-A", *there).splitlines() if there else ():
        file, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 3:
            found.setdefault(file, {})[words[2]] = int(words[0], 16)
    return found


def of(guest: str, names: Sequence[str]) -> Iterator[str]:
    """Its source; if that is long, the lines around these labels."""
    path = ROOT / "guests" / f"{guest}.asm"
    lines = path.read_text().expandtabs().splitlines()
    lines = [line for line in lines if "SPDX-License" not in line]
    known = labels(guest)
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
    """The label that the line sets, if there is one of this name, or "": `name:`, or a macro's
    first parameter, `insn name, ...`."""
    match = re.match(r"\$?([A-Za-z_]\w*):|\s+(\w+) (\w+)\s*(?:[,;]|$)", line)
    if not match:
        return ""
    return match[1] or (match[3] if match[2] in _macros() else "")


@cache
def _macros() -> frozenset[str]:
    """The macros of all guests."""
    files = (ROOT / "guests").glob("*/*.*")
    return frozenset(
        name for file in files for name in re.findall(r"^%i?macro (\w+)", file.read_text(), re.MULTILINE)
    )
