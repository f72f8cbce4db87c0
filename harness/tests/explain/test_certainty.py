# SPDX-License-Identifier: GPL-2.0
"""explain: it does not say more than it knows, and what it asks for decides."""

import pytest
from explain.said import dump, explain, parts

# Bits of CR4 that VMXE and what each processor has are added to: SMEP and SMAP
VALID = dump("kvm-annotated")
OTHERS = "asks for more than the SDM"


def with_cr4(value):
    before, _, after = VALID.partition("CR4: actual=0x")
    assert after
    return f"{before}CR4: actual=0x{value:016x}{after[16:]}"


def test_all_others_pass():
    """A check that the processor decides is not the cause because all the others pass."""
    said = explain(with_cr4(0x302040))[1]
    assert OTHERS not in said and parts(said) == ((), ())
    assert "Nothing found" in said and "1 can't be decided" in said
    assert "IA32_VMX_CR4_FIXED1 (489H): guest-4" in said and "FIXED0" not in said


@pytest.mark.parametrize("fixed, violated", [(0xFFFFFF, False), (0xDFFFFF, True)])
def test_what_is_asked_for_decides(tmp_path, fixed, violated):
    """Bit 21 is SMAP, which the CR4 of the host has, too."""
    caps = tmp_path / "caps"
    caps.write_text(f"IA32_VMX_CR4_FIXED1 = {fixed:#x}\n")
    said = explain(with_cr4(0x302040), "--caps", caps)[1]
    assert ("guest-4" in parts(said)[0]) == violated
    assert (OTHERS in said) == (not violated)


EXIT = "Not of a failed VM entry"


@pytest.mark.parametrize("reason", ["00000000", "000000ff", "40000030", "ffffffff"])
def test_there_was_no_exit(reason):
    """No interruption information with exit reason 0; no exit reason; a reserved bit"""
    said = explain(VALID.replace("reason=80000021", f"reason={reason}"))[1]
    assert f"reason={reason}" not in said and EXIT not in said
    assert EXIT in explain(VALID.replace("reason=80000021", "reason=00000030"))[1]


def test_error_is_not_in_the_dump():
    """KVM prints its VMCS after VMLAUNCH has failed, too, and no VM-instruction error."""
    warning = "KVM's dump has no VM-instruction error."
    assert warning in explain(dump("kvm-ept-violation"))[1]
    assert warning not in explain(dump("xen-hlt"))[1]
