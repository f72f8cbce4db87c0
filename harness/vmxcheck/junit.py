# SPDX-License-Identifier: GPL-2.0
"""vmxcheck junit, and what vmxcheck run writes: results as JUnit XML, for CI servers.

The standard library writes it in few lines: python3-junitparser would be one more
package that each run needs.
"""

import os
import re
from argparse import Namespace
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.etree import ElementTree

from vmxcheck import Error, results
from vmxcheck.tap import Point, Stream

# What XML can't say at all.
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def command(_platform: None, options: Namespace) -> int:
    """Writes results.xml beside a results.tap that was kept alone, on a stick say."""
    kept = results.read(options.results)
    tap = kept.tap
    if not tap.complete and tap.bail_out is None:
        tap.bail_out = (
            f"{len(tap.points)} points came, {tap.plan or 'not'} were planned"
        )
    file = results.file_in(options.results).with_suffix(".xml")
    try:
        write(file, tap, (), {results.TARGET: kept.target})
    except OSError as error:
        raise Error(f"{file}: {error.strerror}") from None
    return 0


def write(
    path: Path, tap: Stream, planned: Sequence[str], properties: Mapping[str, str]
) -> None:
    """Writes what came of a run; `planned` are the names of its points.

    There are no times in it: an emulator's say nothing about the processor.
    """
    new = path.with_name(path.name + ".new")
    tree = ElementTree.ElementTree(document(tap, planned, properties))
    ElementTree.indent(tree)
    tree.write(new, encoding="utf-8", xml_declaration=True)
    os.replace(new, path)


def document(
    tap: Stream, planned: Sequence[str], properties: Mapping[str, str]
) -> ElementTree.Element:
    """The XML document, as an element."""
    cases = [point_case(point) for point in tap.points]
    came = {point.name for point in tap.points}
    why = tap.bail_out or "it was not heard of"
    missing = [name for name in planned if name not in came]
    if tap.bail_out is not None and not missing:
        missing = ["vmxcheck/run"]
    for name in missing:
        case = empty_case(name)
        add(case, "error", f"this point did not run: {why}", kind="error")
        cases.append(case)

    tags = Counter(child.tag for case in cases for child in case)
    counts = {
        "name": "vmxcheck",
        "tests": str(len(cases)),
        "failures": str(tags["failure"]),
        "errors": str(tags["error"]),
        "skipped": str(tags["skipped"]),
    }
    suites = ElementTree.Element("testsuites", counts)
    suite = ElementTree.SubElement(suites, "testsuite", counts)
    add_properties(suite, properties)
    suite.extend(cases)
    return suites


def empty_case(name: str) -> ElementTree.Element:
    """exits/hlt[real] is of the class exits.hlt."""
    classname = name.partition("[")[0].replace("/", ".")
    return ElementTree.Element("testcase", classname=clean(classname), name=clean(name))


def point_case(point: Point) -> ElementTree.Element:
    case = empty_case(point.name)
    fields = point.fields
    block = "\n".join(point.yaml)
    if "values" in fields:
        pairs = (word.partition("=") for word in fields["values"].split())
        add_properties(case, {name: value for name, _, value in pairs})
    if point.outcome == "skipped":
        add(case, "skipped", point.reason)
    elif point.outcome == "todo":
        add(case, "skipped", f"known deviation: {point.reason}")
        ElementTree.SubElement(case, "system-out").text = clean(block)
    elif point.outcome == "failed":
        tag = "error" if fields.get("severity") == "error" else "failure"
        message = fields.get("message", "it failed")
        if point.ok:
            message = f"it passed, but is listed as wrong: {point.reason}"
        add(case, tag, message, block, kind=tag)
    return case


def add_properties(
    element: ElementTree.Element, properties: Mapping[str, str]
) -> None:
    listed = ElementTree.SubElement(element, "properties")
    for name, value in properties.items():
        ElementTree.SubElement(listed, "property", name=name, value=clean(value))


def add(
    case: ElementTree.Element,
    tag: str,
    message: str,
    text: str = "",
    kind: str = "",
) -> None:
    attributes = {"message": clean(message)} | ({"type": kind} if kind else {})
    element = ElementTree.SubElement(case, tag, attributes)
    if text:
        element.text = clean(text)


def clean(text: str) -> str:
    return FORBIDDEN.sub("\ufffd", text)
