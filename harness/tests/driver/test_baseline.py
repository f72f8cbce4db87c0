# SPDX-License-Identifier: GPL-2.0
"""--baseline: what changed since an earlier result, and the text that a result is."""

import pytest
from texts import HLT
from vmxcheck import Error, baseline, changes, results, run
from vmxcheck.difference import WORST_FIRST
from vmxcheck.results import read
from vmxcheck.selection import Selection
from vmxcheck.tap import OUTCOMES, Stream, point_of

TAP = """\
TAP version 13
1..5
ok 1 - a/x[2]
not ok 2 - a/x[1]
  ---
  at: "a/x.case:5"
  message: "a/x.case:5: ilen: expected 0x1, got 0x2"
  ...
ok 3 - b/y # SKIP needs cpu.y
not ok 4 - b/z # TODO why
ok 5 - c/u # SKIP undecided: another refused
# target: a machine
"""
TEXT = """\
# vmxcheck baseline: NAME OUTCOME
# target: a machine
a/x[1] failed
a/x[2] passed
b/y skipped
b/z todo
c/u undecided
"""


def stream(*lines):
    tap = Stream()
    for line in ("TAP version 13", f"1..{len(lines)}", *lines):
        for one in line.splitlines():
            tap.feed(one)
    tap.finish()
    return tap


def test_every_outcome_has_its_place():
    assert set(WORST_FIRST) == set(OUTCOMES)
    for outcome in OUTCOMES:
        assert point_of(1, "a", outcome).outcome == outcome


@pytest.mark.parametrize("as_folder", [True, False])
def test_written_and_read(here, tmp_path, as_folder):
    file = tmp_path / "results.tap"
    file.write_text(TAP)
    assert here("baseline", tmp_path if as_folder else file) == (0, TEXT, "")
    (tmp_path / "base").write_text(TEXT)
    one = baseline.read(tmp_path / "base")
    assert one.target == "a machine" and one.tap.complete
    came = {name: point.outcome for name, point in read(file).points.items()}
    assert {name: point.outcome for name, point in one.points.items()} == came
    assert baseline.read(file).points == read(file).points


def test_compared(here, tmp_path):
    (tmp_path / "results.tap").write_text(TAP)
    (tmp_path / "base").write_text(TEXT.replace("a/x[2] passed", "a/x[2] failed"))
    status, out, err = here("compare", tmp_path / "base", tmp_path)
    assert (status, err) == (1, "")
    assert "failed -> passed: 1 point" in out and "only in" not in out


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "it is empty"),
        ("\n \n", "it is empty"),
        ("# only a comment\n", "there is no point in it"),
        ("<testsuites/>\n", "this is neither TAP nor a baseline"),
        ("no TAP\n", "this is neither TAP nor a baseline"),
        ("\0\xff\n" * 9, "this is neither TAP nor a baseline"),
        ("a/x pass\n", "1: 'pass' is no outcome; there are: passed failed"),
        ("a/x passed\n\na/y\n", "3: NAME OUTCOME is expected: 'a/y'"),
        ("a/x passed\na/x failed\n", "a/x came 2 times"),
        ("TAP version 13\n", "this is not TAP"),
        ("1..2\nok 1 - a\n", "it was cut off: 1 points came, 2 were planned"),
        ("1..2\nok 1 - a\nok 2 - a\n", "a came 2 times"),
        (None, "No such file or directory"),
    ],
)
@pytest.mark.parametrize("as_folder", [True, False])
def test_bad_baseline(here, tmp_path, text, message, as_folder):
    """Before anything runs, and with nothing left behind."""
    file = tmp_path / "base" / "results.tap"
    file.parent.mkdir()
    if text is not None:
        file.write_text(text, encoding="latin-1")
    given = file.parent if as_folder else file
    words = "exits/hlt", "--output", tmp_path / "out", "--baseline", given
    status, out, err = here("run", *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"vmxcheck: {file}:") and message in err, err
    assert err.count("\n") == 1 and not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "text, message",
    [
        (TEXT, "this is not TAP"),
        ("1..2\nok 1 - a\n", "it was cut off: 1 points came, 2 were planned"),
        ("", "this is not TAP"),
    ],
)
def test_no_baseline_of_this(here, tmp_path, text, message):
    (tmp_path / "one").write_text(text)
    status, out, err = here("baseline", tmp_path / "one")
    assert (status, out) == (2, "")
    assert err == f"vmxcheck: {tmp_path}/one: {message}\n"


def concluded(capsys, text, lines, selection=Selection([], [], None), tmp="base"):
    """The status and what is said of these lines against a baseline."""
    one = results.of(tmp, tmp, text, [])
    before = changes.before(one, selection)
    status = run.conclude(stream(*lines), "it", None, before)
    return status, capsys.readouterr().err.splitlines()


def base(**outcomes):
    tap = Stream()
    for name, outcome in outcomes.items():
        tap.points.append(point_of(len(tap.points) + 1, f"a/{name}", outcome))
    tap.plan = len(tap.points)
    return tap


END = " on it, against ? (base)"


def test_nothing_changed(capsys):
    """Also what failed and fails is as it was."""
    lines = "ok 1 - a/x", "not ok 2 - a/y", "not ok 3 - a/z # TODO other", "ok 4 - a/u # SKIP undecided: why"
    before = base(x="passed", y="failed", z="todo", u="undecided")
    assert concluded(capsys, before, lines) == (0, [f"no changes of 4{END}"])


@pytest.mark.parametrize(
    "before, line, said",
    [
        ("passed", "not ok 1 - a/x\n  ---\n  message: m\n  ...", ["1 new failure", "m"]),
        ("failed", "ok 1 - a/x", ["1 new pass", ""]),
        ("passed", "ok 1 - a/x # SKIP needs cpu.x", ["1 newly skipped point", "needs cpu.x"]),
        ("failed", "not ok 1 - a/x # TODO why", ["1 newly todo point", "why"]),
        (
            "passed",
            "ok 1 - a/x # SKIP undecided: another refused",
            ["1 newly undecided point", "undecided: another refused"],
        ),
        ("undecided", "ok 1 - a/x", ["1 new pass", ""]),
        (None, "ok 1 - a/x", ["1 new point", ""]),
        (None, "not ok 1 - a/x", ["1 new point", "failed"]),
        ("passed", "", ["1 lost point", ""]),
    ],
)
def test_each_kind_of_change(capsys, before, line, said):
    """It is named, and the status is 1."""
    kind, why = said
    also = {"x": before} if before else {}
    lines = [line] if line else []
    status, told = concluded(capsys, base(y="passed", **also), ["ok 2 - a/y", *lines])
    count = 1 + len(lines)
    assert status == 1
    expected = [f"{kind}:", "  a/x", *([f"      {why}"] if why else [])]
    assert told == [*expected, f"{kind} of {count}{END}"]


def test_many_changes(capsys):
    """Kinds in the order of how bad they are; what is alike together."""
    names = "abcdefgh"
    lines = [f"not ok {i} - a/x[{name}]" for i, name in enumerate(names[:4], 1)]
    lines += [f"ok {i} - a/y[{name}]" for i, name in enumerate(names[4:6], 5)]
    before = base(**{f"x[{name}]": "passed" for name in names[:4]})
    before.points += base(**{f"y[{name}]": "failed" for name in names[4:6]}).points
    assert concluded(capsys, before, lines) == (
        1,
        [
            *("4 new failures:", "  a/x (4)", "2 new passes:", "  a/y[e], a/y[f]"),
            f"4 new failures, 2 new passes of 6{END}",
        ],
    )


TRANSCRIPT = "ok 1 - a/x\n  ---\n  transcript: |\n    regs? ax {}\n  ..."


@pytest.mark.parametrize(
    "before, after, status",
    [
        (TRANSCRIPT.format(1), TRANSCRIPT.format(2), 1),
        (TRANSCRIPT.format(1), TRANSCRIPT.format(1), 0),
        (TRANSCRIPT.format("*=1"), TRANSCRIPT.format("*=2"), 0),
        (TRANSCRIPT.format(1), "ok 1 - a/x", 0),
        ("ok 1 - a/x", TRANSCRIPT.format(1), 0),
    ],
)
def test_transcripts(capsys, before, after, status):
    """Only if both have them; what a case leaves open is no change."""
    found, told = concluded(capsys, stream(before), [after])
    assert found == status
    assert told[:-1] == status * [
        *("1 changed transcript:", "  a/x", "      - regs? ax 1", "      + regs? ax 2"),
    ]


def test_a_run_that_gives_up(capsys):
    """It is no good, even if nothing is another."""
    status, told = concluded(capsys, stream("ok 1 - a/x"), ["ok 1 - a/x", "Bail out! Panic"])
    assert status == 1
    assert told[-1].endswith("; gave up: Panic")


@pytest.mark.parametrize("command", ["baseline", "run"])
def test_what_gave_up_is_no_baseline(here, tmp_path, command):
    """Of the points that did not come nobody would know that they are lost."""
    file = tmp_path / "results.tap"
    file.write_text("1..2\nok 1 - exits/hlt[real]\nBail out! Panic\n")
    words = [file] if command == "baseline" else ["exits/hlt", "--baseline", file]
    status, out, err = here(command, *words)
    assert (status, out) == (2, "")
    assert err == f"vmxcheck: {file}: it gave up, and is no baseline: Panic\n"


def test_a_failure_becomes_another(capsys):
    failure = "not ok 1 - a/x\n  ---\n  message: {}\n  ..."
    before = stream(*failure.format("one").splitlines())
    _, told = concluded(capsys, before, failure.format("two").splitlines())
    assert told[:2] == ["1 other failure:", "  a/x"]
    _, told = concluded(capsys, before, failure.format("one").splitlines())
    assert told[0].startswith("no changes")


WHOLE = ["a/x[1]", "a/x[2]", "b/y", "c/z", "d/u", "d/u[1]"]


@pytest.mark.parametrize(
    "patterns, shard, about, not_about",
    [
        ([], None, ["a/x[1]", "gone/g"], []),
        (["a/*"], None, ["a/x[9]", "a/gone"], ["b/y", "gone/g"]),
        (["a/x[1]"], None, ["a/x[1]"], ["a/x[2]", "a/x"]),
        ([], "1/2", ["a/x[9]", "c/z", "gone/g"], ["b/y", "d/u[7]"]),
        ([], "2/2", ["b/y", "d/u[7]"], ["a/x[9]", "c/z", "gone/g"]),
        (["?/*"], "1/2", ["a/x[9]"], ["b/y", "gone/g"]),
    ],
)
def test_what_a_run_is_about(patterns, shard, about, not_about):
    """Of a point that there is no more, one shard tells."""
    selection = Selection(WHOLE, patterns, shard)
    assert [name for name in about + not_about if name in selection] == about


def test_shards_are_dealt_out_by_case():
    parts = [Selection(WHOLE, [], f"{i}/3").points for i in (1, 2, 3)]
    assert parts == [["a/x[1]", "a/x[2]", "d/u", "d/u[1]"], ["b/y"], ["c/z"]]
    with pytest.raises(Error, match="nothing is left for it: there are 4 cases"):
        Selection(WHOLE, [], "5/5")


def test_renamed_points(capsys, tmp_path):
    """cases/renamed has the names of the version before."""
    (tmp_path / "base").write_text("cr/cr0-set[MP,0x2,0x33] failed\n")
    before = changes.before(changes.read(tmp_path / "base", ""), Selection([], [], None))
    assert run.conclude(stream("ok 1 - cr/cr0-set[MP]"), "it", None, before) == 1
    assert capsys.readouterr().err.startswith("1 new pass:\n  cr/cr0-set[MP]\n")


@pytest.mark.emulator
def test_runs_and_shards(command, cases, tmp_path):
    """A committed baseline, a run in two shards, and what is merged of them."""
    good, wrong = HLT.format(length=1), HLT.format(length=2)
    folder = cases(a=good, b=wrong, c=good)
    (tmp_path / "base").write_text("exits/a passed\nexits/b failed\nexits/c failed\n")
    words = "--cases", folder, "--baseline", tmp_path / "base"
    status, _, err = command.vmxcheck("run", *words, "--output", tmp_path / "all")
    assert status == 1
    assert "1 new pass:\n  exits/c\n1 new pass of 3 in " in err
    for index, code, last in ((1, 1, "1 new pass of 2"), (2, 0, "no changes of 1")):
        output = tmp_path / f"shards/{index}"
        shard = "--shard", f"{index}/2", "--output", output
        status, _, err = command.vmxcheck("run", *words, *shard)
        assert status == code and last in err
    given = tmp_path / "shards", "--output", tmp_path / "merged"
    status, out, err = command.run("vmxcheck", "merge", *given)
    assert (status, out) == (1, "")
    assert "\n2 passed, 1 failed of 3 on Bochs" in err
    points = [
        [line for line in (tmp_path / of / "results.tap").open() if not line.startswith("#")]
        for of in ("all", "merged")
    ]
    assert points[0] == points[1]
    words = "--baseline", tmp_path / "all"
    status, _, err = command.run("vmxcheck", "merge", *given, *words)
    assert status == 0 and err.startswith("no changes of 3 on Bochs")
