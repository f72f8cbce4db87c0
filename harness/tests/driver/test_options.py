# SPDX-License-Identifier: GPL-2.0
"""The options: what each may be, however it is given; who is wrong is told so in a line."""

import os
import re
import subprocess

import pytest
from test_messages import make
from vmxcheck import Error, options
from vmxcheck.__main__ import guard, main
from vmxcheck.arguments import parse
from vmxcheck.commands import COMMANDS, find, names
from vmxcheck.image import BUILD, ROOT
from vmxcheck.make import options_of
from vmxcheck.options import MANY, OF_PYTEST, TABLE, VARIABLES

NUMBERS = (
    ["1", "007", "999999999"],
    ["", "0", "-1", "1.5", "x", "1e3", "9" * 30, "٣", "1 "],
)
FEW = (["1", "007", "16"], [*NUMBERS[1], "257", "999999999"])
TEXTS = (["x", "a b", "-x", "'\"$(`\\"], [""])
ANY = (["x", "", "a\nb", "--"], [])
PATHS = (["/x", "a/b", "a b"], [""])

# What an option may be, and what it may not be.
VALUES = {
    "platform": (
        ["bochs", "kvm-in-bochs", "xen-in-bochs"],
        ["", "bosch", "BOCHS", "bochs\nqemu"],
    ),
    "bochs": (["3.0", "2.7"], ["", "3", "2.8", "/nowhere/bochs", "/bin/cat"]),
    "model": TEXTS,
    "features": (["smx", "smx,msrlist", "smx msrlist"], ["", ",", " "]),
    "quirks": (["none", str(ROOT / "cases/quirks/bochs")], ["", "bochs", "/", "/nowhere/x"]),
    "kernel": (["6.1", "6.12-rt", "debug"], ["", "6.2", "linux", "../6.1", "/etc"]),
    "kvm-kernel": (["6.1", "debug"], ["", "6.2", "/nowhere/x", "/etc"]),
    "qemu": (["/usr/bin/qemu-system-x86_64-microvm"], ["", "qemu", "/bin/cat"]),
    "xen": ([], ["", "/", "/nowhere/xen.gz", "/bin/cat"]),
    "processors": FEW,
    "memory": (["64", "0256"], [*NUMBERS[1], "63", "9999999"]),
    "jobs": FEW,
    "stops": NUMBERS,
    "repetitions": NUMBERS,
    "count": NUMBERS,
    "only": NUMBERS,
    "shard": (
        ["1/1", "2/4"],
        ["", "0/2", "3/2", "1", "1/", "a/b", "-1/2", "1/2/3", "9" * 5000 + "/1"],
    ),
    "seed": (
        ["0", "1", str((1 << 64) - 1)],
        ["", "-1", "x", str(1 << 64), "1.0", "9" * 5000],
    ),
    "silence": (["1", "0.5", "1e3"], ["", "0", "-1", "nan", "inf", "1e999", "x"]),
    "reach": (["safe", "unsafe", "reset"], ["", "danger", "SAFE"]),
    "order": (["forward", "random"], ["", "backward", "Random"]),
    "append": ANY,
    "init": PATHS,
    "cases": PATHS,
    "output": PATHS,
    "program": PATHS,
    "files": (["/bin/sh", "/bin/sh,/etc/passwd"], ["", ",", "/nowhere/x", "/etc"]),
    "iso": PATHS,
    "netboot": PATHS,
    "results": PATHS,
    "baseline": PATHS,
    "point": TEXTS,
    "lesson": TEXTS,
    "answers": PATHS,
    "what": (["-", *PATHS[0]], PATHS[1]),
    "caps": PATHS,
    "prefix": TEXTS,
    "libdir": TEXTS,
    "destdir": TEXTS,
    "patterns": (["exits/*"], [""]),
    "leaks": (["msr"], [""]),
    "variants": (["vpid", "vpid,pml-order"], ["", ",", " "]),
    "rows": (["out", "map+read"], ["", "outt"]),
    "arguments": (["x"], []),
    "origin": (["a_1"], ["", "A", "a:b", "a b"]),
    "build": (["a:b", "a_1:x/y:z"], ["", "a", ":b", "a:", "A:b", "a:b c"]),
    "case": TEXTS,
    "guest": TEXTS,
    "a": ANY,
    "b": ANY,
}
FLAGS = [row for row in TABLE if row.flag]
GOOD = [(row, text) for row in TABLE if not row.flag for text in VALUES[row.name][0]]
BAD = [(row, text) for row in TABLE if not row.flag for text in VALUES[row.name][1]]


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """What the choice of a kernel sets is undone."""
    monkeypatch.setenv("VMXCHECK_KERNEL", os.environ.get("VMXCHECK_KERNEL", "6.1"))
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)


@pytest.fixture
def said(capsys):
    """What ./vmxcheck says: its exit status, stdout, stderr."""

    def said(*words):
        status = guard(lambda: main(list(words)))
        return status, *capsys.readouterr()

    return said


def takes(row):
    """A command that takes this option."""
    return next(command for command in COMMANDS if row in command.options)


def words(row, text):
    """How this option is given to a command."""
    if row.count == MANY:
        return ["--", text]
    if not row.count:
        needed = ["x" for other in takes(row).options if other.is_needed]
        return [f"--{row.name}={text}", *needed]
    others = [other for other in takes(row).options if other.count]
    return ["--", *(text if other is row else "x" for other in others)]


def variables(row, text):
    """How it is given to a target of make's, with what is needed besides."""
    others = [other for other in takes(row).options if other.is_needed]
    return {other.variable: "x" for other in others} | {row.variable: text}


def is_one_line(message):
    return message.strip() and message.count("\n") <= 1 and "Traceback" not in message


def ids(value):
    return repr(value)[:20] if isinstance(value, str) else value.name


@pytest.mark.parametrize("row, text", GOOD, ids=ids)
def test_good_value(row, text):
    value = getattr(parse(takes(row), words(row, text)), row.dest)
    is_list = row.count == MANY or row.repeats
    assert value == ([row.read(text)] if is_list else row.read(text))


@pytest.mark.parametrize("row, text", BAD, ids=ids)
def test_bad_value(row, text):
    with pytest.raises(Error) as error:
        parse(takes(row), words(row, text))
    assert is_one_line(str(error.value))
    assert row.count or f"--{row.name}" in str(error.value)


@pytest.mark.parametrize(
    "row, text",
    [(row, text) for row, text in BAD if row.variable and text.strip()],
    ids=ids,
)
def test_bad_variable(row, text):
    with pytest.raises(Error) as error:
        options_of(takes(row), variables(row, text))
    assert is_one_line(str(error.value))


@pytest.mark.parametrize("row", [row for row in TABLE if row.variable], ids=ids)
def test_variable(row):
    """It says what the option says; an empty one says nothing."""
    command = takes(row)
    if row.flag:
        assert getattr(options_of(command, {row.variable: "1"}), row.dest) is True
    for text in [] if row.flag else VALUES[row.name][0]:
        if text and not row.count:
            found = getattr(options_of(command, variables(row, text)), row.dest)
            assert found == row.value(text)
    if row.is_needed:
        with pytest.raises(Error, match=" is missing: "):
            options_of(command, variables(row, ""))
        return
    assert getattr(options_of(command, variables(row, "")), row.dest) == (
        [] if row.count == MANY else command.defaults.get(row.dest, row.default)
    )


@pytest.mark.parametrize("row", FLAGS, ids=ids)
def test_flag(row):
    command = takes(row)
    needed = ["-" for other in command.options if other.is_needed]
    assert getattr(parse(command, [f"--{row.name}", *needed]), row.dest) is True
    assert not getattr(parse(command, needed), row.dest)
    with pytest.raises(Error, match=f"--{row.name}"):
        parse(command, [f"--{row.name}=1", *needed])
    if row.variable:
        for text in "0", "yes", "11":
            with pytest.raises(Error, match="there is: 1"):
                options_of(command, {row.variable: text})


@pytest.mark.parametrize(
    "text, value",
    [
        ("a  b\tc", ["a", "b", "c"]),
        ("'a b' c\\ d", ["a b", "c d"]),
        ("'", None),
        ("-r 9 --x='$y'", ["-r", "9", "--x=$y"]),
    ],
)
def test_arguments_of_a_variable(text, value):
    if value is None:
        with pytest.raises(Error, match="STRESS='|^': no closing"):
            options_of(find("stress"), {"STRESS": text})
    else:
        assert options_of(find("stress"), {"STRESS": text}).arguments == value


def test_vmxrun_reaches_as_far():
    """vmxrun knows the same words."""
    for word in (*options.REACHES, "x"):
        command = [BUILD / "vmxrun", "-R", word, "-K"]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == (2 if word == "x" else 0)
    words = " or ".join(", ".join(options.REACHES).rsplit(", ", 1))
    assert f"'x' is not {words}" in done.stderr


def test_arguments_may_come_anywhere():
    found = parse(find("run"), ["a", "--jobs", "2", "b", "-v", "c", "--", "-d"])
    assert found.patterns == ["a", "b", "c", "-d"]
    assert (found.jobs, found.verbose) == (2, True)


def test_an_option_that_repeats():
    found = parse(find("explain"), ["--caps", "a", "-", "--caps=b"])
    assert [path.name for path in found.caps] == ["a", "b"]
    assert found.what == "-"


def test_words_say_the_same():
    """The words for pytest: what is not given is not said."""
    command = find("check")
    assert options.words(OF_PYTEST, parse(command, [])) == []
    said = ["--processors=2", "--reach=unsafe", "--append=-x y", "--silence=2.5", "--jobs=3"]
    assert options.words(OF_PYTEST, parse(command, said)) == said


@pytest.mark.parametrize(
    "words, message",
    [
        (["rnu"], "there is no command 'rnu'; the nearest is run"),
        (["--model", "x", "run"], "--model: the command comes first"),
        (["run", "--modle", "x"], "there is no option --modle; the nearest is --model"),
        (["run", "--modle=x"], "there is no option --modle; the nearest is --model"),
        (["run", "--model"], "argument --model: expected one argument"),
        (
            ["run", "--jobs", "0"],
            "--jobs 0: a number of machines, 1 to 256, is expected",
        ),
        (["run", "--platform", "bosch"], "the nearest is bochs"),
        (["run", "--model", "arow_lake"], "the nearest is arrow_lake"),
        (["run", "--features", "smx,msrlst"], "the nearest is msrlist"),
        (["run", "--bochs", "2.7", "--features", "smx"], "has no use with --bochs 2.7"),
        (["run", "--platform", "local", "--features", "smx"], "has no use with"),
        (
            ["run", "exits/htl"],
            "there is no point 'exits/htl'; the nearest is exits/hlt",
        ),
        (["run", "exits/hlt[rael]"], "the nearest is exits/hlt[real]"),
        (["run", "q/q"], "there is no point 'q/q'"),
        (["run", "--reach", "safe"], "--reach has no use with --platform bochs"),
        (["run", "--reach", "rest"], "the nearest is reset"),
        (["run", "--seed", "1"], "--seed is for --order random"),
        (["run", "--platform", "local", "--kernel", "6.1"], "--kernel has no use with"),
        (
            ["run", "--platform", "kvm-in-bochs", "--model", "all"],
            "is for --platform bochs",
        ),
        (["run", "--cases", "/nowhere"], "/nowhere"),
        (["run", "--output", "/dev/null/x"], "/dev/null/x"),
        (["stress", "--program", "/nowhere"], "/nowhere"),
        (["shell", "exits/hlt"], "there is an argument too many: 'exits/hlt'"),
        (["baseline", "a", "b"], "there is an argument too many: 'b'"),
        (["baseline"], "PATH is missing"),
        (["compare", "/nowhere"], "/nowhere: this is one result; two are to be"),
        (["merge"], "the results of all shards are to be merged"),
        (["run", "exits/hlt", "--shard", "2/3"], "--shard 2/3: nothing is left for it"),
        (["run", "--shard", "4/3"], "--shard 4/3: I/N is expected"),
        (["run", "--baseline", "/nowhere"], "/nowhere: No such file or directory"),
        (["coverage", "/nowhere"], "/nowhere: No such file or directory"),
        (["coverage", "a", "b"], "/b: coverage is of one result"),
        (["junit"], "PATH is missing"),
        (["explain"], "NAME|NUMBER|FILE|- is missing"),
        (["explain", "-", "--caps"], "argument --caps: expected one argument"),
        (["explain", "-", "x"], "there is an argument too many: 'x'"),
        (["new", "exits/pause"], "MODE/NAME is missing"),
        (["new", "exit/pause", "prot/hlt"], "the nearest is exits"),
        (["new", "pause", "prot/hlt"], "AREA/NAME is expected"),
        (["new", "exits/pause", "hlt"], "MODE/NAME is expected"),
        (["new", "exits/hlt", "prot/hlt"], "exits/hlt.case is there already"),
        (["new", "exits/hlt", "compat/user"], "no MODE is called so"),
        (["new", "root/vmxon", "root/host"], "root/vmxon.case is there already"),
        (["bench", "outt"], "the nearest is out"),
        (["leaks", "abacus"], "abacus: no leak has this in its name"),
    ],
)
def test_wrong_command_line(said, words, message):
    if (command := find(words[0])) and options.NO_BUILD in command.options:
        words = [*words, "--no-build"]
    status, out, err = said(*words)
    assert (status, out) == (2, "")
    assert is_one_line(err) and message in err, err


def test_it_ends_so(command):
    """The process, too."""
    status, out, err = command.run("vmxcheck", "rnu")
    assert (status, out) == (2, "") and is_one_line(err)


@pytest.mark.parametrize(
    "words, message",
    [
        (["run", "MODLE=x"], "there is no variable MODLE; the nearest is MODEL"),
        (["run", "model=x"], "there is no variable model; the nearest is MODEL"),
        (["chekc"], "there is no target chekc; the nearest is check"),
        (["run", "PLATFORM=bosch"], "the nearest is bochs"),
        (["run", "JOBS=0"], "JOBS=0: a number of machines, 1 to 256, is expected"),
        (["run", "KERNEL=6.2"], "KERNEL=6.2: there are: 6.1 "),
        (["run", "SEED=-1"], "SEED=-1: a number"),
        (["run", "SEED=1"], "SEED is for ORDER=random"),
        (["run", "REACH=yes"], "REACH=yes: there are: safe unsafe reset"),
        (["run", "REACH=unsafe"], "REACH has no use with PLATFORM=bochs"),
        (["run", "V=2"], "V=2: there is: 1"),
        (["run", "CASES=exits/htl"], "the nearest is exits/hlt"),
        (
            ["run", "PLATFORM=local", "KERNEL=6.1"],
            "KERNEL has no use with PLATFORM=local",
        ),
        (["all", "CASES=x"], "CASES has no use with make all"),
        (["compare", "MODEL=x"], "MODEL has no use with make compare"),
        (["new", "CASE=exits/pause"], "GUEST is missing"),
        (["compare"], "two results are to be compared, A and B"),
        (["merge"], "the results of all shards are to be merged"),
        (["merge", "SHARD=1/2"], "SHARD has no use with make merge"),
        (["run", "SHARD=0/2"], "SHARD=0/2: I/N is expected"),
        (["run", "BASELINE=/nowhere"], "/nowhere: No such file or directory"),
        (["stress", "STRESS='"], "STRESS=': no closing quotation"),
        (["stress", "STRESS=a\nb'"], "no closing quotation"),
        (["soak", "STOPS=many"], "STOPS=many: a number of stops"),
        (["check", "PROCESSORS=0"], "PROCESSORS=0: a number of processors"),
    ],
)
def test_wrong_variable(words, message):
    status, lines = make(*words)
    assert status == 2
    assert len(lines) == 1 and message in lines[0], lines


def test_variables_of_the_environment(monkeypatch):
    """They count where they are of use."""
    monkeypatch.setenv("REACH", "unsafe")
    status, [line] = make("run")
    assert status == 2 and "REACH has no use with PLATFORM=bochs" in line
    assert make("-n", "dkms")[0] == 0


@pytest.mark.parametrize("word", ["", "--help"])
def test_overview(said, word):
    status, out, _ = said(*([word] if word else []))
    assert status == 0
    assert re.findall(r"^  ([\w-]+) ", out, re.MULTILINE) == names()


@pytest.mark.parametrize("one", COMMANDS, ids=ids)
def test_help(said, one):
    status, out, err = said(one.name, "--help")
    assert (status, err) == (0, "")
    for row in one.options:
        assert row.count or f"--{row.name}" in out
        assert not row.count or row.placeholder in out


def test_makefile_has_each_target():
    """And each that is for people is in the table."""
    status, lines = make("-pq", "help")
    [phony] = [line for line in lines if line.startswith(".PHONY:")]
    [internal] = [line for line in lines if line.startswith("internal :=")]
    [commands] = [line for line in lines if line.startswith("commands :=")]
    targets = set(phony.split()[1:]) - set(internal.split())
    targets = {target for target in targets if not target.startswith("for-")}
    assert targets == {"help", *(one.name for one in COMMANDS if one.of_make)}
    assert set(commands.split()[2:]) == {
        one.name for one in COMMANDS if one.of_make and one.module
    }
    for one in COMMANDS:
        if options.NO_BUILD in one.options:
            assert f"for-{one.name}:" in "\n".join(lines)


def collect(command, *words):
    """`vmxcheck check` of one file, which only says which tests there are."""
    end = "--", "--collect-only", "-q", "harness/tests/driver/test_tap.py"
    return command.vmxcheck("check", *words, *end)


def test_pytest_has_the_options(command, tmp_path):
    values = {
        **{"platform": "bochs", "model": "arrow_lake", "features": "smx", "processors": 2, "memory": 300},
        **{"append": "-x y", "init": __file__, "silence": 1.5, "cases": tmp_path},
        **{"jobs": 1, "quirks": "none"},
    }
    assert {row.name for row in OF_PYTEST} == {
        *values,
        *("reach", "bochs", "kvm-kernel", "qemu", "xen"),
    }
    words = [f"--{name}={value}" for name, value in values.items()]
    status, out, err = collect(command, *words, "--kernel", "6.1")
    assert (status, err) == (0, ""), out
    assert "test_tap.py" in out
    assert "modle" in collect(command, "--modle=x")[2]


class Elsewhere:
    """./vmxcheck, called in another folder, with a make that says what it is called for."""

    def __init__(self, folder):
        self.folder = folder
        self.said = folder / "said"
        program = folder / "make"
        program.write_text(
            f'#!/bin/sh\necho "$@" >{self.said}\necho noise\nexit $STATUS\n'
        )
        program.chmod(0o755)

    def run(self, *words, status=0):
        path = f"{self.folder}:{os.environ['PATH']}"
        done = subprocess.run(
            [ROOT / "vmxcheck", *words],
            cwd=self.folder,
            env=os.environ | {"PATH": path, "STATUS": str(status), "MODEL": "abacus"},
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stdout, done.stderr


@pytest.fixture
def elsewhere(tmp_path):
    return Elsewhere(tmp_path)


def test_it_builds_first(elsewhere):
    (elsewhere.folder / "one").write_text("1..1\nok 1 - a\n")
    status, out, err = elsewhere.run("compare", "one", "one")
    assert (status, err) == (0, "noise\n")
    assert out.endswith("the same\n") and "noise" not in out
    assert elsewhere.said.read_text().split()[3] == "for-compare"


def test_what_it_builds(elsewhere):
    """Make is told what decides what is built, and nothing of the environment's."""
    words = ["--platform", "kvm-in-bochs", "--kernel", "6.12", "--bochs", "3.0", "-v"]
    status, out, err = elsewhere.run("soak", *words, status=1)
    assert (status, out) == (2, "")
    assert err == "noise\nvmxcheck: what soak needs could not be built\n"
    assert set(elsewhere.said.read_text().split()[3:]) == {
        *("for-soak", "PLATFORM=kvm-in-bochs", "KERNEL=6.12", "BOCHS=3.0", "V=1"),
    }


def test_what_the_makefile_does(elsewhere):
    status, out, err = elsewhere.run("iso", "exits/hlt", "cr/*", "--iso=x$y", status=3)
    assert (status, out, err) == (3, "noise\n", "")
    words = elsewhere.said.read_text().split()
    assert words[3:] == [
        "iso",
        "CASES=exits/hlt",
        "cr/*",
        f"ISO={elsewhere.folder}/x$$y",
        "KERNEL=6.1",
    ]
