# SPDX-License-Identifier: GPL-2.0
"""No case changes what comes of another: the order of all points does not matter."""

import pytest
from vmxcheck import Error
from vmxcheck.image import CASES
from vmxcheck.platforms import platform
from vmxcheck.run import ORDERS, arrange
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


@pytest.mark.emulator
def test_order(command, tmp_path, request):
    """Two runs of everything; in the order of their names the cases run by themselves, and there,
    too, nothing may fail. What a random one finds, its seed shows again."""
    option = request.config.option
    model = ("--model", option.model) if option.model else ()
    bochs = ("--bochs", option.bochs) if option.bochs else ()
    runs = {}
    for order in ORDERS[1:]:
        output = tmp_path / order
        output.mkdir()
        runs[order] = command.start(
            "vmxcheck", "run", *bochs, *model, "--order", order, "--output", output
        )
    target = platform("bochs", model=option.model, bochs=option.bochs)
    varies = now_and_then(target.quirks)
    outcomes = {}
    for order, run in runs.items():
        out, err = run.communicate()
        print(order, err)
        tap = Stream()
        for line in out.splitlines():
            tap.feed(line)
        assert tap.complete, order
        assert [point.name for point in tap.points if point.outcome == "failed"] == [], order
        outcomes[order] = {
            point.name: point.outcome for point in tap.points if point.name not in varies
        }
    assert [*outcomes["reverse"]] != [*outcomes["random"]]
    assert outcomes["reverse"] == outcomes["random"]
