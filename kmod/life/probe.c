// SPDX-License-Identifier: GPL-2.0
/* What a processor does, and no capability MSR says. */
#include <linux/bits.h>
#include <linux/cpu.h>
#include <linux/err.h>
#include <linux/init.h>
#include <linux/sched.h>
#include <linux/workqueue.h>
#include "cpu/cpu.h"
#include "cpu/instructions.h"
#include "life/life.h"
#include "run/run.h"
#include "vmcs/vmcs.h"

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

static long probe_fields(void *vcpu)
{
	vmxfs_load(vcpu);
	vmxfs_fields_find();
	vmxfs_unload();
	return 0;
}

/**
 * vmxfs_fields_probe() - find out which fields of a VMCS the processors have
 *
 * Description: The cores of a hybrid processor need not have the same.
 *
 * Return: 0 or a negative errno.
 */
int __init vmxfs_fields_probe(void)
{
	struct vmxfs_vcpu *vcpu = vmxfs_vcpu_alone(probe_guest, sizeof(probe_guest));
	int cpu;

	if (IS_ERR(vcpu))
		return PTR_ERR(vcpu);
	cpus_read_lock();
	for_each_online_cpu(cpu)
		work_on_cpu(cpu, probe_fields, vcpu);
	cpus_read_unlock();
	vmxfs_vcpu_alone_free(vcpu);
	return 0;
}

static const u32 rights_fields[] = {
	VMCS_GUEST_CS_ACCESS_RIGHTS, /* the one that has L */
	VMCS_GUEST_ES_ACCESS_RIGHTS, VMCS_GUEST_SS_ACCESS_RIGHTS,
	VMCS_GUEST_DS_ACCESS_RIGHTS, VMCS_GUEST_FS_ACCESS_RIGHTS,
	VMCS_GUEST_GS_ACCESS_RIGHTS, VMCS_GUEST_LDTR_ACCESS_RIGHTS,
	VMCS_GUEST_TR_ACCESS_RIGHTS,
};

static void probe_kept(struct vmxfs_vcpu *vcpu, struct vmxfs_kept *kept)
{
	int i;

	*kept = (struct vmxfs_kept){ .reserved = true, .l = true };
	vmxfs_load(vcpu);
	for (i = 0; i < ARRAY_SIZE(rights_fields); i++) {
		u32 value;

		vmcs_write(rights_fields[i], VMX_RIGHTS_RESERVED | VMX_RIGHTS_L);
		value = vmcs_read(rights_fields[i]);
		kept->reserved &= (value & VMX_RIGHTS_RESERVED) == VMX_RIGHTS_RESERVED;
		kept->l &= i == 0 || value & VMX_RIGHTS_L;
	}
	vmxfs_unload();
}

/**
 * vmxfs_kept_probe() - find out what VMWRITE keeps of access rights on this processor
 * @kept: is set
 *
 * Return: 0 or a negative errno.
 */
int vmxfs_kept_probe(struct vmxfs_kept *kept)
{
	struct vmxfs_vcpu *vcpu;
	int err = vmxfs_life_enter();

	if (err)
		return err;
	vcpu = vmxfs_vcpu_alone(probe_guest, sizeof(probe_guest));
	err = PTR_ERR_OR_ZERO(vcpu);
	if (!err) {
		probe_kept(vcpu, kept);
		vmxfs_vcpu_alone_free(vcpu);
	}
	vmxfs_life_leave();
	return err;
}
