# SPDX-License-Identifier: GPL-2.0
"""Where in the report something is: addresses from its first folder, and anchors."""

from urllib.parse import quote

from vmxcheck.several import case_of

# What may stand in an address as it is, and is in names of points
PLAIN = "/,:=+*!()@;-_."


def case_url(case: str) -> str:
    return f"case/{quote(case, PLAIN)}.html"


def anchor(point: str) -> str:
    """Of a point, on the page of its case."""
    return "p-" + point.partition("[")[2].removesuffix("]")


def point_url(point: str) -> str:
    return f"{case_url(case_of(point))}#{quote(anchor(point), PLAIN)}"


def guest_url(guest: str) -> str:
    return f"guest/{quote(guest, PLAIN)}.html"


def label_anchor(label: str) -> str:
    return f"l-{label}"


def area_url(number: int, name: str) -> str:
    return f"area/{number}-{quote(name, PLAIN)}.html"
