# SPDX-License-Identifier: GPL-2.0
"""A Bochs, a kernel, a QEMU, quirks of the user's own: what they are, and what is refused."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest
from test_messages import make
from vmxcheck import Error, ask, fuzz, quirks
from vmxcheck.arguments import parse
from vmxcheck.commands import find
from vmxcheck.image import CASES, known, suite
from vmxcheck.platforms import bochs, own_bochs, platform

BOCHS = bochs.VERSIONS["3.0"].program
HLT = "exits/hlt[real]"


def script(path, text):
    """A program that is this script of the shell."""
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def own(tmp_path):
    """A copy of Bochs 3.0, where it has to be quoted."""
    path = tmp_path / "it's my $HOME" / "b o c h s"
    path.parent.mkdir()
    shutil.copy(BOCHS, path)
    return path


@pytest.mark.emulator
def test_own_bochs(command, own, tmp_path):
    status, out, err = command.vmxcheck(
        *("run", "--bochs", own, "--model", "tigerlake", "--features", "smx"),
        *("--output", tmp_path, HLT),
    )
    assert status == 0, out + err
    assert f"ok 1 - {HLT}" in out
    assert "on own Bochs 3.0, tigerlake with smx" in err


def test_what_it_is(own):
    """It has the models that it says, and the quirks of its version."""
    target = platform("bochs", bochs=str(own))
    assert (target.title, target.quirks) == ("own Bochs 3.0, arrow_lake", "bochs@3.0")
    assert "sapphire_rapids" in target.models()
    with pytest.raises(Error, match="--model abacus: there are: .*arrow_lake"):
        platform("bochs", bochs=str(own), model="abacus")


def test_what_it_does_not_start_with(own):
    """Its own words."""
    with pytest.raises(Error, match='--features abacus: .*unknown feature name "abacus"'):
        platform("bochs", bochs=str(own), features="abacus")
    with pytest.raises(Error, match=f"--bochs .*{own.name}: this Bochs does not start: "):
        platform("bochs", bochs=str(own), processors=1000)


OTHER = """\
case $* in
"--help cpu") echo '   Bochs x86 Emulator 2.6.11.svn'
	printf 'Supported CPU models:\\n\\npentium\\n{models}\\n' >&2 ;;
--help) echo '{usage}' ;;
*) printf 'exiting with the following message:\\n[CPU] {end}\\n'; exit 1 ;;
esac"""
DISPLAY = "display library 'nogui' not available"
STARTED = f"couldn't open '{own_bochs.MISSING}'"


def other(tmp_path, models="corei7_skylake_x", usage="", end="$(cat bochsrc)"):
    """What says that it is a Bochs."""
    end = end.replace("'", "'\\''")
    return script(tmp_path / "bochs", OTHER.format(models=models, usage=usage, end=end))


@pytest.mark.parametrize(
    "usage, options",
    [
        ("-rc filename", ("-rc", "continue")),
        ("-debugger asked for, -rc filename", ()),
        ("", ()),
    ],
)
def test_another_version(tmp_path, usage, options):
    """Its number is of its version; what comes unasked is told to go on."""
    path = other(tmp_path, usage=usage, end=STARTED)
    target = platform("bochs", bochs=str(path))
    assert target.title == "own Bochs 2.6.11.svn, corei7_skylake_x"
    assert target.quirks == "bochs@2.6.11"
    assert target.version.options == options
    assert target.version.display == "nogui"


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"models": "athlon64"}, "none of the models that are known to have VMX"),
        ({"end": "bochsrc:3: unknown"}, "does not start: bochsrc:3: unknown$"),
        ({"end": DISPLAY}, DISPLAY),
    ],
)
def test_a_bochs_that_does_not_start(tmp_path, changes, message):
    with pytest.raises(Error, match=message):
        platform("bochs", bochs=str(other(tmp_path, **changes)))


def is_dead(number):
    """Perhaps nobody has asked yet how it ended."""
    try:
        stat = Path("/proc", number, "stat").read_text()
    except OSError:
        return True
    return stat.rpartition(")")[2].split()[0] in "ZX"


SLEEPS = "sleep 1000 & echo $! >{tmp}/child; wait"


@pytest.mark.parametrize(
    "text, message",
    [
        ("", "this is no Bochs: .* it says nothing"),
        ("echo; echo hello", "this is no Bochs: asked for `--help cpu`, it says 'hello'"),
        ("echo Bochs x86 Emulator 3.1", "this Bochs, 3.1, has no models"),
        ("kill -9 $$", "this is no Bochs"),
        ("while :; do echo yes; done", "it says 'yes'"),
        (SLEEPS, "`--help cpu` did not end within 0.5 s"),
    ],
)
def test_no_bochs(tmp_path, monkeypatch, text, message):
    """However it ends, or if it does not; and nothing of it goes on."""
    if text == SLEEPS:
        monkeypatch.setattr(ask, "SECONDS", 0.5)
    path = script(tmp_path / "bochs", text.format(tmp=tmp_path))
    with pytest.raises(ValueError, match=message):
        own_bochs.find(str(path))
    if (child := tmp_path / "child").exists() and (number := child.read_text().strip()):
        assert is_dead(number)


@pytest.mark.parametrize(
    "words, message",
    [
        (["BOCHS=/nowhere/bochs"], "BOCHS=/nowhere/bochs: there is no such file"),
        (["BOCHS=/usr/bin"], "BOCHS=/usr/bin: this is a folder"),
        (["BOCHS=/etc/passwd"], "BOCHS=/etc/passwd: this is no program"),
        (["BOCHS=/bin/cat"], "BOCHS=/bin/cat: this is no Bochs"),
        (["BOCHS=bochs"], "BOCHS=bochs: there are: 3.0 2.7; or a path"),
        (["QUIRKS=/nowhere/quirks"], "QUIRKS=/nowhere/quirks: there is no file /nowhere/quirks"),
        (["QUIRKS=/etc"], "QUIRKS=/etc: /etc is a folder"),
        (["QUIRKS=/dev/null"], "QUIRKS=/dev/null: /dev/null is no file"),
        (["QUIRKS=mine"], "QUIRKS=mine: there are: none; or a path"),
    ],
)
def test_refused_before_anything_is_built(words, message):
    status, lines = make("run", *words)
    assert status == 2
    assert len(lines) == 1 and message in lines[0], lines


def test_a_program_that_is_no_executable(tmp_path):
    path = tmp_path / "bochs"
    path.write_bytes(b"\x7fELF what is this?")
    path.chmod(0o755)
    with pytest.raises(ValueError, match="it can't be started: Exec format error"):
        own_bochs.find(str(path))


REASON = "because x\nright y\n"
RANGE = "until 99\n"
DIFFERENCE = "exits/hlt\n- wait? .hlt 0x0 ...\n+ wait? .hlt 0x1 ...\n"


@pytest.fixture
def own_quirks(tmp_path):
    """A file of the user's that is written so; returns its path."""

    def write(text, name="own"):
        path = tmp_path / "my job@2" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return path

    return write


def test_quirks_of_an_image(own_quirks):
    """The version is that of the platform, the first if it has two; with `none` there are
    none, and without anything those of the platform."""
    target = platform("bochs", bochs="3.0")
    own = own_quirks("include more\n" + REASON + RANGE + DIFFERENCE)
    own_quirks(REASON + DIFFERENCE.replace("[real]", "[long]") + "include own2\n", "more")
    own_quirks("# nothing\n", "own2")
    image = suite([HLT], target, own_quirks=str(own))
    assert "-Q\nquirks/own@3.0\n" in image.files["args"]
    names = {name for name in image.files if name.startswith("quirks/")}
    assert names == {"quirks/own", "quirks/more", "quirks/own2"}
    assert known(target, CASES, quirks.NONE) == ([], {})
    assert known(target, CASES, None) == (["cases/quirks/bochs@3.0"], {})
    [found] = quirks.of("kvm@6.1 kvm-in-bochs@3.0", CASES, str(own))
    assert found.at("x") == "x@6.1"
    [found] = quirks.of("intel local", CASES, str(own))
    assert found.at("x") == "x"


def test_quirks_of_fuzz(own_quirks):
    options = parse(find("fuzz"), ["--quirks", str(own_quirks(REASON + DIFFERENCE))])
    image = fuzz.make_image(platform("bochs", bochs="3.0"), options)
    assert "--quirks=quirks/own@3.0\n" in image.files["args"]
    assert "quirks/own" in image.files


@pytest.mark.parametrize(
    "text, message",
    [
        ("hello world\n", "own:1: 'hello world' is neither a point nor anything else"),
        (REASON + "exits/abacus\n- wait? x\n+ wait? y\n", "own:3: there is no point"),
        (REASON, "own:1: a reason without points"),
        ("include own\n", "own:1: too many files that include one another"),
        ("include ../own\n", "own:1: expected: include FILE, of the same folder"),
    ],
)
def test_line_that_is_no_quirk(own_quirks, text, message):
    own = own_quirks(text)
    with pytest.raises(Error, match=f"vmxrun: {own.parent}/{message}") as error:
        suite([HLT], platform("bochs", bochs="3.0"), own_quirks=str(own))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "name, text, message",
    [
        ("own", "include more\n", "there is no file .*/my job@2/more$"),
        ("own", "include x y\n", "there is no file .*/my job@2/x y$"),
        ("a b", "", "a b: the name of a file of quirks has no blank, = or @"),
        ("own", "# \0\n", "own is no text"),
        ("own@3.0", "", "no blank, = or @"),
    ],
)
def test_no_quirks(own_quirks, name, text, message):
    with pytest.raises(ValueError, match=message):
        quirks.find(str(own_quirks(text, name)))


def test_quirks_without_versions(own_quirks):
    """Versions are no use where the platform has none."""
    local = SimpleNamespace(quirks="local", reach="safe", vmxrun_options=(), core="")
    with pytest.raises(Error, match="own:3: versions, but which is the platform's"):
        suite([HLT], local, own_quirks=str(own_quirks(REASON + RANGE + DIFFERENCE)))
