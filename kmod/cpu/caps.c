// SPDX-License-Identifier: GPL-2.0
/*
 * The capability MSRs, for the module (what a control may be) and as text, and CPUID.
 * SDM, appendix "VMX Capability Reporting Facility"; "CPUID--CPU Identification"
 */
#include <asm/msr.h>
#include <asm/processor.h>
#include "cpu/cpu.h"

struct vmxfs_caps vmxfs_caps;

static const struct vmxfs_group {
	const char *name;
	u32 field;
	u32 msr;
	u32 true_msr;
} vmxfs_groups[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) \
	{ #group, VMCS_##field, msr, true_msr },
#include "vmx_controls.h"
};

static const struct {
	const char *group;
	u8 bit;
	const char *name;
} vmxfs_controls[] = {
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) { #group, bit, #ident },
#include "vmx_controls.h"
};

static const struct {
	u32 msr;
	u8 bit;
	u8 width;
	const char *name;
} vmxfs_capabilities[] = {
#define VMX_CAPABILITY(group, msr, bit, width, ident) { msr, bit, width, #group "." #ident },
#include "vmx_capabilities.h"
};

static const struct {
	u32 leaf;
	u32 subleaf;
	enum { CAPS_eax, CAPS_ebx, CAPS_ecx, CAPS_edx } reg;
	u8 bit;
	u8 width;
	const char *name;
} vmxfs_cpuid[] = {
#define VMX_CPUID(leaf, subleaf, reg, bit, width, ident) \
	{ leaf, subleaf, CAPS_##reg, bit, width, "cpuid." #ident },
#include "vmx_cpuid.h"
};

/* An MSR that this processor lacks says that nothing may be 1. */
static u64 vmxfs_read_capability(u32 msr)
{
	u64 value;

	return rdmsrl_safe(msr, &value) ? 0 : value;
}

static struct vmxfs_allowed vmxfs_group_allowed(const struct vmxfs_group *group)
{
	bool true_controls = vmxfs_caps.basic & VMX_CAP(basic, true_controls);
	u64 value = vmxfs_read_capability(true_controls && group->true_msr ?
					  group->true_msr : group->msr);

	if (VMX_FIELD_WIDTH(group->field) == VMX_WIDTH_64)
		return (struct vmxfs_allowed){ .must = 0, .may = value };
	return (struct vmxfs_allowed){ .must = (u32)value, .may = value >> 32 };
}

/**
 * vmxfs_allowed_settings() - what this processor allows in a set of controls
 * @field: the VMCS field that holds them
 *
 * Return: the bits that must be 1 and those that may be 1.
 */
struct vmxfs_allowed vmxfs_allowed_settings(u32 field)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_groups); i++)
		if (vmxfs_groups[i].field == field)
			return vmxfs_group_allowed(&vmxfs_groups[i]);
	WARN_ONCE(1, "vmxfs: field %#x holds no controls\n", field);
	return (struct vmxfs_allowed){};
}

/* A leaf that this processor lacks is 0. */
static u32 caps_cpuid(u32 leaf, u32 subleaf, int reg)
{
	u32 regs[4] = {};

	if (leaf <= cpuid_eax(leaf & 0x80000000))
		cpuid_count(leaf, subleaf, &regs[0], &regs[1], &regs[2], &regs[3]);
	return regs[reg];
}

/*
 * A line each: "proc.hlt_exiting 01" for a control, with a "0" if it may be 0
 * and a "1" if it may be 1; "misc.cr3_target_values 0x4" for the rest.
 */
void vmxfs_caps_show(struct seq_file *m)
{
	int i, j;

	for (i = 0; i < ARRAY_SIZE(vmxfs_groups); i++) {
		const struct vmxfs_group *group = &vmxfs_groups[i];
		struct vmxfs_allowed allowed = vmxfs_group_allowed(group);

		for (j = 0; j < ARRAY_SIZE(vmxfs_controls); j++) {
			u64 bit = BIT_ULL(vmxfs_controls[j].bit);

			if (strcmp(vmxfs_controls[j].group, group->name))
				continue;
			seq_printf(m, "%s.%s %s%s\n", group->name, vmxfs_controls[j].name,
				   allowed.must & bit ? "" : "0", allowed.may & bit ? "1" : "");
		}
	}
	for (i = 0; i < ARRAY_SIZE(vmxfs_capabilities); i++) {
		u64 value = vmxfs_read_capability(vmxfs_capabilities[i].msr);
		u8 bit = vmxfs_capabilities[i].bit;

		seq_printf(m, "%s %#llx\n", vmxfs_capabilities[i].name,
			   value >> bit & GENMASK_ULL(vmxfs_capabilities[i].width - 1, 0));
	}
	for (i = 0; i < ARRAY_SIZE(vmxfs_cpuid); i++) {
		u32 value = caps_cpuid(vmxfs_cpuid[i].leaf, vmxfs_cpuid[i].subleaf, vmxfs_cpuid[i].reg);

		seq_printf(m, "%s %#x\n", vmxfs_cpuid[i].name,
			   value >> vmxfs_cpuid[i].bit & (u32)GENMASK(vmxfs_cpuid[i].width - 1, 0));
	}
}
