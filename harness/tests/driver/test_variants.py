# SPDX-License-Identifier: GPL-2.0
"""Legal processors: the table, the builder, and what the command makes of results.

None is built here: that takes minutes, `make variants` does it.
"""

import dataclasses
import os
from argparse import Namespace

import pytest
from variants import build
from variants.table import VARIANTS, Edit, Seen, Variant
from vmxcheck import Error, variants
from vmxcheck.image import CASES, cache, list_points
from vmxcheck.tap import Point

ONE = Variant(
    "one", "It does one.", "SDM", (Edit("a.cc", "two", "three"), Edit("a.cc", "x", "y"))
)
MAKEFILE = "bochs: a.cc\n\tcp /bin/true bochs\n\techo made >>made\n"


@pytest.fixture
def source(tmp_path, monkeypatch):
    """What looks like Bochs' source, with what make made of it; the cache is empty."""
    monkeypatch.setenv("VMXCHECK_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "Makefile").write_text(MAKEFILE)
    (folder / "a.cc").write_text("one two x\n")
    (folder / "LICENSE").write_text("free\n")
    (folder / "bochs").write_bytes(b"")
    return folder


def test_there_are_enough():
    assert len(VARIANTS) >= 20
    assert len({variant.name for variant in VARIANTS}) == len(VARIANTS)


def test_each_has_its_case():
    assert list_points(variants.OWN_CASES) == sorted(v.name for v in VARIANTS)


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.name)
def test_edits_fit(variant):
    source = cache() / "bochs-3.0-source"
    if not source.exists():
        pytest.skip("the cache has no source of Bochs 3.0: `make variants` puts it there")
    for path, content in build.edited(variant, source).items():
        assert content != (source / path).read_bytes()


def test_edits(source):
    assert build.edited(ONE, source) == {"a.cc": b"one three y\n"}


@pytest.mark.parametrize("text, count", [("one x", 0), ("two two x", 2)])
def test_stale_edit(source, text, count):
    (source / "a.cc").write_text(text)
    with pytest.raises(Error) as error:
        build.edited(ONE, source)
    assert str(error.value) == f"variant one: a.cc has this {count} times, not once: two"


def test_stale_file(source):
    (source / "a.cc").unlink()
    with pytest.raises(Error) as error:
        build.edited(ONE, source)
    assert str(error.value) == "variant one: a.cc: No such file or directory"


def test_built_once(source):
    program = build.build(ONE, source)
    assert os.access(program, os.X_OK)
    assert sorted(path.name for path in program.parent.iterdir()) == [
        *("LICENSE", "bochs", "log", "source")
    ]
    before = program.stat().st_mtime_ns
    assert build.build(ONE, source) == program
    assert program.stat().st_mtime_ns == before
    # The source is as it was.
    assert (source / "a.cc").read_text() == "one two x\n"
    assert not (source / "made").exists()


@pytest.mark.parametrize("what", ["edit", "source"])
def test_built_again(source, what):
    program = build.build(ONE, source)
    program.write_bytes(b"old")
    variant = ONE
    if what == "edit":
        variant = dataclasses.replace(ONE, edits=(Edit("a.cc", "two", "four"),))
    else:
        os.utime(source / "bochs", ns=(0, 0))
    build.build(variant, source)
    assert program.read_bytes() != b"old"


def test_does_not_compile(source):
    (source / "Makefile").write_text("bochs: a.cc\n\t@echo a.cc:1: error: no >&2; false\n")
    with pytest.raises(Error, match="^variant one can't be built: a.cc:1: error: no "):
        build.build(ONE, source)
    folder = cache() / "bochs-3.0-variants/one"
    assert [path.name for path in folder.iterdir()] == ["log"]


def test_choose():
    names = [VARIANTS[1].name, VARIANTS[0].name]
    assert [variant.name for variant in variants.choose(names)] == names
    assert variants.choose([]) == list(VARIANTS)
    with pytest.raises(Error, match=f"; the nearest is {VARIANTS[0].name}$"):
        variants.choose([VARIANTS[0].name[:-1]])


def test_only_what_is_new_counts():
    points = [
        Point(1, "a[x]", False, yaml=['  message: "expected 1, got 2"']),
        Point(2, "b", False),
        Point(3, "c", True),
        Point(4, "d", True, directive="SKIP"),
    ]
    assert variants.failed(points) == {"a[x]", "b"}
    assert variants.unexpected({"b"}, points) == ["a[x]: expected 1, got 2"]
    assert variants.unexpected({"a[x]", "b", "z"}, points) == []


def test_an_error_is_never_known():
    """Of a case that is wrong nobody knows what it would find."""
    error = Point(1, "a", False, yaml=["  severity: error", '  message: "no number"'])
    assert variants.failed([error]) == set()
    assert variants.unexpected(variants.failed([error]), [error]) == ["a: no number"]


@pytest.mark.parametrize("seen", Seen)
def test_differs(seen):
    variant = dataclasses.replace(ONE, seen=seen)
    assert seen.on_bochs != seen.on_variant
    assert variants.differs(variant, seen.on_bochs, seen.on_variant) == []
    # A variant that is as Bochs is, is none.
    assert variants.differs(variant, seen.on_bochs, seen.on_bochs)
    assert variants.differs(variant, seen.on_variant, seen.on_variant)
    assert variants.differs(variant, None, None)


@pytest.mark.parametrize("failing, status", [((), 0), (("hlt",), 1)])
def test_tap(monkeypatch, capsys, failing, status):
    """The second variant has a point that fails, or none; one fails on all."""
    first, second = VARIANTS[:2]

    def points_of(target, points, cases, options, name):
        if cases == variants.OWN_CASES:
            seen = "on_bochs" if name.startswith(variants.BOCHS) else "on_variant"
            passes = {p for p in points if getattr(by_name[p].seen, seen) == "passed"}
        else:
            passes = set(points) - {"known"}
            if name == second.name:
                passes -= set(failing)
        return [Point(0, point, point in passes) for point in points]

    by_name = {first.name: first, second.name: second}
    monkeypatch.setattr(variants, "points_of", points_of)
    monkeypatch.setattr(variants.build, "source", lambda: None)
    monkeypatch.setattr(variants.build, "edited", lambda variant, source: {})
    monkeypatch.setattr(variants.build, "build", lambda variant, source: "/bochs")
    monkeypatch.setattr(variants, "list_points", lambda cases, patterns: ["hlt", "known"])
    options = Namespace(
        **dict.fromkeys(["bochs", "model", "features", "processors", "memory", "patterns"]),
        platform="bochs",
        cases=CASES,
        variants=[first.name, second.name],
    )
    assert variants.command(None, options) == status
    lines = capsys.readouterr().out.splitlines()
    bad = "not ok" if failing else "ok"
    assert lines == [
        *("TAP version 13", "1..4", f"# {first.name}: {first.does}"),
        *(f"ok 1 - {first.name}: is different", f"ok 2 - {first.name}: all cases"),
        *(f"# {second.name}: {second.does}", f"ok 3 - {second.name}: is different"),
        *(f"{bad} 4 - {second.name}: all cases", *(f"# {f}: it failed" for f in failing)),
        "# 2 variants, 2 points on each: " + ("1 of 4 failed" if failing else "nothing failed"),
    ]


def test_messages(command):
    status, out, err = command.vmxcheck("variants", "--variants", "vpi")
    assert (status, out) == (2, "")
    assert err.startswith("vmxcheck: --variants vpi: there are: access-rights-reserved ")
    assert err.endswith("; the nearest is vpid\n")
    status, out, err = command.vmxcheck("variants", "--bochs", "2.7")
    assert (status, out) == (2, "")
    assert err == "vmxcheck: variants are of --platform bochs --bochs 3.0\n"
