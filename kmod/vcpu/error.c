// SPDX-License-Identifier: GPL-2.0
/* What is wrong with a vCPU, in words: its error and status files. */
#include <linux/kernel.h>
#include "vcpu/vcpu.h"

static const char *const vmxfs_state_names[] = {
	[VMXFS_INIT] = "init",
	[VMXFS_READY] = "ready",
	[VMXFS_RUNNING] = "running",
	[VMXFS_DEAD] = "dead",
	[VMXFS_ENDING] = "ending",
};

const char *vmxfs_state_name(enum vmxfs_state state)
{
	return vmxfs_state_names[state];
}

/**
 * vmxfs_fail_with() - keep the text of an error for the vCPU's error file
 * @vcpu: locked
 * @err: negative errno
 * @fmt: the text, without newline
 *
 * vmxfs_fail() takes both from vmxfs_errors.h.
 *
 * Return: @err.
 */
int vmxfs_fail_with(struct vmxfs_vcpu *vcpu, int err, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(vcpu->error, sizeof(vcpu->error), fmt, args);
	va_end(args);
	return err;
}

/**
 * vmxfs_vcpu_die() - the vCPU can't go on
 * @vcpu: locked
 * @fmt: why, for its status file
 */
void vmxfs_vcpu_die(struct vmxfs_vcpu *vcpu, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(vcpu->death, sizeof(vcpu->death), fmt, args);
	va_end(args);
	vcpu->state = VMXFS_DEAD;
}
