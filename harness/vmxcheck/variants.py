# SPDX-License-Identifier: GPL-2.0
"""vmxcheck variants: all cases on legal processors that Bochs is not.

TAP: two points for each variant. The first is that its own case sees that it is different,
the second that no point of the cases fails that does not fail on Bochs as it is. No quirk
file is used: what Bochs has wrong, it has wrong in both.
"""

import argparse
import dataclasses
import sys
from argparse import Namespace
from collections.abc import Iterable, Sequence
from pathlib import Path

from variants import build
from variants.table import VARIANTS, Variant

from vmxcheck import Error, quirks, run
from vmxcheck.coverage import VARIANT, read_tables
from vmxcheck.image import list_points
from vmxcheck.nearest import there_are
from vmxcheck.options import spelled
from vmxcheck.paths import CASES, ROOT
from vmxcheck.platforms.bochs import Bochs
from vmxcheck.tap import Point

VERSION = "3.0"
OWN_CASES = ROOT / "harness/variants/cases"
BOCHS = "bochs"


class Unexcused(Bochs):
    """Bochs as it is, or a variant of it, without quirks."""

    def __init__(self, options: Namespace, program: Path | None = None, name: str = ""):
        super().__init__(
            VERSION,
            model=options.model,
            features=options.features,
            processors=options.processors,
            memory=options.memory,
        )
        self.quirks = ""
        if program:
            self.version = dataclasses.replace(self.version, program=str(program))
            self.title += f", variant {name}"


def command(_platform: object, options: Namespace) -> int:
    """Runs them one after the other; 0 if each is different, and nothing new failed."""
    if options.platform != "bochs" or options.bochs not in (None, VERSION):
        bochs = f"{spelled('platform', 'bochs')} {spelled('bochs', VERSION)}"
        raise Error(f"variants are of {bochs}")
    chosen = choose(options.variants)
    source = build.source()
    # A stale edit is known before anything is built.
    for variant in chosen:
        build.edited(variant, source)
    points = list_points(options.cases, options.patterns)
    plain = Unexcused(options)
    own = outcomes(plain, [v.name for v in chosen], OWN_CASES, options, f"{BOCHS}-own")
    known = failed(points_of(plain, points, options.cases, options, BOCHS))
    print(f"TAP version 13\n1..{2 * len(chosen)}", flush=True)
    bad = 0
    ran: set[str] = set()
    for number, variant in enumerate(chosen):
        say(f"{variant.name}: {variant.does}")
        program = build.build(variant, source)
        target = Unexcused(options, program, variant.name)
        now = outcomes(target, [variant.name], OWN_CASES, options, f"{variant.name}-own")
        wrong = differs(variant, own.get(variant.name), now.get(variant.name))
        result(2 * number + 1, f"{variant.name}: is different", wrong)
        came = points_of(target, points, options.cases, options, variant.name)
        ran |= {point.name for point in came if point.outcome == "passed"}
        new = unexpected(known, came)
        result(2 * number + 2, f"{variant.name}: all cases", new)
        bad += bool(wrong) + bool(new)
    if not options.variants and options.cases == CASES:
        never = sorted((only_here() & {*points}) - ran)
        bad += bool(never)
        for name in never:
            say(f"{name}: no variant runs it, though cases/coverage says so")
    text = f"{len(chosen)} variants, {len(points)} points on each"
    say(f"{text}: {bad} of {2 * len(chosen)} failed" if bad else f"{text}: nothing failed")
    return 1 if bad else 0


def only_here() -> set[str]:
    """The points that cases/coverage says only variants run."""
    rows = [row for area in read_tables() for row in area.rows]
    return {name for row in rows for name in row.elsewhere(VARIANT)}


def choose(names: Sequence[str]) -> list[Variant]:
    """The variants of these names; all if there are none."""
    known = {variant.name: variant for variant in VARIANTS}
    for name in names:
        if name not in known:
            raise Error(f"{spelled('variants', name)}: {there_are(name, list(known))}")
    return [known[name] for name in names] or list(VARIANTS)


def points_of(
    target: Bochs, points: Sequence[str], cases: Path, options: Namespace, name: str
) -> list[Point]:
    """What came of these points; results.tap and the rest are in OUTPUT/variants/NAME."""
    own = argparse.Namespace(
        **vars(options) | {"output": options.output / "variants" / name, "cases": cases},
        quirks=quirks.NONE,
    )
    image = run.make_image(target, points, own)
    _, tap = run.record(target, image, own, "results.tap", "console.log")
    came = {point.name for point in tap.points}
    missing = [
        Point(0, point, False, yaml=['  message: "it did not come"'])
        for point in points
        if point not in came
    ]
    return [*tap.points, *missing]


def outcomes(
    target: Bochs, points: Sequence[str], cases: Path, options: Namespace, name: str
) -> dict[str, str]:
    """Point -> outcome."""
    found = points_of(target, points, cases, options, name)
    return {point.name: point.outcome for point in found}


def failed(points: Iterable[Point]) -> set[str]:
    """The names of those that failed; an error is the case's fault on whatever processor."""
    return {
        point.name
        for point in points
        if point.outcome == "failed" and point.fields.get("severity") != "error"
    }


def unexpected(known: set[str], points: Iterable[Point]) -> list[str]:
    """A line for each point that failed, and is none of the known."""
    return [
        f"{point.name}: {point.fields.get('message', 'it failed')}"
        for point in points
        if point.outcome == "failed" and point.name not in known
    ]


def differs(variant: Variant, on_bochs: str | None, on_variant: str | None) -> list[str]:
    """Lines that say what came of the variant's own case that should not."""
    pairs = (
        ("on Bochs as it is", on_bochs, variant.seen.on_bochs, "bochs-own"),
        ("on the variant", on_variant, variant.seen.on_variant, f"{variant.name}-own"),
    )
    return [
        f"{where} its case is '{came}', not '{wanted}': see OUTPUT/variants/{folder}"
        for where, came, wanted, folder in pairs
        if came != wanted
    ]


def result(number: int, text: str, wrong: Sequence[str]) -> None:
    """A TAP point, and a comment for each thing that is wrong."""
    print(f"{'not ' if wrong else ''}ok {number} - {text}")
    for line in wrong:
        print(f"# {line}")
    sys.stdout.flush()


def say(text: str) -> None:
    print(f"# {text}", flush=True)
