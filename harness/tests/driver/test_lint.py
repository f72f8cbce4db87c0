# SPDX-License-Identifier: GPL-2.0
"""`make lint` finds a mistake of each kind."""

import shutil
import subprocess

import pytest
from vmxcheck.image import BUILD, ROOT

# make test-fast runs make lint itself.
pytestmark = pytest.mark.slow

# Part of make lint, file, what is added to it, what is said
MISTAKES = [
    ("lint-shell", "ci/common", "echo $cache\n", "SC2086"),
    ("lint-shell", "harness/target/init", "cd /sys\n", "SC2164"),
    ("lint-python", "harness/tests/texts.py", "import os\n", "imported but unused"),
    ("lint-python", "harness/vmxcheck/tap.py", "def f(x): pass\n", "annotation"),
    ("lint-python", "harness/vmxcheck/tap.py", "N: int = 'a'\n", "Incompatible types"),
    # In two pieces each, since make lint reads this file, too.
    ("lint-words", "cases/README.md", "The e" "dn.\n", " ==> end"),
    ("lint-words", "kmod/main.c", "/* rec" "ieved */\n", " ==> received"),
]


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """A copy of the sources, and the tables."""
    tree = tmp_path_factory.mktemp("lint") / "tree"
    skip = shutil.ignore_patterns("build", ".git", "__pycache__")
    shutil.copytree(ROOT, tree, ignore=skip, symlinks=True)
    (tree / "build").mkdir()
    for name in ("tables", "vmx_tables.py"):
        shutil.copy2(BUILD / name, tree / "build")
    if (BUILD / "mypy").exists():
        shutil.copytree(BUILD / "mypy", tree / "build/mypy")
    return tree


def make(tree, target):
    done = subprocess.run(["make", target], cwd=tree, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("target, file, line, message", MISTAKES)
def test_mistake(tree, target, file, line, message):
    path = tree / file
    text = path.read_text()
    try:
        path.write_text(text + line)
        status, said = make(tree, target)
    finally:
        path.write_text(text)
    assert status != 0
    assert file in said and message in said, said
