// SPDX-License-Identifier: GPL-2.0
/*
 * MSRs that vmxfs leaves to us: those that each guest reads. All others raise #GP, as on a
 * processor that does not have them. SDM, volume 4
 */
#include <stddef.h>

#include "machine.h"

/* Reads as the value; a write does nothing, or raises #GP */
struct msr {
	uint32_t index;
	uint64_t value;
	bool writes_ignored;
};

static const struct msr msrs[] = {
	{ 0x17, 0, false },		/* IA32_PLATFORM_ID */
	{ 0x3a, 1, false },		/* IA32_FEATURE_CONTROL: locked, without VMX */
	{ 0x8b, 0, true },		/* IA32_BIOS_SIGN_ID: microcode */
	{ 0x1a0, 1, true },		/* IA32_MISC_ENABLE: fast strings */
};

static const struct msr *msr_find(uint32_t index)
{
	size_t i;

	for (i = 0; i < sizeof(msrs) / sizeof(*msrs); i++)
		if (msrs[i].index == index)
			return &msrs[i];
	return NULL;
}

int msr_read(struct vcpu *vcpu, uint32_t index, uint64_t *value)
{
	const struct msr *msr = msr_find(index);

	if (lapic_rdmsr(&vcpu->lapic, index, value))
		return 0;
	if (!msr)
		return -1;
	*value = msr->value;
	return 0;
}

int msr_write(struct vcpu *vcpu, uint32_t index, uint64_t value)
{
	const struct msr *msr = msr_find(index);

	if (lapic_wrmsr(&vcpu->lapic, index, value))
		return 0;
	return msr && msr->writes_ignored ? 0 : -1;
}
