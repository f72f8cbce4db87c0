# SPDX-License-Identifier: GPL-2.0
"""vmxcheck merge: the results of shards become one, or it is said why they can't."""

import json
from xml.etree import ElementTree

import pytest
from vmxcheck.image import list_points
from vmxcheck.results import read

NAMES = ["a/x[1]", "a/x[2]", "b/y", "c/z"]
WHOLE = "4 points, 01234567"
# The cases in turn
HANDS = (["a/x[1]", "a/x[2]", "c/z"], ["b/y"])


def tap(index, points, count=2, whole=WHOLE, tree="0.6, abc", target="it", plan=None):
    """A shard's; `points` are names or lines."""
    lines = [
        point if point.startswith(("ok", "not")) else f"ok N - {point}" for point in points
    ]
    numbered = [line.replace("ok N", f"ok {i}", 1) for i, line in enumerate(lines, 1)]
    return "\n".join(
        [
            *("TAP version 13", f"1..{plan or len(points)}", *numbered),
            f"# target: {target}",
            f"# tree: {tree}",
            f"# shard: {index}/{count} of {whole}",
            "",
        ]
    )


@pytest.fixture
def merge(here, tmp_path):
    """Merges results, which are texts by the names of their folders."""

    def make(name="results.tap", options=(), **texts):
        for folder, text in texts.items():
            (tmp_path / "shards" / folder).mkdir(parents=True)
            (tmp_path / "shards" / folder / name).write_text(text)
        return here(
            *("merge", tmp_path / "shards", "--output", tmp_path / "out"), *options
        )

    return make


def test_merged(merge, tmp_path):
    """As if one run had had them all: its TAP, its JUnit, its last line."""
    block = "\n  ---\n  message: m\n  ..."
    hand = [HANDS[0][0], f"not ok N - {HANDS[0][1]}{block}", HANDS[0][2]]
    status, out, err = merge(second=tap(2, HANDS[1]), first=tap(1, hand))
    assert (status, out) == (1, "")
    assert err == "failed: a/x[2]  # m\n3 passed, 1 failed of 4 on it, 2 shards\n"
    assert (tmp_path / "out/results.tap").read_text() == (
        "TAP version 13\n1..4\nok 1 - a/x[1]\nnot ok 2 - a/x[2]" + block + "\n"
        "ok 3 - b/y\nok 4 - c/z\n# target: it\n# tree: 0.6, abc\n"
    )
    cases = ElementTree.parse(tmp_path / "out/results.xml").getroot().iter("testcase")
    assert [case.get("name") for case in cases] == NAMES
    assert [*read(tmp_path / "out").points] == NAMES


def test_nothing_failed(merge):
    assert merge(a=tap(1, HANDS[0]), b=tap(2, HANDS[1]))[0] == 0


def test_against_a_baseline(merge, tmp_path):
    """Of what the patterns of the shards select."""
    lines = [*(f"{name} passed" for name in NAMES[1:]), "a/gone passed", "b/gone passed"]
    (tmp_path / "base").write_text("\n".join(lines))
    whole = f"{WHOLE} a/* b/y c/*"
    shards = {"a": tap(1, HANDS[0], whole=whole), "b": tap(2, HANDS[1], whole=whole)}
    status, _, err = merge(options=("--baseline", tmp_path / "base"), **shards)
    assert status == 1
    assert err.splitlines() == [
        *("1 lost point:", "  a/gone", "1 new point:", "  a/x[1]"),
        f"1 lost point, 1 new point of 4 on it, 2 shards, against ? ({tmp_path}/base)",
    ]


def test_one_gave_up(merge, tmp_path):
    """The rest is kept, with the numbers that it would have had."""
    text = tap(1, HANDS[0][:1], plan=3).replace("# target", "Bail out! Panic\n# target")
    status, _, err = merge(a=text, b=tap(2, HANDS[1]))
    assert status == 1
    assert err == "2 passed of 4 on it, 2 shards; gave up: shard 1/2: Panic\n"
    merged = read(tmp_path / "out")
    assert [point.name for point in merged.tap.points] == ["a/x[1]", "b/y"]
    assert not merged.is_cut and not merged.tap.complete


def test_kinds_of_cores(merge, tmp_path):
    """Each has its results."""
    for core in ("core", "atom"):
        for index in (1, 2):
            folder = tmp_path / "shards" / str(index)
            folder.mkdir(parents=True, exist_ok=True)
            text = tap(index, HANDS[index - 1], target=core)
            (folder / f"results-{core}.tap").write_text(text)
    status, _, err = merge()
    assert (status, sorted(err.splitlines())) == (
        0,
        ["4 passed of 4 on atom, 2 shards", "4 passed of 4 on core, 2 shards"],
    )
    assert {path.name for path in (tmp_path / "out").glob("*.tap")} == {
        *("results-core.tap", "results-atom.tap"),
    }


def test_files_of_any_name(here, tmp_path):
    files = [tmp_path / "one", tmp_path / "two"]
    for index, file in enumerate(files, 1):
        file.write_text(tap(index, HANDS[index - 1]))
    assert here("merge", *files, "--output", tmp_path)[0] == 0
    assert [*read(tmp_path).points] == NAMES


FIRST, SECOND = tap(1, HANDS[0]), tap(2, HANDS[1])


def test_named_twice(command, tmp_path):
    file = tmp_path / "a.tap"
    file.write_text(FIRST)
    status, out, err = command.run("vmxcheck", "merge", file, file, "--output", tmp_path / "out")
    assert (status, out, err) == (2, "", f"vmxcheck: {file}: it is named twice\n")


@pytest.mark.parametrize(
    "texts, message",
    [
        ([FIRST], "1 shard is missing beside {a}: 2/2"),
        ([tap(2, ["b/y"], 4)], "3 shards are missing beside {a}: 1/4, 3/4, 4/4"),
        ([FIRST, FIRST], f"{{b}}: it is the same shard as {{a}}: 1/2 of {WHOLE}"),
        (
            [FIRST, tap(2, HANDS[1], tree="0.6, def")],
            "{b}: it is of another tree than {a}: 0.6, def, not 0.6, abc",
        ),
        (
            [FIRST, tap(2, HANDS[1], target="that")],
            "{b}: it is of another target than {a}: that, not it",
        ),
        (
            [FIRST, tap(2, HANDS[1], whole="4 points, 76543210")],
            f"{{b}}: it is of something else than {{a}}: 4 points, 76543210, not {WHOLE}",
        ),
        (
            [FIRST, tap(2, HANDS[1], 3)],
            "{b}: it is one of another number than {a}: 3, not 2",
        ),
        ([FIRST, tap(2, ["a/x[2]"])], "a/x[2] is in {a} and in {b}"),
        (
            [FIRST, tap(2, ["b/y", "b/z"])],
            f"{{a}}: it is of {WHOLE}, but all shards plan 5",
        ),
        (
            [FIRST, tap(2, HANDS[1], plan=7)],
            "{b}: it was cut off: 1 points came, 7 were planned",
        ),
        (
            [FIRST, SECOND.partition("# shard")[0]],
            "{b}: this is no shard: it was run without --shard",
        ),
        ([FIRST, "no TAP\n"], "{b}: this is not TAP"),
        ([FIRST, "1..2\nok 1 - a\nok 2 - a\n"], "{b}: a came 2 times"),
        ([], "{shards}: there are no results in it"),
    ],
)
def test_refused(merge, tmp_path, texts, message):
    """One line, and nothing is written."""
    (tmp_path / "shards").mkdir()
    status, out, err = merge(**dict(zip("ab", texts)))
    shards = tmp_path / "shards"
    a, b = (shards / name / "results.tap" for name in "ab")
    assert (status, out) == (2, "")
    assert err == f"vmxcheck: {message.format(a=a, b=b, shards=shards)}\n"
    assert not (tmp_path / "out").exists()


DIFFERS = """\
not ok N - {name}
  ---
  differences:
    - "{what}"
  ..."""


def test_the_fuzzer(merge, tmp_path):
    """All shards have the same points, of which each has tried a part."""
    whole = "tries: --count=9 --seed=1"
    one = tap(1, [DIFFERS.format(name="fuzz/a", what="x"), "fuzz/b", "fuzz/c # SKIP few"], whole=whole)
    two = tap(2, [DIFFERS.format(name="fuzz/a", what="y"), "fuzz/b # SKIP few", "fuzz/c # SKIP few"], whole=whole)
    status, _, err = merge("fuzz.tap", a=one, b=two)
    assert (status, err) == (
        *(1, "failed: fuzz/a\n1 passed, 1 failed, 1 skipped of 3 on it, 2 shards\n"),
    )
    assert (tmp_path / "out/fuzz.tap").read_text() == (
        "TAP version 13\n1..3\nnot ok 1 - fuzz/a\n  ---\n  differences:\n"
        '    - "x"\n    - "y"\n  ...\nok 2 - fuzz/b\nok 3 - fuzz/c # SKIP few\n'
        "# target: it\n# tree: 0.6, abc\n"
    )


def test_the_fuzzer_with_other_points(merge):
    whole = "tries: --count=9 --seed=1"
    status, _, err = merge(
        "fuzz.tap", a=tap(1, ["fuzz/a"], whole=whole), b=tap(2, ["fuzz/b"], whole=whole)
    )
    assert status == 2 and err.endswith("fuzz.tap: it has other points than the others\n")


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    """A result in which every point passed."""
    folder = tmp_path_factory.mktemp("everything")
    names = list_points()
    lines = [f"ok {number} - {name}" for number, name in enumerate(names, 1)]
    text = "\n".join(["TAP version 13", f"1..{len(names)}", *lines, "# target: it", ""])
    (folder / "results.tap").write_text(text)
    return folder


def test_coverage_of_a_result(here, everything, tmp_path):
    """What was merged, say; nothing boots for it."""
    words = "--output", tmp_path / "out"
    status, out, err = here("coverage", everything, *words)
    assert (status, err) == (0, "")
    assert "\nit\n\narea " in out and "failed:" not in out
    assert json.loads((tmp_path / "out/coverage.json").read_text())["platform"] == "it"


@pytest.mark.parametrize(
    "old, new, message",
    [
        ("ok 9 ", "1..9\n", "it was cut off: "),
        ("- exits/hlt[real]", "- exits/halt", "there is no exits/hlt[real] in it"),
        ("TAP version 13\n", None, "this is not TAP"),
    ],
)
def test_coverage_of_what_is_no_whole_result(here, everything, tmp_path, old, new, message):
    text = (everything / "results.tap").read_text()
    assert old in text
    file = tmp_path / "one"
    file.write_text(text.replace(old, new, 1) if new else "no TAP")
    words = "--output", tmp_path / "out"
    status, out, err = here("coverage", file, *words)
    assert (status, out) == (2, "")
    assert err.startswith(f"vmxcheck: {file}: {message}") and err.count("\n") == 1
    assert not (tmp_path / "out").exists()


MUTANTS = """\
# 1: cpu/vmx.cc:9 constant: it is the same
1 cpu/vmx.cc:9 condition: killed by exits/hlt[real]
  - if (a)
  + if (! a)
3 cpu/vmx.cc:7 statement: survived
  - 5 x;
""", """\
2 cpu/vmx.cc:8 condition: killed by exits/hlt[real]
# 4: there is nothing else to be changed here
"""


def mutants(index, whole="mutants: --count=4 --seed=1"):
    notes = f"# target: it\n# tree: 0.6, abc\n# shard: {index}/2 of {whole}\n"
    return MUTANTS[index - 1] + notes


def test_mutants(merge, tmp_path):
    """In the order of their numbers, each with its lines."""
    status, out, err = merge("mutants.txt", a=mutants(2), b=mutants(1))
    assert (status, out) == (0, "")
    assert err == "2 killed, 1 survived of 3 mutants on it, 2 shards\n"
    lines = (tmp_path / "out/mutants.txt").read_text().splitlines()
    one, two = (text.splitlines() for text in MUTANTS)
    expected = [*one[:4], two[0], *one[4:], two[1], "# target: it", "# tree: 0.6, abc"]
    assert lines == expected


def test_mutants_that_are_missing(merge):
    whole = "mutants: --count=9 --seed=1"
    status, _, err = merge("mutants.txt", a=mutants(1, whole), b=mutants(2, whole))
    assert status == 2 and err.endswith(": it was cut off: 4 mutants came, 9 were tried\n")


def test_mutants_of_another_seed(merge):
    text = mutants(2, "mutants: --count=4 --seed=2")
    status, _, err = merge("mutants.txt", a=mutants(1), b=text)
    assert status == 2 and err.endswith("--seed=2, not mutants: --count=4 --seed=1\n")


def test_all_kinds_at_once(merge, tmp_path):
    """A folder of artifacts has results of all, and files of any name may be named."""
    for index in (1, 2):
        folder = tmp_path / f"shards/search-{index}"
        folder.mkdir(parents=True)
        (folder / "mutants.txt").write_text(mutants(index))
        # What a mutant did is beside them.
        (folder / "mutants/001").mkdir(parents=True)
        (folder / "mutants/001/results.tap").write_text("1..2\nok 1 - a\n")
        whole = "tries: --count=9"
        (folder / "fuzz.tap").write_text(tap(index, ["fuzz/a"], whole=whole))
    status, _, err = merge(a=tap(1, HANDS[0]), b=tap(2, HANDS[1]))
    assert status == 0
    assert err == (
        "4 passed of 4 on it, 2 shards\n1 passed of 1 on it, 2 shards\n"
        "2 killed, 1 survived of 3 mutants on it, 2 shards\n"
    )
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert names >= {"results.tap", "results.xml", "fuzz.tap", "mutants.txt"}
