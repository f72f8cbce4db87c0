/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The processor: VMX operation on each, which VMCSs are active where, and what its VMX
 * can do. Nothing here knows of vCPUs.
 */
#ifndef VMXFS_CPU_H
#define VMXFS_CPU_H

#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/seq_file.h>
#include <linux/types.h>
#include "vmx.h"

/* ---- caps.c: the capability MSRs ---- */

/**
 * struct vmxfs_caps - what this processor's VMX can do
 * @basic: IA32_VMX_BASIC
 * @misc: IA32_VMX_MISC
 * @ept_vpid: IA32_VMX_EPT_VPID_CAP
 * @cr0_fixed0: CR0 bits that must be 1 in VMX operation
 * @cr4_fixed0: CR4 bits that must be 1 in VMX operation
 *
 * SDM, appendix "VMX Capability Reporting Facility". Read once, from the
 * processor that loads the module; all processors must agree.
 */
struct vmxfs_caps {
	u64 basic;
	u64 misc;
	u64 ept_vpid;
	u64 cr0_fixed0;
	u64 cr4_fixed0;
};

extern struct vmxfs_caps vmxfs_caps;

/**
 * struct vmxfs_allowed - the settings that a set of controls may have
 * @must: bits that must be 1
 * @may: bits that may be 1
 */
struct vmxfs_allowed {
	u64 must;
	u64 may;
};

struct vmxfs_allowed vmxfs_allowed_settings(u32 field);
void vmxfs_caps_show(struct seq_file *m);

/**
 * struct vmxfs_vmcs - a VMCS region and where it is
 * @page: the region; its physical address is the VMCS pointer
 * @shadow: a shadow VMCS that VM entry may make active too, or NULL
 * @cpu: the processor on which the VMCS is active, -1 if on none
 * @launched: the launch state is "launched"
 * @link: in @cpu's list of active VMCSs
 */
struct vmxfs_vmcs {
	struct page *page;
	struct page *shadow;
	int cpu;
	bool launched;
	struct list_head link;
};

/* ---- active.c: what is active on a processor ---- */

/**
 * struct vmxfs_cpu - a processor in VMX operation
 * @region: the VMXON region
 * @ours: CR4.VMXE and VMX operation are vmxfs's, whether they are on or not
 * @on: VMX operation is on
 * @active: the VMCSs that are active here
 */
struct vmxfs_cpu {
	struct page *region;
	bool ours;
	bool on;
	struct list_head active;
};

DECLARE_PER_CPU(struct vmxfs_cpu, vmxfs_cpus);
DECLARE_PER_CPU(struct vmxfs_vmcs *, vmxfs_current);
extern bool vmxfs_lost;

bool vmxfs_cpu_is_on(void);
u64 vmxfs_cpu_region(void);
void vmxfs_cpu_clear_all(void);
void vmxfs_cpu_leave(void);
bool vmxfs_cpu_reenter(void);
void vmxfs_cpu_restore(struct vmxfs_vmcs *vmcs);
void vmxfs_cpu_disable(struct vmxfs_cpu *cpu);
void vmxfs_cpu_lose(void);
void vmxfs_cpu_emergency(void);
struct page *vmxfs_region_alloc(u32 flip);
void vmxfs_region_init(struct page *page, u32 flip);
int vmxfs_vmcs_alloc(struct vmxfs_vmcs *vmcs);
void vmxfs_vmcs_free(struct vmxfs_vmcs *vmcs);
bool vmxfs_vmcs_load(struct vmxfs_vmcs *vmcs);
void vmxfs_vmcs_clear(struct vmxfs_vmcs *vmcs);

/* ---- cpu.c: VMX operation as processors come and go ---- */

int vmxfs_cpu_init(void);
void vmxfs_cpu_exit(void);
void vmxfs_cpu_off_all(void);

/* ---- emergency.c: out of VMX operation after a panic ---- */

void vmxfs_emergency_init(void);
void vmxfs_emergency_exit(void);

#endif
