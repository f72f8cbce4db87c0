# SPDX-License-Identifier: GPL-2.0
"""Transcripts and listings as HTML: what a line means, and where a label leads."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from vmxcheck.paths import ROOT
from vmxcheck.report.names import guest_url, label_anchor
from vmxcheck.topics import cases, evidence, listing

LABEL = re.compile(r"(?<!\$)\$([A-Za-z_]\w*)(?![\w.])")


@dataclass(frozen=True)
class Line:
    """A line of a transcript, and what it means, or ""."""

    html: Markup
    means: str


def meanings(points: Iterable[str]) -> Mapping[str, str]:
    """What all lines of the transcripts of these points mean: they are decoded at once."""
    lines = sorted({line for point in points for line in cases.steps(point)})
    return dict(zip(lines, evidence.decode(lines)))


def transcript(point: str, means: Mapping[str, str], root: str) -> Iterator[Line]:
    """The lines of a point, for a page that gets to the first folder by `root`."""
    guest = cases.guest_of(point)
    known = listing.labels(guest)
    for line in cases.steps(point):
        yield Line(linked(line, guest, known, root), means.get(line, ""))


def linked(line: str, guest: str, known: Iterable[str], root: str) -> Markup:
    """The line, in which each label of the guest leads to its listing."""
    found, end = Markup(), 0
    for match in LABEL.finditer(line):
        if match[1] in known:
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
