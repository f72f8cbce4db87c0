# SPDX-License-Identifier: GPL-2.0
"""Several machines share the cases: the results are those of one."""

from argparse import Namespace
from pathlib import Path

import pytest
from texts import HLT
from vmxcheck.platforms import platform
from vmxcheck.several import apart
from vmxcheck.shards import Merge, Shards, deal, share
from vmxcheck.variants import Unexcused

POINTS = ["a[1]", "a[2]", "b", "c", "d[x]"]
FIRST = ["TAP version 13", "1..3", "ok 1 - a[1]", "ok 2 - a[2]", "ok 3 - c"]
SECOND = ["TAP version 13", "1..2", "not ok 1 - b", "  ---", "  ...", "ok 2 - d[x]"]
WHOLE = [
    *("TAP version 13", "1..5", "ok 1 - a[1]", "ok 2 - a[2]"),
    *("not ok 3 - b", "  ---", "  ...", "ok 4 - c", "ok 5 - d[x]"),
]


def test_cases_are_dealt_out_whole():
    shards = deal(POINTS, 2, list)
    assert shards.images == [["a[1]", "a[2]", "c"], ["b", "d[x]"]]
    assert shards.owners == [0, 0, 1, 0, 1]
    assert deal(POINTS, 1, list) == POINTS


def test_some_are_dealt_apart():
    shards = deal(POINTS, 1, list, {"a[1]", "a[2]"})
    assert shards.images == [["b", "c", "d[x]"], ["a[1]", "a[2]"]]
    assert shards.owners == [1, 1, 0, 0, 0]
    assert deal(POINTS, 1, list, POINTS) == Shards(POINTS, [[], POINTS], [1] * 5)


def test_who_needs_processors(tmp_path):
    """As many as the case says, unless the user has said how many there are."""
    (tmp_path / "a.case").write_text("need proc.hlt_exiting vmxfs.processors>2\n")
    (tmp_path / "b.case").write_text("# need vmxfs.processors>1\n")
    bochs = platform("bochs")
    larger, some = apart(bochs, ["a[1]", "a[2]", "b"], tmp_path)
    assert (larger.processors, some) == (3, {"a[1]", "a[2]"})
    for one in (platform("bochs", processors=1), platform("kvm-in-bochs")):
        assert apart(one, ["a[1]"], tmp_path) == (one, set())


def test_with_processors_it_is_the_same_bochs():
    """A variant, without quirks, stays one: else its points would run on Bochs as it is."""
    options = Namespace(model=None, features=None, processors=None, memory=None)
    one = Unexcused(options, Path("/variant"), "other")
    larger = one.with_processors(2)
    assert (larger.version.program, larger.quirks) == ("/variant", "")
    assert larger.title == f"{one.title}, 2 processors"
    assert (one.processors, larger.processors, larger.with_processors(3).processors) == (1, 2, 3)


@pytest.mark.parametrize("jobs", [1, None])
def test_points_that_need_none_have_one_processor(tmp_path, jobs):
    """Also if there is to be one emulator: there is one more then."""
    (tmp_path / "a.case").write_text("need vmxfs.processors>1\n")
    (tmp_path / "b.case").write_text("\n")

    def processors(bochs, hand):
        return (bochs.processors, hand)

    bochs = platform("bochs")
    shards = share(bochs, ["a", "b"], tmp_path, jobs, processors)
    assert shards.images == [(1, ["b"]), (2, ["a"])]
    assert share(bochs, ["a"], tmp_path, jobs, processors) == (2, ["a"])
    assert share(bochs, ["b"], tmp_path, jobs, processors) == (1, ["b"])


@pytest.mark.parametrize("fed", [(0, 1), (1, 0)])
def test_whoever_is_faster(fed):
    merge = Merge([0, 0, 1, 0, 1])
    lines = []
    for number in fed:
        for line in (FIRST, SECOND)[number]:
            merge.feed(number, line)
            lines += merge.take()
    for number in fed:
        merge.end(number)
    assert lines + list(merge.take()) == WHOLE


def test_one_ends_too_early():
    merge = Merge([0, 0, 1, 0, 1])
    for line in FIRST[:3]:
        merge.feed(0, line)
    for line in SECOND:
        merge.feed(1, line)
    merge.end(0)
    merge.end(1)
    missing = {"ok 2 - a[2]", "ok 4 - c"}
    assert list(merge.take()) == [line for line in WHOLE if line not in missing]


@pytest.mark.emulator
def test_two_emulators(command, cases):
    good, wrong = HLT.format(length=1), HLT.format(length=2)
    folder = cases(a=good, b=wrong, c=good)
    results = []
    for jobs in (1, 2):
        status, out, err = command.vmxcheck(
            *("run", "--cases", folder, "--output", folder.parent, "--jobs", jobs)
        )
        assert status == 1
        assert "2 passed, 1 failed of 3" in err
        results.append(out)
    assert results[0] == results[1]
    assert "\nok 3 - exits/c\n" in results[0]
