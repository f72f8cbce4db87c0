# SPDX-License-Identifier: GPL-2.0
"""The reader of TAP."""

from vmxcheck.tap import Stream

TEXT = """\
TAP version 13
1..6
ok 1 - exits/hlt[prot]
not ok 2 - exits/in[al,0x10]
  ---
  severity: failure
  message: "ilen: expected 0x2, got 0x1"
  registers: |
    pc 0x0000000000001022
  ...
ok 3 - exits/xsetbv # SKIP needs cpu.xsave
not ok 4 - ept/rf # TODO saves RFLAGS.RF as 0
  ---
  severity: failure
  ...
ok 5 - ept/listed # TODO passes
ok 6 - entry/rip # SKIP undecided: the processor below refused it
"""


def read(text):
    stream = Stream()
    points = [point for line in text.splitlines() for point in stream.feed(line)]
    return stream, points + stream.finish()


def test_outcomes():
    stream, points = read(TEXT)
    assert [(point.name, point.outcome) for point in points] == [
        ("exits/hlt[prot]", "passed"),
        ("exits/in[al,0x10]", "failed"),
        ("exits/xsetbv", "skipped"),
        ("ept/rf", "todo"),
        ("ept/listed", "failed"),
        ("entry/rip", "undecided"),
    ]
    assert points[2].reason == "needs cpu.xsave"
    assert points[3].reason == "saves RFLAGS.RF as 0"
    assert stream.complete


def test_yaml_block():
    _, points = read(TEXT)
    assert "  severity: failure" in points[1].yaml
    assert "    pc 0x0000000000001022" in points[1].yaml
    assert points[0].yaml == []


def test_failed_point_is_complete_with_its_block():
    stream = Stream()
    assert stream.feed("not ok 1 - a") == []
    assert stream.feed("  ---") == []
    assert [point.name for point in stream.feed("  ...")] == ["a"]


def test_failed_point_without_block():
    stream = Stream()
    assert stream.feed("not ok 1 - a") == []
    assert [point.name for point in stream.feed("ok 2 - b")] == ["a", "b"]


TRANSCRIPT = """\
1..2
ok 1 - a
  ---
  transcript: |
    wait? .hlt 0x0
    map?
  ...
not ok 2 - b
  ---
  severity: failure
  message: "say \\"a\\\\x41\\" \\x41"
  got: two words
  transcript: |
    wait? #ud 0x0
  ...
"""


def test_block_under_a_point_that_passed():
    stream = Stream()
    lines = TRANSCRIPT.splitlines()
    assert stream.feed(lines[0]) == []
    [passed] = stream.feed(lines[1])
    assert [stream.feed(line) for line in lines[2:7]] == [[]] * 5
    assert stream.block is passed
    assert passed.fields == {"transcript": "wait? .hlt 0x0\nmap?\n"}
    assert stream.feed(lines[7]) == [] and stream.block is None
    stream.feed(lines[8])
    assert stream.block.name == "b"


def test_fields():
    _, points = read(TRANSCRIPT)
    assert [point.name for point in points] == ["a", "b"]
    assert points[1].fields == {
        "severity": "failure",
        "message": 'say "a\\x41" A',
        "got": "two words",
        "transcript": "wait? #ud 0x0\n",
    }


CUT = """\
not ok 1 - a
  ---
  severity: failure
  message: "the exit re
"""
NO_YAML = """\
not ok 1 - a
  ---
  {
  [
  ...
"""


def test_block_that_is_cut():
    """What came whole is there: a machine can end in the middle of a line."""
    _, [point] = read(CUT)
    assert point.fields == {"severity": "failure"}


def test_block_that_is_no_yaml():
    _, [point] = read(NO_YAML)
    assert point.fields == {}


def test_incomplete():
    assert not read("1..2\nok 1 - a")[0].complete
    assert not read("ok 1 - a")[0].complete
    assert not read("1..1\nok 1 - a\nok 1 - a")[0].complete
    assert not read("1..1\nok 1 - a\nok 2 - b")[0].complete
    assert not read("")[0].complete


def test_bail_out():
    stream, _ = read("Bail out! vmxfs does not load: no EPT")
    assert stream.bail_out == "vmxfs does not load: no EPT"
    assert not stream.complete
