# SPDX-License-Identifier: GPL-2.0
"""The cases against libvmxcheck: what they expect of a VM entry, and of each VMX instruction of
insn, is what it says of it.

These are about VM entries, events and instructions; `./vmxcheck run --predict` does it for
all, which takes minutes.
"""

import pytest
from texts import HLT

pytestmark = [pytest.mark.emulator, pytest.mark.slow]

AREAS = "entry/*", "events/inject*", "insn/*"

# A VM entry that fails is expected to, for another reason; one that succeeds, to fail.
WRONG = """\
guest prot/hlt

vmcs: guest_rflags 0x0
ctl: go
wait? !entrystate 0x2 pc $start ...
"""
UNFOUNDED = """\
guest prot/hlt

ctl: go
wait? !entrystate 0x0 pc $start ...
"""


# Answers of instructions that another one comes of: by the pointer, the field, what was
# written, the launch state, and that the fault is another one.
WRONG_INSNS = {
    "pointer": "insn: vmptrld vmxon\ninsn? failvalid 9\n",
    "field": "insn: vmread 0x6ffe; vmread instruction_error\n"
    "insn? failvalid 12\ninsn? succeed 13\n",
    "written": "insn: vmwrite guest_rip 5; vmread guest_rip\ninsn? succeed\ninsn? succeed 4\n",
    "launched": "ctl: go\nwait? .hlt ...\ninsn: vmlaunch\ninsn? failvalid 5\n",
    "fault": "insn: outside vmclear unmapped\ninsn? #PF\n",
}


def test_predict(command, tmp_path):
    status, out, err = command.vmxcheck(
        "run", "--predict", "--output", tmp_path, *AREAS
    )
    assert status == 0, out + err


def test_wrong_expectation(command, cases):
    folder = cases(a=WRONG, b=UNFOUNDED, c=HLT.format(length=1))
    status, out, err = command.vmxcheck(
        *("run", "--predict", "--cases", folder, "--output", folder.parent)
    )
    assert status == 1
    assert "1 passed, 2 failed" in err
    told = [line for line in out.splitlines() if "libvmxcheck says" in line]
    assert ["!entrystate 0" in told[0], "says: enters" in told[1]] == [True, True]


# What the VMCS points to: the entry that can't be loaded is the second one; VTPR is less than the
# threshold; an event of the module's leaves the rest to be checked.
WRONG_STRUCTURES = {
    "list": "entrymsrload: 0xc0000082 0x0\nentrymsrload: 0xc0000082 0x8000000000000000\n"
    "ctl: go\nwait? !entrymsr 0x1 ...\n",
    "own": "entrymsrload: 0xc0000082 0x0\nctl: go\nwait? !entrymsr 0x2 ...\n",
    "page": "vmcs: virtual_apic_address vapic\nvmcs: proc.use_tpr_shadow 1\nvapic: 0x80 0x3f\n"
    "vmcs: tpr_threshold 0x4\nctl: go\nwait? .hlt ...\n",
    "pending": "regs: flags 0x0\nctl: exc #gp\nctl: go\nwait? .hlt ...\n",
}


@pytest.mark.parametrize("wrong", [WRONG_INSNS, WRONG_STRUCTURES], ids=["insns", "structures"])
def test_wrong(command, cases, wrong):
    texts = {name: f"guest prot/hlt\n\n{text}" for name, text in wrong.items()}
    folder = cases(**texts)
    status, out, err = command.vmxcheck(
        *("run", "--predict", "--cases", folder, "--output", folder.parent)
    )
    assert status == 1
    assert out.count("libvmxcheck says") == len(wrong), out


def test_why(command, cases):
    """A VM entry that fails unexpectedly says why."""
    wrong = HLT.format(length=1).replace("ctl: go", "vmcs: guest_tr_access_rights 0x1008b\nctl: go")
    folder = cases(a=wrong)
    status, out, err = command.vmxcheck(
        *("run", "--cases", folder, "--output", folder.parent)
    )
    assert status == 1
    assert (
        '  why: "segment-45: TR is usable (guest_tr_access_rights 0x1008b)"' in out
    ), out
    # What Bochs itself says of it
    assert '  bochs: "VMENTER FAIL: VMCS guest TR invalid' in out
