# SPDX-License-Identifier: GPL-2.0
"""A processor that Linux gives away: when it does not begin, and when it is taken back."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import modules
import pytest
from programs import run
from scripts import boot
from vmxcheck.image import BUILD, libraries
from vmxcheck.platforms import platform

pytestmark = pytest.mark.emulator

BEGIN = r"""
cd /sys/fs/vmx
n=$(cat clone)
truncate -s 65536 segment/s
echo rwx wb 0 0x10000 s 0 >>$n/map
echo unsafe >$n/ctl
say() { echo "$*: $(cat $n/error)" >/dev/ttyS1; }
"""

# A program of CLI, HLT never says that it has begun.
DOES_NOT_BEGIN = (
    BEGIN
    + r"""
printf '\372\364' | dd of=segment/s bs=4096 seek=1 conv=notrunc 2>/dev/null
echo start >$n/processor || say start
echo back >$n/processor || say back
cat /sys/devices/system/cpu/online >/dev/ttyS1
"""
)

# Somebody else brings the processor online; the vCPU has it no longer.
BUSY = (
    BEGIN
    + r"""
printf '\372\364' | dd of=segment/s bs=4096 seek=1 conv=notrunc 2>/dev/null
echo start >$n/processor
echo 1 >/sys/devices/system/cpu/cpu1/online
echo nmi >$n/processor || say nmi
echo start >$n/processor || say start
echo back >$n/processor || say back
cat /sys/devices/system/cpu/online >/dev/ttyS1
"""
)


def said_by(script: str) -> list[str]:
    said, console = boot(platform("bochs", processors=2), script, {})
    assert said, console
    return said


def test_does_not_begin() -> None:
    """It comes back all the same, since it is not in VMX operation."""
    assert said_by(DOES_NOT_BEGIN) == [
        "start: the processor does not begin, or does not come back",
        "0-1",
    ]


def test_busy() -> None:
    taken = "another vCPU has the processor, or Linux has taken it back"
    assert said_by(BUSY) == [f"nmi: {taken}", f"start: {taken}", "0-1"]


# The program of the cases root/* of this guest, which begins at 0x1000
GUEST = BUILD / "guests/root/events"
PROGRAM = BUILD / "given"

PROGRAM_BEGIN = r"""
cd /sys/fs/vmx
exec >/dev/ttyS1
online=/sys/devices/system/cpu/cpu1/online

# A vCPU $n with the program, and words of its
new() {
	n=$(cat clone)
	truncate -s 65536 segment/s$n
	dd if=/program of=segment/s$n bs=4096 seek=1 conv=notrunc 2>/dev/null
	echo rwx wb 0 0x10000 s$n 0 >>$n/map
	echo unsafe >$n/ctl
	write "$@"
}
write() {
	for line; do
		echo "$line" >$n/processor || echo "$line: $(cat $n/error)"
	done
}
end() {
	echo quit >$n/ctl
	cat /sys/devices/system/cpu/online
}
"""

# Whoever wants the vCPU has it while somebody waits for the program, which has not ended.
GIVES_WAY = r"""
new "vmx 2" "guest $vmcall" "at $launch_at_go" start
grep -E 'event|done' $n/processor &
sleep 0.2
grep '^ax ' $n/regs
wait
write go
grep event $n/processor
end
"""

# A SIPI that comes in VMX root operation is lost. What ends the guest's wait-for-SIPI state is
# the next one, which reading sends; but not if the case sent none.
SIPI_AGAIN = r"""
for sipi in "sipi 0x54" "ax 0"; do
	new "vmx 2" "vmwrite guest_activity_state 3" "guest $guest_spin" "at $launch_at_go" start
	write "$sipi"
	write go
	sleep 0.2
	grep -E '^(event|reason|qualification) ' $n/processor &
	sleep 0.2
	kill $! 2>/dev/null
	wait
	end
done
"""

# Somebody else brings the processor online: there is nothing to wait for.
READER = r"""
new "at $spin" start
grep event $n/processor &
sleep 0.2
echo 1 >$online
wait
end
"""

# The same while it is being given back, which takes as long as nothing ends the program.
TWICE = r"""
new "vmx 2" "vmwrite guest_activity_state 3" "guest $guest_spin" "at $launch" start
(usleep 100000; echo 1 >$online) &
write back
wait
end
"""

# Memory that a program may only read is no place for words.
READ_ONLY = r"""
head -c 65536 /dev/zero >/file
/given readonly /file
"""

# Of those that who opened the vCPU may run on, one goes, and another stays.
BOUND = r"""
truncate -s 65536 segment/s
for processors in 0 1 2 0,1 0-2; do
	n=$(taskset -c $processors cat clone)
	echo rwx wb 0 0x10000 s 0 >>$n/map
	echo unsafe >$n/ctl
	dd if=/program of=segment/s bs=4096 seek=1 conv=notrunc 2>/dev/null
	write "at $end" start
	cat /sys/devices/system/cpu/online
	echo quit >$n/ctl
done
"""

# What is sent at once finds the program where it is to be.
AT_ONCE = r"""
for _ in 1 2 3; do
	new "vmx 2" "guest $guest_spin" "at $launch"
	printf 'start\ninit\n' >$n/processor
	grep '^reason ' $n/processor &
	sleep 0.5
	kill $! 2>/dev/null
	wait
	end
done
"""

# The guest's memory may change while the module uses it: then words are wrong, not more.
RACE = r"""
/given race 'vmwrite guest_rip 1'
/given race ''
"""


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., list[str]]:
    """What a script says that has the guest and the program; with another module, maybe."""
    flat = tmp_path_factory.mktemp("given") / "program"
    subprocess.run(["objcopy", "-O", "binary", GUEST, flat], check=True)
    symbols = [line.split() for line in run("nm", GUEST).splitlines()]
    labels = {name: f"0x{address}" for address, _, name in symbols}

    def say(script: str, processors: int = 2, **files: Path) -> list[str]:
        script = re.sub(r"\$(\w+)", lambda m: labels.get(m[1], m[0]), script)
        files = {name.replace("_", "."): path for name, path in files.items()}
        files |= {"program": flat, "given": PROGRAM} | libraries(PROGRAM)
        lines, console = boot(
            platform("bochs", processors=processors), PROGRAM_BEGIN + script + "cd /\n", files
        )
        assert lines, console
        assert not any("vmxfs:" in line for line in console), console
        return lines

    return say


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A module that waits no longer for a program than it must, but where others may disturb."""
    folder = tmp_path_factory.mktemp("hasty")
    modules.copy_source(folder)
    for file, old, new in HASTY:
        modules.replace(folder, file, old, new)
    return modules.build(folder, "vmxfs")


HASTY = [
    (
        "cpu/given.c",
        "usleep_range(left > GIVEN_PATIENCE - 10 ? 50 : 1000, 1000);",
        "udelay(1);",
    ),
    ("cpu/given.c", "usleep_range(50, 100);", "udelay(1);"),
    ("cpu/given.c", "GIVEN_PATIENCE\t10000", "GIVEN_PATIENCE\t1000000"),
    (
        "files/processor.c",
        "\tlist[1 + 2 * count] = field;",
        "\tudelay(200);\n\tlist[1 + 2 * count] = field;",
    ),
    (
        "files/processor.c",
        "\t\tif (i == PROCESSOR_event && value < ARRAY_SIZE(processor_events))\n",
        "\t\tif (i == PROCESSOR_event && value < ARRAY_SIZE(processor_events) &&\n"
        "\t\t    (udelay(200), true))\n",
    ),
]


def test_reader_gives_way(said: Callable[..., list[str]]) -> None:
    """Others have the vCPU; the reader gets what there is, and may read again."""
    first = [f"done {0:#018x}", "event none", f"ax {0:#018x}"]
    lines = said(GIVES_WAY)
    assert sorted(lines[:3]) == sorted(first)
    assert lines[3:] == ["event exit", "0-1"]


def test_sipi_again(said: Callable[..., list[str]]) -> None:
    exit = ["event exit", f"reason {4:#018x}", f"qualification {0x54:#018x}", "0-1"]
    assert said(SIPI_AGAIN) == [*exit, "0-1"]


def test_taken_back(said: Callable[..., list[str]]) -> None:
    """No reader waits for ever, and it is no error."""
    assert said(READER + TWICE) == ["event none", "0-1", "0-1"]


def test_read_only(said: Callable[..., list[str]]) -> None:
    refused = "No such file or directory"
    assert said(READ_ONLY) == [refused, refused, "the file is as it was"]


def test_bound(said: Callable[..., list[str]]) -> None:
    """As the guest does, its program runs on a core of the kind that was asked for."""
    none = ["start: no processor to give away", "0-2"]
    assert said(BOUND, processors=3) == [*none * 3, "0,2", "0-1"]


def test_at_once(said: Callable[..., list[str]], hasty: Path) -> None:
    """INIT reaches the guest, also if it is sent as soon as start is done."""
    assert said(AT_ONCE, vmxfs_ko=hasty) == [f"reason {3:#018x}", "0-1"] * 3


def test_race(said: Callable[..., list[str]], hasty: Path) -> None:
    assert said(RACE, vmxfs_ko=hasty) == ["done", "done"]
