# SPDX-License-Identifier: GPL-2.0
"""Transcripts and listings as HTML: what a line means, and where a label leads."""

import re
from collections.abc import Iterable

from markupsafe import Markup, escape

from vmxcheck.paths import ROOT
from vmxcheck.report.names import guest_url, label_anchor
from vmxcheck.topics import cases, evidence, listing

LABEL = re.compile(r"(?<!\$)\$([A-Za-z_]\w*)(?![\w.])")


class Transcripts:
    """Those of all points. Many lines come again and again: each is decoded and made once."""

    def __init__(self, points: Iterable[str]) -> None:
        lines = sorted({line for point in points for line in cases.steps(point)})
        self._means = dict(zip(lines, evidence.decode(lines)))
        self._made: dict[tuple[str, str, str], str] = {}

    def items(self, point: str, root: str) -> Markup:
        """The lines of a point as items of a list, each with what it means, for a page that gets
        to the first folder by `root`."""
        guest = cases.guest_of(point)
        return Markup("".join(self._item(line, guest, root) for line in cases.steps(point)))

    def _item(self, line: str, guest: str, root: str) -> str:
        key = (line, guest, root)
        if key not in self._made:
            means = self._means.get(line, "")
            said = Markup("<span>{}</span>").format(means) if means else ""
            self._made[key] = f"<li><code>{linked(line, guest, root)}</code>{said}</li>\n"
        return self._made[key]


def linked(line: str, guest: str, root: str) -> Markup:
    """The line, in which each label of the guest leads to its listing."""
    found, end = Markup(), 0
    for match in LABEL.finditer(line):
        if match[1] in listing.labels(guest):
            url = f"{root}{guest_url(guest)}#{label_anchor(match[1])}"
            found += escape(line[end : match.start()])
            found += Markup('<a href="{}">{}</a>').format(url, match[0])
            end = match.end()
    return found + escape(line[end:])


def source(guest: str) -> list[tuple[str, str, str]]:
    """The lines of its source: the label that is set there, its address, the line."""
    path = ROOT / "guests" / f"{guest}.asm"
    known = dict(listing.labels(guest))
    rows = []
    for line in path.read_text().expandtabs().splitlines():
        if "SPDX-License" not in line:
            label = listing.where(line)
            address = known.pop(label, None)
            rows.append(("", "", line) if address is None else (label, f"{address:#x}", line))
    return rows


def others(guest: str) -> list[tuple[str, str]]:
    """Its labels that are set in what the source includes, with their addresses."""
    own = {label for label, _, _ in source(guest)}
    return [(label, f"{address:#x}") for label, address in listing.labels(guest).items() if label not in own]
