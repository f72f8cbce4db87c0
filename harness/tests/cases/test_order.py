# SPDX-License-Identifier: GPL-2.0
"""No case changes what comes of another: the order of all points does not matter. All of them
run on the processor with all that Bochs can, too."""

import pytest
from vmxcheck import Error
from vmxcheck.coverage import READ, VARIANT, read_tables
from vmxcheck.image import CASES
from vmxcheck.platforms import platform
from vmxcheck.platforms.bochs import NEWEST
from vmxcheck.profile import PROFILE
from vmxcheck.run import arrange
from vmxcheck.tap import Stream

POINTS = [f"a/{number}" for number in range(100)]


def arranged(*options):
    points = list(POINTS)
    arrange(points, *options)
    return points


def test_arrange(capsys):
    assert arranged("forward") == POINTS
    assert arranged("reverse") == POINTS[::-1]
    assert capsys.readouterr().err == ""
    some = arranged("random")
    assert sorted(some) == sorted(POINTS) and some != POINTS
    seed = int(capsys.readouterr().err.split()[-1])
    assert arranged("random", seed) == some
    with pytest.raises(Error, match="--seed is for --order random"):
        arranged("reverse", seed)


def now_and_then(quirks):
    """Points of which the platform is known to be wrong only sometimes.

    Of whatever version.
    """
    found = set()
    for line in (CASES / "quirks" / quirks.partition("@")[0]).read_text().splitlines():
        word, _, rest = line.partition(" ")
        if word == "sometimes":
            found.add(rest.strip())
        elif word == "include":
            found |= now_and_then(rest.strip())
    return found


def lacks_something(point):
    """Whether it needs what is missing, and not only that something be missing."""
    needs = point.reason.removeprefix("needs ").split(", ")
    return point.outcome == "skipped" and not all(need.startswith("!") for need in needs)


def check_elsewhere(points):
    """What is skipped for want of a feature by Bochs with all that it can is what the tables of
    cases/coverage/ call `read:` or `variant:`."""
    rows = [row for area in read_tables() for row in area.rows]
    elsewhere = {n for row in rows for word in (READ, VARIANT) for n in row.elsewhere(word)}
    skipped = {point.name for point in points if point.outcome == "skipped"}
    lacking = {point.name for point in points if lacks_something(point)}
    lacking = {name for name in lacking if not name.startswith(PROFILE)}
    assert elsewhere - skipped == set(), "these run here"
    assert lacking - elsewhere == set(), "no platform here runs these"


@pytest.mark.emulator
def test_order(command, tmp_path, request):
    """Two runs of everything: one in a random order, whose seed shows again what it finds, one in
    reverse, with all that Bochs can. In the order of their names the cases run by themselves, and
    there, too, nothing may fail."""
    option = request.config.option
    model = ("--model", option.model) if option.model else ()
    bochs = ("--bochs", option.bochs) if option.bochs else ()
    newest = () if model or bochs else ("--features", NEWEST)
    runs = {}
    for order, features in (("random", ()), ("reverse", newest)):
        output = tmp_path / order
        output.mkdir()
        runs[order] = command.start(
            "vmxcheck", "run", *bochs, *model, *features, "--order", order, "--output", output
        )
    target = platform("bochs", model=option.model, bochs=option.bochs)
    varies = now_and_then(target.quirks)
    points = {}
    for order, run in runs.items():
        out, err = run.communicate()
        print(order, err)
        tap = Stream()
        for line in out.splitlines():
            tap.feed(line)
        assert tap.complete, order
        assert [point.name for point in tap.points if point.outcome == "failed"] == [], order
        points[order] = tap.points
    if newest:
        check_elsewhere(points["reverse"])
    outcomes = {
        order: {point.name: point.outcome for point in some if point.name not in varies}
        for order, some in points.items()
    }
    assert [*outcomes["reverse"]] != [*outcomes["random"]]
    assert outcomes["reverse"].keys() == outcomes["random"].keys()
    # With more features, more run, and those that need that there be none do not.
    same = {
        name
        for name, outcome in outcomes["random"].items()
        if not (newest and "skipped" in (outcome, outcomes["reverse"][name]))
    }
    assert {name: outcomes["reverse"][name] for name in same} == {
        name: outcomes["random"][name] for name in same
    }
