# SPDX-License-Identifier: GPL-2.0
"""vmxcheck kcidb: results as JSON for KCIDB, the database of the kernel's CI systems.

Its format is that of kcidb-io, version 5. A test is a point, its path is of the name. What
is known to be wrong has failed, and an incident says by which issue: the reason of the quirk.
"""

import hashlib
import json
import re
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence

from vmxcheck import Error, processor, results
from vmxcheck.difference import why
from vmxcheck.printed import points
from vmxcheck.results import TREE, Results
from vmxcheck.tap import OUTCOMES, Point

VERSION = {"major": 5, "minor": 0}
ROOT = "vmxcheck"
# How much it takes of a log
MOST = 16384

# What an object of JSON has
Values = dict[str, object]
# Takes its kind, the rest of its ID, and what it has besides; returns the ID
Add = Callable[[str, str, Mapping[str, object]], str]


def command(_platform: None, options: Namespace) -> int:
    """Prints one report of all results."""
    if not options.results:
        raise Error("a result is to be reported: name it, or its folder")
    files = [file for path in options.results for file in results.find(path)]
    every = [
        results.whole(one)
        for file in files
        for one in results.read_all(file) or [results.read(file)]
    ]
    json.dump(report(every, options.origin, options.build), sys.stdout, indent=1)
    print()
    return 0


def report(every: Sequence[Results], origin: str, build: str | None) -> Values:
    """The whole; without a build that KCIDB knows, vmxcheck itself is the build."""
    found: dict[str, dict[str, Values]] = {
        kind: {} for kind in ("checkouts", "builds", "tests", "issues", "incidents")
    }

    def add(kind: str, name: str, values: Mapping[str, object]) -> str:
        one = f"{origin}:{name}"
        found[kind][one] = {"id": one, "origin": origin, **values}
        return one

    for result in every:
        of = build or own_build(result, add)
        run = digest(result.target, result.processor, *map(repr, result.tap.points))
        about = {"build_id": of, "environment": environment(result)}
        add("tests", run, about | summary(result))
        for point in result.points.values():
            path = path_of(point.name)
            test = add("tests", f"{run}.{path}", about | outcome(point))
            if point.outcome == "todo":
                values = {"version": 1, "comment": point.reason, "culprit": {"code": True}}
                issue = add("issues", digest(point.reason), values)
                link = {"issue_id": issue, "issue_version": 1, "test_id": test}
                add("incidents", f"{run}.{path}", link | {"present": True})
    lists = {kind: list(objects.values()) for kind, objects in found.items() if objects}
    return {"version": VERSION, **lists}


def own_build(result: Results, add: Add) -> str:
    """The cases and programs that a result is of."""
    tree = result.notes.get(TREE, "?")
    name = digest(tree)
    values = {"tree_name": "vmxcheck", "comment": f"vmxcheck {tree}", "valid": True}
    checkout = add("checkouts", name, values)
    values = {"checkout_id": checkout, "architecture": "x86_64", "status": "PASS"}
    return add("builds", name, values)


def environment(result: Results) -> Values:
    """Where it ran."""
    found: Values = {"comment": result.target}
    if result.processor:
        facts = dict(zip(processor.FACTS, processor.facts(result.processor)))
        known = {name: text for name, text in facts.items() if text != processor.UNKNOWN}
        found["misc"] = {"processor": result.processor} | known
    return found


def summary(result: Results) -> Values:
    """What came of all points."""
    counts = result.counts()
    said = [f"{counts[name]} {name}" for name in OUTCOMES if counts[name]]
    comment = f"{', '.join(said) or 'none'} of {points(result.tap.plan or 0)}"
    if result.tap.bail_out is not None:
        return {
            "path": ROOT,
            "status": "ERROR",
            "comment": f"{comment}; gave up: {result.tap.bail_out}",
        }
    status = "FAIL" if counts["failed"] else "PASS"
    if not counts["failed"] + counts["passed"] + counts["todo"]:
        status = "SKIP"
    return {"path": ROOT, "status": status, "comment": comment}


def outcome(point: Point) -> Values:
    """What came of a point."""
    found: Values = {"path": path_of(point.name), "status": status_of(point)}
    found["misc"] = {"point": point.name}
    if point.outcome != "passed" and (texts := why(point)):
        found["comment"] = "; ".join(texts)
    if point.outcome in ("failed", "todo") and point.yaml:
        found["log_excerpt"] = "\n".join(point.yaml)[:MOST]
    return found


def status_of(point: Point) -> str:
    if point.outcome == "failed" and point.fields.get("severity") == "error":
        return "ERROR"
    return {"passed": "PASS", "skipped": "SKIP", "undecided": "SKIP"}.get(point.outcome, "FAIL")


def path_of(name: str) -> str:
    """exits/hlt[real] is vmxcheck.exits.hlt.real."""
    words = re.split(r"[/\[]", name.removesuffix("]"))
    return ".".join([ROOT, *(re.sub(r"[^A-Za-z0-9_-]", "_", word) for word in words)])


def digest(*lines: str) -> str:
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
