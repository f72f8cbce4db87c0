# SPDX-License-Identifier: GPL-2.0
"""The names of points can be said, and typed; cases/README.md, Names of points."""

import re

import pytest
from vmxcheck.results import renamed
from vmxcheck.image import CASES, list_points

LONGEST = 64
RAW_VALUES = 2
RAW = re.compile(r"0x[0-9a-f]+|[0-9]+|[0-9a-f]*[0-9][0-9a-f]{5,}")


@pytest.fixture(scope="module")
def points():
    return list_points()


def raw_values(name):
    """The values of a name that are numbers."""
    return [v for v in name.partition("[")[2][:-1].split(",") if RAW.fullmatch(v)]


def wrong(names):
    """The names that are too long, or numbers for the most part."""
    return [n for n in names if len(n) > LONGEST or len(raw_values(n)) > RAW_VALUES]


def test_names(points):
    assert wrong(points) == []


def test_no_name_twice(points):
    assert len(set(points)) == len(points)


def test_names_can_be_typed(points):
    """In single quotes they mean themselves to a shell, and to TAP."""
    typed = re.compile(r"[\w.+!/-]+(\[[\w.+!-]+(,[\w.+!-]+)*\])?", re.ASCII)
    assert [name for name in points if not typed.fullmatch(name)] == []


@pytest.mark.parametrize(
    "name, fits",
    [
        ("a/b", True),
        ("a/b[software]", True),
        ("a/b[0x1,2,swint]", True),
        ("a/b[0x1,2,0]", False),
        ("a/b[8100000000000000,0x1,3]", False),
        ("a/" + "b" * (LONGEST - 2), True),
        ("a/" + "b" * (LONGEST - 1), False),
    ],
)
def test_wrong_names_are_found(name, fits):
    assert wrong([name]) == ([] if fits else [name])


def test_renamed(points):
    """Each old name is of one point of today's, and none is the name of another."""
    names = renamed()
    assert len(names) > 3000
    assert set(names.values()) <= set(points)
    assert not set(names) & set(points)
    assert len(set(names.values())) == len(names)


def test_unsafe_is_said():
    """A case that makes its vCPU unsafe says how far it reaches; on metal it could not."""
    wrong = []
    for path in CASES.rglob("*.case"):
        text = path.read_text()
        if "\nctl: unsafe" in text and not re.search("^reach (unsafe|reset)$", text, re.M):
            wrong.append(path.relative_to(CASES).as_posix())
    assert wrong == []


def test_no_template_is_left():
    """`vmxcheck new` writes what a person is to replace."""
    sentences = "What the processor does, and when", "The Title of the Section"
    texts = {path: path.read_text() for path in CASES.rglob("*.case")}
    assert [p.name for p, text in texts.items() if any(s in text for s in sentences)] == []
