# SPDX-License-Identifier: GPL-2.0
"""How many VMREADs and VMWRITEs a VM exit costs, where KVM is the processor.

KVM counts them: without VMCS shadowing each is a VM exit of its own, and so is the OUT
of harness/bench's guest, at which a round ends.
"""

import re
from collections.abc import Iterable, Sequence
from statistics import mode

from vmxcheck import Error
from vmxcheck.platforms.kvm_in_bochs import KvmInBochs

ROUND = re.compile(r"round (\d+) (\d+)")

# Exit reasons 23 and 25 are VMREAD and VMWRITE. The OUT has port 0x42 in its exit
# qualification, and the guest is at the bottom of memory.
SCRIPT = """\
mount -t tracefs tracefs /sys/kernel/tracing
cd /sys/kernel/tracing
echo 8192 >buffer_size_kb
echo 'exit_reason == 23 || exit_reason == 25 ||
	(exit_reason == 30 && info1 == 0x420040 && guest_rip < 0x1000)' >events/kvm/kvm_exit/filter
echo 1 >events/kvm/kvm_exit/enable
{qemu}
echo 0 >tracing_on
awk '/reason VMREAD/ {{ reads++ }}
	/reason VMWRITE/ {{ writes++ }}
	/reason IO_INSTRUCTION/ {{ print "round", reads + 0, writes + 0; reads = writes = 0 }}
' trace >/dev/ttyS1
"""


class Counting(KvmInBochs):
    """It prints "round VMREADS VMWRITES" for each round, when all are done."""

    kvm_intel = ("enable_shadow_vmcs=0",)
    tracing = True

    def script(self, qemu: str) -> str:
        return SCRIPT.format(qemu=qemu)


def deal(
    lines: Iterable[str], series: Sequence[tuple[str, str]], repetitions: int
) -> dict[tuple[str, str], tuple[int, int]]:
    """(VMREADs, VMWRITEs) of a round of each of the series, in which they come.

    Of each there are as many rounds as repetitions, and one before them.
    """
    rounds = [
        (int(match[1]), int(match[2]))
        for match in map(ROUND.fullmatch, lines)
        if match
    ]
    length = repetitions + 1
    if len(rounds) < length * len(series):
        raise Error(f"{len(rounds)} rounds were counted, not {length * len(series)}")
    del rounds[: -length * len(series)]
    return {
        name: mode(rounds[length * index + 1 : length * (index + 1)])
        for index, name in enumerate(series)
    }
