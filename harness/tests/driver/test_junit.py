# SPDX-License-Identifier: GPL-2.0
"""The writer of JUnit XML."""

import re
import subprocess
from xml.etree import ElementTree

from vmxcheck import junit

TEXT = """\
TAP version 13
1..6
ok 1 - exits/hlt[prot]
  ---
  transcript: |
    wait? .hlt 0x0
  ...
not ok 2 - exits/in[al,0x10]
  ---
  core: "atom"
  values: "insn=al info=intr(#np,hw,code)"
  severity: failure
  message: "ilen: expected <2> & \\x01, got 0x1"
  ...
not ok 3 - exits/out
  ---
  severity: error
  message: there is no guest
  ...
ok 4 - exits/xsetbv # SKIP needs cpu.xsave
not ok 5 - ept/rf # TODO saves RFLAGS.RF as 0
  ---
  severity: failure
  got: one thing
  ...
ok 6 - ept/listed # TODO is wrong
"""
NAMES = [
    *("exits/hlt[prot]", "exits/in[al,0x10]", "exits/out", "exits/xsetbv"),
    *("ept/rf", "ept/listed"),
]


def write(tmp_path, text, planned=NAMES, platform=""):
    """The file of this TAP, read again; nothing else is left in the folder."""
    tap = tmp_path / "results.tap"
    path = tmp_path / "results.xml"
    tap.write_bytes(text.encode("latin-1"))
    junit.write(tap, planned, platform)
    assert set(tmp_path.iterdir()) == {tap, path}
    busybox = subprocess.run(
        ["busybox", "awk", "-v", f"platform={platform}", "-f", junit.SCRIPT, tap],
        capture_output=True,
        check=True,
    )
    # There it does not know what was planned.
    if {f"- {name}" for name in planned} <= set(re.findall("- [^ \n]*", text)):
        assert busybox.stdout == path.read_bytes()
    return ElementTree.parse(path).getroot()


def outcomes(root):
    return {
        case.get("name"): [child.tag for child in case]
        for case in root.iter("testcase")
    }


def listed(element):
    """The properties of a test suite or a test case."""
    found = element.findall("properties/property")
    return {one.get("name"): one.get("value") for one in found}


def test_outcomes(tmp_path):
    root = write(tmp_path, TEXT)
    assert outcomes(root) == {
        "exits/hlt[prot]": [],
        "exits/in[al,0x10]": ["properties", "failure"],
        "exits/out": ["error"],
        "exits/xsetbv": ["skipped"],
        "ept/rf": ["skipped", "system-out"],
        "ept/listed": ["failure"],
    }


def test_counts(tmp_path):
    root = write(tmp_path, TEXT)
    for element in (root, root.find("testsuite")):
        counts = [element.get(n) for n in ("tests", "failures", "errors", "skipped")]
        assert counts == ["6", "2", "1", "2"]


def test_texts(tmp_path):
    root = write(tmp_path, f"{TEXT}# core: atom\n# target: a <b>\xff\n", platform="x")
    cases = {case.get("name"): case for case in root.iter("testcase")}
    failure = cases["exits/in[al,0x10]"].find("failure")
    assert failure.get("message") == "ilen: expected <2> & \ufffd, got 0x1"
    assert "severity: failure" in failure.text
    assert cases["exits/xsetbv"].find("skipped").get("message") == "needs cpu.xsave"
    known = cases["ept/rf"]
    assert "saves RFLAGS.RF as 0" in known.find("skipped").get("message")
    assert "got: one thing" in known.find("system-out").text
    assert "is wrong" in cases["ept/listed"].find("failure").get("message")
    assert cases["exits/hlt[prot]"].get("classname") == "exits.hlt"
    assert listed(root.find("testsuite")) == {
        "platform": "x",
        "target": "a <b>\ufffd",
        "core": "atom",
    }


def test_values(tmp_path):
    cases = {case.get("name"): case for case in write(tmp_path, TEXT).iter("testcase")}
    assert listed(cases["exits/in[al,0x10]"]) == {
        "core": "atom",
        "insn": "al",
        "info": "intr(#np,hw,code)",
    }


def test_texts_of_yaml(tmp_path):
    """As tap.c of vmxrun writes them: in quotes, and of several lines."""
    text = """\
TAP version 13
1..2
not ok 1 - a/x
  ---
  severity: failure
  message: "\\"a\\\\b\\" \\x09 \\x0a\\xff=1"
  ...
not ok 2 - a/y
  ---
  severity: failure
  message: |
    one
    two: 2
  registers: |
    message: three
  ...
"""
    root = write(tmp_path, text, ["a/x", "a/y"])
    messages = [failure.get("message") for failure in root.iter("failure")]
    assert messages == ['"a\\b" \t \n\ufffd=1', "one\ntwo: 2"]


def test_known_erratum(tmp_path):
    text = "1..1\nnot ok 1 - a/x # TODO known erratum ADL002: x: y\n  ---\n  ...\n"
    [skipped] = write(tmp_path, text, ["a/x"]).iter("skipped")
    assert skipped.get("message") == "known erratum ADL002: x: y"


def test_points_that_never_came(tmp_path):
    text = "1..3\nok 1 - a/x\nBail out! Kernel panic\n"
    root = write(tmp_path, text, ["a/x", "a/y", "b/z"])
    assert outcomes(root) == {"a/x": [], "a/y": ["error"], "b/z": ["error"]}
    assert root.get("errors") == "2"
    for error in root.iter("error"):
        assert error.get("message") == "this point did not run: Kernel panic"


def test_gave_up_after_all_of_them(tmp_path):
    """A file without an error would say that all is well."""
    root = write(tmp_path, "1..1\nok 1 - a/x\nBail out! no end\n", ["a/x"])
    assert outcomes(root) == {"a/x": [], "vmxcheck/run": ["error"]}


def test_nothing_came(tmp_path):
    root = write(tmp_path, "Bail out! vmxfs does not load\n", [])
    assert outcomes(root) == {"vmxcheck/run": ["error"]}


def test_a_result_that_was_kept_as_tap_only(command, tmp_path):
    """As a stick keeps it."""
    (tmp_path / "results.tap").write_text(f"{TEXT}# target: a stick\n")
    assert command.run("vmxcheck", "junit", tmp_path) == (0, "", "")
    suites = ElementTree.parse(tmp_path / "results.xml").getroot()
    counts = {key: suites.get(key) for key in ("tests", "failures", "errors")}
    assert counts == {"tests": "6", "failures": "2", "errors": "1"}
    assert listed(suites.find("testsuite")) == {"target": "a stick"}


def test_a_result_that_was_cut(command, tmp_path):
    cut = tmp_path / "cut.tap"
    cut.write_text(TEXT.partition("ok 6")[0])
    assert command.run("vmxcheck", "junit", cut) == (0, "", "")
    [error] = [
        error.get("message")
        for error in ElementTree.parse(tmp_path / "cut.xml").getroot().iter("error")
        if "did not run" in error.get("message")
    ]
    assert error == "this point did not run: 5 points came, 6 were planned"


def test_a_result_that_is_none(command, tmp_path):
    (tmp_path / "results.tap").write_text("no TAP\n")
    status, out, err = command.run("vmxcheck", "junit", tmp_path)
    assert (status, out) == (2, "")
    assert err == f"vmxcheck: {tmp_path}/results.tap: this is not TAP\n"
    assert not (tmp_path / "results.xml").exists()
