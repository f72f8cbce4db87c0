# SPDX-License-Identifier: GPL-2.0
"""The tables of cases/coverage/ name every point, and leave out nothing of include/."""

import pytest
from vmxcheck import Error
from vmxcheck.coverage import read_area, read_tables, unexplained
from vmxcheck.image import list_points
from vmxcheck.tap import Point


@pytest.fixture(scope="module")
def points():
    return list_points()


@pytest.fixture(scope="module")
def areas(points):
    return {area.name: area for area in read_tables(points=points)}


def numbers(area, prefix):
    """The numbers of the rows that are called PREFIX-NUMBER."""
    ids = [row.id.rpartition("-") for row in area.rows]
    return sorted(int(n) for name, _, n in ids if name == prefix and n.isdigit())


def test_areas(areas):
    assert [area.number for area in areas.values()] == list(range(14))
    assert all(area.rows for area in areas.values())


def test_every_point_is_in_a_table(areas, points):
    assert unexplained(areas.values(), points) == []


def test_every_exit_reason_has_its_row(areas, tables):
    assert numbers(areas["exits"], "reason") == sorted(tables.EXITS)


def test_every_instruction_error_has_its_row(areas, tables):
    errors = sorted([*tables.ERRORS, *tables.NO_ERRORS])
    assert numbers(areas["results"], "error") == errors


def test_every_check_has_both_sides(areas):
    """Or says why not. Many points violate a check first, and then are right."""
    for row in areas["checks"].rows:
        assert len(row.cells) == 2
        assert all(cell.points or cell.none or cell.free for cell in row.cells), row.id


def test_a_point_is_run_or_not(areas):
    """What is behind `read:` or `variant:` in one row is so in all."""
    cells = [c for area in areas.values() for row in area.rows for c in row.cells]
    said = {}
    for cell in cells:
        for name in cell.points:
            where = cell.elsewhere.get(name, "")
            assert said.setdefault(name, where) == where, name


HEAD = "area A | violating | legal\nsection S\n"
POINTS = ["a/x[1]", "a/x[2]", "a/xy", "b/z"]


def table(tmp_path, text):
    path = tmp_path / "3-things"
    path.write_text(text)
    return read_area(path, POINTS)


@pytest.mark.parametrize(
    "pattern, names",
    [
        ("a/x", ["a/x[1]", "a/x[2]"]),
        ("a/x[2]", ["a/x[2]"]),
        ("a/x*", ["a/x[1]", "a/x[2]", "a/xy"]),
        ("*[1]", ["a/x[1]"]),
        ("b/z a/xy b/z", ["b/z", "a/xy"]),
    ],
)
def test_patterns(tmp_path, pattern, names):
    area = table(tmp_path, HEAD + f"i | what | {pattern} | none: why not\n")
    violating, legal = area.rows[0].cells
    assert (violating.points, violating.none) == (names, "")
    assert (legal.points, legal.none) == ([], "why not")


@pytest.mark.parametrize(
    "text, message",
    [
        ("section S\ni | w | a/x\n", "2: the table must begin with 'area"),
        ("area A | c\ni | w | a/x\n", "2: there must be a 'section'"),
        (HEAD + "i | w | a/x\n", "3: a row has 4 cells"),
        (HEAD + "i | w | a/x |\n", "3: a row has 4 cells"),
        (HEAD + "i | w | a/x | a/y\n", "3: no point is called 'a/y'"),
        (HEAD + "i | w | a/x | b/z\ni | v | a/x | b/z\n", "4: there is a row 'i'"),
        (HEAD + "i | w | a/x read: | b/z\n", "3: no point follows 'read:'"),
    ],
)
def test_mistakes(tmp_path, text, message):
    with pytest.raises(Error, match=f"3-things:{message}"):
        table(tmp_path, text)


def test_elsewhere(tmp_path):
    text = "i | w | a/xy read: a/x[1] variant: a/x[2] | b/z\n"
    row = table(tmp_path, HEAD + text).rows[0]
    assert row.points() == ["a/xy", "a/x[1]", "a/x[2]", "b/z"]
    assert (row.elsewhere("read:"), row.elsewhere("variant:")) == (["a/x[1]"], ["a/x[2]"])


OK = dict(ok=True)
SKIP = dict(ok=True, directive="SKIP", reason="needs proc.x")
TODO = dict(ok=False, directive="TODO", reason="wrong")
FAILED = dict(ok=False)


@pytest.mark.parametrize(
    "outcomes, outcome, why",
    [
        ((OK, OK), "passed", []),
        ((OK, SKIP), "passed", []),
        ((SKIP, SKIP), "skipped", ["needs proc.x"]),
        ((OK, TODO), "todo", ["a/x[2]: wrong"]),
        ((TODO, FAILED), "failed", ["a/x[1]: wrong", "a/x[2]: failed"]),
    ],
)
def test_outcomes(tmp_path, outcomes, outcome, why):
    names = ["a/x[1]", "a/x[2]"]
    came = {n: Point(1, n, **o) for n, o in zip(names, outcomes)}
    row = table(tmp_path, HEAD + "i | w | a/x[1] | a/x[2]\n").rows[0]
    assert (row.outcome(came), row.why(came)) == (outcome, why)
    row = table(tmp_path, HEAD + "i | w | a/x | none: because\n").rows[0]
    assert (row.outcome(came), row.why(came)[0]) == ("none", "no case: because")
    row = table(tmp_path, HEAD + "i | w | free: undefined | a/x\n").rows[0]
    assert (row.outcome(came), row.why(came)[0]) == (outcome, "free: undefined")
    text = "i | w | read: a/x[1] | read: a/x[2]\n"
    row = table(tmp_path, HEAD + text).rows[0]
    read = "read" if outcome == "skipped" else outcome
    assert (row.outcome(came), row.why(came)) == (read, why)
