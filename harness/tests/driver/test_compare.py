# SPDX-License-Identifier: GPL-2.0
"""vmxcheck compare: two results side by side, and more as a table."""

import pytest

HLT = "wait? .hlt 0x0 pc 0x1 iinfo *=0x0"


def ok(name, *transcript):
    block = [f"    {line}" for line in transcript]
    head = ["  ---", "  transcript: |"] if transcript else []
    return "\n".join([f"ok N - {name}", *head, *block, *(["  ..."] * bool(head))])


def wrong(name, *transcript, directive="", expected=".hlt 0x0", got=".io 0x420048"):
    lines = [
        f"not ok N - {name}{directive}",
        "  ---",
        "  severity: failure",
        '  at: "a/x.case:5"',
        '  message: "exit reason: it differs"',
        f'  expected: "{expected}"',
        f'  got: "{got}"',
    ]
    if transcript:
        lines += ["  transcript: |", *(f"    {line}" for line in transcript)]
    return "\n".join([*lines, "  ..."])


@pytest.fixture
def compare(command, tmp_path):
    """Compares two lists of points; returns status, output and what went wrong."""

    def results(name, points):
        folder = tmp_path / name
        folder.mkdir()
        text = "".join(
            point.replace("ok N", f"ok {number}", 1) + "\n"
            for number, point in enumerate(points, 1)
        )
        (folder / "results.tap").write_text(
            f"TAP version 13\n1..{len(points)}\n{text}# target: machine {name}\n"
        )
        return folder

    def make(*every):
        folders = [results(name, points) for name, points in zip("ABCDEF", every)]
        return command.run("vmxcheck", "compare", *folders)

    return make


def test_same(compare):
    points = [ok("a/x", HLT), wrong("a/y"), ok("a/z # SKIP needs cpu.x")]
    status, out, err = compare(points, points)
    assert (status, err) == (0, "")
    assert "- A: machine A (" in out and "+ B: machine B (" in out
    assert out.endswith("\nthe same\n")


def test_counts(compare):
    _, out, _ = compare(
        [ok("a/x"), ok("a/y"), wrong("a/z")],
        [ok("a/x"), ok("a/y # SKIP no"), wrong("a/z", directive=" # TODO why")],
    )
    rows = [line.split() for line in out.splitlines()]
    for row in ("passed 2 1", "skipped 0 1", "todo 0 1", "failed 1 0", "planned 3 3"):
        assert row.split() in rows


def test_outcomes_worst_first(compare):
    names = [f"a/{letter}" for letter in "xyzv"]
    x, y, z, v = names
    status, out, _ = compare(
        [ok(x), wrong(y, directive=" # TODO old"), ok(z), ok(v)],
        [wrong(x), ok(y), ok(f"{z} # SKIP needs cpu.z"), ok(v)],
    )
    assert status == 1
    places = [
        out.index(text)
        for text in (
            *("\npassed -> failed: 1 point\n\n  a/x\n", "B: a/x.case:5: exit reason"),
            *("\npassed -> skipped: 1 point\n\n  a/z\n", "B: needs cpu.z"),
            *("\ntodo -> passed: 1 point\n\n  a/y\n", "A: old"),
        )
    ]
    assert places == sorted(places)
    assert "a/v" not in out


def test_diff_without_transcripts(compare):
    """What the other one saw is what was expected."""
    _, out, _ = compare(
        [ok("a/x")], [wrong("a/x", expected="io 0x420041", got="io 0x420048")]
    )
    assert (
        "    - io 0x420041\n"
        "    -   = I/O instruction: OUT, 2 bytes, port immediate, port 0x42\n"
        "    + io 0x420048\n"
        "    +   = I/O instruction: IN, 1 byte, port immediate, port 0x42\n"
    ) in out
    assert "A has no transcripts" in out and "B has no transcripts" in out


def test_diff_of_transcripts(compare):
    """A point that fails ends there; what passed before it is left out."""
    _, out, _ = compare(
        [ok("a/x", HLT, "regs? instructionerror 0x7", "ctl! busy")],
        [wrong("a/x", HLT, "regs? instructionerror 0x8")],
    )
    assert (
        "    - regs? instructionerror 0x7\n"
        "    -   = instructionerror: VM entry with invalid control field(s)\n"
        "    + regs? instructionerror 0x8\n"
        "    +   = instructionerror: VM entry with invalid host-state field(s)\n"
    ) in out
    assert HLT not in out and "ctl! busy" not in out and "has no transcripts" not in out


def test_wrong_in_both(compare):
    todo = " # TODO why"
    same = [wrong("a/x", "wait? a *=0x1 ... b", directive=todo)]
    assert compare(same, [same[0].replace("0x1 ... b", "0x2 ... c")])[0] == 0


def test_wrong_in_another_way(compare):
    status, out, _ = compare([wrong("a/x")], [wrong("a/x", got=".cpuid 0x0")])
    assert status == 1
    assert "failed in both, but differently: 1 point" in out
    assert "    - .io 0x420048\n" in out and "    + .cpuid 0x0\n" in out


def test_skipped_for_another_reason(compare):
    status, out, _ = compare([ok("a/x # SKIP one")], [ok("a/x # SKIP two")])
    assert status == 1
    assert "A: one\n      B: two\n" in out


def test_values_that_are_open(compare):
    """They are shown, but they are no difference."""
    masked = "wait? eptfault 0x{}/0x3f pc 0x5"
    status, out, _ = compare(
        [ok("a/x", HLT), ok("a/y", masked.format("181")), ok("a/z", "insn? ... 1 2")],
        [
            ok("a/x", HLT.replace("*=0x0", "*=0x9")),
            ok("a/y", masked.format("581")),
            ok("a/z", "insn? ... 1 3"),
        ],
    )
    assert status == 0
    assert "leave open differs: 3 points" in out
    rows = [line.split() for line in out.splitlines()]
    assert "1 .hlt: iinfo 0x0 -> 0x9 a/x".split() in rows
    assert "1 insn 1 2 -> 3 a/z".split() in rows
    assert "1 eptfault: exit qualification 0x181/0x3f -> 0x581/0x3f a/y".split() in rows
    assert "read/write page" in out
    assert out.endswith("\nthe same, but for what the cases leave open\n")


def test_bits_that_count(compare):
    line = "wait? eptfault 0x{}/0x3f"
    status, out, _ = compare(
        [ok("a/x", line.format("181"))], [ok("a/x", line.format("182"))]
    )
    assert status == 1
    assert "passed in both, but differently" in out


def test_points_of_one_only(compare):
    status, out, _ = compare(
        [ok("a/x[1]"), ok("a/x[2]"), ok("a/y")], [ok("a/y"), ok("b/z")]
    )
    assert status == 1
    assert "only in A: 2 points\n\n  a/x (2)\n" in out
    assert "only in B: 1 point\n\n  b/z\n" in out


def test_a_run_that_gave_up(compare):
    status, out, _ = compare([ok("a/x")], [ok("a/x"), "Bail out! Kernel panic"])
    assert status == 1
    assert "B gave up: Kernel panic" in out


OLD, NEW = "cr/cr0-set[MP,0x2,0x33]", "cr/cr0-set[MP]"


@pytest.mark.parametrize("a, b", [(OLD, NEW), (NEW, OLD), (OLD, OLD)])
def test_names_of_the_version_before(compare, a, b):
    """cases/renamed has them; what is said is today's name."""
    status, out, _ = compare([ok(a)], [wrong(b)])
    assert status == 1
    assert f"\npassed -> failed: 1 point\n\n  {NEW}\n" in out
    assert "only in" not in out and OLD not in out


@pytest.mark.parametrize(
    "text, message",
    [
        (None, ": there are no results in it"),
        ("<testsuites/>\n", "/results.tap: this is neither TAP nor a baseline"),
        ("", "/results.tap: it is empty"),
        ("\0\xff\n" * 9, "/results.tap: this is neither TAP nor a baseline"),
        ("1..2\nok 1 - a\nok 2 - a\n", "/results.tap: a came 2 times"),
    ],
)
def test_bad_input(command, tmp_path, text, message):
    good, bad = tmp_path / "good.tap", tmp_path / "bad"
    good.write_text("1..1\nok 1 - a\n")
    bad.mkdir()
    if text is not None:
        (bad / "results.tap").write_text(text, encoding="latin-1")
    for pair in ((good, bad), (bad, good)):
        status, out, err = command.run("vmxcheck", "compare", *pair)
        assert (status, out) == (2, "")
        assert err == f"vmxcheck: {bad}{message}\n"


def test_links(command, tmp_path):
    """A link to a folder above is not followed for ever."""
    for name in "a", "b":
        (tmp_path / name).mkdir()
        (tmp_path / name / "results.tap").write_text("1..1\nok 1 - a\n")
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "up").symlink_to(tmp_path)
    status, out, err = command.run("vmxcheck", "compare", tmp_path)
    assert (status, err) == (0, "") and "- A:" in out and "+ B:" in out


def test_nothing_to_compare(command):
    status, out, err = command.run("vmxcheck", "compare", "", "")
    assert (status, out) == (2, "")
    assert err == "vmxcheck: two results are to be compared, A and B, or more\n"


def test_table(compare):
    """What differs comes first, the worst of it before the rest; points alike are together."""
    names = [f"a/{letter}" for letter in "uvwxyz"]
    u, v, w, x, y, z = names
    status, out, err = compare(
        [ok(u), ok(v), ok(w), ok(x), ok(y)],
        [ok(u), wrong(v), ok(f"{w} # SKIP no"), ok(x), wrong(y), ok(z)],
        [ok(u), ok(v), ok(w), ok(x), ok(y), ok(z)],
    )
    assert (status, err) == (1, "")
    assert "  C: machine C (" in out
    lines = [line.split() for line in out.splitlines() if line.strip()]
    assert lines[3:] == [
        "A B C".split(),
        "passed 5 3 6".split(),
        "skipped 0 1 0".split(),
        "todo 0 0 0".split(),
        "failed 0 2 0".split(),
        "planned 5 6 6".split(),
        "2 passed failed passed".split(),
        "a/v, a/y".split(),
        "1 passed skipped passed".split(),
        ["a/w"],
        "1 - passed passed".split(),
        ["a/z"],
        "passed in all: 2 points".split(),
    ]


def test_table_of_the_same(compare):
    points = [ok("a/x", HLT), wrong("a/y"), ok("a/z # SKIP needs cpu.x")]
    status, out, _ = compare(points, points, points)
    assert status == 0
    for outcome in ("passed", "failed", "skipped"):
        assert f"{outcome} in all: 1 point\n" in out


def test_undecided(compare):
    """It is worse than skipped; who says what of the refusal is no difference."""
    points = [ok("a/x # SKIP undecided: one"), ok("a/y"), ok("a/z # SKIP no")]
    others = [ok("a/x # SKIP undecided: two"), ok("a/y # SKIP undecided: one"), ok("a/z")]
    status, out, _ = compare(points, others)
    assert status == 1 and "a/x" not in out
    assert out.index("passed -> undecided: 1 point") < out.index("skipped -> passed: 1 point")
    assert "    B: undecided: one\n" in out


def test_table_of_undecided(compare):
    points = [ok("a/x # SKIP undecided: one"), ok("a/y")]
    others = [ok("a/x # SKIP undecided: two"), ok("a/y # SKIP undecided: one")]
    status, out, _ = compare(points, others, points)
    assert status == 1
    rows = [line.split() for line in out.splitlines()]
    assert "undecided 1 2 1".split() in rows
    assert "undecided in all: 1 point".split() in rows


def test_table_of_forms(compare):
    """One outcome can have several forms; what a case leaves open is none."""
    status, out, _ = compare(
        [ok("a/x", HLT), ok("a/y", "regs? ax 1")],
        [ok("a/x", HLT.replace("*=0x0", "*=0x9")), ok("a/y", "regs? ax 2")],
        [ok("a/x", HLT), ok("a/y", "regs? ax 1")],
    )
    assert status == 1
    rows = [line.split() for line in out.splitlines()]
    assert "1 passed 1 passed 2 passed 1".split() in rows
    assert "passed in all: 1 point".split() in rows


def test_table_of_who_gave_up(compare):
    points = [ok("a/x")]
    status, out, _ = compare(points, [*points, "Bail out! Kernel panic"], points)
    assert status == 1
    assert "  B gave up: Kernel panic\n" in out


def test_folders_of_results(command, tmp_path):
    """A folder is its result, or those of the folders in it; cores have results each."""
    for name in ("fleet/a", "fleet/b", "fleet/c/d", "fleet/a/old"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("a/results", "a/old/results", "b/results-core", "b/results-atom"):
        (tmp_path / f"fleet/{name}.tap").write_text(f"1..1\nok 1 - a\n# target: {name}\n")
    (tmp_path / "fleet/c/d/results.tap").write_text("1..1\nok 1 - a\n# target: d\n")
    status, out, err = command.run("vmxcheck", "compare", tmp_path / "fleet")
    assert (status, err) == (0, "")
    assert [line.split(" (")[0] for line in out.splitlines()[:4]] == [
        *("  A: a/results", "  B: b/results-atom", "  C: b/results-core", "  D: d"),
    ]
    status, out, _ = command.run("vmxcheck", "compare", tmp_path / "fleet/b")
    assert status == 0 and out.startswith("- A: b/results-atom (")
    status, out, err = command.run("vmxcheck", "compare", tmp_path / "fleet/c")
    assert (status, out) == (2, "")
    assert err.endswith("d/results.tap: this is one result; two are to be compared, or more\n")


# Who was tested, in the order in which they are told
FLEET = {
    "y": "Intel(R) Core(TM) i7-4770 CPU @ 3.40GHz, 06-3c-03, microcode unknown",
    "z": "12th Gen Intel(R) Core(TM), i9, 06-97-02, microcode 0x2e, core atom",
    "x": "12th Gen Intel(R) Core(TM) i9-12900K, 06-97-02, microcode 0x2e, core core",
    "w": "12th Gen Intel(R) Core(TM) i9-12900K, 06-97-02, microcode 0x125",
}


def test_fleet(here, tmp_path):
    """Of each its family, model, stepping, microcode and kind of core; the same processors of a
    folder are side by side."""
    for name, text in FLEET.items():
        (tmp_path / name).mkdir()
        head = f"TAP version 13\n# processor: {text}\n1..1\n"
        (tmp_path / name / "results.tap").write_text(f"{head}ok 1 - a\n# target: {name}\n")
    status, out, err = here("compare", tmp_path)
    assert (status, err) == (0, "")
    lines = out.splitlines()
    assert [line.split(" (")[0] for line in lines[:4]] == [
        *("  A: y", "  B: z", "  C: x", "  D: w"),
    ]
    assert lines[4:9] == [
        "     family  model  stepping  microcode  core",
        "  A      06     3c        03          -     -",
        "  B      06     97        02       0x2e  atom",
        "  C      06     97        02       0x2e  core",
        "  D      06     97        02      0x125     -",
    ]
    status, out, _ = here("compare", tmp_path / "x", tmp_path / "w")
    assert status == 0
    assert out.splitlines()[2:5] == [
        "     family  model  stepping  microcode  core",
        "  A      06     97        02       0x2e  core",
        "  B      06     97        02      0x125     -",
    ]


def test_processor_of_a_result_without_a_target(here, tmp_path):
    """The console of a machine that has no driver."""
    for name in "x", "y":
        text = f"TAP version 13\n# processor: {FLEET[name]}\n1..1\nok 1 - a\n"
        (tmp_path / name).write_text(text)
    _, out, _ = here("compare", tmp_path / "x", tmp_path / "y")
    assert out.startswith(f"- A: {FLEET['x']} (")


def test_console_of_a_hybrid(here, tmp_path):
    """A result for each kind of core."""
    console = tmp_path / "console"
    texts = [
        f"[ 0.1] booted\r\nTAP version 13\r\n# processor: {FLEET[name]}\r\n1..1\r\n{point}\r\n"
        for name, point in (("z", "ok 1 - a"), ("x", "not ok 1 - a"))
    ]
    console.write_bytes("".join(texts).encode())
    status, out, err = here("compare", console)
    assert (status, err) == (1, "")
    assert out.startswith(f"- A: {FLEET['z']} ({console})\n+ B: {FLEET['x']} ({console})\n")
    assert "\npassed -> failed: 1 point\n\n  a\n" in out
    _, out, _ = here("compare", console, console)
    assert "  D: " in out
