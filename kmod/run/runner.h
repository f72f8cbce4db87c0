/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A run of a guest: VM entries and VM exits, until a VM exit is reported. The files
 * (run_files.c) and programs (run_program.c) run guests. What differs between the two is
 * in a struct vmxfs_runner. It is a constant where this code is compiled in, so that its
 * functions can be inlined.
 */
#ifndef VMXFS_RUNNER_H
#define VMXFS_RUNNER_H

#include <linux/sched.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "run/run.h"
#include "run/switch.h"
#include "run/trace.h"

/* By which instruction to enter; VMXFS_AUTO is the one that fits the launch state. */
enum vmxfs_how { VMXFS_AUTO, VMXFS_LAUNCH, VMXFS_RESUME };

/**
 * struct vmxfs_runner - what a run does, besides what all do
 * @may_hide_msrs: nobody looks at the MSR areas' fields while it is on
 * @is_over: somebody wants that the run ends, or must give way
 * @begin: before what follows
 * @prepare: right before the VM entry; interrupts are disabled
 * @controls: primary processor-based controls that the VM entry is to have besides
 * @at_once: complete a VM exit while the guest's context is still on the processor;
 *	true if the guest goes on
 * @in_short: complete a VM exit that can't be the host's, nor have ended the delivery of
 *	an event; true if it did, and then the VM exit is reported
 * @needs_information: @complete wants the interruption information of each VM exit
 * @complete: a VM exit, or a VM entry that failed late; true if it is reported
 * @failed: a VM entry that failed early
 *
 * All are called with the vCPU loaded, and none may be NULL.
 */
struct vmxfs_runner {
	bool may_hide_msrs;
	bool needs_information;
	bool (*is_over)(struct vmxfs_vcpu *vcpu);
	void (*begin)(struct vmxfs_vcpu *vcpu);
	void (*prepare)(struct vmxfs_vcpu *vcpu);
	u32 (*controls)(struct vmxfs_vcpu *vcpu);
	bool (*at_once)(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit);
	bool (*in_short)(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit);
	bool (*complete)(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit);
	void (*failed)(struct vmxfs_vcpu *vcpu);
};

void vmxfs_decide(struct vmxfs_vcpu *vcpu, const struct vmxfs_runner *runner);
void vmxfs_flush(struct vmxfs_vcpu *vcpu);
void vmxfs_serve_host(struct vmxfs_vcpu *vcpu);
void vmxfs_give_nmi(bool ours);
void vmxfs_split_lock(struct vmxfs_vcpu *vcpu);

/* The guest's own MSRs come out of one area, and go in again from another. */
static __always_inline void vmxfs_keep_msrs(struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_msr_entry *from = vmxfs_msr_own(vcpu, VMXFS_EXIT_MSR_STORE);
	struct vmxfs_msr_entry *to = vmxfs_msr_own(vcpu, VMXFS_ENTRY_MSR_LOAD);
	int i;

#pragma GCC unroll 5
	for (i = 0; i < VMXFS_MSRS; i++)
		to[i].value = from[i].value;
}

/* What each VM exit has stored, and the next VM entry loads. */
static __always_inline void vmxfs_keep_guest(struct vmxfs_vcpu *vcpu)
{
	if (!(vcpu->skips & VMXFS_SKIP_MSRS))
		vmxfs_keep_msrs(vcpu);
	/* SDM, "Miscellaneous Data": not every processor's VM exits store LMA. */
	if (!(vmxfs_caps.misc & VMX_CAP(misc, store_lma)))
		vmxfs_update_lma();
}

/* Somebody wants the vCPU, or the processor, or the end of the run. */
static __always_inline bool vmxfs_must_leave(struct vmxfs_vcpu *vcpu,
					     const struct vmxfs_runner *runner)
{
	return atomic_read(&vcpu->claims) || need_resched() || runner->is_over(vcpu);
}

/*
 * Into the guest, and back after a VM exit that can't be completed at once. Sets the
 * reason of @exit if it returns 0. @entered: a VM entry has succeeded, with which what was
 * injected is delivered; @completed: nothing is left to be done for @exit. Interrupts are
 * disabled.
 */
static __always_inline int vmxfs_enter_guest(struct vmxfs_vcpu *vcpu,
					     const struct vmxfs_runner *runner,
					     enum vmxfs_how how, struct vmxfs_exit *exit,
					     bool *entered, bool *completed)
{
	bool resume = how == VMXFS_AUTO ? vcpu->vmcs.launched : how == VMXFS_RESUME;
	int fail;

	vmxfs_load_guest(vcpu);
	do {
		*completed = false;
		fail = vmxfs_enter(vcpu->gprs, resume, VMCS_HOST_RSP, &vcpu->host.rsp);
		if (fail)
			break;
		exit->reason = vmcs_read(VMCS_EXIT_REASON);
		/* A VM entry that fails late neither sets the launch state nor stores. */
		if (unlikely(exit->reason & VMX_EXIT_ENTRY_FAILURE))
			break;
		resume = true;
		*entered = true;
		vmxfs_keep_guest(vcpu);
		*completed = runner->at_once(vcpu, exit);
	} while (*completed && !vmxfs_must_leave(vcpu, runner));
	vmxfs_save_guest(vcpu);
	if (!fail)
		vcpu->vmcs.launched = resume;
	return fail;
}

/* Whether it can be the host's. Most exits can't, and this costs less than vmxfs_serve_host(). */
static __always_inline bool vmxfs_may_be_hosts(u32 reason)
{
	return (u16)reason <= VMX_EXIT_EXTERNAL_INTERRUPT || reason & VMX_EXIT_ENTRY_FAILURE;
}

/*
 * Without "virtual NMIs" what blocks the guest's NMIs blocks the host's, and a VM exit
 * leaves it so. SDM, "Saving Non-Register State": blocking by NMI.
 */
static __always_inline void vmxfs_unblock_nmis(const struct vmxfs_vcpu *vcpu)
{
	if (!vcpu->virtual_nmis &&
	    vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE) & VMX_BLOCKING_BY_NMI)
		iret_to_self();
}

/* What vmxfs_run_once() returns, or VMXFS_FAIL_* */
enum { VMXFS_GOES_ON = 0, VMXFS_REPORTED = 8 };

/* Returns as vmxfs_run_once(). @wake: an event was injected; whoever waits is to see it */
static __always_inline int vmxfs_run_loaded(struct vmxfs_vcpu *vcpu,
					    const struct vmxfs_runner *runner,
					    enum vmxfs_how how, bool *wake)
{
	struct vmxfs_exit *exit = &vcpu->exit;
	bool entered = false, completed = false;
	int fail;

	vcpu->injected = NULL;
	runner->begin(vcpu);
	if (unlikely(vcpu->decided_for != runner))
		vmxfs_decide(vcpu, runner);
	local_irq_disable();
	/*
	 * Whoever claims or stops the vCPU from here on interrupts this processor,
	 * and an interrupt that is pending at VM entry causes a VM exit.
	 */
	if (how == VMXFS_AUTO && vmxfs_must_leave(vcpu, runner)) {
		local_irq_enable();
		return -EAGAIN;
	}
	if (vcpu->flush)
		vmxfs_flush(vcpu);
	if (!vmxfs_event_none(vcpu))
		vmxfs_event_inject(vcpu, runner->controls(vcpu));
	runner->prepare(vcpu);
	trace_vmxfs_entry(vcpu->index, vcpu->injected);

	fail = vmxfs_enter_guest(vcpu, runner, how, exit, &entered, &completed);
	if (!fail && runner->in_short(vcpu, exit)) {
		local_irq_enable();
		trace_vmxfs_exit(vcpu->index, exit, true);
		return VMXFS_REPORTED;
	}
	if (!fail) {
		exit->intr_info = 0;
		if (runner->needs_information || vmxfs_may_be_hosts(exit->reason)) {
			exit->intr_info = vmcs_read(VMCS_EXIT_INTERRUPTION_INFORMATION);
			vmxfs_serve_host(vcpu);
		}
		vmxfs_unblock_nmis(vcpu);
	}
	local_irq_enable();

	/* Whatever the VM exit was, it may have changed what can be left out. */
	vcpu->decided_for = NULL;
	*wake = vcpu->injected;
	if (vcpu->injected)
		vmxfs_event_done(vcpu, entered);
	if (fail) {
		runner->failed(vcpu);
		return fail;
	}
	fail = !completed && runner->complete(vcpu, exit) ? VMXFS_REPORTED : VMXFS_GOES_ON;
	trace_vmxfs_exit(vcpu->index, exit, fail == VMXFS_REPORTED);
	return fail;
}

/**
 * vmxfs_run_once() - a VM entry, and the VM exit that follows
 * @vcpu: locked, and running
 * @runner: who runs it
 * @how: by which instruction
 *
 * Return: VMXFS_REPORTED if the VM exit is to be reported, VMXFS_GOES_ON if it needs not
 * be; -EAGAIN if there was no VM entry, because something else comes first;
 * VMXFS_FAIL_INVALID or VMXFS_FAIL_VALID, and then the VM-instruction error is in @vcpu.
 */
static __always_inline int vmxfs_run_once(struct vmxfs_vcpu *vcpu,
					  const struct vmxfs_runner *runner,
					  enum vmxfs_how how)
{
	bool wake = false;
	int result;

	vmxfs_load(vcpu);
	result = vmxfs_run_loaded(vcpu, runner, how, &wake);
	if (unlikely(result == VMXFS_FAIL_VALID))
		vcpu->insn_error = vmcs_read(VMCS_INSTRUCTION_ERROR);
	vmxfs_unload();
	/* Not before: on a real-time kernel both can sleep. */
	if (wake)
		vmxfs_wake(vcpu);
	if (result == VMXFS_GOES_ON && vcpu->split_lock)
		vmxfs_split_lock(vcpu);
	return result;
}

#endif
