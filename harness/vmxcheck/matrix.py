# SPDX-License-Identifier: GPL-2.0
"""vmxcheck run --model all: the cases on every processor that Bochs is known to be."""

from argparse import Namespace
import time
from collections import Counter
from collections.abc import Sequence

from vmxcheck import Error, changes, run
from vmxcheck.changes import Before
from vmxcheck.options import spelled
from vmxcheck.platforms import own_bochs, platform
from vmxcheck.platforms.bochs import NEWEST
from vmxcheck.selection import Selection
from vmxcheck.tap import OUTCOMES
from vmxcheck.target import Platform

# Title, exit status, how many points there are of each outcome, seconds
Row = tuple[str, int, Counter[str], float]

ALL = "all"
MODELS = {
    "3.0": (
        *("arrow_lake", "sapphire_rapids", "tigerlake"),
        *("corei7_skylake_x", "corei7_haswell_4770", "corei5_arrandale_m520"),
    ),
    "2.7": ("corei7_skylake_x", "corei7_icelake_u"),
}
# One more of this version: the default model with all that Bochs can.
MOST = "3.0"


def command(options: Namespace) -> int:
    """Runs them one after the other, and prints one table; 0 if nothing failed.

    Each has its results in a folder of its own below `options.output`.
    """
    if options.platform != "bochs":
        raise Error(
            f"{spelled('model', ALL)} is for {spelled('platform', 'bochs')}"
        )
    if options.features:
        raise Error(
            f"{spelled('features', options.features)} has no use with"
            f" {spelled('model', ALL)}, which has a run with {NEWEST}"
        )
    settings = [
        {"bochs": version, "model": model, "features": features}
        for version, models in models_of(options.bochs)
        for model, features in [
            *((model, None) for model in models),
            *([(None, NEWEST)] if version == MOST else []),
        ]
    ]
    targets = [
        platform("bochs", processors=options.processors, **words) for words in settings
    ]
    if options.baseline and not options.baseline.is_dir():
        name = spelled("baseline", options.baseline)
        raise Error(f"{name}: {spelled('model', ALL)} wants a folder that it has written")
    selections = [run.select(target, options) for target in targets]
    earlier = [
        before(target, options, selection)
        for target, selection in zip(targets, selections)
    ]
    rows: list[Row] = []
    try:
        for target, selection, old, words in zip(targets, selections, earlier, settings):
            own = Namespace(**(vars(options) | words))
            rows.append(one(target, selection, old, own))
    finally:
        # An interrupt leaves the rows that there are.
        print_table(rows)
    return max(status for _, status, _, _ in rows)


def models_of(bochs: str | None) -> list[tuple[str, Sequence[str]]]:
    """The versions of Bochs that run, and as which models; an own one as all that it has."""
    if not bochs or not own_bochs.is_own(bochs):
        return [(name, models) for name, models in MODELS.items() if bochs in (None, name)]
    try:
        has = own_bochs.find(bochs).models
    except ValueError as error:
        raise Error(f"{spelled('bochs', bochs)}: {error}") from None
    return [(bochs, [model for model in own_bochs.BEST if model in has])]


def folder_of(target: Platform) -> str:
    return target.title.lower().replace(", ", "-").replace(" ", "-")


def before(
    target: Platform, options: Namespace, selection: Selection
) -> Before | None:
    if not options.baseline:
        return None
    path = options.baseline / folder_of(target)
    return changes.before(changes.read(path, "results.tap"), selection)


def one(
    target: Platform, selection: Selection, earlier: Before | None, options: Namespace
) -> Row:
    """Runs the points on one of them; returns a row of the table."""
    points = list(selection.points)
    run.arrange(points, options.order, options.seed)
    folder = options.output / folder_of(target)
    own = Namespace(**(vars(options) | {"output": folder}))
    started = time.monotonic()
    image = run.make_image(target, points, own)
    names = "results.tap", "console.log"
    again = run.again(options)
    status, tap = run.record(
        target, image, own, *names, shard=selection.shard, earlier=earlier, repeat=again
    )
    for point in tap.points:
        if point.outcome == "failed":
            print(f"not ok - {point.name} on {target.title}", flush=True)
    counts = Counter(point.outcome for point in tap.points)
    return target.title, status, counts, time.monotonic() - started


def print_table(rows: Sequence[Row]) -> None:
    width = max((len(title) for title, _, _, _ in rows), default=0)
    print(" " * width + "".join(f"{outcome:>10}" for outcome in OUTCOMES) + "  seconds")
    for title, status, counts, seconds in rows:
        values = "".join(f"{counts[outcome]:10}" for outcome in OUTCOMES)
        print(f"{title:{width}}{values}{seconds:9.1f}" + ("  FAILED" if status else ""))
