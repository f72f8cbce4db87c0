// SPDX-License-Identifier: GPL-2.0
/* What can be written to an MSR. */
#include "words.h"

/* SDM, "IA32_PAT MSR": 0, 1, 4, 5, 6 and 7 */
enum truth vc_pat(struct value value)
{
	unsigned int i;

	for (i = 0; value.known && i < 64; i += 8)
		if (ONE_OF(BITS(value, i, i + 7), 0xf3) == NO)
			return NO;
	return value.known ? YES : UNKNOWN;
}

/* SDM, "Architectural Performance Monitoring": a bit for each counter, and bit 48 */
enum truth vc_perf_global_ctrl(struct decision *d, struct value value)
{
	struct value eax, ecx, edx;
	uint64_t counters;

	if (!value.known || !value.n)
		return value.known ? YES : UNKNOWN;
	if (value.n >> 49)
		return NO;
	eax = CPUID(0xa, EAX);
	ecx = CPUID(0xa, ECX);
	edx = CPUID(0xa, EDX);
	if (!eax.known || !ecx.known || !edx.known)
		return UNKNOWN;
	/* Newer processors list them in another leaf. */
	if (BITS(eax, 0, 7).n > 5)
		return UNKNOWN;
	counters = (1ULL << BITS(eax, 8, 15).n % 64) - 1;
	counters |= ((1ULL << BITS(edx, 0, 4).n) - 1) << 32;
	if (BITS(eax, 0, 7).n >= 5)
		counters |= ecx.n << 32;
	return ALL(vc_zero(value, ~counters & ~(1ULL << 48)),
		   IF(BIT(value, 48), BIT(MSR(0x345), 15)));
}

/* Each of these bits, if it is 1, needs what the processor says of itself. */
struct needs {
	unsigned int first, last;
	uint32_t leaf, subleaf;
	enum vmxcheck_register reg;
	unsigned int bit;
};

static enum truth has_what_it_needs(struct decision *d, struct value value,
				    const struct needs *needs, size_t count)
{
	enum truth all = value.known ? YES : UNKNOWN;
	size_t i;

	for (i = 0; i < count; i++) {
		uint64_t reg = vmxcheck_cpuid(needs[i].leaf, needs[i].subleaf, needs[i].reg);

		if (CLEAR(value, needs[i].first, needs[i].last) == NO)
			all = ALL(all, BIT(vc_read(d, VMXCHECK_CPUID, reg), needs[i].bit));
	}
	return all;
}

/* SDM, "Speculation Control". Bit 1 is ignored where it has no effect. */
enum truth vc_spec_ctrl(struct decision *d, struct value value)
{
	static const struct needs needs[] = {
		{ 0, 0, 7, 0, VMXCHECK_EDX, 26 },
		{ 2, 2, 7, 0, VMXCHECK_EDX, 31 }, { 3, 4, 7, 2, VMXCHECK_EDX, 1 },
		{ 5, 6, 7, 2, VMXCHECK_EDX, 2 }, { 7, 7, 7, 2, VMXCHECK_EDX, 0 },
		{ 8, 8, 7, 2, VMXCHECK_EDX, 3 }, { 10, 10, 7, 2, VMXCHECK_EDX, 4 },
	};

	return ALL(vc_zero(value, 1 << 9 | VMX_BITS(11, 63)),
		   has_what_it_needs(d, value, needs, sizeof(needs) / sizeof(needs[0])));
}

/* SDM, "IA32_DEBUGCTL MSR"; bits 14:6 come with features, in ways of each processor. */
enum truth vc_debugctl(struct decision *d, struct value value)
{
	static const struct needs needs[] = {
		{ 2, 2, 7, 0, VMXCHECK_ECX, 24 }, { 15, 15, 7, 0, VMXCHECK_EBX, 11 },
	};

	return ALL(vc_zero(value, VMX_BITS(3, 5) | VMX_BITS(16, 63)),
		   has_what_it_needs(d, value, needs, sizeof(needs) / sizeof(needs[0])),
		   CLEAR(value, 6, 14) == NO ? UNKNOWN : YES);
}

/* SDM, "IA32_EFER MSR" */
enum truth vc_efer(struct decision *d, struct value value)
{
	static const struct needs needs[] = { { 11, 11, 0x80000001, 0, VMXCHECK_EDX, 20 } };

	return ALL(vc_zero(value, ~0xd01ULL), has_what_it_needs(d, value, needs, 1));
}

/* SDM, "CET MSRs": the shadow stack's bits, and those of indirect branch tracking */
enum truth vc_s_cet(struct decision *d, struct value value)
{
	static const struct needs needs[] = {
		{ 0, 1, 7, 0, VMXCHECK_ECX, 7 }, { 2, 5, 7, 0, VMXCHECK_EDX, 20 },
		{ 10, 63, 7, 0, VMXCHECK_EDX, 20 },
	};

	return ALL(CLEAR(value, 6, 9), NOT(IS(BITS(value, 10, 11), 3)),
		   has_what_it_needs(d, value, needs, sizeof(needs) / sizeof(needs[0])));
}

/* SDM, "Last Branch Records" */
enum truth vc_lbr_ctl(struct decision *d, struct value value)
{
	static const struct needs needs[] = {
		{ 1, 2, 0x1c, 0, VMXCHECK_EBX, 0 }, { 3, 3, 0x1c, 0, VMXCHECK_EBX, 2 },
		{ 16, 22, 0x1c, 0, VMXCHECK_EBX, 1 },
	};

	return ALL(vc_zero(value, VMX_BITS(4, 15) | VMX_BITS(23, 63)),
		   has_what_it_needs(d, value, needs, sizeof(needs) / sizeof(needs[0])));
}

/* Which bits are reserved depends on much. */
enum truth vc_zero_or_unknown(struct value value)
{
	return value.known && !value.n ? YES : UNKNOWN;
}

/* SDM, "VM-Entry Controls for MSRs": 16 bytes an entry: index, reserved, value */
struct value vc_msr_entry(struct decision *d, unsigned int offset)
{
	return vc_memory(d, FIELD(ENTRY_MSR_LOAD_ADDRESS), 16 * (d->entry - 1ULL) + offset);
}

enum rule { ANYTHING, ADDRESS, MEMORY_TYPES, LOW_HALF, OF_EFER, READ_ONLY };

static const struct {
	uint32_t first, last;
	enum rule rule;
} msrs[] = {
	{ 0x10, 0x10, ANYTHING }, /* IA32_TIME_STAMP_COUNTER */
	{ 0xfe, 0xfe, READ_ONLY }, /* IA32_MTRRCAP */
	{ 0x174, 0x174, ANYTHING }, /* IA32_SYSENTER_CS */
	{ 0x175, 0x176, ADDRESS }, /* IA32_SYSENTER_ESP, IA32_SYSENTER_EIP */
	{ 0x277, 0x277, MEMORY_TYPES }, /* IA32_PAT */
	{ 0x480, 0x493, READ_ONLY }, /* IA32_VMX_BASIC and so on */
	{ 0xc0000080, 0xc0000080, OF_EFER }, /* IA32_EFER */
	{ 0xc0000081, 0xc0000081, ANYTHING }, /* IA32_STAR */
	{ 0xc0000082, 0xc0000083, ADDRESS }, /* IA32_LSTAR, IA32_CSTAR */
	{ 0xc0000084, 0xc0000084, LOW_HALF }, /* IA32_FMASK */
	{ 0xc0000102, 0xc0000102, ADDRESS }, /* IA32_KERNEL_GS_BASE */
};

static int find_msr(struct value index)
{
	size_t i;

	for (i = 0; index.known && i < sizeof(msrs) / sizeof(msrs[0]); i++)
		if (index.n >= msrs[i].first && index.n <= msrs[i].last)
			return (int)i;
	return -1;
}

enum truth vc_msr_value(struct decision *d)
{
	int row = find_msr(MSR_INDEX);
	struct value value = vc_msr_entry(d, 8), high = vc_msr_entry(d, 12);

	value.n |= high.n << 32;
	value.known = value.known && high.known;
	switch (row < 0 ? OF_EFER : msrs[row].rule) {
	case ANYTHING:
	case READ_ONLY:
		return YES;
	case ADDRESS:
		return CANONICAL(value);
	case MEMORY_TYPES:
		return vc_pat(value);
	case LOW_HALF:
		return CLEAR(value, 32, 63) == YES ? YES : UNKNOWN;
	default:
		/* Of another MSR nothing is known here; LME depends on what is there. */
		return row >= 0 && vc_zero(value, ~0xd01ULL) == NO ? NO : UNKNOWN;
	}
}

enum truth vc_msr_exists(struct decision *d)
{
	int row = find_msr(MSR_INDEX);

	return row < 0 ? UNKNOWN : msrs[row].rule == READ_ONLY ? NO : YES;
}
