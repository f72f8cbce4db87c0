# SPDX-License-Identifier: GPL-2.0
"""Faults in Bochs: what the operators do to small pieces of C++, and which are chosen.

Two are built, if the source is there: one that is killed, and one that survives.
"""

import random
import re
import signal
from argparse import Namespace
from concurrent.futures import Future

import pytest
from mutants import reach, suite
from mutants.choose import Site, candidates, choose, sites_of
from mutants.operators import KINDS, OPERATORS, read_names
from mutants.source import Source, code_of, lines_left
from vmxcheck import Error, merge, mutants
from vmxcheck.commands import find
from vmxcheck.image import cache, list_points
from vmxcheck.mutants import Result, Verdict
from vmxcheck.tap import Stream

# What is before the body of the function, and behind it
HEAD, TAIL = "#if BX_SUPPORT_VMX\nvoid f(void)\n{\n", "\n}\n#endif\n"
NAMES = {
    "field VMCS_32BIT_": ["VMCS_32BIT_A", "VMCS_32BIT_B", "VMCS_32BIT_C"],
    "exit reason VMX_VMEXIT_": ["VMX_VMEXIT_HLT", "VMX_VMEXIT_INVD"],
}


def source_of(text):
    """A file of which all lines are compiled."""
    return Source("cpu/a.cc", text, code_of(text, set(range(1, text.count("\n") + 2))))


def changed(operator, body):
    """What the operator makes of the body of a function: all that can come."""
    source = source_of(HEAD + body + TAIL)
    return [
        (source.text[: site.start] + new + source.text[site.end :])[len(HEAD) : -len(TAIL)]
        for site in sites_of(source, NAMES)
        for new in site.choices
        if site.operator == operator
    ]


@pytest.mark.parametrize(
    "operator, body, wanted",
    [
        ("negate", "if (a) b();", ["if (!(a)) b();"]),
        (
            "negate",
            "while (a(b && c) && ! d ||\n e)",
            [
                "while (!(a(b && c)) && ! d ||\n e)",
                "while (a(b && c) && !(! d) ||\n e)",
                "while (a(b && c) && ! d ||\n !(e))",
            ],
        ),
        ("negate", "a(b && c);", []),
        ("delete", "a();", [";"]),
        ("delete", "if (a(1)) b = c;", ["if (a(1)) ;"]),
        ("delete", "case A: b(c,\n d); break;", ["case A: ; break;"]),
        ("delete", "case A:\n  B::c(); break;", ["case A:\n  ; break;"]),
        ("delete", "else\n  a |= 1;", ["else\n  ;"]),
        ("delete", "BX_CPU_THIS_PTR a.b = 1;", [";"]),
        ("delete", "for (a = 0; a < 2; a++) b();", ["for (a = 0; a < 2; a++) ;"]),
        # Without these nothing is compiled, or undefined behaviour.
        ("delete", "Bit32u a = 1; const X *b = c; return d; BX_NEXT_TRACE(i);", []),
        ("relation", "a < b", ["a <= b"]),
        ("relation", "a<=b", ["a<b"]),
        ("relation", "a == b ? c->d << 1 : e >> 2", ["a != b ? c->d << 1 : e >> 2"]),
        ("constant", "0", ["1"]),
        ("constant", "a7 = 7", ["a7 = 6", "a7 = 8"]),
        ("constant", "0xfu", ["0x7u", "0xeu", "0x10u", "0x1eu"]),
        ("field", "a(VMCS_32BIT_A)", ["a(VMCS_32BIT_B)"]),
        ("field", "VMCS_32BIT_B;", ["VMCS_32BIT_A;", "VMCS_32BIT_C;"]),
        ("field", "VMCS_32BIT_D;", []),
        ("exit reason", "a(VMX_VMEXIT_HLT)", ["a(VMX_VMEXIT_INVD)"]),
        ("exit reason", "case VMX_VMEXIT_HLT:", ["case VMX_VMEXIT_INVD:"]),
        ("exit reason", "case VMX_VMEXIT_HLT: case VMX_VMEXIT_INVD:", []),
        ("width", "(Bit64u) a", ["(Bit32u) a"]),
        ("width", "VMread32(x)", ["VMread16(x)", "VMread64(x)"]),
    ],
)
def test_operator(operator, body, wanted):
    assert changed(operator, body) == wanted


@pytest.mark.parametrize(
    "body",
    [
        '// if (a == 1) b();',
        "/* a = 1;\n b == 2; */",
        'BX_ERROR(("%d != 2", a == 3));',
        "BX_ASSERT(a == 1);",
        "#define A (b == 1)",
        "#define A \\\n (b == 1)",
    ],
)
def test_no_code(body):
    assert sites_of(source_of(HEAD + body + TAIL), NAMES) == []


@pytest.mark.parametrize(
    "text",
    [
        # Nothing of VMX'
        "void f(void)\n{\n  a = 1;\n}\n",
        "#if BX_SUPPORT_SVM\nvoid f(void)\n{\n  a = 1;\n}\n#endif\n",
        # A table
        "#if BX_SUPPORT_VMX\nint a[] =\n{\n  1,\n};\n#endif\n",
        # What only tells
        "#if BX_SUPPORT_VMX\nvoid X::register_vmx_state(int a)\n{\n  b(1);\n}\n#endif\n",
    ],
)
def test_elsewhere(text):
    assert sites_of(source_of(text), NAMES) == []


def test_line_about_vmx():
    source = source_of("void f(void)\n{\n  a = 1;\n  if (in_vmx_guest) b = 2;\n}\n")
    assert {source.line_of(site.start) for site in sites_of(source, NAMES)} == {4}


def test_no_condition_within():
    """One of the preprocessor is not lost."""
    assert changed("delete", "a(b,\n#if X\n c\n#endif\n);") == []


def test_lines_left():
    said = '# 1 "a.cc"\none\n\nthree\n# 7 "b.h"\nno\n# 9 "a.cc" 2\nnine\n'
    assert lines_left(said, "a.cc") == {1, 3, 9}


def test_not_compiled():
    text = HEAD + "a = 1;\nb = 2;" + TAIL
    assert "1" not in code_of(text, {5}) and "b = 2;" in code_of(text, {5})


def test_names(tmp_path):
    """One of the high half of a field is no field."""
    (tmp_path / "cpu").mkdir()
    for header, _ in KINDS.values():
        (tmp_path / header).write_text("")
    (tmp_path / "cpu/vmx.h").write_text(
        "#define VMCS_64BIT_A 1\n#define VMCS_64BIT_A_HI 2\n#define VMCS_64BIT_B 3\n"
        "  VMX_VMEXIT_HLT = 12,\n"
    )
    assert read_names(tmp_path) == {
        "field VMCS_64BIT_": ["VMCS_64BIT_A", "VMCS_64BIT_B"],
        "exit reason VMX_VMEXIT_": ["VMX_VMEXIT_HLT"],
    }


def a_hundred():
    source = source_of(HEAD + "a();\n" * 100 + TAIL)
    sites = sites_of(source, NAMES)
    assert len(sites) == 100
    return sites


def test_choice_is_even_and_the_same():
    sites = a_hundred()
    first = [next(faults) for faults in choose(sites, 10, 1)]
    assert [(f.start - len(HEAD)) // 50 for f in first] == list(range(10))
    assert first == [next(faults) for faults in choose(sites, 10, 1)]
    assert first != [next(faults) for faults in choose(sites, 10, 2)]
    assert len(choose(sites, 1000, 1)) == 100


def test_candidates_are_all():
    sites = a_hundred()[:10]
    assert sorted(f.start for f in candidates(sites, "1")) == [s.start for s in sites]


def a_fault(body="a();", wanted="delete"):
    [site] = [s for s in sites_of(source_of(HEAD + body + TAIL), NAMES) if s.operator == wanted]
    return next(candidates([site], "1"))


def test_diff():
    fault = a_fault("x =\n1;\ny", "constant")
    assert fault.place == "cpu/a.cc:5"
    assert fault.lines == ["-1;", f"+{fault.new};"]
    assert fault.diff.startswith("--- a/cpu/a.cc\n+++ b/cpu/a.cc\n@@ -2,7 +2,7 @@\n")
    assert fault.content == f"{HEAD}x =\n{fault.new};\ny{TAIL}"


def test_order():
    """Points of a case stay together; the order is random, and always the same."""
    points = [f"{case}[{i}]" for case in "abcdefghij" for i in range(3)]
    ordered = suite.in_order(points)
    assert sorted(ordered) == points and ordered != points
    assert ordered == suite.in_order(points)
    assert all(a[0] == b[0] == c[0] for a, b, c in zip(*[iter(ordered)] * 3))


@pytest.mark.parametrize(
    "lines, ending, wanted",
    [
        (["1..1", "ok 1 - a"], None, ""),
        (["1..2", "ok 1 - a"], None, "the machine powered off before the last point"),
        (["1..1", "Bail out! no vmxfs"], None, "no vmxfs"),
        (["1..1", "ok 1 - a"], "the kernel", "the kernel"),
    ],
)
def test_ending(lines, ending, wanted):
    tap = Stream()
    for line in lines:
        tap.feed(line)
    assert suite.ending(tap, ending) == wanted


def options(**given):
    command = find("mutants")
    rows = {row.dest: command.defaults.get(row.dest, row.default) for row in command.options}
    return Namespace(**rows | {"patterns": []} | given)


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({}, [1, 2, 3, 4, 5]),
        ({"only": 4}, [4]),
        ({"shard": "1/2"}, [1, 3, 5]),
        ({"shard": "2/2"}, [2, 4]),
    ],
)
def test_chosen(given, wanted):
    assert mutants.chosen(5, options(**given)) == wanted


def test_only_too_far():
    with pytest.raises(Error, match="^--only 6: there are 5 mutants$"):
        mutants.chosen(5, options(only=6))


def test_parts(monkeypatch):
    """Points that need two processors have a machine that has them."""
    monkeypatch.setattr(mutants, "suite", lambda points, machine, *_, **__: list(points))
    points = ["exits/hlt[real]", "root/sipi", "exits/hlt[pae]"]
    parts = mutants.make_parts(suite.Mutant(options()), points, options())
    assert [(part.processors, part.image) for part in parts] == [
        (1, ["exits/hlt[real]", "exits/hlt[pae]"]),
        (2, ["root/sipi"]),
    ]
    given = options(processors=2)
    parts = mutants.make_parts(suite.Mutant(given), points, given)
    assert [(part.processors, part.image) for part in parts] == [(2, points)]


def test_skipped_in_all(monkeypatch):
    """A mutant is killed by any of the machines; how many points were skipped is added up."""
    verdicts = {1: Verdict("", 7), 2: Verdict("", 3)}
    monkeypatch.setattr(mutants, "run_part", lambda one, part, *_: verdicts[part.processors])
    parts = [mutants.Part(1, None, skipped=5), mutants.Part(2, None, skipped=3)]
    one = mutants.Suite(parts, None, None, None)
    assert mutants.run_all(one, None, None) == Verdict("", 2)
    verdicts[2] = Verdict("root/sipi: no")
    assert mutants.run_all(one, None, None).by == "root/sipi: no"


def test_table():
    fault = a_fault()
    results = [
        Result(1, ["cpu/a.cc:1 width: it does not compile"], fault, Verdict("exits/hlt: no")),
        Result(2, [], fault, Verdict("")),
        Result(3, [], fault, Verdict("", 2)),
        Result(4, ["cpu/a.cc:2 delete: it compiles to the same"]),
    ]
    change = ["  -a();", "  +;"]
    assert [mutants.lines_of(result) for result in results] == [
        [
            "# 1: cpu/a.cc:1 width: it does not compile",
            *("1 cpu/a.cc:4 delete: killed by exits/hlt: no", *change),
        ],
        ["2 cpu/a.cc:4 delete: survived", *change],
        ["3 cpu/a.cc:4 delete: survived, skipped +2 points", *change],
        [
            "# 4: cpu/a.cc:2 delete: it compiles to the same",
            "# 4: there is nothing else to be changed here",
        ],
    ]
    assert mutants.summary(results) == "1 killed, 2 survived, 2 not built"


def test_kept(tmp_path):
    """As `merge` reads it."""
    target = Namespace(title="it")
    for index in (1, 2):
        folder = tmp_path / str(index)
        given = Namespace(count=2, seed=7, patterns=[], shard=f"{index}/2", output=folder)
        mutants.keep([Result(index, [], a_fault(), Verdict(""))], target, given)
    files = [tmp_path / f"{index}/mutants.txt" for index in (2, 1)]
    merged = merge.of_mutants(merge.in_order([merge.read_mutants(file) for file in files]))
    assert [line[0] for line in merged.lines if line[0].isdigit()] == ["1", "2"]
    assert merge.mutants_in(merged.lines) == "0 killed, 2 survived of 2 mutants"


def test_interrupt():
    """What was not finished is no result."""
    futures = [Future() for _ in range(3)]
    futures[0].set_result(Result(1, [], a_fault(), Verdict("")))
    futures[1].set_result(Result(2, [], a_fault()))
    futures[2].cancel()
    assert [result.number for result in mutants.came(futures)] == [1]


@pytest.mark.parametrize("name", ["mutants", "unreached"])
def test_messages(command, name):
    status, out, err = command.vmxcheck(name, "--bochs", "2.7")
    assert (status, out) == (2, "")
    assert err == f"vmxcheck: {name}: only for --platform bochs --bochs 3.0\n"


def test_counted():
    """A line with no code has no count; of a template's line the largest counts."""
    said = "        -:    0:Source:a.cc\n        -:    1:// no\n        7*:    2:a\n"
    said += "    #####:    3:b\n    =====:    4:c\n        2:    3:b\n------------------\n"
    assert reach.counted(said) == {2: 7, 3: 2, 4: 0}


needs_source = pytest.mark.skipif(
    not (cache() / "bochs-3.0-source/bochs").exists(),
    reason="the cache has no source of Bochs 3.0: `make mutants` puts it there",
)


@needs_source
def test_places():
    """Of each operator there are some in Bochs, and none in what people read."""
    sites = mutants.all_sites(cache() / "bochs-3.0-source")
    assert {site.operator for site in sites} == {operator.name for operator in OPERATORS}
    assert len(sites) > 4000
    some = random.Random(1).sample(sites, 500)
    read = re.compile(r"^\s*(//|#|BX_(ERROR|DEBUG|INFO|PANIC))")
    for site in some:
        line = site.source.text.splitlines()[site.source.line_of(site.start) - 1]
        assert not read.match(line), line


@pytest.fixture
def hlt(tmp_path):
    """Runs exits/hlt on Bochs with another text; returns what came of it."""
    folder = cache() / "bochs-3.0-source"
    given = options(output=tmp_path, silence=60.0)
    points = list_points(patterns=["exits/hlt"])
    [part] = mutants.make_parts(suite.Mutant(given), points, given)
    one = mutants.Suite([part], given, folder, tmp_path / "mutants")

    def run(name, old, new, millions):
        text = (folder / name).read_text(encoding="latin-1")
        source = Source(name, text, "")
        start = text.index(old)
        site = Site(source, "test", start, start + len(old), [new])
        part.millions = millions
        return mutants.attempt(one, 1, candidates([site], "1"))

    return run


@pytest.mark.emulator
@needs_source
@pytest.mark.parametrize(
    "name, old, new, millions, wanted",
    [
        (
            *("cpu/proc_ctrl.cc", "VMexit(VMX_VMEXIT_HLT, 0)", "VMexit(VMX_VMEXIT_INVD, 0)"),
            *(9999, r"exits/hlt\[\w+\]: exit reason: expected \.hlt, got \.invd"),
        ),
        ("cpu/vmx.cc", "VMX_VMEXIT_INVEPT,", "VMX_VMEXIT_RDTSCP,", 9999, ""),
        (
            *("cpu/vmx.cc", "VMX_VMEXIT_INVEPT,", "VMX_VMEXIT_RDTSCP,"),
            *(10, "it did not end within 10 million instructions, before any point"),
        ),
    ],
    ids=["killed", "survives", "hangs"],
)
def test_mutant(hlt, name, old, new, millions, wanted):
    result = hlt(name, old, new, millions)
    assert result.refused == []
    assert re.fullmatch(wanted, result.verdict.by)


@pytest.mark.emulator
@needs_source
@pytest.mark.parametrize(
    "new, why",
    [
        ("(VMX_VMEXIT_INVEPT),", "it compiles to the same"),
        ("VMX_VMEXIT_NO_SUCH,", "it does not compile"),
    ],
)
def test_not_built(hlt, new, why):
    result = hlt("cpu/vmx.cc", "VMX_VMEXIT_INVEPT,", new, 9999)
    assert [text.partition(": ")[2] for text in result.refused] == [why]
    assert (result.fault, result.verdict) == (None, None)


@pytest.mark.emulator
@needs_source
def test_interrupted(command, tmp_path):
    """What has come is counted; neither a tree nor a process is left."""
    words = ("--count", 4, "--output", tmp_path, "exits/hlt")
    process = command.start("vmxcheck", "mutants", *words)
    lines = [process.stdout.readline(), process.stdout.readline()]
    assert re.fullmatch(r"# 4 mutants of \d{4} places, seed 1, Bochs 3.0, \w+\n", lines[0])
    assert re.fullmatch(r"# 4 points, at most \d+ million instructions\n", lines[1])
    process.send_signal(signal.SIGINT)
    out, err = process.communicate()
    assert process.returncode == 130, err
    assert out.splitlines()[-1] == "0 killed, 0 survived, 0 not built"
    assert re.fullmatch(r"0 of 4 in \d+ s\n", err)


@pytest.mark.emulator
@pytest.mark.slow
@needs_source
def test_unreached(command, tmp_path):
    """Of exits/hlt there is the VM exit of HLT, but not the one of INVEPT."""
    words = ("--output", tmp_path, "exits/hlt")
    status, out, err = command.vmxcheck("unreached", *words)
    assert status == 0, err
    assert re.search(r"^\d+ of \d{4} lines of VMX code were not executed\n$", err, re.M)
    assert "VMexit_Instruction(i, VMX_VMEXIT_INVEPT, BX_WRITE);" in out
    assert "VMexit(VMX_VMEXIT_HLT, 0);" not in out
