// SPDX-License-Identifier: GPL-2.0
/*
 * step: one instruction. By the monitor trap flag where that works; else by
 * RFLAGS.TF, with all exceptions intercepted and TF hidden from the guest.
 *
 * TF alone is not enough for these:
 *  - An event that is injected clears TF. The VMX-preemption timer, set to 0, stops the
 *    guest after the delivery.
 *  - INT n, INT3, INTO and INT1 clear TF too. They are injected as events.
 *  - MOV SS and POP SS inhibit the trap. The instruction after them is replaced by VMCALL
 *    for this step, in a copy of its page that only this vCPU sees.
 *  - PUSHF and SYSCALL show TF to the guest. The flags that they store are corrected.
 *  - POPF and IRET load TF from the stack. That TF is the guest's, and stays.
 *  - SYSRET loads TF from R11, and traps by that TF. So TF is set in R11 for this step.
 *  - HLT would be woken by the trap. It exits instead.
 *  - STI inhibits interrupts for one more instruction. On some processors it does not if
 *    the trap comes between. So the blocking is set after the trap.
 */
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/msr-index.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "run/decode.h"
#include "run/run.h"
#include "vmcs/vmcs.h"

bool vmxfs_mtf = true;
module_param_named(mtf, vmxfs_mtf, bool, 0444);
MODULE_PARM_DESC(mtf, "use the monitor trap flag for step if it works");

#define DEBUGCTL_BTF		BIT_ULL(1)

static const u8 vmcall[] = { 0x0f, 0x01, 0xc1 };

/* ---- what to do ---- */

static u64 step_linear_address(u64 base, u64 offset)
{
	return vmxfs_64_bit_mode() ? offset : (u32)(base + offset);
}

/* Whether an event comes before the next instruction, or no instruction comes. */
static bool step_event_first(struct vmxfs_vcpu *vcpu)
{
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);
	u64 pending = vmcs_read(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS);

	return vmxfs_event_next(vcpu) ||
	       vmcs_read(VMCS_GUEST_ACTIVITY_STATE) != VMX_ACTIVITY_ACTIVE ||
	       vmcs_read(VMCS_ENTRY_INTERRUPTION_INFORMATION) & VMX_INTR_VALID ||
	       (pending & (VMX_PENDING_ENABLED | VMX_PENDING_BS) &&
		!(blocking & VMX_BLOCKING_BY_MOV_SS));
}

/* #BP and #OF that are reported exit by themselves, and #DB of INT1 always does. */
static bool step_exits_itself(struct vmxfs_vcpu *vcpu, u32 info)
{
	u8 vector = info & VMX_INTR_VECTOR;

	return (info & VMX_INTR_TYPE) != VMX_INTR_SW_INTERRUPT &&
	       (vcpu->exception_bitmap & BIT(vector) || vector == VMX_EXC_DB);
}

/**
 * vmxfs_step_prepare() - what the vCPU needs for its first step
 * @vcpu: locked
 *
 * Return: 0 or -ENOMEM.
 */
int vmxfs_step_prepare(struct vmxfs_vcpu *vcpu)
{
	return vmxfs_mtf ? 0 : vmxfs_patches_alloc(vcpu->step.patch);
}

/**
 * vmxfs_step_plan() - decide how to step
 * @vcpu: locked, not loaded; is stepping
 *
 * May sleep, and so comes before vmxfs_step_arm(), which acts on it.
 */
void vmxfs_step_plan(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_step *step = &vcpu->step;
	u8 insn[INSN_MAX];
	struct next next;
	bool first;
	u64 linear, rflags, cs;
	size_t count;
	int size;

	if (vmxfs_mtf) {
		step->how = VMXFS_STEP_MTF;
		return;
	}
	vmxfs_load(vcpu);
	step->rip = vmcs_read(VMCS_GUEST_RIP);
	first = step_event_first(vcpu);
	rflags = vmcs_read(VMCS_GUEST_RFLAGS);
	linear = step_linear_address(vmcs_read(VMCS_GUEST_CS_BASE), step->rip);
	cs = vmcs_read(VMCS_GUEST_CS_ACCESS_RIGHTS);
	size = vmxfs_64_bit_mode() ? 8 : cs & VMX_AR_DB ? 4 : 2;
	vmxfs_unload();

	step->how = VMXFS_STEP_EVENT;
	if (first)
		return;
	step->how = VMXFS_STEP_TF;
	count = vmxfs_guest_access(vcpu, linear, insn, sizeof(insn), false);
	next = vmxfs_decode(insn, count, size, rflags);
	step->pushes_flags = next.kind == PUSHF;
	step->loads_flags = next.kind == LOADS_FLAGS;
	step->syscall = next.kind == SYSCALL;
	step->sysret = next.kind == SYSRET;
	step->sti = next.kind == STI && !(rflags & X86_EFLAGS_IF);
	step->hlt = next.kind == HLT && !(vcpu->proc_controls & VMX_CTL(proc, hlt_exiting));
	if (next.kind == SOFT_INTERRUPT && !step_exits_itself(vcpu, next.info)) {
		vcpu->reflected = (struct vmxfs_event){
			.info = VMX_INTR_VALID | next.info,
			.ilen = next.length,
			.pending = true,
		};
		step->planned = true;
		step->how = VMXFS_STEP_EVENT;
	} else if (next.kind == LOADS_SS) {
		step->how = VMXFS_STEP_VMCALL;
		step->length = next.length;
		linear += next.length;
		vmxfs_guest_patch(vcpu, size == 8 ? linear : (u32)linear, vmcall,
				  sizeof(vmcall), step->patch);
	}
}

/* All exceptions exit, whatever the page-fault error code. */
static void step_intercept_all(struct vmxfs_step *step)
{
	step->pf_mask = vmcs_read(VMCS_PAGE_FAULT_ERROR_CODE_MASK);
	step->pf_match = vmcs_read(VMCS_PAGE_FAULT_ERROR_CODE_MATCH);
	vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MASK, 0);
	vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MATCH, 0);
	vmcs_write(VMCS_EXCEPTION_BITMAP, U32_MAX);
}

static void step_set_tf(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_step *step = &vcpu->step;
	u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);

	step->pending = vmcs_read(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS);
	step->tf = rflags & X86_EFLAGS_TF;
	step->blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);
	vmcs_write(VMCS_GUEST_RFLAGS, rflags | X86_EFLAGS_TF);
	step->debugctl = vmcs_read(VMCS_GUEST_DEBUGCTL);
	vmcs_write(VMCS_GUEST_DEBUGCTL, step->debugctl & ~DEBUGCTL_BTF);
	/* SDM, "Checks on Guest Non-Register State": with blocking and TF, BS is 1. */
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
		   step->blocking & ~(u64)VMX_BLOCKING_BY_STI);
	if (step->blocking & VMX_BLOCKING_BY_MOV_SS)
		vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, step->pending | VMX_PENDING_BS);
	if (step->syscall) {
		step->fmask = vmxfs_msr_value(vcpu, VMXFS_FMASK);
		vmxfs_msr_set_value(vcpu, VMXFS_FMASK, step->fmask & ~(u64)X86_EFLAGS_TF);
	}
	if (step->sysret) {
		step->r11 = vcpu->gprs->r11;
		vcpu->gprs->r11 |= X86_EFLAGS_TF;
	}
}

/**
 * vmxfs_step_arm() - prepare the VM entry of a step
 * @vcpu: loaded, about to enter; is stepping
 */
void vmxfs_step_arm(struct vmxfs_vcpu *vcpu)
{
	switch (vcpu->step.how) {
	case VMXFS_STEP_MTF:
		break;
	case VMXFS_STEP_EVENT:
		vcpu->step.timer = vmcs_read(VMCS_PREEMPTION_TIMER_VALUE);
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, 0);
		break;
	case VMXFS_STEP_TF:
		step_set_tf(vcpu);
		fallthrough;
	case VMXFS_STEP_VMCALL:
		step_intercept_all(&vcpu->step);
		break;
	}
}

/* Controls that the VM entry of a step has besides. */
u32 vmxfs_step_controls(struct vmxfs_vcpu *vcpu)
{
	if (!vcpu->step.on)
		return 0;
	if (vcpu->step.how == VMXFS_STEP_MTF)
		return VMX_CTL(proc, monitor_trap_flag);
	return vcpu->step.how == VMXFS_STEP_TF && vcpu->step.hlt ? VMX_CTL(proc, hlt_exiting) : 0;
}

static bool step_trapped(const struct vmxfs_exit *exit)
{
	return vmxfs_exit_reason(exit) == VMX_EXIT_EXCEPTION_NMI &&
	       (exit->intr_info & (VMX_INTR_TYPE | VMX_INTR_VECTOR)) ==
	       (VMX_INTR_HW_EXCEPTION | VMX_EXC_DB) &&
	       exit->qualification & VMX_PENDING_BS;
}

/* What the guest sees of TF again. @done: the instruction was executed. */
static void step_restore_tf(struct vmxfs_vcpu *vcpu, bool done)
{
	struct vmxfs_step *step = &vcpu->step;
	u64 rflags = vmcs_read(VMCS_GUEST_RFLAGS);
	u64 tf = step->tf;

	if (step->syscall) {
		vmxfs_msr_set_value(vcpu, VMXFS_FMASK, step->fmask);
		if (done) {
			vcpu->gprs->r11 = (vcpu->gprs->r11 & ~(u64)X86_EFLAGS_TF) | step->tf;
			tf &= ~step->fmask;
			step->tf = tf;
		}
	}
	if (step->sysret) {
		vcpu->gprs->r11 = step->r11;
		if (done)
			tf = step->r11 & X86_EFLAGS_TF;
	}
	if (!(done && step->loads_flags))
		vmcs_write(VMCS_GUEST_RFLAGS, (rflags & ~(u64)X86_EFLAGS_TF) | tf);
	vmcs_write(VMCS_GUEST_DEBUGCTL, step->debugctl);
	if (done)
		return;
	/* The exit came instead of the instruction, or after it because of what it did. */
	if (vmcs_read(VMCS_GUEST_RIP) == step->rip) {
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, step->blocking);
		vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, step->pending);
	} else if (!step->tf) {
		vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS,
			   vmcs_read(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS) & ~(u64)VMX_PENDING_BS);
	}
}

/* The trap was for the step. Breakpoints that came with it are the guest's. */
static void step_leave_pending(struct vmxfs_vcpu *vcpu, u64 qualification)
{
	u64 pending = vcpu->step.tf ? VMX_PENDING_BS : 0;

	if (qualification & VMX_DR6_B)
		pending |= (qualification & VMX_DR6_B) | VMX_PENDING_ENABLED;
	vmcs_write(VMCS_GUEST_PENDING_DEBUG_EXCEPTIONS, pending);
}

/* HLT that was made to exit: it is over, and the guest halted. */
static void step_finish_hlt(const struct vmxfs_exit *exit)
{
	vmcs_write(VMCS_GUEST_RIP, exit->rip + exit->insn_length);
	vmcs_write(VMCS_GUEST_RFLAGS, vmcs_read(VMCS_GUEST_RFLAGS) & ~(u64)X86_EFLAGS_RF);
	vmcs_write(VMCS_GUEST_ACTIVITY_STATE, VMX_ACTIVITY_HLT);
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE, 0);
}

static void step_finish(struct vmxfs_exit *exit)
{
	*exit = (struct vmxfs_exit){
		.reason = VMX_EXIT_MONITOR_TRAP_FLAG,
		.rip = vmcs_read(VMCS_GUEST_RIP),
		.rsp = vmcs_read(VMCS_GUEST_RSP),
		.rax = exit->rax,
	};
}

/* Returns whether the step is done. */
static bool step_after_tf(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	struct vmxfs_step *step = &vcpu->step;
	bool done = step_trapped(exit);

	step_restore_tf(vcpu, done);
	if (step->hlt && vmxfs_exit_reason(exit) == VMX_EXIT_HLT) {
		step_finish_hlt(exit);
		return true;
	}
	if (!done)
		return false;
	step_leave_pending(vcpu, exit->qualification);
	/* With CR4.VME or PVI it may have set another flag. */
	if (step->sti && vmcs_read(VMCS_GUEST_RFLAGS) & X86_EFLAGS_IF)
		vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
			   vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE) | VMX_BLOCKING_BY_STI);
	step->mend = step->pushes_flags && !step->tf;
	return true;
}

/**
 * vmxfs_step_disarm() - undo vmxfs_step_arm(), and see whether the step is done
 * @vcpu: loaded, just back; is stepping
 * @exit: the VM exit; if it is the end of the step, becomes one by the monitor
 *	trap flag
 * @silent: the exit concerns the host
 *
 * Return: true if the step is done.
 */
bool vmxfs_step_disarm(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit, bool silent)
{
	struct vmxfs_step *step = &vcpu->step;
	bool done = false;

	switch (step->how) {
	case VMXFS_STEP_MTF:
		return false;
	case VMXFS_STEP_EVENT:
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, step->timer);
		/* The event was delivered before anything else could happen. */
		done = silent;
		break;
	case VMXFS_STEP_TF:
		done = step_after_tf(vcpu, exit);
		break;
	case VMXFS_STEP_VMCALL:
		done = exit->rip == step->rip + step->length;
		break;
	}
	if (step->how != VMXFS_STEP_EVENT) {
		vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MASK, step->pf_mask);
		vmcs_write(VMCS_PAGE_FAULT_ERROR_CODE_MATCH, step->pf_match);
		vmxfs_set_exception_bitmap(vcpu, vcpu->exception_bitmap);
	}
	if (done)
		step_finish(exit);
	return done;
}

/**
 * vmxfs_step_mend() - what a step has left in the guest's memory
 * @vcpu: locked, not loaded; is stepping
 * @not_tried: there was no VM entry
 *
 * May sleep.
 */
void vmxfs_step_mend(struct vmxfs_vcpu *vcpu, bool not_tried)
{
	struct vmxfs_step *step = &vcpu->step;
	u64 linear, sp;
	u16 flags;

	if (step->planned && not_tried)
		vcpu->reflected.pending = false;
	step->planned = false;

	if (step->how == VMXFS_STEP_VMCALL)
		vmxfs_guest_unpatch(vcpu, step->patch);
	if (!step->mend)
		return;
	step->mend = false;
	vmxfs_load(vcpu);
	sp = vmcs_read(VMCS_GUEST_RSP);
	if (!vmxfs_64_bit_mode() && !(vmcs_read(VMCS_GUEST_SS_ACCESS_RIGHTS) & VMX_AR_DB))
		sp = (u16)sp;
	linear = step_linear_address(vmcs_read(VMCS_GUEST_SS_BASE), sp);
	vmxfs_unload();
	if (vmxfs_guest_access(vcpu, linear, &flags, sizeof(flags), false) != sizeof(flags))
		return;
	flags &= ~X86_EFLAGS_TF;
	vmxfs_guest_access(vcpu, linear, &flags, sizeof(flags), true);
}
