# SPDX-License-Identifier: GPL-2.0
"""A start-up IPI exits: basic exit reason 4, for which it takes two processors."""

import pytest
from scripts import boot
from vmxcheck.platforms import platform

pytestmark = pytest.mark.emulator

VECTOR = 0x54

# One vCPU, on processor 0, writes to the interrupt command register of the real local
# APIC again and again: a SIPI for all but itself, which a running processor ignores.
# The other, on processor 1, is in the wait-for-SIPI state. If that did not end with the
# SIPI, processor 1 would be lost, and the machine would say nothing any more.
# SDM, "Other Causes of VM Exits": start-up IPIs; "Issuing Interprocessor Interrupts"
SCRIPT = r"""
cd /sys/fs/vmx
taskset -p 1 $$ >/dev/null

# On processor $1: makes the vCPU $n, with the bytes $2 of code.
make() {
	n=$(cat clone)
	printf "$2" >segment/s$n
	truncate -s 65536 segment/s$n
	echo unsafe >$n/ctl
	echo rwx wb 0 0x10000 s$n 0 >>$n/map
	echo cpus $1 >$n/ctl
}

# mov dword [0xa300], ICR; pause; jmp back
make 0 '\307\005\000\243\000\000\124\106\014\000\363\220\353\362'
echo pte 0xa000 0xfee00003 >$n/ept
echo go pc=0 >$n/ctl
make 1 '\364'
echo guest_activity_state 3 >$n/vmcs
echo report sipi >$n/ctl
echo go pc=0 >$n/ctl
head -n 1 $n/wait >/dev/ttyS1
grep exitreason $n/regs >/dev/ttyS1
cd /
"""


def test_sipi():
    said, console = boot(platform("bochs", processors=2), SCRIPT, {})
    assert said, console
    assert said[0].startswith(f"sipi {VECTOR:#x} pc 0x0 ")
    assert said[1:] == ["exitreason 0x00000004"]
