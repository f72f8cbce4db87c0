# SPDX-License-Identifier: GPL-2.0
"""vmxcheck mutants: does the suite see a fault in the processor?

Each mutant is Bochs 3.0 with one random fault in its VMX code; all cases run on it until a
point fails, or the machine ends otherwise. A mutant that survives has to be judged by people.
"""

import os
import shutil
import sys
import time
from argparse import Namespace
from collections.abc import Iterator, Sequence
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from mutants.build import build
from mutants.choose import Fault, all_sites, choose
from mutants.suite import MILLION, VERSION, Mutant, Verdict, in_order, until_failure
from variants.build import source

from vmxcheck import Error, run
from vmxcheck.folders import scratch_folder
from vmxcheck.image import Image, list_points, suite
from vmxcheck.options import spelled
from vmxcheck.platforms.bochs import Bochs
from vmxcheck.selection import shard_of
from vmxcheck.several import apart

# A mutant may take this many times the instructions of Bochs as it is.
PATIENCE = 2


@dataclass
class Result:
    """What came of a mutant. `refused` are faults that were none, with the reason."""

    number: int
    refused: list[str] = field(default_factory=list)
    fault: Fault | None = None
    verdict: Verdict | None = None


@dataclass
class Part:
    """The points of a machine with so many processors: their image; for how many millions of
    instructions a mutant may run; how many points Bochs as it is skips."""

    processors: int
    image: Image
    millions: int = 0
    skipped: int = 0


@dataclass
class Suite:
    """What all mutants run."""

    parts: Sequence[Part]
    options: Namespace
    source: Path
    folder: Path
    stop: Event = field(default_factory=Event)


def command(_platform: object, options: Namespace) -> int:
    """Prints a line for each mutant with its diff, and at the end how many there are of each
    kind; 0 if all of them were tried."""
    check_platform("mutants", options)
    started = time.monotonic()
    folder = source()
    sites = all_sites(folder)
    mutants = choose(sites, options.count, options.seed)
    numbers = chosen(len(mutants), options)
    target = Mutant(options)
    points = in_order(list_points(options.cases, options.patterns))
    parts = make_parts(target, points, options)
    one = Suite(parts, options, folder, options.output / "mutants")
    if len(numbers) == len(mutants):
        shutil.rmtree(one.folder, ignore_errors=True)
    say(f"{len(mutants)} mutants of {len(sites)} places, seed {options.seed}, {target.title}")
    measure(one)
    results = show(one, {number: mutants[number - 1] for number in numbers})
    print(summary(results), flush=True)
    if len(results) == len(numbers) and not options.only:
        keep(results, target, options)
    seconds = time.monotonic() - started
    print(f"{len(results)} of {len(numbers)} in {seconds:.0f} s", file=sys.stderr)
    if len(results) < len(numbers):
        raise KeyboardInterrupt
    return 0


def keep(results: Sequence[Result], target: Mutant, options: Namespace) -> None:
    """Writes the lines to mutants.txt; `merge` makes one of those of all shards."""
    words = [f"--count={options.count}", f"--seed={options.seed}", *options.patterns]
    shard = shard_of(options.shard, f"mutants: {' '.join(words)}")
    lines = [line for result in results for line in lines_of(result)]
    lines += run.notes(target.title, run.tree_of(options), shard)
    run.make_folder(options.output)
    with run.create(options.output / "mutants.txt") as file:
        file.write("".join(f"{line}\n" for line in lines).encode(errors="replace"))


def check_platform(what: str, options: Namespace) -> None:
    """Error if it is not the Bochs that can be changed."""
    if options.platform != "bochs" or options.bochs not in (None, VERSION):
        bochs = f"{spelled('platform', 'bochs')} {spelled('bochs', VERSION)}"
        raise Error(f"{what}: only for {bochs}")


def chosen(count: int, options: Namespace) -> list[int]:
    """The numbers of the mutants that are to be tried."""
    if options.only:
        if options.only > count:
            raise Error(f"{spelled('only', options.only)}: there are {count} mutants")
        return [options.only]
    index, _, parts = (options.shard or "1/1").partition("/")
    return list(range(int(index), count + 1, int(parts)))


def make_parts(target: Mutant, points: Sequence[str], options: Namespace) -> list[Part]:
    """Points that need several processors have a machine of their own, unless the user wants
    one."""
    larger, some = apart(target, points, options.cases)
    assert isinstance(larger, Bochs)
    hands = (
        (target, [point for point in points if point not in some]),
        (larger, [point for point in points if point in some]),
    )
    return [
        Part(
            machine.processors,
            suite(hand, machine, options.cases, init=options.init, append=options.append),
        )
        for machine, hand in hands
        if hand
    ]


def measure(one: Suite) -> None:
    """Runs all on Bochs as it is, where nothing may fail."""
    for part in one.parts:
        verdict = run_part(one, part, one.folder / "bochs")
        if verdict.by:
            raise Error(f"on Bochs as it is there is a failure, too: {verdict.by}")
        part.millions = PATIENCE * verdict.ticks // MILLION + 1
        part.skipped = verdict.skipped


def run_part(one: Suite, part: Part, folder: Path, program: Path | None = None) -> Verdict:
    """Runs its points on this program; the folder has results.tap and console.log of the first
    machine, and a folder for the other."""
    if part is not one.parts[0]:
        folder /= f"{part.processors}-processors"
    run.make_folder(folder)
    target = Mutant(one.options, program, part.millions, part.processors)
    return until_failure(target, part.image, folder, one.options.silence, one.stop)


def run_all(one: Suite, folder: Path, program: Path) -> Verdict:
    """Runs all points, until one fails."""
    more = 0
    for part in one.parts:
        verdict = run_part(one, part, folder, program)
        if verdict.by or one.stop.is_set():
            return verdict
        more += verdict.skipped - part.skipped
    return Verdict("", more)


def show(one: Suite, mutants: dict[int, Iterator[Fault]]) -> list[Result]:
    """Tries them side by side, and prints what comes of them, in their order; after an
    interrupt what has come so far."""
    results: list[Result] = []
    futures: list[Future[Result]] = []
    pool = ThreadPoolExecutor(one.options.jobs or os.cpu_count() or 1)
    try:
        for mutant in mutants.items():
            futures.append(pool.submit(attempt, one, *mutant))
        for part in one.parts:
            where = f" with {part.processors} processors" if part.processors > 1 else ""
            points = f"{len(part.image.points)} points{where}"
            say(f"{points}, at most {part.millions} million instructions")
        for future in futures:
            # A wait without an end may miss an interrupt that comes when it begins.
            while not future.done():
                wait([future], timeout=1)
            results.append(future.result())
            print("\n".join(lines_of(results[-1])), flush=True)
    except KeyboardInterrupt:
        pass
    finally:
        one.stop.set()
        pool.shutdown(cancel_futures=True)
    for result in came(futures[len(results) :]):
        results.append(result)
        print("\n".join(lines_of(result)), flush=True)
    return results


def came(futures: Sequence[Future[Result]]) -> Iterator[Result]:
    """Of these the results that there are."""
    for future in futures:
        try:
            result = future.result()
        except CancelledError:
            continue
        if result.verdict or not result.fault:
            yield result


def attempt(one: Suite, number: int, faults: Iterator[Fault]) -> Result:
    """Builds the first of the faults that can be built, and runs all cases on it.

    Of the tree nothing is left.
    """
    result = Result(number)
    folder = one.folder / f"{number:03}"
    shutil.rmtree(folder, ignore_errors=True)
    run.make_folder(folder)
    for fault in faults:
        with scratch_folder() as scratch:
            tree = Path(scratch, "tree")
            why = build(fault, one.source, tree, folder / "make.log")
            if one.stop.is_set():
                result.fault = fault
                break
            if why:
                result.refused.append(f"{described(fault)}: {why}")
                continue
            result.fault = fault
            (folder / "diff").write_text(fault.diff, encoding="latin-1")
            verdict = run_all(one, folder, tree / "bochs")
            if not one.stop.is_set():
                result.verdict = verdict
            break
    return result


def described(fault: Fault) -> str:
    return f"{fault.place} {fault.operator}"


def lines_of(result: Result) -> list[str]:
    """The lines of the table: what was refused, and the mutant with its diff."""
    lines = [f"# {result.number}: {text}" for text in result.refused]
    if not (result.fault and result.verdict):
        return [*lines, f"# {result.number}: there is nothing else to be changed here"]
    more = result.verdict.skipped
    if result.verdict.by:
        what = f"killed by {result.verdict.by}"
    else:
        what = "survived" + (f", skipped {more:+d} points" if more else "")
    lines.append(f"{result.number} {described(result.fault)}: {what}")
    return [*lines, *(f"  {line}" for line in result.fault.lines)]


def summary(results: Sequence[Result]) -> str:
    tried = [result.verdict for result in results if result.verdict]
    killed = sum(bool(verdict.by) for verdict in tried)
    refused = sum(len(result.refused) for result in results)
    return f"{killed} killed, {len(tried) - killed} survived, {refused} not built"


def say(text: str) -> None:
    print(f"# {text}", flush=True)
