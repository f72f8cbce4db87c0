# SPDX-License-Identifier: GPL-2.0
"""The kinds of cores of a hybrid processor: a guest runs on the one that was asked for."""

import re

import pytest
from scripts import boot
from texts import HLT, SPIN
from vmxcheck.image import BUILD
from vmxcheck.platforms import platform

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

# Who made the vCPU may run on processor $1 only; who has it run may run anywhere.
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
	echo quit >$n/ctl
done
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


def run(script, files):
    said, console = boot(
        platform("bochs", processors=2), TRACE + script, files, tracing=True
    )
    assert said, console
    return said, console


def test_guest_runs_where_its_opener_may():
    said, console = run(OPENER, {})
    assert said == ["on 001", "on 000"], console


def test_kinds(cases):
    """Each by itself, with the kind in the result; Bochs itself is no hybrid."""
    folder = cases(a=SPIN.format(limit=200), b=HLT.format(length=1))
    files = {"cases": folder, "hybrid": BUILD / "vmxrun-hybrid"}
    said, console = run(KINDS, files)
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
