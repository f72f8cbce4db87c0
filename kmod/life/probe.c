// SPDX-License-Identifier: GPL-2.0
/* Whether the monitor trap flag works. */
#include <linux/err.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include "cpu/cpu.h"
#include "life/life.h"
#include "run/run.h"

static const u8 probe_guest[] = { 0x90, 0xf4 }; /* NOP; HLT */

static long probe_mtf(void *unused)
{
	struct vmxfs_vcpu *vcpu;

	vcpu = vmxfs_vcpu_alone(probe_guest, sizeof(probe_guest));
	if (IS_ERR(vcpu))
		return PTR_ERR(vcpu);
	vcpu->state = VMXFS_RUNNING;
	vcpu->step.on = true;
	while (vcpu->state == VMXFS_RUNNING) {
		vmxfs_run(vcpu);
		cond_resched();
	}
	vmxfs_mtf = vcpu->state == VMXFS_READY &&
		    vcpu->exit.reason == VMX_EXIT_MONITOR_TRAP_FLAG && vcpu->exit.rip == 1;
	vmxfs_vcpu_alone_free(vcpu);
	return 0;
}

/**
 * vmxfs_mtf_probe() - find out whether the monitor trap flag works
 *
 * Description: There are processors that have the control and do nothing about it.
 *
 * Return: 0 or a negative errno.
 */
int __init vmxfs_mtf_probe(void)
{
	struct vmxfs_allowed allowed = vmxfs_allowed_settings(VMCS_PROC_BASED_CONTROLS);

	if (!(allowed.may & VMX_CTL(proc, monitor_trap_flag)))
		vmxfs_mtf = false;
	/* A VM exit leaves no user's segment registers as they were. */
	return vmxfs_mtf ? work_on_cpu(raw_smp_processor_id(), probe_mtf, NULL) : 0;
}
