# SPDX-License-Identifier: GPL-2.0
"""What the tables of cases/coverage/ call `read:` or `variant:`, no platform here runs; and
what needs the same is called so, too.
"""

import re

import pytest
from vmxcheck.coverage import READ, VARIANT, read_tables
from vmxcheck.image import CASES
from vmxcheck.platforms.bochs import NEWEST
from vmxcheck.tap import Stream


@pytest.mark.emulator
def test_no_platform_runs_them(command, tmp_path):
    rows = [row for area in read_tables() for row in area.rows]
    names = {n for row in rows for word in (READ, VARIANT) for n in row.elsewhere(word)}
    words = ["--no-build", "--features", NEWEST, "--output", tmp_path]
    status, out, err = command.vmxcheck("run", *words, *sorted(names))
    assert status == 0, err
    tap = Stream()
    for line in out.splitlines():
        tap.feed(line)
    points = tap.points
    ran = [point.name for point in points if point.outcome != "skipped"]
    assert not ran, "these run here: take them from behind `read:` and `variant:`"

    missing = set()
    for point in points:
        needs = point.reason.removeprefix("needs ").split(", ")
        positive = {need for need in needs if not need.startswith("!")}
        assert positive, f"{point.name}: a platform that has less would run it"
        missing |= positive
    cases = {name.partition("[")[0] for name in names}
    for path in CASES.glob("*/*.case"):
        needs = set(" ".join(re.findall(r"(?m)^need (.*)", path.read_text())).split())
        case = str(path.relative_to(CASES).with_suffix(""))
        assert case in cases or not needs & missing, f"{case} is only read, too"
