# SPDX-License-Identifier: GPL-2.0
"""vmxcheck unreached: the VMX code of Bochs 3.0 that no point executes.

A fault there can't be found: no mutant of it is killed.
"""

import sys
from argparse import Namespace
from pathlib import Path
from threading import Event

from mutants import reach
from mutants.choose import sites_of
from mutants.operators import read_names
from mutants.source import read_all
from mutants.suite import Mutant, until_failure
from variants.build import source

from vmxcheck import Error, run
from vmxcheck.folders import scratch_folder
from vmxcheck.image import list_points
from vmxcheck.mutants import check_platform, make_parts


def command(_platform: object, options: Namespace) -> int:
    """Prints the lines, and how many there are of all; 0."""
    check_platform("unreached", options)
    folder = options.output / "unreached"
    run.make_folder(folder)
    bochs = source()
    names = read_names(bochs)
    lines = {
        one.name: (one, {one.line_of(site.start) for site in sites_of(one, names)})
        for one in read_all(bochs)
    }
    with scratch_folder() as scratch:
        tree = Path(scratch, "tree")
        reach.build(bochs, tree, folder / "make.log", lines)
        points = list_points(options.cases, options.patterns)
        for part in make_parts(Mutant(options), points, options):
            target = Mutant(options, tree / "bochs", processors=part.processors)
            verdict = until_failure(target, part.image, folder, options.silence, Event())
            if verdict.by:
                raise Error(f"not all of the points ran: {verdict.by}")
        total = missed = 0
        for name, (one, numbers) in lines.items():
            counts = reach.counts(tree, name)
            text = one.text.splitlines()
            total += len(numbers & counts.keys())
            for number in sorted(numbers & counts.keys()):
                if not counts[number]:
                    missed += 1
                    print(f"{name}:{number}: {text[number - 1].strip()}")
    print(f"{missed} of {total} lines of VMX code were not executed", file=sys.stderr)
    return 0
