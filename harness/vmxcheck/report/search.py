# SPDX-License-Identifier: GPL-2.0
"""What the pages search in: a script that is loaded when somebody searches."""

import json
from collections.abc import Iterator, Sequence

from vmxcheck.report import suite
from vmxcheck.report.items import CHECKS, Map
from vmxcheck.report.names import area_url, case_url, guest_url
from vmxcheck.topics import evidence

# Kind, name, what it is, address
Entry = tuple[str, str, str, str]


def script(maps: Sequence[Map], guests: Sequence[str], others: Sequence[Entry]) -> str:
    """The entries, and the points: of each case, what is in the brackets."""
    entries = [*_items(maps), *_rows(), *_cases(), *(("guest", name, "", guest_url(name)) for name in guests), *others]
    points = {
        case: [name[len(case) + 1 : -1] for name in names]
        for case, names in suite.cases().items()
        if len(names) > 1
    }
    return "".join(
        f"const {name} = {json.dumps(value, separators=(',', ':'))};\n"
        for name, value in (("ENTRIES", entries), ("POINTS", points))
    )


def _items(maps: Sequence[Map]) -> Iterator[Entry]:
    for part in maps:
        for item in part.items:
            yield item.kind, item.name, item.title, item.url


def _rows() -> Iterator[Entry]:
    """Of the tables of coverage; checks of VM entry are in the map."""
    for area in evidence.areas():
        if area.name != CHECKS:
            for row in area.rows:
                yield area.title, row.id, row.what, f"{area_url(area.number, area.name)}#{row.id}"


def _cases() -> Iterator[Entry]:
    for case in suite.cases():
        yield "case", case, suite.first_sentence(case), case_url(case)
