# SPDX-License-Identifier: GPL-2.0
"""What users get wrong, call by call: one line, the right exit status, nothing left behind.

All of it is refused before anything is built or booted, so that a call takes no time: most
are calls of main() in this process.
"""

import os
import subprocess
import sys

import pytest
from test_messages import make
from vmxcheck.__main__ import guard, main
from vmxcheck.commands import COMMANDS, find
from vmxcheck.image import ROOT
from vmxcheck.make import check, read_words
from vmxcheck.options import MANY, TABLE, VARIABLES

# Values that nearly every option refuses
EMPTY, BLANK, ABSURD, HUGE = "", " ", "\x1b[31m\n'\"$(x)", "9" * 4000


def takes(row):
    return next(one for one in COMMANDS if row in one.options)


def refused_by(row):
    """Values that an option refuses, whatever else it takes."""
    if row.name in ("append", "a", "b", "arguments", "model", "patterns", "case", "guest", "leaks"):
        return []
    if row.name in ("init", "program", "baseline"):
        return [EMPTY, "/nowhere/it", "nowhere"]
    if row.name == "cases":
        return [EMPTY, "/nowhere", "/etc/passwd"]
    if row.name == "output":
        return [EMPTY, "/proc/nowhere", "/dev/null/x", "/etc/passwd", "/dev/null"]
    if row.name in ("answers", "iso", "netboot", "results", "file", "caps", "prefix", "libdir", "destdir"):
        return [EMPTY]
    if row.name == "origin":
        return [EMPTY, BLANK, ABSURD]
    if row.name == "variants":
        return [EMPTY, BLANK, ","]
    return [EMPTY, BLANK, ABSURD, HUGE]


def by_option():
    """Calls of a command with one option that is wrong; what must be in the message."""
    for row in TABLE:
        if row.flag or row.count:
            continue
        for value in refused_by(row):
            needed = ["x" for other in takes(row).options if other.is_needed]
            named = value if value in ("/nowhere/it", "/nowhere") else f"--{row.name}"
            if row.name in ("output", "cases", "baseline", "init", "program") and value:
                named = value.strip()
            yield [takes(row).name, f"--{row.name}={value}", *needed], named


# The command line, and what must be in the message
LINES = [
    (["rnu"], "the nearest is run"),
    (["Run"], "the nearest is run"),
    (["run "], "the nearest is run"),
    ([""], "there is no command ''"),
    (["--"], "the command comes first"),
    (["-v", "run"], "the command comes first"),
    (["help", "rnu"], "the nearest is run"),
    (["run", "--modle=x"], "the nearest is --model"),
    (["run", "--MODEL=x"], "the nearest is --model"),
    (["run", "-x"], "there is no option -x"),
    (["run", "--model"], "expected one argument"),
    (["run", "--transcript=no"], "--transcript"),
    (["run", "exits"], "all cases of this area are 'exits/*'"),
    (["run", "exits/"], "all cases of this area are 'exits/*'"),
    (["run", "cases/exits"], "all cases of this area are 'exits/*'"),
    (["run", "exits/hlt.case"], "the nearest is exits/hlt"),
    (["run", "cases/exits/hlt.case"], "the nearest is exits/hlt"),
    (["run", f"{ROOT}/cases/exits/hlt.case"], "the nearest is exits/hlt"),
    (["run", "./cases/exits/hlt"], "the nearest is exits/hlt"),
    (["run", "exits/htl"], "the nearest is exits/hlt"),
    (["run", "Exits/Hlt"], "the nearest is exits/hlt"),
    (["run", "exits/htl[real]"], "the nearest is exits/hlt"),
    (["run", "exits/nothing*"], "there is no point 'exits/nothing*'"),
    (["run", "exits/hlt", "nosuch/*"], "there is no point 'nosuch/*'"),
    (["coverage", "--cases", "/etc"], "vmxcheck: "),
    (["deterministic", "exits/htl"], "the nearest is exits/hlt"),
    (["variants", "exits/htl"], "the nearest is exits/hlt"),
    (["mutants", "exits/htl"], "the nearest is exits/hlt"),
    (["unreached", "exits/htl"], "the nearest is exits/hlt"),
    (["iso", "exits/htl"], "the nearest is exits/hlt"),
    (["netboot", "nosuch/*"], "there is no point 'nosuch/*'"),
    (["run", "--model", "pentium"], "--model pentium: it has no 64-bit mode; there are: "),
    (["run", "--model", "arow_lake"], "the nearest is arrow_lake"),
    (["run", "--model", ABSURD], "there are: "),
    (["run", "--features", "smx,msrlst"], "the nearest is msrlist"),
    (["run", "--processors", "999"], "1 to 16"),
    (["run", "--memory", "1"], "64 to "),
    (["run", "--memory", "4096"], "--memory 4096: Bochs takes 2048 at most"),
    (["run", "--jobs", "5000"], "1 to 256"),
    (["run", "--seed", "1"], "--seed is for --order random"),
    (["run", "--order", "reversed"], "the nearest is reverse"),
    (["run", "--reach", "unsafe"], "--reach has no use with --platform bochs"),
    (["run", "--platform", "kvm"], "the nearest is kvm-in-bochs"),
    (["run", "--platform", "local", "--model", "x"], "--model has no use with"),
    (["run", "--platform", "qemu", "--bochs", "3.0"], "--bochs has no use with"),
    (["run", "--kernel", "6.13"], "the nearest is 6.1"),
    (["run", "--bochs", "/etc"], "--bochs /etc: "),
    (["run", "--bochs", "/bin/cat"], "this is no Bochs"),
    (["run", "--quirks", "nome"], "the nearest is none"),
    (["run", "--quirks", "/etc"], "/etc is a folder"),
    (["run", "--quirks", "/nowhere/x"], "there is no file /nowhere/x"),
    (["run", "--quirks", "/etc/passwd", "exits/hlt"], "--quirks /etc/passwd: "),
    (["run", "--init", "/etc"], "--init /etc: this is a folder"),
    (["run", "--shard", "2/1"], "I/N is expected"),
    (["caps"], "a platform or a result is wanted"),
    (["caps", "bosch"], "the nearest is bochs"),
    (["caps", "X", "local"], "X: there is no such result"),
    (["compare"], "two results are to be compared"),
    (["compare", "/nowhere", "/nowhere"], "/nowhere: No such file or directory"),
    (["compare", "/etc/passwd", "/etc/passwd"], "/etc/passwd: this is neither TAP nor"),
    (["compare", "/dev/null", "/dev/null"], "/dev/null: this is no file"),
    (["report", "/nowhere"], "/nowhere: No such file or directory"),
    (["report", "/etc/passwd"], "/etc/passwd: this is neither TAP nor"),
    (["report", "/dev/null"], "/dev/null: this is no file"),
    (["report", "--output", "/etc/passwd"], "/etc/passwd: "),
    (["report", "--model", "x"], "there is no option --model"),
    (["merge", "/nowhere"], "/nowhere"),
    (["baseline", "/etc/passwd"], "/etc/passwd: this is not TAP"),
    (["junit", "/nowhere"], "/nowhere: No such file or directory"),
    (["kcidb"], "vmxcheck: "),
    (["explain"], "FILE|- is missing"),
    (["new", "exits/Pause", "prot/pause"], "a name of a-z, 0-9 and - is expected"),
    (["new", "exits/../x", "prot/pause"], "a name of a-z, 0-9 and - is expected"),
    (["new", "exitss/x", "prot/pause"], "the nearest is exits"),
    (["shell", "x"], "there is an argument too many: 'x'"),
    (["shell", "--files", "/nowhere/x"], "there is no file /nowhere/x"),
    (["shell", "--files", "/etc"], "/etc is a folder"),
    (["platforms", "--model", "x"], "there is no option --model"),
    (["bench", "outt"], "the nearest is out"),
    (["soak", "--stops", "-1"], "a number of stops"),
    (["fuzz", "--count", "1.5"], "--count 1.5: a number"),
    (["leaks", "abacus"], "no leak has this in its name"),
]

# make's goals and variables
MADE = [
    (["rnu"], "the nearest is run"),
    (["run", "chekc"], "the nearest is check"),
    (["run", "MODLE=x"], "the nearest is MODEL"),
    (["run", "modeL=x"], "the nearest is MODEL"),
    (["run", "CASE=exits/hlt"], "CASE has no use with make run; the nearest is CASES"),
    (["run", "CASES=exits"], "all cases of this area are 'exits/*'"),
    (["run", "CASES=exits/htl"], "the nearest is exits/hlt"),
    (["run", "TRANSCRIPT=no"], "TRANSCRIPT=no: there is: 1"),
    (["run", "PREDICT=0"], "PREDICT=0: there is: 1"),
    (["run", "V=0"], "V=0: there is: 1"),
    (["run", "ORDER=sideways"], "ORDER=sideways: there are: "),
    (["run", "SEED=x"], "SEED=x: a number below 2^64"),
    (["run", "SEED=3"], "SEED is for ORDER=random"),
    (["run", "OUTPUT=/proc/x"], "/proc/x: "),
    (["run", "OUTPUT=/etc/passwd"], "/etc/passwd: "),
    (["run", "BASELINE=/nowhere"], "/nowhere: No such file or directory"),
    (["run", "QUIRKS=nome"], "the nearest is none"),
    (["run", "PLATFORM=local", "KERNEL=6.1"], "KERNEL has no use with PLATFORM=local"),
    (["run", "MODEL=arow_lake"], "the nearest is arrow_lake"),
    (["run", "MODEL=pentium"], "MODEL=pentium: it has no 64-bit mode"),
    (["run", "PROCESSORS=999"], "PROCESSORS=999: a number of processors, 1 to 16"),
    (["all", "JOBS=1"], "JOBS has no use with make all"),
    (["clean", "MODEL=x"], "MODEL has no use with make clean"),
    (["netboot", "CASES=nosuch/*"], "there is no point 'nosuch/*'"),
    (["iso", "CASES=exits/htl"], "the nearest is exits/hlt"),
    (["iso", "KERNEL=6.2"], "KERNEL=6.2: there are: "),
    (["caps", "A=X", "B=local"], "X: there is no such result"),
    (["install", "PREFX=/usr"], "the nearest is PREFIX"),
    (["uninstal"], "the nearest is uninstall"),
    (["shell", "FILES=/nowhere/x"], "FILES=/nowhere/x: there is no file /nowhere/x"),
    (["stress", "STRESS='"], "no closing quotation"),
    (["mutants", "ONLY=0"], "ONLY=0: a number"),
    (["report", "CASES=exits/hlt"], "CASES has no use with make report"),
    (["report", "OUTPUT=/proc/x"], "/proc/x: "),
]
CALLS = [*by_option(), *LINES]


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """What is written somewhere is found there."""
    monkeypatch.setenv("VMXCHECK_KERNEL", os.environ.get("VMXCHECK_KERNEL", "6.1"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


def name_of(value):
    return " ".join(value)[:40] if isinstance(value, list) else ""


def is_one_line(text):
    return text.endswith("\n") and text.count("\n") == 1 and "Traceback" not in text


def test_enough():
    assert len(CALLS) + len(MADE) + len(OTHERS) >= 150


@pytest.mark.parametrize("words, message", CALLS, ids=name_of)
def test_command_line(capsys, words, message):
    command = find(words[0])
    if command and any(row.name == "no-build" for row in command.options):
        words = [words[0], "--no-build", *words[1:]]
    status = guard(lambda: main(words))
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert is_one_line(err) and message in err, err
    assert err.startswith("vmxcheck: ")


@pytest.mark.parametrize("words, message", MADE, ids=name_of)
def test_variables(capsys, words, message):
    """As the Makefile asks before it does anything."""
    goals = [word for word in words if "=" not in word]
    given = [word for word in words if "=" in word]
    from vmxcheck.options import _Spelling

    _Spelling.make = True
    try:
        status = guard(lambda: check(goals, read_words(given)) or 0)
    finally:
        _Spelling.make = False
    out, err = capsys.readouterr()
    assert (status, out) == (2, "")
    assert is_one_line(err) and message in err, err


def test_make(tmp_path):
    """The Makefile passes it on, and does nothing."""
    for words in (["run", "V=0"], ["netboot", "CASES=a'b"], ["lnit"]):
        status, lines = make(*words)
        assert status == 2 and len(lines) == 1 and "vmxcheck: " in lines[0], lines


# A program that calls ./vmxcheck with "$@" elsewhere: what it does to it; words; exit status; message
OTHERS = [
    ('"$@" >&-', ["run"], 2, "standard output is closed"),
    ('"$@" >/dev/full', ["--help"], 2, "standard output: No space left on device"),
    ('"$@" >/dev/full', ["run", "--help"], 2, "standard output: No space left on device"),
    ('"$@" </dev/null', ["shell", "--no-build"], 2, "shell needs a terminal"),
    ('COLUMNS=20 "$@"', ["rnu"], 2, "the nearest is run"),
    ('TERM= LC_ALL=C "$@"', ["run", "--model=\u00e4"], 2, "there are: "),
    ('TMPDIR=/nowhere "$@"', ["run", "--output=/dev/null"], 2, "/dev/null"),
    ('VMXCHECK_CACHE=/dev/null/x "$@"', ["run", "exits/hlt"], 2, "/dev/null: Not a directory"),
    ('MODEL=abacus "$@"', ["run", "exits/htl"], 2, "the nearest is exits/hlt"),
    ('runuser -u nobody -- "$@"', ["run", "exits/hlt"], 2, "nothing can be written into "),
    ('runuser -u nobody -- "$@"', ["run", "--output=/etc/x"], 2, "nothing can be written into /etc"),
    ('unshare -n "$@"', ["run", "exits/htl"], 2, "the nearest is exits/hlt"),
    ('PYTHONPATH="$NO_YAML" "$@"', ["compare", "--no-build", "/etc", "/etc"], 2, "vmxcheck: "),
]


@pytest.mark.parametrize("how, words, status, message", OTHERS)
def test_surroundings(tmp_path_factory, how, words, status, message):
    no_yaml = tmp_path_factory.mktemp("no-yaml")
    (no_yaml / "yaml.py").write_text("raise ModuleNotFoundError(name='yaml')\n")
    done = subprocess.run(
        ["sh", "-c", how, "sh", ROOT / "vmxcheck", *words],
        env=os.environ | {"NO_YAML": str(no_yaml)},
        stdout=subprocess.DEVNULL if ">" in how else subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert done.returncode == status
    assert not done.stdout
    assert is_one_line(done.stderr) and message in done.stderr, done.stderr


def test_a_reader_that_goes():
    """`vmxcheck ... | head -1`: nothing is said about it."""
    script = '"$0" run --help | head -n 1; exit "${PIPESTATUS[0]}"'
    done = subprocess.run(
        ["bash", "-c", f"for i in 1 2 3; do {script}; done", ROOT / "vmxcheck"],
        capture_output=True,
        text=True,
    )
    assert done.returncode in (0, 141) and done.stderr == ""


def test_before_packages_are_installed(tmp_path_factory):
    """What make checks first needs no package but python3."""
    no_yaml = tmp_path_factory.mktemp("no-yaml")
    (no_yaml / "yaml.py").write_text("raise ModuleNotFoundError(name='yaml')\n")
    path = f"{no_yaml}:{ROOT / 'harness'}"
    for words in (["run", "CASES=exits/hlt"], ["check"], ["caps", "A=bochs"], ["iso"]):
        done = subprocess.run(
            [sys.executable, "-m", "vmxcheck.make", "check", *words],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_a_tree_that_can_not_be_built(tmp_path_factory):
    """Neither make nor Linux's build system can quote a blank in a path; umlauts are fine."""
    for name, wrong in ("a b", "' '"), ("a'b", '"\'"'), ("a:b", "':'"), ("größe", ""):
        tree = tmp_path_factory.mktemp("trees") / name
        tree.mkdir()
        for file in "Makefile", "VERSION", "vmxcheck", "ci", "cases", "harness", "include", "kmod", "guests":
            (tree / file).symlink_to(ROOT / file)
        script = f"from vmxcheck import early, paths; early.ROOT = {str(tree)!r}; early.check_tree()"
        done = subprocess.run(
            [sys.executable, "-c", script],
            env=os.environ | {"PYTHONPATH": str(ROOT / "harness")},
            capture_output=True,
            text=True,
        )
        said = done.stderr.strip().splitlines()[-1:] or [""]
        assert bool(done.returncode) == bool(wrong)
        assert f"{tree}: a tree whose path has {wrong} in it" in said[0] if wrong else not said[0]


def test_lists_are_complete():
    """Each option without a flag is tried with something that it refuses."""
    tried = {words[1].partition("=")[0] for words, _ in by_option()}
    free = {"append", "model"}
    assert tried == {f"--{row.name}" for row in TABLE if not row.flag and not row.count} - {
        f"--{name}" for name in free
    }
    assert MANY  # the arguments are in LINES
