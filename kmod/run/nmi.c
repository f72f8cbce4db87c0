// SPDX-License-Identifier: GPL-2.0
/*
 * NMIs that a guest has met, for the host. One that an unsafe guest sends by the local APIC
 * means nothing to Linux, which might panic, or a watchdog's driver might: it is ours.
 */
#include <linux/percpu.h>
#include <asm/nmi.h>
#include "run/runner.h"

static DEFINE_PER_CPU(bool, vmxfs_nmi_is_ours);

/* Nobody else knows what it is for. */
static int nmi_unknown(unsigned int type, struct pt_regs *regs)
{
	return this_cpu_read(vmxfs_nmi_is_ours) ? NMI_HANDLED : NMI_DONE;
}

int __init vmxfs_nmi_init(void)
{
	return register_nmi_handler(NMI_UNKNOWN, nmi_unknown, 0, "vmxfs");
}

void vmxfs_nmi_exit(void)
{
	unregister_nmi_handler(NMI_UNKNOWN, "vmxfs");
}

/* Gives the host the NMI by which the guest of this vCPU has left. Interrupts are disabled. */
void vmxfs_give_nmi(const struct vmxfs_vcpu *vcpu)
{
	this_cpu_write(vmxfs_nmi_is_ours, vcpu->unsafe);
	asm volatile("int $2");
	this_cpu_write(vmxfs_nmi_is_ours, false);
}
