# SPDX-License-Identifier: GPL-2.0
"""vmxcheck kcidb: results as KCIDB takes them."""

import json
from pathlib import Path

import jsonschema
import pytest
from vmxcheck.image import list_points
from vmxcheck.kcidb import path_of

SCHEMA = json.loads((Path(__file__).parent / "schemas/kcidb.json").read_text())

# Of each outcome one; the second known one has the same reason
TAP = """\
TAP version 13
# processor: Intel(R) N100, 06-be-00, microcode 0x12, core atom
1..7
ok 1 - exits/hlt[real]
ok 2 - exits/hlt[prot,a!] # SKIP needs proc.hlt_exiting
not ok 3 - exits/io # TODO known erratum ADL002: why
  ---
  message: "it differs"
  ...
not ok 4 - exits/io[out-8] # TODO known erratum ADL002: why
not ok 5 - exits/rdtsc
  ---
  severity: failure
  at: "exits/rdtsc.case:5"
  message: "pc: it differs"
  ...
not ok 6 - exits/pause
  ---
  severity: error
  message: "there is no guest"
  ...
ok 7 - exits/vmcall # TODO known: it passed
# target: this machine, Linux 6.1
# tree: 0.6, 123456789abc
"""


@pytest.fixture
def kcidb(here, tmp_path):
    """What is printed of a result of this text, which is valid."""

    def kcidb(text, *words):
        file = tmp_path / "result"
        file.write_text(text)
        status, out, err = here("kcidb", *words, file)
        assert (status, err) == (0, "")
        report = json.loads(out)
        jsonschema.Draft7Validator(SCHEMA).validate(report)
        return report

    return kcidb


def of(report):
    """Path -> test."""
    return {test["path"]: test for test in report["tests"]}


def test_status_and_path(kcidb):
    tests = of(kcidb(TAP))
    assert {path: test["status"] for path, test in tests.items()} == {
        "vmxcheck": "FAIL",
        "vmxcheck.exits.hlt.real": "PASS",
        "vmxcheck.exits.hlt.prot_a_": "SKIP",
        "vmxcheck.exits.io": "FAIL",
        "vmxcheck.exits.io.out-8": "FAIL",
        "vmxcheck.exits.rdtsc": "FAIL",
        "vmxcheck.exits.pause": "ERROR",
        "vmxcheck.exits.vmcall": "FAIL",
    }
    whole = tests["vmxcheck"]
    assert whole["comment"] == "1 passed, 3 failed, 1 skipped, 2 todo of 7 points"
    rdtsc = tests["vmxcheck.exits.rdtsc"]
    assert rdtsc["comment"] == "exits/rdtsc.case:5: pc: it differs"
    assert 'message: "pc: it differs"' in rdtsc["log_excerpt"]
    assert tests["vmxcheck.exits.hlt.prot_a_"]["misc"] == {"point": "exits/hlt[prot,a!]"}
    assert tests["vmxcheck.exits.hlt.prot_a_"]["comment"] == "needs proc.hlt_exiting"
    assert "log_excerpt" not in tests["vmxcheck.exits.hlt.real"]


def test_undecided(kcidb):
    """Nobody can say whether it has passed."""
    test = of(kcidb("1..1\nok 1 - a/b # SKIP undecided: why\n"))["vmxcheck.a.b"]
    assert (test["status"], test["comment"]) == ("SKIP", "undecided: why")


def test_environment(kcidb):
    report = kcidb(TAP)
    [environment] = {json.dumps(test["environment"]) for test in report["tests"]}
    assert json.loads(environment) == {
        "comment": "this machine, Linux 6.1",
        "misc": {
            "processor": "Intel(R) N100, 06-be-00, microcode 0x12, core atom",
            **{"family": "06", "model": "be", "stepping": "00"},
            **{"microcode": "0x12", "core": "atom"},
        },
    }


def test_objects_belong_together(kcidb):
    report = kcidb(TAP, "--origin=our_ci")
    [checkout], [build], [issue] = report["checkouts"], report["builds"], report["issues"]
    assert checkout["comment"] == "vmxcheck 0.6, 123456789abc"
    assert build["checkout_id"] == checkout["id"]
    assert {test["build_id"] for test in report["tests"]} == {build["id"]}
    assert issue["comment"] == "known erratum ADL002: why"
    tests = of(report)
    assert [(one["issue_id"], one["test_id"]) for one in report["incidents"]] == [
        (issue["id"], tests[path]["id"]) for path in ("vmxcheck.exits.io", "vmxcheck.exits.io.out-8")
    ]
    ids = [one["id"] for kind in ("tests", "incidents") for one in report[kind]]
    assert all(one.startswith("our_ci:") for one in ids)
    assert len({test["id"] for test in report["tests"]}) == len(report["tests"])


def test_build_of_another(kcidb):
    report = kcidb(TAP, "--build=maestro:1234")
    assert {test["build_id"] for test in report["tests"]} == {"maestro:1234"}
    assert "builds" not in report and "checkouts" not in report


def test_several(here, tmp_path):
    """Those of a fleet are one report, in which each object is once."""
    for name, microcode in (("a", "0x12"), ("b", "0x13"), ("c", "0x12")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.tap").write_text(TAP.replace("0x12", microcode))
    status, out, err = here("kcidb", tmp_path)
    assert (status, err) == (0, "")
    report = json.loads(out)
    jsonschema.Draft7Validator(SCHEMA).validate(report)
    assert (len(report["builds"]), len(report["issues"])) == (1, 1)
    # a and c are the same run.
    assert (len(report["tests"]), len(report["incidents"])) == (16, 4)


@pytest.mark.parametrize(
    "text, status, comment",
    [
        ("1..0 # SKIP no VMX\n", "SKIP", "none of 0 points"),
        ("1..2\nok 1 - a/b\nBail out! it died\n", "ERROR", "of 2 points; gave up: it died"),
        ("1..1\nok 1 - a/b\n", "PASS", "1 passed of 1 point"),
        ("1..1\nok 1 - a/b # SKIP no\n", "SKIP", "1 skipped"),
        ("1..1\nok 1 - a/b # SKIP undecided: why\n", "SKIP", "1 undecided"),
        ("1..1\nnot ok 1 - a/b # TODO known\n", "PASS", "1 todo"),
    ],
)
def test_the_whole(kcidb, text, status, comment):
    whole = of(kcidb(f"TAP version 13\n{text}"))["vmxcheck"]
    assert whole["status"] == status
    assert comment in whole["comment"]


def test_long_log(kcidb):
    text = TAP.replace("it differs", "x" * 20_000)
    assert len(of(kcidb(text))["vmxcheck.exits.rdtsc"]["log_excerpt"]) == 16_384


def test_paths_of_all_points():
    names = list_points()
    assert len(set(map(path_of, names))) == len(names)
    path = SCHEMA["$defs"]["test"]["properties"]["path"]
    for name in names:
        jsonschema.Draft7Validator(path).validate(path_of(name))


def test_schema_refuses_what_is_wrong(kcidb):
    report = kcidb(TAP)
    report["tests"][0]["status"] = "TODO"
    assert not jsonschema.Draft7Validator(SCHEMA).is_valid(report)


@pytest.mark.parametrize(
    "text, message",
    [
        (None, "No such file or directory"),
        ("<testsuites/>\n", "this is not TAP"),
        ("1..2\nok 1 - a\n", "it was cut off: 1 points came, 2 were planned"),
    ],
)
def test_bad_input(here, tmp_path, text, message):
    file = tmp_path / "result"
    if text:
        file.write_text(text)
    assert here("kcidb", file) == (2, "", f"vmxcheck: {file}: {message}\n")


def test_nothing_to_report(here):
    err = "vmxcheck: a result is to be reported: name it, or its folder\n"
    assert here("kcidb") == (2, "", err)
