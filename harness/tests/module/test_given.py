# SPDX-License-Identifier: GPL-2.0
"""A processor that Linux gives away: when it does not begin, and when it is taken back."""

import pytest
from scripts import boot
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
