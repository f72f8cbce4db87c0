// SPDX-License-Identifier: GPL-2.0
/*
 * Runs by a program, in its own context: VMXFS_IOC_RUN. A VM exit that is reported goes
 * to the page that the vCPU and its program share.
 */
#include <linux/kernel.h>
#include <linux/sched/signal.h>
#include "cpu/instructions.h"
#include "program/state.h"
#include "run/runner.h"

static __always_inline bool program_is_over(struct vmxfs_vcpu *vcpu)
{
	return READ_ONCE(vcpu->stop) || signal_pending(current);
}

static __always_inline void program_begin(struct vmxfs_vcpu *vcpu)
{
	if (vcpu->program.commit_gprs)
		vmxfs_commit_gprs(vcpu);
}

static void program_prepare(struct vmxfs_vcpu *vcpu)
{
}

static u32 program_controls(struct vmxfs_vcpu *vcpu)
{
	return (vcpu->program.int_window ? VMX_CTL(proc, interrupt_window_exiting) : 0) |
	       (vcpu->program.nmi_window ? VMX_CTL(proc, nmi_window_exiting) : 0);
}

static __always_inline bool program_at_once(struct vmxfs_vcpu *vcpu,
					    const struct vmxfs_exit *exit)
{
	return exit->reason == VMX_EXIT_CPUID && vmxfs_complete_cpuid(vcpu);
}

/* I/O is what comes most. */
static __always_inline bool program_in_short(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	if (exit->reason != VMX_EXIT_IO_INSTRUCTION || vcpu->injected || !vcpu->virtual_nmis)
		return false;
	vmxfs_complete(vcpu, exit, false);
	vcpu->state = VMXFS_READY;
	return true;
}

static noinline bool program_complete(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	/* After a machine check the program goes on only if Linux lets it. */
	bool silent = vmxfs_host_exit(exit) && !vmxfs_is_machine_check(exit);

	if (silent) {
		vmxfs_rearm_timer(vcpu, exit);
	} else if (vmxfs_exit_reason(exit) == VMX_EXIT_EXCEPTION_NMI) {
		/* The others read what they need. */
		vmxfs_exit_read(vcpu, exit);
		silent = vmxfs_event_reflect(vcpu, exit);
	}
	if (!vmxfs_complete(vcpu, exit, silent))
		return false;
	vcpu->state = VMXFS_READY;
	return true;
}

static void program_failed(struct vmxfs_vcpu *vcpu)
{
}

static const struct vmxfs_runner vmxfs_program = {
	.may_hide_msrs = true,
	.is_over = program_is_over,
	.begin = program_begin,
	.prepare = program_prepare,
	.controls = program_controls,
	.at_once = program_at_once,
	.in_short = program_in_short,
	.complete = program_complete,
	.failed = program_failed,
};

/* Whoever had the vCPU meanwhile may have ended the run, and begun another. */
static bool program_is_mine(const struct vmxfs_vcpu *vcpu)
{
	return READ_ONCE(vcpu->state) == VMXFS_RUNNING && READ_ONCE(vcpu->runner) == current;
}

/*
 * Somebody else has the vCPU, for a moment. If he ends the run, nobody says so when the
 * last claim is gone: that is not for a vCPU that is not running.
 */
static int program_give_way(struct vmxfs_vcpu *vcpu)
{
	vmxfs_vcpu_unlock(vcpu);
	wait_event_interruptible(vcpu->run_wq, !atomic_read(&vcpu->claims) ||
				 READ_ONCE(vcpu->stop) || !program_is_mine(vcpu));
	vmxfs_vcpu_relock(vcpu);
	return vcpu->state == VMXFS_ENDING ? -ENODEV : 0;
}

/* After a VM exit that was nothing for the program, or none; 0 if the run was stopped */
static noinline int program_run_on(struct vmxfs_vcpu *vcpu, int result)
{
	int err = 0;

	while (result != VMXFS_REPORTED && !err && program_is_mine(vcpu)) {
		if (result == VMXFS_FAIL_INVALID || result == VMXFS_FAIL_VALID) {
			vmxfs_entry_failed(vcpu, result);
			return -EIO;
		}
		if (READ_ONCE(vcpu->stop)) {
			WRITE_ONCE(vcpu->stop, false);
			vcpu->state = VMXFS_READY;
			return 0;
		}
		if (signal_pending(current)) {
			vcpu->state = VMXFS_READY;
			return -EINTR;
		}
		/* Whom the guest waits for may be behind it in the queue of this processor. */
		if (vcpu->program.spins) {
			vcpu->program.spins = false;
			yield();
		}
		cond_resched();
		if (atomic_read(&vcpu->claims))
			err = program_give_way(vcpu);
		else
			result = vmxfs_run_once(vcpu, &vmxfs_program, VMXFS_AUTO);
	}
	if (vcpu->state == VMXFS_DEAD)
		return -EIO;
	return err ?: result == VMXFS_REPORTED ? VMXFS_REPORTED : 0;
}

/* What the program has left in the page for this run. */
static __always_inline int program_take_page(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_page *page = vcpu->program.page;
	int err, event;

	/* After each exit, mostly; there is nothing to check, and the run does it. */
	if (READ_ONCE(page->commit) == VMX_X64_STATE_GPRS &&
	    !(READ_ONCE(page->event.type) | READ_ONCE(page->interrupt.type))) {
		page->commit = 0;
		vcpu->program.commit_gprs = true;
		return 0;
	}
	vcpu->decided_for = NULL;
	err = vmxfs_state_commit(vcpu);
	/* An interrupt may be one that the registers just committed don't take. */
	event = vmxfs_take_events(vcpu);
	if (err || event)
		page->cached = 0;
	return err ?: event;
}

/**
 * vmxfs_program_run() - VMXFS_IOC_RUN
 * @vcpu: locked, and with a page
 *
 * Return: 0, and the page says why the run has ended; -EBUSY if the guest runs already;
 * -EIO if the vCPU is dead, -ENODEV if it is ending, -EINTR if a signal came; -EINVAL or
 * -EAGAIN for what is in the page.
 */
int vmxfs_program_run(struct vmxfs_vcpu *vcpu)
{
	int err, result;

	if (vcpu->state != VMXFS_READY)
		return vcpu->state == VMXFS_DEAD ? -EIO : -EBUSY;
	err = program_take_page(vcpu);
	if (err)
		return err;
	vcpu->program.page->cached = 0;
	vmxfs_runner_begin(vcpu);
	result = vmxfs_run_once(vcpu, &vmxfs_program, VMXFS_AUTO);
	if (unlikely(result != VMXFS_REPORTED))
		result = program_run_on(vcpu, result);
	if (vcpu->runner == current)
		vmxfs_runner_end(vcpu);
	if (result == VMXFS_REPORTED)
		return 0;
	if (result && result != -EINTR)
		return result;
	/* If it is somebody else's run that is on now, what the page has of it is his. */
	if (vcpu->state == VMXFS_RUNNING) {
		vcpu->program.page->exit.reason = VMX_VCPU_EXIT_NONE;
		return result;
	}
	vmxfs_load(vcpu);
	vmxfs_complete_stop(vcpu);
	vmxfs_unload();
	return result;
}
