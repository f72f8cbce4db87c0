// SPDX-License-Identifier: GPL-2.0
/* What an instruction that was completed in software leaves behind. */
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "program/program.h"
#include "program/state.h"

/**
 * vmxfs_insn_done() - what is over, or due, after an instruction
 * @vcpu: loaded; RIP is behind the instruction, which was completed in software
 *
 * SDM, "Guest Non-Register State": interruptibility, pending debug exceptions;
 * "Instruction-Breakpoint Exception Condition": RFLAGS.RF.
 */
void vmxfs_insn_done(struct vmxfs_vcpu *vcpu)
{
	u32 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);
	u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);

	if (blocking & VMXFS_INTERRUPT_SHADOW)
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, blocking & ~VMXFS_INTERRUPT_SHADOW);
	if (rflags & X86_EFLAGS_RF)
		vmcs_write(VMCS_GUEST_RFLAGS, rflags & ~(u64)X86_EFLAGS_RF);
	if (rflags & X86_EFLAGS_TF &&
	    !(vmcs_read(VMCS_GUEST_DEBUGCTL) & DEBUGCTLMSR_BTF))
		vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS,
			   vmcs_read(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS) | VMX_PENDING_BS);
}

/* The instruction at which the guest left is over; the vCPU is loaded. */
void vmxfs_skip(struct vmxfs_vcpu *vcpu)
{
	vmcs_write(VMCS_GUEST_RIP, vmxfs_next_rip());
	vmxfs_insn_done(vcpu);
}
