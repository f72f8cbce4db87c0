// SPDX-License-Identifier: GPL-2.0
/*
 * NMIs that a guest has met, for the host. One that an unsafe guest sends by the local APIC,
 * and for which `report nmi` waits, means nothing to Linux, which might panic for that: it is
 * ours.
 */
#include <linux/percpu.h>
#include <asm/nmi.h>
#include "run/runner.h"

static DEFINE_PER_CPU(bool, vmxfs_nmi_is_ours);

/* The drivers that know of such NMIs are asked, too; Linux says nothing if one takes it. */
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

/**
 * vmxfs_give_nmi() - give the host the NMI by which a guest has left
 * @ours: if nobody else knows what it is for, it is ours
 *
 * Interrupts are disabled.
 */
void vmxfs_give_nmi(bool ours)
{
	this_cpu_write(vmxfs_nmi_is_ours, ours);
	asm volatile("int $2");
	this_cpu_write(vmxfs_nmi_is_ours, false);
}
