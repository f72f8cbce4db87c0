# SPDX-License-Identifier: GPL-2.0
"""The kinds of cores of a hybrid processor: a guest runs on the one that was asked for."""

import re
from xml.etree import ElementTree

import pytest
from scripts import boot
from texts import HLT, SPIN
from vmxcheck import run
from vmxcheck.arguments import complete
from vmxcheck.commands import find
from vmxcheck.image import BUILD
from vmxcheck.options import Option
from vmxcheck.platforms import local, platform
from vmxcheck.platforms.bochs import Bochs

pytestmark = pytest.mark.emulator

TRACE = """
cd /sys/kernel
mount -t tracefs tracefs tracing
echo 1 >tracing/events/vmxfs/vmxfs_entry/enable
exec >/dev/ttyS1

# Where there were VM entries since the last time: "on 000", "on 001"
where() {
	sed -n 's/.*\\[\\(0.*\\)\\].*vmxfs_entry.*/on \\1/p' /sys/kernel/tracing/trace | sort -u
	echo >/sys/kernel/tracing/trace
}
"""

# Who made the vCPU may run on one processor only; who has it run may run anywhere. In the
# end the thread, which it has by then, is bound by taskset.
OPENER = """
cd /sys/fs/vmx
printf '\\353\\376' >segment/spin
truncate -s 4096 segment/spin
for processor in 1 0; do
	n=$(taskset -c $processor cat clone)
	echo rwx wb 0 0x1000 spin 0 >$n/map
	for _ in 1 2 3 4 5; do
		echo go pc=0 >$n/ctl
		echo stop >$n/ctl
	done
	echo go pc=0 >$n/ctl
	until [ "$(cat $n/status)" = running ]; do :; done
	sleep 0.1
	echo stop >$n/ctl
	where
	[ $processor = 1 ] && echo quit >$n/ctl
done
taskset -p 2 $(ps | sed -n "s,^ *\\([0-9]*\\) .*\\[vmxfs/$n\\]$,\\1,p") >/dev/null
echo go pc=0 >$n/ctl
until [ "$(cat $n/status)" = running ]; do :; done
sleep 0.1
echo stop >$n/ctl
where
cd /
"""

# Who may not choose processors for others' tasks, and may run on the first only, does not
# choose the second for a vCPU either.
WRITER = """
mkdir /etc
echo user:x:1000:1000::/:/bin/sh >/etc/passwd
cd /sys/fs/vmx
exec 5<>clone
read n <&5
printf '\\353\\376' >segment/spin
truncate -s 4096 segment/spin
echo rwx wb 0 0x1000 spin 0 >$n/map
user() {
	taskset -c 0 start-stop-daemon -S -p /none -x /bin/sh -c user -- -c "$1" 2>/dev/null || cat $n/error
}
user 'echo cpus 1 >&5'
user 'echo cpus 0-1 >&5'
echo cpus 1 >&5
user 'echo cpus 0 >&5'
echo go pc=0 >&5
sleep 0.1
echo stop >&5
where
cd /
"""

KINDS = """
/hybrid -K
for kind in atom core; do
	/hybrid -k $kind
	where
done
/hybrid -k big || echo status $?
/vmxrun -K
"""


def trace(script, files):
    said, console = boot(
        platform("bochs", processors=2), TRACE + script, files, tracing=True
    )
    assert said, console
    return said, console


def test_guest_runs_where_its_opener_may():
    said, console = trace(OPENER, {})
    assert said == ["on 001", "on 000", "on 001"], console


def test_cpus_of_the_writer():
    said, console = trace(WRITER, {})
    kept = "kept by vmxfs: cpus: where the writer may not run"
    assert said == [kept, kept, "on 000"], console


def test_kinds(cases):
    """Each by itself, with the kind in the result; Bochs itself is no hybrid."""
    folder = cases(a=SPIN.format(limit=200), b=HLT.format(length=1))
    files = {"cases": folder, "hybrid": BUILD / "vmxrun-hybrid"}
    said, console = trace(KINDS, files)
    assert said[:2] == ["core 0", "atom 1"]
    head = re.compile("TAP|# core|1[.]|ok|not ok|  core|on ")
    assert [line for line in said[2:] if head.match(line)] == [
        *("TAP version 13", "# core: atom", "1..2", "not ok 1 - exits/a"),
        *('  core: "atom"', "ok 2 - exits/b", "on 001"),
        *("TAP version 13", "# core: core", "1..2", "not ok 1 - exits/a"),
        *('  core: "core"', "ok 2 - exits/b", "on 000"),
    ]
    assert said[-1] == "status 2"
    assert "vmxrun: this processor has no cores of the kind 'big'" in console


class Hybrid(Bochs):
    """As the platform local is on a hybrid processor."""

    cores = ()

    def __init__(self):
        super().__init__(processors=2)
        self.profile = ""

    def by_core(self):
        return [one_kind(core) for core in self.cores]


def one_kind(core):
    one = Hybrid()
    one.core = core
    one.title = f"two kinds, {core} cores"
    return one


def test_run_on_each_kind(cases, tmp_path, monkeypatch, capsys):
    """`vmxcheck run`: results by the name of the kind; one that fails is enough."""
    folder = cases(a=HLT.format(length=1))
    monkeypatch.setattr(Hybrid, "cores", ("core", "atom", "big"))
    overlay = {"vmxrun": BUILD / "vmxrun-hybrid"}
    suite = run.suite
    monkeypatch.setattr(run, "suite", lambda *a, **b: with_files(suite(*a, **b), overlay))
    options = complete(find("run"), {}, Option.from_make)
    options.platform, options.cases, options.output = "local", folder, tmp_path / "out"
    assert run.command(Hybrid(), options) == 1
    for core in "core", "atom":
        kept = (tmp_path / f"out/results-{core}.tap").read_text().splitlines()
        kept = [line for line in kept if not line.startswith("# caps: ")]
        assert re.fullmatch(rf"# processor: .*, microcode \w+, core {core}", kept[1])
        assert kept[2:-1] == [
            *(f"# core: {core}", "1..1", "ok 1 - exits/a"),
            f"# target: two kinds, {core} cores",
        ]
        junit = ElementTree.parse(tmp_path / f"out/results-{core}.xml")
        values = {one.get("value") for one in junit.iter("property")}
        assert values == {"local", f"two kinds, {core} cores", core}
    assert "gave up" in capsys.readouterr().err


def with_files(image, files):
    image.files |= files
    return image


@pytest.mark.parametrize(
    "kinds, titles",
    [("", ["it"]), ("core 0-3,8\natom 4-7\n", ["it, core cores", "it, atom cores"])],
)
def test_local_has_one_for_each_kind(monkeypatch, kinds, titles):
    monkeypatch.setattr(local, "run_program", lambda *words: kinds)
    machine = object.__new__(local.Local)
    machine.title, machine.core, machine.reach = "it", "", "safe"
    assert [one.title for one in machine.by_core()] == titles
    cores = [line.split()[0] for line in kinds.splitlines()]
    assert [one.core for one in machine.by_core()] == (cores or [""])
