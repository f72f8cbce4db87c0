# SPDX-License-Identifier: GPL-2.0
"""What has a cell in the map: exits and exceptions, checks of VM entry, controls, fields."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from vmxcheck.capabilities import tables
from vmxcheck.report import suite
from vmxcheck.report.names import area_url
from vmxcheck.topics import evidence, exits, fields

# The table of cases/coverage that has the checks of VM entry
CHECKS = "checks"


@dataclass(frozen=True)
class Item:
    """A cell: `name` is what is in it, `key` by what it is found in the tables of include/,
    `points` those that are about it, or else have to do with it."""

    kind: str
    key: object
    name: str
    title: str
    url: str
    points: Sequence[str]
    others: Sequence[str] = ()


@dataclass(frozen=True)
class Group:
    title: str
    items: Sequence[Item]


@dataclass(frozen=True)
class Map:
    """A part of the map."""

    id: str
    title: str
    about: str
    groups: Sequence[Group]

    @property
    def items(self) -> list[Item]:
        return [item for group in self.groups for item in group.items]


@cache
def maps() -> Sequence[Map]:
    return (
        Map("exits", "VM exits", "by the points that are about the exit reason", [*_exits()]),
        Map("checks", "Checks of VM entry", "by the points on both sides of a check", [*_checks()]),
        Map("controls", "VMX controls", "by the points that set it, or need it", [*_controls()]),
        Map("fields", "Fields of the VMCS", "by the points that read or write it", [*_fields()]),
    )


def find(kind: str, name: str) -> Item | None:
    return _by_name().get((kind, name))


@cache
def _by_name() -> dict[tuple[str, str], Item]:
    return {(item.kind, item.name): item for part in maps() for item in part.items}


def _exits() -> Iterator[Group]:
    found = []
    for number, (_, name, title) in tables().EXITS.items():
        main = exits.about(f"reason-{number}")
        waiting = exits.waiting(name)
        others = [point for point in waiting if point not in set(main)] if main else []
        url = f"exit/{number}.html"
        found.append(Item("exit", number, name, f"{number}: {title}", url, main or waiting, others))
    yield Group("Basic exit reasons", found)
    found = []
    for vector, (_, name, _, title) in tables().EXCEPTIONS.items():
        url = f"exception/{vector}.html"
        found.append(Item("exception", vector, name, title, url, exits.waiting(name)))
    yield Group("Exceptions, which exit with reason 0", found)


def _checks() -> Iterator[Group]:
    [area] = [area for area in evidence.areas() if area.name == CHECKS]
    url = area_url(area.number, area.name)
    groups: dict[str, list[Item]] = {}
    for row in area.rows:
        item = Item("check", row.id, row.id, row.what, f"{url}#{row.id}", row.points())
        groups.setdefault(row.section, []).append(item)
    for section, items in groups.items():
        yield Group(section, items)


def _controls() -> Iterator[Group]:
    for group, (_, _, _, title) in tables().CONTROL_GROUPS.items():
        found = []
        for (of, bit), (name, sdm_name) in tables().CONTROLS.items():
            if of == group:
                full = f"{group}.{name}"
                points = suite.naming(full)
                found.append(Item("control", (group, bit), full, f'"{sdm_name}"', f"control/{full}.html", points))
        yield Group(str(title), found)


def _fields() -> Iterator[Group]:
    groups: dict[int, list[Item]] = {}
    for encoding, (ident, sdm_name) in tables().FIELDS.items():
        name = ident.lower()
        title = f"{sdm_name} ({encoding:#06x})"
        item = Item("field", encoding, name, title, f"field/{name}.html", suite.naming(name))
        groups.setdefault(encoding >> 10 & 3, []).append(item)
    for kind, items in groups.items():
        yield Group(fields.SECTIONS[kind], items)
