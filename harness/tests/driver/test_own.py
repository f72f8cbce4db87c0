# SPDX-License-Identifier: GPL-2.0
"""A Bochs, a kernel, a QEMU, quirks of the user's own: what they are, and what is refused."""

import shutil
from pathlib import Path

import pytest
from test_messages import make
from vmxcheck import Error, ask
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
