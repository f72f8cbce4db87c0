# SPDX-License-Identifier: GPL-2.0
"""Results as JUnit XML, which CI servers show."""

import os
import re
from collections import Counter
from xml.etree import ElementTree

# What XML can't say at all.
FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(path, tap, planned, properties):
    """Writes what came of a run; `planned` are the names of its points.

    There are no times in it: an emulator's say nothing about the processor.
    """
    new = path.with_name(path.name + ".new")
    tree = ElementTree.ElementTree(document(tap, planned, properties))
    ElementTree.indent(tree)
    tree.write(new, encoding="utf-8", xml_declaration=True)
    os.replace(new, path)


def document(tap, planned, properties):
    """The XML document, as an element."""
    cases = [point_case(point) for point in tap.points]
    came = {point.name for point in tap.points}
    why = tap.bail_out or "it was not heard of"
    missing = [name for name in planned if name not in came]
    if tap.bail_out is not None and not missing:
        missing = ["vmxcheck/run"]
    for name in missing:
        case = empty_case(name)
        add(case, "error", f"this point did not run: {why}", type="error")
        cases.append(case)

    tags = Counter(child.tag for case in cases for child in case)
    counts = {
        "tests": str(len(cases)),
        "failures": str(tags["failure"]),
        "errors": str(tags["error"]),
        "skipped": str(tags["skipped"]),
    }
    suites = ElementTree.Element("testsuites", name="vmxcheck", **counts)
    suite = ElementTree.SubElement(suites, "testsuite", name="vmxcheck", **counts)
    add_properties(suite, properties)
    suite.extend(cases)
    return suites


def empty_case(name):
    """exits/hlt[real] is of the class exits.hlt."""
    classname = name.partition("[")[0].replace("/", ".")
    return ElementTree.Element("testcase", classname=clean(classname), name=clean(name))


def point_case(point):
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
        add(case, tag, message, block, type=tag)
    return case


def add_properties(element: ElementTree.Element, properties: dict[str, str]) -> None:
    listed = ElementTree.SubElement(element, "properties")
    for name, value in properties.items():
        ElementTree.SubElement(listed, "property", name=name, value=clean(value))


def add(case, tag, message, text=None, **attributes):
    element = ElementTree.SubElement(case, tag, message=clean(message), **attributes)
    if text:
        element.text = clean(text)


def clean(text):
    return FORBIDDEN.sub("\ufffd", text)
