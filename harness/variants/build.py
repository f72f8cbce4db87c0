# SPDX-License-Identifier: GPL-2.0
"""Builds variants of Bochs 3.0: a copy of its built source, the edits, make.

A variant costs what its files cost to compile, and a link. It is kept in the cache until its
edits, or the source, change.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from vmxcheck import Error
from vmxcheck.image import cache
from vmxcheck.paths import ROOT

from variants.table import Edit, Variant


def source() -> Path:
    """The folder of the source, with all that make made of it; it is built if need be."""
    folder = cache() / "bochs-3.0-source"
    done = subprocess.run([ROOT / "ci/bochs-3.0", "source"], stdout=sys.stderr)
    if done.returncode or not (folder / "bochs").exists():
        raise Error("there is no source of Bochs 3.0 to make variants of")
    return folder


def edited(variant: Variant, folder: Path) -> dict[str, bytes]:
    """The files of the source that are different: path -> what is in them."""
    files: dict[str, bytes] = {}
    for edit in variant.edits:
        if edit.file not in files:
            files[edit.file] = _read(variant, folder, edit)
        old = edit.old.encode()
        if (count := files[edit.file].count(old)) != 1:
            words = " ".join(edit.old.split())
            raise Error(
                f"variant {variant.name}: {edit.file} has this {count} times, not once:"
                f" {words}"
            )
        files[edit.file] = files[edit.file].replace(old, edit.new.encode())
    return files


def _read(variant: Variant, folder: Path, edit: Edit) -> bytes:
    try:
        return (folder / edit.file).read_bytes()
    except OSError as error:
        raise Error(f"variant {variant.name}: {edit.file}: {error.strerror}") from None


def build(variant: Variant, folder: Path) -> Path:
    """The program of a variant, from the source in this folder."""
    files = edited(variant, folder)
    target = cache() / "bochs-3.0-variants" / variant.name
    program, stamp = target / "bochs", target / "source"
    wanted = _fingerprint(folder, files)
    if program.exists() and stamp.exists() and stamp.read_text() == wanted:
        return program
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        tree = Path(scratch, "tree")
        copy(folder, files, tree)
        _make(variant, tree, target / "log")
        new = Path(scratch, "bochs")
        subprocess.run(["strip", "-o", new, tree / "bochs"], check=True)
        shutil.copy(folder / "LICENSE", target)
        stamp.unlink(missing_ok=True)
        new.replace(program)
        stamp.write_text(wanted)
    return program


def copy(folder: Path, files: Mapping[str, bytes], tree: Path) -> None:
    """A copy of the source in which these files are different."""
    # With the times of the files, by which make knows what it has made already.
    subprocess.run(["cp", "-a", "--reflink=auto", folder, tree], check=True)
    for path, content in files.items():
        (tree / path).write_bytes(content)


def make(tree: Path, log: Path, jobs: int, *variables: str) -> bool:
    """Whether make could make all; what it said is in the log."""
    command = ["make", "-C", str(tree), f"-j{jobs}", *variables]
    with log.open("wb") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT)
    return not done.returncode


def _make(variant: Variant, tree: Path, log: Path) -> None:
    if not make(tree, log, os.cpu_count() or 1):
        said = log.read_text(errors="replace").splitlines()
        errors = [line for line in said if "error" in line.lower()] or said or ["make failed"]
        raise Error(f"variant {variant.name} can't be built: {errors[0]} (all of it: {log})")


def _fingerprint(folder: Path, files: dict[str, bytes]) -> str:
    """What a variant is made of, in one word."""
    found = hashlib.sha256()
    found.update(str((folder / "bochs").stat().st_mtime_ns).encode())
    for path, content in sorted(files.items()):
        found.update(path.encode() + b"\0" + content)
    return found.hexdigest()
