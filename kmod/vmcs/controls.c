// SPDX-License-Identifier: GPL-2.0
/* Controls that the module adds to those that were written. */
#include <linux/kernel.h>
#include "cpu/instructions.h"
#include "vmcs/vmcs.h"

/**
 * vmxfs_set_exception_bitmap() - choose the exceptions that are reported
 * @vcpu: loaded
 * @bitmap: a bit for each vector
 */
void vmxfs_set_exception_bitmap(struct vmxfs_vcpu *vcpu, u32 bitmap)
{
	vcpu->exception_bitmap = bitmap;
	vmcs_write(VMCS_EXCEPTION_BITMAP, bitmap | VMXFS_ALWAYS_EXIT);
}

/**
 * vmxfs_event_controls() - after vmxfs_vcpu.proc_controls or unsafe has changed
 * @vcpu: the vCPU
 *
 * CR8 is the host's unless there is a TPR shadow, and so are all MSRs while none is
 * switched.
 */
void vmxfs_event_controls(struct vmxfs_vcpu *vcpu)
{
	u32 controls = vcpu->proc_controls;

	if (!(controls & VMX_CTL(proc, use_tpr_shadow)) && !vcpu->unsafe)
		controls |= VMX_CTL(proc, cr8_load_exiting) | VMX_CTL(proc, cr8_store_exiting);
	if (vcpu->msrs_hidden)
		controls &= ~(u32)VMX_CTL(proc, use_msr_bitmaps);
	vcpu->proc_controls_idle = controls;
}
