# SPDX-License-Identifier: GPL-2.0
"""The README of a folder names what is in it, and nothing that is not there."""

import re

import pytest
from vmxcheck.image import ROOT

# Here a README has rules for names instead.
BY_RULE = ROOT / "cases", ROOT / "guests"
TREES = *BY_RULE, *(ROOT / name for name in ("ci", "harness", "include", "kmod"))
READMES = [path for tree in TREES for path in sorted(tree.rglob("README.md"))]
NUMBERED = ROOT / "cases/lessons"
# `NAME`, also with a pattern: `vcpu.[ch]`, `init*`.
QUOTED = re.compile(r"`([\w./*\[\]-]+)`")
# Of those, paths of this repository. `NAME/` may be a folder of vmxfs.
PATH = re.compile(
    r"[a-z_][a-z0-9_./*\[\]-]*(\.(c|\[ch\]|h|py|S|asm|inc|md|yml)|/[a-z]+/)"
)


def of_each(*readmes):
    return pytest.mark.parametrize(
        "readme", readmes, ids=lambda path: str(path.relative_to(ROOT))
    )


def named(readme):
    """What it has between backquotes and is more than a pattern for all, `*`."""
    words = QUOTED.findall(readme.read_text())
    return [word.rstrip("/") for word in words if word[0].isalpha()]


def is_there(path, folder):
    """From the README's folder, from the root, or somewhere below the folder."""
    places = folder.glob(path), ROOT.glob(path), folder.rglob(path)
    return any(any(place) for place in places)


def has_to_be_named(path):
    """A header need not be, beside its source."""
    if path.name.startswith((".", "__")) or path.name == "README.md":
        return False
    return path.suffix != ".h" or not path.with_suffix(".c").exists()


@of_each(ROOT / "README.md", *READMES)
def test_names_what_is_there(readme):
    words = QUOTED.findall(readme.read_text())
    paths = [word for word in words if PATH.fullmatch(word)]
    paths = [path for path in paths if not path.startswith("build/")]
    assert not [path for path in paths if not is_there(path, readme.parent)]


@of_each(*READMES)
def test_leaves_nothing_out(readme):
    """Neither a file nor a folder."""
    words = named(readme)
    paths = [path for path in readme.parent.iterdir() if has_to_be_named(path)]
    if readme.parent in (*BY_RULE, NUMBERED):
        paths = [path for path in paths if path.is_dir()]
    assert not [path.name for path in paths if not any(map(path.match, words))]
