/* SPDX-License-Identifier: GPL-2.0 */
/* What every run of a program needs of its state, and what must not cost a call. */
#ifndef VMXFS_STATE_H
#define VMXFS_STATE_H

#include <asm/processor.h>
#include "cpu/instructions.h"
#include "program/program.h"

#define VMXFS_INTERRUPT_SHADOW	(VMX_BLOCKING_BY_STI | VMX_BLOCKING_BY_MOV_SS)

/* Outside 64-bit code RIP has 32 bits. */
static __always_inline u64 vmxfs_next_rip(void)
{
	u64 rip = vmcs_read(VMCS_GUEST_RIP);
	u64 next = rip + vmcs_read(VMCS_EXIT_INSTRUCTION_LENGTH);

	if ((rip ^ next) >> 31 == 3 && !vmxfs_64_bit_mode())
		next = (u32)next;
	return next;
}

/**
 * vmxfs_commit_gprs() - take RSP, RIP and RFLAGS from the page; the others are there
 * @vcpu: loaded
 *
 * If RIP is not where the guest left, the program has completed the instruction.
 */
static __always_inline void vmxfs_commit_gprs(struct vmxfs_vcpu *vcpu)
{
	const u64 *gprs = vcpu->program.page->state.gprs;
	u64 rip = READ_ONCE(gprs[VMX_X64_GPR_RIP]);
	u64 rflags = READ_ONCE(gprs[VMX_X64_GPR_RFLAGS]) | X86_EFLAGS_FIXED;

	vcpu->program.commit_gprs = false;
	vmcs_write(VMCS_GUEST_RSP, gprs[VMX_X64_GPR_RSP]);
	vmcs_write(VMCS_GUEST_RIP, rip);
	vmcs_write(VMCS_GUEST_RFLAGS, rflags);
	if (rip != vcpu->program.exit_rip &&
	    (vcpu->program.exit_blocking & VMXFS_INTERRUPT_SHADOW ||
	     rflags & (X86_EFLAGS_TF | X86_EFLAGS_RF)))
		vmxfs_insn_done(vcpu);
}

#endif
