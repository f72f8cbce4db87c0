# SPDX-License-Identifier: GPL-2.0
"""vmxcheck run: the cases' TAP as it comes, and a summary."""

import contextlib
import random
import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from io import FileIO
from pathlib import Path

from vmxcheck import Error, changes, interrupt, junit, shards
from vmxcheck.changes import Before
from vmxcheck.folders import make_folder as make_folder
from vmxcheck.image import CASES, Image, all_points, suite
from vmxcheck.machine import Machine
from vmxcheck.options import OF_RUN, command_line, spelled
from vmxcheck.profile import PROFILE, name_of
from vmxcheck.results import SHARD, TARGET, TREE
from vmxcheck.results import PROFILE as PROFILE_OF
from vmxcheck.screen import Screen
from vmxcheck.selection import Selection, Shard
from vmxcheck.shards import Machines, Shards
from vmxcheck.tap import OUTCOMES, Point, Stream
from vmxcheck.target import Platform
from vmxcheck.tree import tree

TOO_EARLY = "the machine powered off before the last point"

# Of the points that failed, at the end
MOST_NAMED = 20

ORDERS = ("forward", "reverse", "random")


def command(platform: Platform, options: Namespace) -> int:
    """Runs the cases that match, on each kind of core there is; 0 if all of them came and
    none failed, or nothing is another than in the baseline."""
    selection = select(platform, options)
    points = list(selection.points)
    arrange(points, options.order, options.seed)
    # All is read before the first runs: it may be what a run overwrites.
    runs = [(one, before(one, options, selection)) for one in platform.by_core()]
    return max(
        run(one, points, options, selection.shard, earlier) for one, earlier in runs
    )


def select(platform: Platform, options: Namespace) -> Selection:
    whole = all_points(platform, options.cases, options.patterns)
    return Selection(whole, options.patterns, options.shard)


def before(
    platform: Platform, options: Namespace, selection: Selection
) -> Before | None:
    """What is in the baseline of these points, if there is one."""
    if not options.baseline:
        return None
    name = results_of(platform.core)
    return changes.before(changes.read(options.baseline, name), selection)


def results_of(core: str) -> str:
    """The name of the TAP of this kind of core, "" if there is but one."""
    return f"results-{core}.tap" if core else "results.tap"


def run(
    platform: Platform,
    points: Sequence[str],
    options: Namespace,
    shard: Shard | None = None,
    earlier: Before | None = None,
) -> int:
    """Runs these points; what is kept has the name of the kind of core, if there is one."""
    name = results_of(platform.core)
    image = make_image(platform, points, options)
    log = name.replace("results", "console").replace(".tap", ".log")
    status, _ = record(
        *(platform, image, options, name, log, True, shard, earlier, again(options))
    )
    return status


def again(options: Namespace) -> str:
    """The command that runs a point again: it comes in place of {}."""
    return command_line("run", OF_RUN, options, "'{}'")


def make_image(
    platform: Platform, points: Sequence[str], options: Namespace
) -> Image | Shards:
    """The image that runs these points, or several that share them."""
    return shards.share(
        platform,
        points,
        options.cases,
        options.jobs,
        lambda on, some: suite(
            some,
            on,
            options.cases,
            options=flags(options),
            init=options.init,
            append=options.append,
            own_quirks=options.quirks,
        ),
    )


def flags(options: Namespace) -> list[str]:
    """vmxrun's."""
    given = {"-c": True, "-r": options.transcript, "-P": options.predict}
    return [flag for flag, on in given.items() if on]


def arrange(points: list[str], order: str, seed: int | None = None) -> None:
    """Puts points into one of ORDERS; a random one says its seed."""
    if seed is not None and order != "random":
        raise Error(f"{spelled('seed')} is for {spelled('order', 'random')}")
    if order == "reverse":
        points.reverse()
    elif order == "random":
        seed = random.randrange(1 << 32) if seed is None else seed
        print(f"vmxcheck: random order: seed {seed}", file=sys.stderr)
        random.Random(seed).shuffle(points)


def show(
    platform: Platform,
    image: Image | Shards,
    options: Namespace,
    results_name: str,
    console_name: str,
    shard: Shard | None = None,
) -> int:
    """Boots the image, shows its TAP and keeps it; 0 if it is whole and nothing failed."""
    names = results_name, console_name
    status, _ = record(platform, image, options, *names, echo=True, shard=shard)
    return status


def record(
    platform: Platform,
    image: Image | Shards,
    options: Namespace,
    results_name: str,
    console_name: str,
    echo: bool = False,
    shard: Shard | None = None,
    earlier: Before | None = None,
    repeat: str = "",
) -> tuple[int, Stream]:
    """show(), which may keep silent about the TAP; returns the status and the TAP.

    With an earlier result the status and what is said are about what changed. `repeat` is
    the command that runs a point again, if there is one: the point comes in place of {}.
    """
    started = time.monotonic()
    tap = Stream()
    make_folder(options.output)
    xml = (options.output / results_name).with_suffix(".xml")
    xml.unlink(missing_ok=True)
    machine: Machine | Machines | None = None
    stop: BaseException | None = None
    with (
        create(options.output / results_name) as file,
        create(options.output / console_name) as console,
    ):
        results = TapFile(file)
        screen = Screen(sys.stderr, platform.title, tap, echo, options.verbose)
        try:
            with shards.make_machine(platform, image, options.silence) as machine:
                for stream, line in machine.lines():
                    if stream == "tap":
                        results.write(line)
                        tap.feed(line)
                    elif stream == "console":
                        console.write(f"{line}\n".encode())
                    screen.show(stream, line)
                screen.clear()
                if machine.ending or not tap.complete:
                    give_up(machine, tap, results)
        except (KeyboardInterrupt, OSError) as ended:
            # What came so far is a result; then it goes on as it must.
            stop = ended
            screen.clear()
            bail_out(tap, results, why(ended))
        for note in notes(platform.title, tree_of(options), shard, platform.profile):
            results.write(note)
        results.flush()
    times = machine.times if machine else {}
    junit.write(options.output / results_name, image.points, options.platform, times)
    seconds = time.monotonic() - started
    status = conclude(tap, platform.title, seconds, earlier, repeat)
    if stop:
        raise stop
    return status, tap


def why(ended: BaseException) -> str:
    """Why a run is over before its end."""
    if isinstance(ended, KeyboardInterrupt):
        return interrupt.text_of(ended)
    return f"standard output: {getattr(ended, 'strerror', ended)}"


def tree_of(options: Namespace) -> str:
    return tree(getattr(options, "cases", CASES))


def notes(
    title: str, tree: str, shard: Shard | None = None, profile: str = ""
) -> list[str]:
    """The last lines of results.tap: what it is of."""
    found = {PROFILE_OF: profile, TARGET: title, TREE: tree, SHARD: shard}
    return [f"# {key}: {value}" for key, value in found.items() if value]


class Whole(FileIO):
    """A file in which there is at once all that is written to it, or nothing of it."""

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), "w")
        self.path = path

    def write(self, data: bytes) -> int:  # type: ignore[override]
        start = self.tell()
        rest = memoryview(data)
        try:
            while rest:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.truncate(start)
            self.seek(start)
            raise Error(f"{self.path}: {error.strerror}") from None
        return len(data)


def create(path: Path) -> FileIO:
    """A file in which there is at once what is written to it."""
    try:
        return Whole(path)
    except OSError as error:
        raise Error(f"{path}: {error.strerror}") from None


class TapFile:
    """A file of TAP, which never ends in the middle of a point, whatever ends this process."""

    def __init__(self, file: FileIO) -> None:
        self.file = file
        self.point: list[str] = []  # a line, and of the block under it what came

    def write(self, line: str) -> None:
        if not line.startswith("  "):
            self.flush()
        self.point.append(f"{line}\n")

    def flush(self) -> None:
        self.file.write("".join(self.point).encode())
        self.point = []


def give_up(machine: Machine | Machines, tap: Stream, results: TapFile) -> None:
    """Says why the machine did not get to the end, with its last words."""
    for line in machine.console_tail:
        print(f"console: {line}", file=sys.stderr)
    bail_out(tap, results, machine.ending or TOO_EARLY)


def bail_out(tap: Stream, results: TapFile, reason: str) -> None:
    """Ends the TAP before its end, unless it has said so itself."""
    if tap.block:
        # prove waits for the end of a block for ever.
        results.write("  ...")
    if tap.bail_out is not None:
        return
    tap.bail_out = reason
    line = f"Bail out! {reason}"
    results.write(line)
    with contextlib.suppress(OSError):  # nobody may read it
        print(line, flush=True)


def conclude(
    tap: Stream,
    title: str,
    seconds: float | None,
    earlier: Before | None = None,
    repeat: str = "",
) -> int:
    """Prints the last lines; returns the exit status."""
    took = "" if seconds is None else f" in {seconds:.1f} s"
    whole = tap.complete and tap.bail_out is None
    for line in missing(tap):
        print(line, file=sys.stderr)
    if earlier:
        changed = changes.tell(earlier, tap)
        text = f"{changed or 'no changes'} of {tap.plan or 0}{took} on {title}"
        text += f", against {earlier.title}"
        good = whole and not changed
    else:
        outcomes = Counter(point.outcome for point in tap.points)
        if count := outcomes["undecided"]:
            print(
                f"undecided: {count} {'point' if count == 1 else 'points'}: the processor below"
                " refused the VM entry; whether the hypervisor does is not known",
                file=sys.stderr,
            )
        counts = ", ".join(
            f"{outcomes[outcome]} {outcome}" for outcome in OUTCOMES if outcomes[outcome]
        )
        for line in failed(tap, repeat):
            print(line, file=sys.stderr)
        text = f"{counts or 'no points'} of {tap.plan or 0}{took} on {title}"
        good = whole and not outcomes["failed"]
    if tap.bail_out is not None:
        text += f"; gave up: {tap.bail_out}"
    print(text, file=sys.stderr)
    return 0 if good else 1


def failed(tap: Stream, repeat: str = "") -> Iterator[str]:
    """A line for each point that failed: the command that runs it again, and why."""
    points = [point for point in tap.points if point.outcome == "failed"]
    for point in points[:MOST_NAMED]:
        command = repeat.replace("{}", point.name) or f"failed: {point.name}"
        place = point.fields.get("at", "")
        message = point.fields.get("message", "").removeprefix(f"{place}: ")
        reason = ": ".join(text for text in (place, message) if text)
        yield f"{command}  # {reason}" if reason else command
    if len(points) > MOST_NAMED:
        yield f"and {len(points) - MOST_NAMED} more that failed"


def missing(tap: Stream) -> Iterator[str]:
    """A line for each capability that the profile says must be there, and is not."""
    for point in tap.points:
        if point.name.startswith(PROFILE) and point.outcome in ("failed", "todo"):
            name = point.name.removeprefix(PROFILE)
            cost = sum(name in needs(other) for other in tap.points)
            noun = "point is" if cost == 1 else "points are"
            known = ", which is known" if point.outcome == "todo" else ""
            below = point.fields.get("below")
            yield (
                f"missing: {name}{known}: {cost} {noun} skipped without it"
                + (f"; the processor below {below}" if below else "")
            )


def needs(point: Point) -> list[str]:
    """The capabilities for want of which a point is skipped."""
    if point.outcome != "skipped" or not point.reason.startswith("needs "):
        return []
    if point.name.startswith(PROFILE):
        return []
    return [name_of(text) for text in point.reason.removeprefix("needs ").split(", ")]
