# SPDX-License-Identifier: GPL-2.0
"""The cases against libvmxcheck: what they expect of a VM entry is what it says of it.

These are about VM entries and events; `./vmxcheck run --predict` does it for all, which
takes minutes.
"""

import pytest
from texts import HLT

pytestmark = [pytest.mark.emulator, pytest.mark.slow]

AREAS = "entry/*", "events/inject*"

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
