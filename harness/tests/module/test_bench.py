# SPDX-License-Identifier: GPL-2.0
"""What vmxfs costs, in instructions, next to KVM. No time is measured."""

import json
import re
from types import SimpleNamespace

import pytest
from vmxcheck import Error, accesses, bench
from vmxcheck.image import ROOT
from vmxcheck.platforms import Bochs, KvmInBochs


def run(command, folder, *options):
    """Runs `vmxcheck ... bench ...`; returns what it printed, and bench.json."""
    status, out, err = command.run("vmxcheck", *options, "--output", folder)
    assert err == ""
    result = json.loads((folder / "bench.json").read_text())
    assert status == (0 if all(limit["held"] for limit in result["limits"]) else 1)
    return out, result


@pytest.mark.emulator
def test_all_limits_are_held(command, tmp_path):
    out, result = run(command, tmp_path, "bench", "--repetitions", "20")
    assert "NOT HELD" not in out
    limits = {(limit["row"], limit["way"]): limit for limit in result["limits"]}
    assert limits.keys() == bench.LIMITS.keys()
    for (row, way), limit in limits.items():
        cell = result["rows"][row][way]
        assert cell["ticks"] == limit["value"] <= limit["limit"]
        assert limit["held"]
    assert list(result["rows"]) == list(bench.ROWS)
    for row, cells in result["rows"].items():
        assert list(cells) == list(bench.WAYS)
        for cell in cells.values():
            assert cell["ticks"] is None or cell["ticks"] > 0, row
            if cell["ticks"] is not None:
                assert cell["ratio"] == cell["ticks"] / cells["kvm"]["ticks"]
    for row, (title, _) in bench.ROWS.items():
        start = rf"^{re.escape(title)}( \[\d\])? +[-\d]"
        [line] = [line for line in out.splitlines() if re.match(start, line)]
        assert f" {result['rows'][row]['kvm']['ticks']:,} " in line


@pytest.mark.emulator
def test_nested(command, tmp_path):
    """There each VMREAD and VMWRITE counts: libvmx makes do with no more than KVM."""
    options = "bench", "--platform", "kvm-in-bochs", "--repetitions", "20", "out"
    out, result = run(command, tmp_path, *options)
    cells = result["rows"]["out"]
    [limit] = result["limits"]
    assert limit["value"] == cells["libvmx"]["ratio"]
    assert limit["limit"] == bench.NESTED_LIMITS["out", "libvmx"]
    reads = {way: cells[way]["vmreads_vmwrites"][0] for way in bench.WAYS}
    writes = {way: cells[way]["vmreads_vmwrites"][1] for way in bench.WAYS}
    for way in bench.WAYS:
        # At least the exit reason and the exit qualification; and RIP, to go on.
        assert reads[way] >= 2 and writes[way] >= 1
        assert f" {reads[way]} + {writes[way]}" in out
    assert reads["libvmx"] <= reads["kvm"]


FOUND = {
    ("out", "text"): 4400,
    ("out", "libvmx"): 1001,
    ("out", "kvm"): 2002,
    ("mmio", "text"): None,
    ("mmio", "libvmx"): 2600,
    ("mmio", "kvm"): 4000,
}


@pytest.mark.parametrize("more, status", [(0, 0), (1, 1)])
def test_a_limit_that_is_not_held(tmp_path, monkeypatch, capsys, more, status):
    found = FOUND | {("out", "libvmx"): 1000 + more}
    monkeypatch.setattr(bench, "measure", lambda *arguments: (found, []))
    options = SimpleNamespace(output=tmp_path, repetitions=1, rows=["mmio"])
    assert bench.command(Bochs(), options) == status
    out = capsys.readouterr().out
    assert out.count("NOT HELD: ") == more
    assert out.count("held: ") == 3 - more
    result = json.loads((tmp_path / "bench.json").read_text())
    assert [limit["held"] for limit in result["limits"]].count(False) == more
    assert result["rows"]["mmio"]["text"]["ticks"] is None


def test_nested_limit_is_a_ratio():
    [limit] = bench.judge(KvmInBochs(), FOUND)
    assert limit.value == 0.5 and limit.held
    [limit] = bench.judge(KvmInBochs(), FOUND | {("out", "libvmx"): 1002})
    assert not limit.held


@pytest.mark.emulator
def test_a_way_that_fails(command, tmp_path):
    """What the program says is in the one line, and nothing is written."""
    init = tmp_path / "init"
    text = (ROOT / "harness/target/init-bench").read_text()
    insmod = 'insmod "/modules/$module"'
    assert text.count(insmod) == 1
    init.write_text(text.replace(insmod, f"[ $module = kvm-intel.ko ] || {insmod}"))
    init.chmod(0o755)
    options = "bench", "--init", init, "--repetitions", "1", "--output", tmp_path, "out"
    status, out, err = command.run("vmxcheck", *options)
    [line] = err.splitlines()
    assert (status, out) == (2, "")
    assert line.startswith("vmxcheck: no kvm out; ")
    assert line.endswith("bench: /dev/kvm: No such file or directory")
    assert not (tmp_path / "bench.json").exists()


@pytest.mark.parametrize(
    "options, message",
    [
        (["nothing"], "nothing: there are: out mmio cpuid"),
        (["--repetitions", "0"], "--repetitions 0: a number of repetitions, 1 or more, is expected"),
    ],
)
def test_what_cannot_be_measured(command, tmp_path, options, message):
    status, out, err = command.run("vmxcheck", "bench", "--output", tmp_path, *options)
    assert (status, out) == (2, "")
    assert message in err.splitlines()[-1]


def test_rounds_are_dealt():
    """Of each series the first round is not like the others; what is before is not theirs."""
    lines = ["round 0 9", "round 20 20", "round 3 1", "some line", "round 3 1"]
    lines += ["round 30 2", "round 5 2", "round 5 2"]
    found = accesses.deal(lines, ["a", "b"], 2)
    assert found == {"a": (3, 1), "b": (5, 2)}
    with pytest.raises(Error, match="7 rounds were counted, not 8"):
        accesses.deal(lines, ["a", "b"], 3)
