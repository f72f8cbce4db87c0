# SPDX-License-Identifier: GPL-2.0
"""All cases on the processor with all that Bochs can: what is skipped there for want of a feature
is what the tables of cases/coverage/ call `read:` or `variant:`.
"""

import pytest
from vmxcheck.coverage import READ, VARIANT, read_tables
from vmxcheck.platforms.bochs import NEWEST
from vmxcheck.tap import Stream


def lacks_something(point):
    """Whether it needs what is missing, and not only that something be missing."""
    needs = point.reason.removeprefix("needs ").split(", ")
    return point.outcome == "skipped" and not all(need.startswith("!") for need in needs)


@pytest.mark.emulator
def test_newest(command, tmp_path):
    rows = [row for area in read_tables() for row in area.rows]
    elsewhere = {n for row in rows for word in (READ, VARIANT) for n in row.elsewhere(word)}
    status, out, err = command.vmxcheck("run", "--features", NEWEST, "--output", tmp_path)
    tap = Stream()
    for line in out.splitlines():
        tap.feed(line)
    assert (status, [point.name for point in tap.points if point.outcome == "failed"]) == (0, [])
    skipped = {point.name for point in tap.points if point.outcome == "skipped"}
    lacking = {point.name for point in tap.points if lacks_something(point)}
    assert elsewhere - skipped == set(), "these run here"
    assert lacking - elsewhere == set(), "no platform here runs these"
