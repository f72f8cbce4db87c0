# SPDX-License-Identifier: GPL-2.0
"""Two results, with each outcome that a point can have, and a report of them."""

import contextlib
import io

from vmxcheck.__main__ import guard, main
from vmxcheck.topics import evidence

FAILED, QUIRK, UNDECIDED, SKIPPED = "exits/io[in_al_imm]", "entry/guest-perf-global-ctrl", "exits/rdpmc", "exits/hlt[pae]"
MESSAGE = "exit qualification: expected 0x420040, got <b>0x420048</b>"
HOSTILE = "<script>alert(1)</script>/../../x"
PROFILE = "profile/proc.hlt_exiting"
# In the first result only
ALONE = "exits/invd"

A, B = "Bochs 3.0, <arrow_lake>", "another & processor"


def reason():
    """A reason of cases/quirks/bochs that excuses the point QUIRK."""
    return next(one for one in evidence.reasons() if one.platform == "bochs" and one.excuses(QUIRK))


def tap(points, target):
    """`points`: name -> lines, the first with {} for the number and the name."""
    lines = ["TAP version 13", f"1..{len(points)}"]
    for number, (name, form) in enumerate(points.items(), 1):
        lines += [line.replace("{}", f"{number} - {name}") for line in form]
    return "\n".join([*lines, f"# target: {target}", ""])


def results(folder):
    """Writes them; returns their folders."""
    assert {FAILED, QUIRK, UNDECIDED, SKIPPED, ALONE} <= set(evidence.points())
    first = {PROFILE: ["ok {}"]} | dict.fromkeys(evidence.points(), ["ok {}"])
    first[FAILED] = [
        *("not ok {}", "  ---", "  severity: failure", '  at: "exits/io.case:5"', f'  message: "{MESSAGE}"'),
        *("  got: io 0x420048 pc 0x102e", '  got_means: "IN, 1 byte"'),
        *("  registers: |", "    pc 0x1", "    ax 0x2", "  ..."),
    ]
    why = reason()
    first[QUIRK] = [
        f"not ok {{}} # TODO {why.because}: {why.right}",
        *("  ---", "  severity: failure", '  quirk: "cases/quirks/bochs:1"', "  ..."),
    ]
    first[SKIPPED] = ["ok {} # SKIP needs a < b"]
    second = {name: ["ok {}"] for name in first if name != ALONE} | {HOSTILE: ["ok {}"]}
    second[UNDECIDED] = ["ok {} # SKIP undecided: the processor below refused the VM entry"]
    for name, points, target in (("a", first, A), ("b", second, B)):
        (folder / name).mkdir()
        (folder / name / "results.tap").write_text(tap(points, target))
    return folder / "a", folder / "b"


def call(*words):
    """`./vmxcheck report WORDS`: the exit status, and what it says."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = guard(lambda: main(["report", "--no-build", *map(str, words)]))
    return status, out.getvalue(), err.getvalue()
