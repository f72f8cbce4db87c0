// SPDX-License-Identifier: GPL-2.0
/*
 * Runs by the files: go and step of ctl, the VM entries of insn, and what the module
 * itself tries. A VM exit that is reported becomes a line of wait.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include "cpu/instructions.h"
#include "run/runner.h"

/* Claims are all that it waits for. */
static bool files_is_over(struct vmxfs_vcpu *vcpu)
{
	return false;
}

static void files_begin(struct vmxfs_vcpu *vcpu)
{
}

static void files_prepare(struct vmxfs_vcpu *vcpu)
{
	if (vcpu->step.on)
		vmxfs_step_arm(vcpu);
}

static bool files_at_once(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit)
{
	return false;
}

static bool files_in_short(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	return false;
}

static bool files_complete(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	u32 host = vmxfs_host_exit(exit);
	bool silent = host && !(vcpu->report & host);

	vcpu->got_exit = false;
	if (!silent || vcpu->step.on)
		vmxfs_exit_read(vcpu, exit);
	if (vcpu->step.on && vmxfs_step_disarm(vcpu, exit, host))
		silent = false;
	if (silent && vmxfs_is_machine_check(exit)) {
		vmxfs_vcpu_die(vcpu, "machine check");
		return true;
	}
	if (silent)
		vmxfs_rearm_timer(vcpu, exit);
	else if (!host && vmxfs_exit_reason(exit) == VMX_EXIT_EXCEPTION_NMI)
		silent = vmxfs_event_reflect(vcpu, exit);
	if (silent)
		return false;
	vcpu->state = VMXFS_READY;
	vcpu->got_exit = true;
	return true;
}

static void files_failed(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_exit none = { .reason = VMX_EXIT_ENTRY_FAILURE };

	if (vcpu->step.on)
		vmxfs_step_disarm(vcpu, &none, false);
}

static const struct vmxfs_runner vmxfs_files = {
	.needs_information = true,
	.is_over = files_is_over,
	.begin = files_begin,
	.prepare = files_prepare,
	.controls = vmxfs_step_controls,
	.at_once = files_at_once,
	.in_short = files_in_short,
	.complete = files_complete,
	.failed = files_failed,
};

static int files_run_once(struct vmxfs_vcpu *vcpu, enum vmxfs_how how)
{
	int result;

	/* What it needs of the guest's memory, it gets and puts where it may sleep. */
	if (vcpu->step.on)
		vmxfs_step_plan(vcpu);
	result = vmxfs_run_once(vcpu, &vmxfs_files, how);
	if (vcpu->step.on)
		vmxfs_step_mend(vcpu, result == -EAGAIN);
	if (vcpu->state != VMXFS_RUNNING)
		vcpu->step.on = false;
	if (result == VMXFS_REPORTED || vcpu->state == VMXFS_DEAD)
		vmxfs_wake(vcpu);
	return result;
}

/**
 * vmxfs_run() - let the guest run until its next VM exit, for the files
 * @vcpu: its lock is held, and it is running
 *
 * Returns without having entered the guest if somebody claims the vCPU or the
 * processor. When it returns, the vCPU is running still, or ready and has an
 * exit to report, or dead.
 */
void vmxfs_run(struct vmxfs_vcpu *vcpu)
{
	int result = files_run_once(vcpu, VMXFS_AUTO);

	if (result != VMXFS_FAIL_INVALID && result != VMXFS_FAIL_VALID)
		return;
	vcpu->step.on = false;
	vmxfs_entry_failed(vcpu, result);
}

/**
 * vmxfs_enter_by() - VM entry by the instruction that the insn file names
 * @vcpu: locked, and ready
 * @resume: VMRESUME rather than VMLAUNCH
 *
 * There is one VM entry, whoever waits: the guest leaves soon enough. If it succeeds,
 * the vCPU has an exit to report; or it is running, and the caller leaves it to the kernel
 * thread.
 *
 * Return: 0, VMXFS_FAIL_INVALID or VMXFS_FAIL_VALID.
 */
int vmxfs_enter_by(struct vmxfs_vcpu *vcpu, bool resume)
{
	int result;

	vmxfs_runner_begin(vcpu);
	result = files_run_once(vcpu, resume ? VMXFS_RESUME : VMXFS_LAUNCH);
	vmxfs_runner_end(vcpu);
	if (result == VMXFS_FAIL_INVALID || result == VMXFS_FAIL_VALID) {
		vcpu->state = VMXFS_READY;
		return result;
	}
	return 0;
}
