# SPDX-License-Identifier: GPL-2.0
"""cases/crossed is what harness/crossing makes of its tables, and nothing is left out."""

from itertools import combinations

import pytest
from crossing import entered, family, make, tables
from vmxcheck.image import CASES


@pytest.fixture(scope="module")
def files():
    return make.files()


def test_what_is_there_is_what_is_made(files):
    there = {path.relative_to(CASES).as_posix() for path in (CASES / "crossed").iterdir()}
    assert there == {name for name in files if name.startswith("crossed/")}
    assert [name for name in files if (CASES / name).read_text() != files[name]] == []


def test_states_know_their_conditions():
    """No state names what is no condition, or one twice."""
    known = {condition.name for condition in tables.conditions()}
    for state in tables.states():
        words = [w for key in ("holds", "sleeps", "loses", "open") for w in state.words(key)]
        assert set(words) <= known, state.name
        assert len(set(words)) == len(words), state.name


def test_each_pair_is_there(files):
    """Or there is a reason."""
    table = files["coverage/10-crossed"]
    for first, second in combinations(tables.conditions(), 2):
        row = f"\n{first.name}-{second.name} | "
        reason = entered.impossible(first, second)
        assert row in table or (reason in table and "/" not in reason)


def test_each_state_is_crossed_with_each_condition(files):
    table = files["coverage/10-crossed"]
    for state in tables.states():
        for condition in tables.conditions():
            assert f"\n{state.name}-{condition.name} | " in table


def test_priorities():
    """As the SDM has them in several of its sections."""
    rank = {condition.name: condition.rank for condition in tables.conditions()}
    assert rank["tpr-threshold"] < rank["mtf"] < rank["single-step"] == rank["breakpoint"]
    assert rank["breakpoint"] < rank["timer"] < rank["nmi-window"] < rank["irq-window"]
    assert rank["irq-window"] == rank["virtual-irq"] < rank["code-breakpoint"] < rank["fetch"]


def made(rows, lines):
    rows = [family.Rows(["name"], rows)]
    return family.Family("x", "What it shows.", ["A"], rows, lines)


def test_a_slot_with_one_value_is_no_column():
    case = made(
        [{"name": "a", "exit": "tpr", "pc": "1"}, {"name": "b", "exit": "tpr", "pc": "2"}],
        ["wait? {exit} 0x0 pc {pc} ..."],
    )
    assert "each name:pc in a:1 b:2\n" in case.text()
    assert "\nwait? tpr 0x0 pc {pc} ...\n" in case.text()
    assert case.points() == ["crossed/x[a]", "crossed/x[b]"]


def test_places_that_are_the_same_are_one_column():
    case = made(
        [{"name": "a", "at": "1", "pc": "1"}, {"name": "b", "at": "2", "pc": "2"}],
        ["regs: dr0 {at}", "wait? tpr 0x0 pc {pc} ..."],
    )
    assert "each name:at in a:1 b:2\n" in case.text()
    assert "pc {at} ..." in case.text()


def test_a_slot_that_is_not_used_is_no_column():
    case = made([{"name": "a", "x": "1"}, {"name": "b", "x": "2"}], ["ctl: go"])
    assert "each name in a b\n" in case.text()
