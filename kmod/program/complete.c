// SPDX-License-Identifier: GPL-2.0
/*
 * VM exits of vCPUs that a program drives: those that the kernel completes by
 * itself, and how the others look in the page. The vCPU is loaded.
 */
#include <linux/kernel.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "program/state.h"

/* Bit 12 of VM-exit interruption information, and of an EPT violation's qualification */
#define NMI_UNBLOCKED		BIT(12)

/* SDM, table "Exit Qualification for EPT Violations" */
#define EPT_VIOLATION_ACCESS	0x7	/* read, write, fetch: as VMX_PROT_* */
#define EPT_VIOLATION_LINEAR	0x180	/* there is a linear address, and it was not a walk */

/* The instruction raises this fault instead; its error code, if any, is 0. */
static void complete_fault(struct vmxfs_vcpu *vcpu, u8 vector)
{
	vcpu->reflected = (struct vmxfs_event){
		.info = VMX_INTR_VALID | VMX_INTR_HW_EXCEPTION | vector,
		.resume = true,
		.pending = true,
	};
	/* SDM, "VM-Entry Control Fields": in real mode there is no error code. */
	if (VMX_EXCEPTIONS_WITH_ERROR_CODE & BIT(vector) &&
	    vmcs_read(VMCS_GUEST_CR0) & X86_CR0_PE)
		vcpu->reflected.info |= VMX_INTR_ERROR_CODE;
}

/* Returns an error only if the instruction is neither done nor faults. */
static int complete_finish(struct vmxfs_vcpu *vcpu, int err)
{
	if (err == -EINVAL)
		complete_fault(vcpu, VMX_EXC_GP);
	else if (!err)
		vmxfs_skip(vcpu);
	return err == -EINVAL ? 0 : err;
}

/* ---- those that are completed here ---- */

/* MSRs that the guest may use, but not without an exit. */
static int complete_msr_index(u32 msr)
{
	switch (msr) {
	case MSR_IA32_SYSENTER_CS:
		return VMX_X64_MSR_SYSENTER_CS;
	case MSR_IA32_SYSENTER_ESP:
		return VMX_X64_MSR_SYSENTER_ESP;
	case MSR_IA32_SYSENTER_EIP:
		return VMX_X64_MSR_SYSENTER_EIP;
	case MSR_IA32_CR_PAT:
		return VMX_X64_MSR_PAT;
	case MSR_IA32_TSC:
		return VMX_X64_MSR_TSC;
	default:
		return -EOPNOTSUPP;
	}
}

/* From now on the guest's MSRs are switched, and the guest can use them without an exit. */
static bool complete_msrs_wake(struct vmxfs_vcpu *vcpu)
{
	vcpu->msrs_used = true;
	return vcpu->msrs_hidden;
}

/* Read once for each exit: the program can change them meanwhile. */
static u64 complete_edx_eax(const struct vmxfs_vcpu *vcpu)
{
	return READ_ONCE(vcpu->gprs->rdx) << 32 | (u32)READ_ONCE(vcpu->gprs->rax);
}

static int complete_rdmsr(struct vmxfs_vcpu *vcpu)
{
	int msr = complete_msr_index(READ_ONCE(vcpu->gprs->rcx));
	u64 value;

	if (msr < 0)
		return msr;
	value = msr == VMX_X64_MSR_TSC ? vmxfs_tsc(vcpu) : vmxfs_msr_get(vcpu, msr);
	vcpu->gprs->rax = (u32)value;
	vcpu->gprs->rdx = value >> 32;
	return 0;
}

static int complete_wrmsr(struct vmxfs_vcpu *vcpu)
{
	int msr = complete_msr_index(READ_ONCE(vcpu->gprs->rcx));
	u64 value = complete_edx_eax(vcpu);
	int err = msr < 0 ? msr : vmxfs_msr_check(msr, value);

	if (err)
		return err;
	if (msr == VMX_X64_MSR_TSC)
		vmxfs_tsc_set(vcpu, value);
	else
		vmxfs_msr_set(vcpu, msr, value);
	return 0;
}

static int complete_mov_cr(struct vmxfs_vcpu *vcpu)
{
	return vmxfs_cr_access(vcpu, vmcs_read(VMCS_EXIT_QUALIFICATION));
}

static int complete_xsetbv(struct vmxfs_vcpu *vcpu)
{
	u64 value = complete_edx_eax(vcpu);

	if ((u32)READ_ONCE(vcpu->gprs->rcx) || vmxfs_xcr0_check(value))
		return -EINVAL;
	vcpu->xcr0 = value;
	return 0;
}

/* From now on the debug registers are switched, and MOV DR does not exit. */
static int complete_mov_dr(struct vmxfs_vcpu *vcpu)
{
	u32 controls = vcpu->proc_controls & ~(u32)VMX_CTL(proc, mov_dr_exiting);

	vmcs_write(VMCS_PROC_BASED_CONTROLS, controls);
	vmxfs_field_written(vcpu, VMCS_PROC_BASED_CONTROLS, controls);
	return 0;
}

/* What is waited for may need this processor. The runner gives it away. */
static void complete_pause(struct vmxfs_vcpu *vcpu)
{
	vcpu->program.spins = true;
	vmxfs_skip(vcpu);
}

/*
 * Instructions that such a guest does not have: CR4.VMXE and CR4.SMXE are 0, and CPUID says
 * nothing of performance counters. A VMCALL is for the program.
 */
static int complete_missing(struct vmxfs_vcpu *vcpu, u32 reason)
{
	switch (reason) {
	case VMX_EXIT_GETSEC:
	case VMX_EXIT_VMCLEAR:
	case VMX_EXIT_VMLAUNCH:
	case VMX_EXIT_VMPTRLD:
	case VMX_EXIT_VMPTRST:
	case VMX_EXIT_VMREAD:
	case VMX_EXIT_VMRESUME:
	case VMX_EXIT_VMWRITE:
	case VMX_EXIT_VMXOFF:
	case VMX_EXIT_VMXON:
	case VMX_EXIT_INVEPT:
	case VMX_EXIT_INVVPID:
		complete_fault(vcpu, VMX_EXC_UD);
		return 0;
	case VMX_EXIT_RDPMC:
		complete_fault(vcpu, VMX_EXC_GP);
		return 0;
	default:
		return -EOPNOTSUPP;
	}
}

/* Returns -EFAULT if memory is missing, another error if the exit is to be reported. */
static int complete_here(struct vmxfs_vcpu *vcpu, u32 reason)
{
	switch (reason) {
	case VMX_EXIT_CPUID:
		return vmxfs_complete_cpuid(vcpu) ? 0 : -EOPNOTSUPP;
	case VMX_EXIT_CR_ACCESS:
		return complete_finish(vcpu, complete_mov_cr(vcpu));
	case VMX_EXIT_MOV_DR:
		return complete_mov_dr(vcpu);
	case VMX_EXIT_RDMSR:
		return complete_msrs_wake(vcpu) ? 0 : complete_finish(vcpu, complete_rdmsr(vcpu));
	case VMX_EXIT_WRMSR:
		return complete_msrs_wake(vcpu) ? 0 : complete_finish(vcpu, complete_wrmsr(vcpu));
	case VMX_EXIT_XSETBV:
		return complete_finish(vcpu, complete_xsetbv(vcpu));
	case VMX_EXIT_PAUSE:
		complete_pause(vcpu);
		return 0;
	case VMX_EXIT_INVD:
		/* The caches are the host's; they need not be written back. */
		vmxfs_skip(vcpu);
		return 0;
	default:
		return complete_missing(vcpu, reason);
	}
}

/* ---- what is left of the event that was being delivered ---- */

static void complete_block_nmis(bool block)
{
	u32 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE) & ~VMX_BLOCKING_BY_NMI;

	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
		   blocking | (block ? VMX_BLOCKING_BY_NMI : 0));
}

/*
 * An event whose delivery was cut short by the VM exit is delivered again.
 * SDM, "Information for VM Exits That Occur During Event Delivery".
 */
static void complete_deliver_again(struct vmxfs_vcpu *vcpu, u32 info)
{
	struct vmxfs_event event = {
		.info = info & (VMX_INTR_VALID | VMX_INTR_ERROR_CODE | VMX_INTR_TYPE |
				VMX_INTR_VECTOR),
		.ilen = vmcs_read(VMCS_EXIT_INSTRUCTION_LENGTH),
		.pending = true,
	};

	if (info & VMX_INTR_ERROR_CODE)
		event.code = vmcs_read(VMCS_IDT_VECTORING_ERROR_CODE);
	/* Its delivery has blocked NMIs; VM entry is to do so. */
	if ((info & VMX_INTR_TYPE) == VMX_INTR_NMI)
		complete_block_nmis(false);
	/* What the exit itself has to deliver comes first. */
	if (vcpu->reflected.pending)
		vcpu->exc = event;
	else
		vcpu->reflected = event;
}

/* Events and NMI blocking, after each VM exit. */
static void complete_delivery(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit)
{
	u32 info = vmcs_read(VMCS_IDT_VECTORING_INFORMATION);
	u32 reason = vmxfs_exit_reason(exit);
	bool unblocked = false;

	if (info & VMX_INTR_VALID)
		complete_deliver_again(vcpu, info);
	else if (reason == VMX_EXIT_EPT_VIOLATION)
		unblocked = vmcs_read(VMCS_EXIT_QUALIFICATION) & NMI_UNBLOCKED;
	else if (reason == VMX_EXIT_EXCEPTION_NMI)
		unblocked = exit->intr_info & NMI_UNBLOCKED &&
			    (exit->intr_info & VMX_INTR_VECTOR) != VMX_EXC_DF;
	/* IRET unblocks NMIs before it faults, and is executed again. */
	if (unblocked)
		complete_block_nmis(true);
}

/* ---- what the program gets ---- */

static void complete_show_insn(struct vmx_vcpu_exit *exit, enum vmx_vcpu_exit_reason reason)
{
	exit->reason = reason;
	exit->u.insn.npc = vmxfs_next_rip();
}

/* SDM, table "Exit Qualification for I/O Instructions" */
static __always_inline void complete_show_io(struct vmx_vcpu_exit *exit)
{
	u64 q = vmcs_read(VMCS_EXIT_QUALIFICATION);

	exit->reason = VMX_VCPU_EXIT_IO;
	exit->u.io.npc = vmxfs_next_rip();
	exit->u.io.port = q >> 16;
	exit->u.io.in = q >> 3 & 1;
	exit->u.io.size = (q & 7) + 1;
	exit->u.io.str = q >> 4 & 1;
	exit->u.io.rep = q >> 5 & 1;
	exit->u.io.address_size = 0;
	exit->u.io.seg = 0;
	if (exit->u.io.str) {
		u32 info = vmcs_read(VMCS_EXIT_INSTRUCTION_INFORMATION);

		/* SDM, "VM-Exit Instruction-Information Field as Used for INS and OUTS" */
		if (vmxfs_caps.basic & VMX_CAP(basic, ins_outs_information))
			exit->u.io.address_size = 2 << (info >> 7 & 7);
		exit->u.io.seg = exit->u.io.in ? VMX_X64_SEG_ES : info >> 15 & 7;
	}
}

static void complete_show_memory(struct vmx_vcpu_exit *exit)
{
	u64 q = vmcs_read(VMCS_EXIT_QUALIFICATION);

	exit->reason = VMX_VCPU_EXIT_MEMORY;
	exit->u.mem = (struct vmx_exit_memory){
		.gpa = vmcs_read(VMCS_GUEST_PHYSICAL_ADDRESS),
		.prot = q & EPT_VIOLATION_ACCESS,
		.gva_valid = (q & EPT_VIOLATION_LINEAR) == EPT_VIOLATION_LINEAR,
	};
	if (exit->u.mem.gva_valid)
		exit->u.mem.gva = vmcs_read(VMCS_GUEST_LINEAR_ADDRESS);
}

/* An instruction that loads the PDPTEs does not find them: the processor would exit. */
static void complete_show_pdpt(struct vmx_vcpu_exit *exit)
{
	exit->reason = VMX_VCPU_EXIT_MEMORY;
	exit->u.mem = (struct vmx_exit_memory){
		.gpa = vmxfs_pdpt(),
		.prot = VMX_PROT_READ,
	};
}

static void complete_show_msr(struct vmxfs_vcpu *vcpu, struct vmx_vcpu_exit *exit,
			      enum vmx_vcpu_exit_reason reason)
{
	exit->reason = reason;
	exit->u.rdmsr = (struct vmx_exit_msr){ .npc = vmxfs_next_rip(), .msr = vcpu->gprs->rcx };
	if (reason == VMX_VCPU_EXIT_WRMSR)
		exit->u.wrmsr.val = complete_edx_eax(vcpu);
}

static void complete_show_other(struct vmxfs_vcpu *vcpu, struct vmx_vcpu_exit *exit,
				struct vmxfs_exit *from)
{
	vmxfs_exit_read(vcpu, from);
	exit->reason = VMX_VCPU_EXIT_OTHER;
	exit->u.other = (struct vmx_exit_other){
		.reason = from->reason,
		.intr_info = from->intr_info,
		.intr_code = from->intr_code,
		.insn_length = from->insn_length,
		.insn_info = from->insn_info,
		.qualification = from->qualification,
		.linear = from->linear,
		.physical = from->physical,
	};
}

static void complete_show_exit(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *from)
{
	struct vmx_vcpu_exit *exit = &vcpu->program.page->exit;

	switch (vmxfs_exit_reason(from)) {
	case VMX_EXIT_EPT_VIOLATION:
		complete_show_memory(exit);
		break;
	case VMX_EXIT_HLT:
		vmxfs_skip(vcpu);
		exit->reason = VMX_VCPU_EXIT_HALTED;
		break;
	case VMX_EXIT_RDMSR:
		complete_show_msr(vcpu, exit, VMX_VCPU_EXIT_RDMSR);
		break;
	case VMX_EXIT_WRMSR:
		complete_show_msr(vcpu, exit, VMX_VCPU_EXIT_WRMSR);
		break;
	case VMX_EXIT_CPUID:
		complete_show_insn(exit, VMX_VCPU_EXIT_CPUID);
		break;
	case VMX_EXIT_MONITOR:
		complete_show_insn(exit, VMX_VCPU_EXIT_MONITOR);
		break;
	case VMX_EXIT_MWAIT:
		complete_show_insn(exit, VMX_VCPU_EXIT_MWAIT);
		break;
	case VMX_EXIT_INTERRUPT_WINDOW:
		vcpu->program.int_window = false;
		exit->reason = VMX_VCPU_EXIT_INT_READY;
		break;
	case VMX_EXIT_NMI_WINDOW:
		vcpu->program.nmi_window = false;
		exit->reason = VMX_VCPU_EXIT_NMI_READY;
		break;
	case VMX_EXIT_TRIPLE_FAULT:
		exit->reason = VMX_VCPU_EXIT_SHUTDOWN;
		break;
	default:
		complete_show_other(vcpu, exit, from);
	}
}

/* The rest of the page, for a run that ends. */
static __always_inline void complete_show_state(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_page *page = vcpu->program.page;
	u32 wanted = READ_ONCE(page->wanted) & ~VMX_X64_STATE_GPRS;
	u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);

	if (page->exit.reason == VMX_VCPU_EXIT_MEMORY)
		wanted |= READ_ONCE(page->wanted_memory) & ~VMX_X64_STATE_GPRS;
	if (wanted)
		vmxfs_state_get(vcpu, wanted);
	vcpu->program.exit_rip = vmcs_read(VMCS_GUEST_RIP);
	vcpu->program.exit_blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);
	page->state.gprs[VMX_X64_GPR_RSP] = vmcs_read(VMCS_GUEST_RSP);
	page->state.gprs[VMX_X64_GPR_RIP] = vcpu->program.exit_rip;
	page->state.gprs[VMX_X64_GPR_RFLAGS] = rflags;
	page->cached |= VMX_X64_STATE_GPRS;
	page->exit.exitstate.rflags = rflags;
	page->exit.exitstate.cr8 = vcpu->program.cr8;
	page->exit.exitstate.int_shadow = vcpu->program.exit_blocking &
					  VMXFS_INTERRUPT_SHADOW;
	BUILD_BUG_ON(offsetof(struct vmx_exitstate, nmi_window_exiting) !=
		     offsetof(struct vmx_exitstate, int_window_exiting) + 1);
	*(u16 *)&page->exit.exitstate.int_window_exiting = vmxfs_windows(vcpu);
	page->exit.exitstate.evt_pending = vmxfs_event_pending(vcpu);
	page->exit.exitstate.int_held = vcpu->irq.pending;
}

/* SDM, "Event Injection": it is delivered by the next VM entry, which blocks others. */
static const struct vmxfs_event complete_nmi = {
	.info = VMX_INTR_VALID | VMX_INTR_NMI | VMX_NMI_VECTOR,
	.pending = true,
};

/* What waited for the window takes it. The program has the next one. */
static bool complete_is_window_taken(struct vmxfs_vcpu *vcpu, u32 reason)
{
	if (reason == VMX_EXIT_INTERRUPT_WINDOW)
		return vcpu->irq.pending;
	if (!vcpu->program.nmi_held)
		return false;
	vcpu->program.nmi_held = false;
	vcpu->exc = complete_nmi;
	return true;
}

static bool complete_is_window_asked_for(struct vmxfs_vcpu *vcpu, u32 reason)
{
	if (reason != VMX_EXIT_INTERRUPT_WINDOW && reason != VMX_EXIT_NMI_WINDOW)
		return false;
	if (complete_is_window_taken(vcpu, reason))
		return false;
	return reason == VMX_EXIT_NMI_WINDOW ? vcpu->program.nmi_window :
					       vcpu->program.int_window;
}

/* Any but one for I/O. Returns false if there is nothing to report. */
static noinline bool complete_exit(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit, bool silent)
{
	u32 reason = vmxfs_exit_reason(exit);
	u64 cr8 = vcpu->program.cr8;
	int err;

	if (!(reason & VMX_EXIT_ENTRY_FAILURE))
		complete_delivery(vcpu, exit);
	if (silent && !complete_is_window_asked_for(vcpu, reason))
		return false;
	err = complete_here(vcpu, reason);
	if (err == -EFAULT)
		complete_show_pdpt(&vcpu->program.page->exit);
	else if (err)
		complete_show_exit(vcpu, exit);
	else if (vcpu->program.tpr_exiting && vcpu->program.cr8 != cr8)
		vcpu->program.page->exit.reason = VMX_VCPU_EXIT_TPR_CHANGED;
	else
		return false;
	return true;
}

/**
 * vmxfs_complete() - a VM exit of a vCPU that a program drives
 * @vcpu: loaded
 * @exit: the exit; what is in it but the reason and the interruption information is
 *	read if it is needed
 * @silent: it concerns the host, or is an exception that goes back to the guest
 *
 * Return: true if the page has it; false if the guest goes on.
 */
bool vmxfs_complete(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit, bool silent)
{
	/* It comes often, and never while an event is delivered. */
	if (likely(exit->reason == VMX_EXIT_IO_INSTRUCTION))
		complete_show_io(&vcpu->program.page->exit);
	else if (!complete_exit(vcpu, exit, silent))
		return false;
	complete_show_state(vcpu);
	return true;
}

/* A run that ends without a VM exit to report; the vCPU is loaded. */
void vmxfs_complete_stop(struct vmxfs_vcpu *vcpu)
{
	vcpu->program.page->exit.reason = VMX_VCPU_EXIT_NONE;
	complete_show_state(vcpu);
}

/* ---- events from the program ---- */

static int complete_take_exception(struct vmxfs_vcpu *vcpu, const struct vmx_vcpu_event *given)
{
	struct vmxfs_event event = {
		.info = VMX_INTR_VALID | given->vector,
		.ilen = given->insn_length,
		.pending = true,
	};

	if (given->vector >= 32 || given->vector == VMX_NMI_VECTOR)
		return -EINVAL;
	if (given->vector == VMX_EXC_BP || given->vector == VMX_EXC_OF)
		event.info |= VMX_INTR_SW_EXCEPTION;
	else
		event.info |= VMX_INTR_HW_EXCEPTION;
	event.resume = VMX_EXCEPTIONS_THAT_ARE_FAULTS & BIT(given->vector);
	/* SDM, "VM-Entry Control Fields": in real mode there is no error code. */
	if (VMX_EXCEPTIONS_WITH_ERROR_CODE & BIT(given->vector) &&
	    vmcs_read(VMCS_GUEST_CR0) & X86_CR0_PE) {
		event.info |= VMX_INTR_ERROR_CODE;
		event.code = given->error;
	}
	if (vmxfs_event_pending(vcpu))
		return -EAGAIN;
	vcpu->exc = event;
	return 0;
}

/* It waits, if it must, as one of the files does. */
static int complete_take_interrupt(struct vmxfs_vcpu *vcpu, u8 vector)
{
	if (vcpu->irq.pending)
		return -EAGAIN;
	if (vmxfs_event_pending(vcpu) || !vmxfs_takes_interrupts())
		vcpu->program.int_window = true;
	vcpu->irq = (struct vmxfs_event){
		.info = VMX_INTR_VALID | VMX_INTR_EXTERNAL | vector,
		.pending = true,
	};
	return 0;
}

/* One waits, as in the processor; another one is none. */
static int complete_take_nmi(struct vmxfs_vcpu *vcpu)
{
	if (vcpu->program.nmi_held || vmxfs_event_pending(vcpu) ||
	    vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE)) {
		vcpu->program.nmi_held = true;
		vcpu->program.nmi_window = true;
	} else {
		vcpu->exc = complete_nmi;
	}
	return 0;
}

static int complete_take_event(struct vmxfs_vcpu *vcpu, struct vmx_vcpu_event *from)
{
	struct vmx_vcpu_event given;

	/* What is checked is what is taken, whatever the program writes meanwhile. */
	given = *from;
	barrier_data(&given);
	from->type = VMX_VCPU_EVENT_NONE;
	switch (given.type) {
	case VMX_VCPU_EVENT_NONE:
		return 0;
	case VMX_VCPU_EVENT_INTR:
		return complete_take_interrupt(vcpu, given.vector);
	case VMX_VCPU_EVENT_NMI:
		return complete_take_nmi(vcpu);
	case VMX_VCPU_EVENT_EXCP:
		return complete_take_exception(vcpu, &given);
	default:
		return -EINVAL;
	}
}

/**
 * vmxfs_take_events() - have the guest get the events in the page
 * @vcpu: locked
 *
 * Return: 0; -EINVAL if there is no such event; -EAGAIN if there is one already.
 */
int vmxfs_take_events(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_page *page = vcpu->program.page;
	int err, later;

	vmxfs_load(vcpu);
	err = complete_take_event(vcpu, &page->event);
	later = complete_take_event(vcpu, &page->interrupt);
	vmxfs_unload();
	return err ?: later;
}
