// SPDX-License-Identifier: GPL-2.0
/* What is set is what is got, bit by bit; and what the guest has when it runs. */
#include "target.h"

#define ALL	(~0ull)
#define LOW	0xffffffffull
/* Of a canonical address: each bit but those that have to be the same */
#define BELOW	0x00007fffffffffffull

#define REGISTER(group, array, index, bits) \
	{ VMX_X64_STATE_##group, offsetof(struct vmx_x64_state, array) + (index) * 8, 8, bits, \
	  #group " " #index }
#define GPR(name)	REGISTER(GPRS, gprs, VMX_X64_GPR_##name, ALL)
#define DR(name, bits)	REGISTER(DRS, drs, VMX_X64_DR_##name, bits)
#define CR(name, bits)	REGISTER(CRS, crs, VMX_X64_CR_##name, bits)
#define MSR(name, bits)	REGISTER(MSRS, msrs, VMX_X64_MSR_##name, bits)
#define MEMBER(index, member, size, bits) \
	{ VMX_X64_STATE_SEGS, offsetof(struct vmx_x64_state, segs) + \
	  VMX_X64_SEG_##index * sizeof(struct vmx_x64_state_seg) + \
	  offsetof(struct vmx_x64_state_seg, member), size, bits, #index "." #member }
#define TABLE(index) \
	MEMBER(index, limit, 4, 0xffff), MEMBER(index, base, 8, BELOW)
#define SEGMENT(index) \
	MEMBER(index, selector, 2, 0xffff), MEMBER(index, attrib, 4, 0x1f0ff), \
	MEMBER(index, limit, 4, LOW), MEMBER(index, base, 8, BELOW)

/* The bits that can be set by themselves, from what the vCPU begins with */
static const struct {
	uint32_t group;
	uint16_t offset;
	uint8_t size;
	uint64_t bits;
	const char *name;
} fields[] = {
	GPR(RAX), GPR(RCX), GPR(RDX), GPR(RBX), GPR(RSP), GPR(RBP), GPR(RSI), GPR(RDI),
	GPR(R8), GPR(R9), GPR(R10), GPR(R11), GPR(R12), GPR(R13), GPR(R14), GPR(R15), GPR(RIP),
	REGISTER(GPRS, gprs, VMX_X64_GPR_RFLAGS, 0x3f7fd5),
	SEGMENT(ES), SEGMENT(CS), SEGMENT(SS), SEGMENT(DS), SEGMENT(FS), SEGMENT(GS),
	SEGMENT(LDT), SEGMENT(TR), TABLE(GDT), TABLE(IDT),
	CR(CR0, 0x6005002e), CR(CR2, ALL), CR(CR3, 0xffffffffff), CR(CR4, 0x7df),
	CR(CR8, 0xf), CR(XCR0, 0x2),
	DR(DR0, ALL), DR(DR1, ALL), DR(DR2, ALL), DR(DR3, ALL), DR(DR6, 0xe00f),
	DR(DR7, 0xffff2bff),
	MSR(EFER, 0x901), MSR(STAR, ALL), MSR(LSTAR, BELOW), MSR(CSTAR, BELOW),
	MSR(SFMASK, LOW), MSR(KERNELGSBASE, BELOW), MSR(SYSENTER_CS, LOW),
	MSR(SYSENTER_ESP, BELOW), MSR(SYSENTER_EIP, BELOW), MSR(PAT, 0x0501050105010501),
};

#define XCR0	(offsetof(struct vmx_x64_state, crs) + VMX_X64_CR_XCR0 * 8)

/* The TSC runs. */
static void forget_tsc(struct vmx_x64_state *state)
{
	state->msrs[VMX_X64_MSR_TSC] = 0;
}

static void get(struct vmx_vcpu *vcpu, struct vmx_x64_state *state)
{
	/* This is no news, but what is known is asked for again. */
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	*state = *vcpu->state;
	forget_tsc(state);
}

static void assert_same(const struct vmx_x64_state *got, const struct vmx_x64_state *expected,
			const char *name, unsigned int bit)
{
	const uint8_t *a = (const void *)got, *b = (const void *)expected;
	size_t i;

	for (i = 0; i < sizeof(*got); i++)
		EXPECT(a[i] == b[i], "%s bit %u: byte %#zx is %#x, not %#x", name, bit, i, a[i],
		       b[i]);
}

static void test_bits(void)
{
	struct vmx_x64_state start, state, got;
	struct vmx_capability capability;
	struct vmx_vcpu *vcpu;
	unsigned int i, bit;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	OK(vmx_capability(&capability));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	get(vcpu, &start);
	for (i = 0; i < COUNT(fields); i++) {
		for (bit = 0; bit < 8u * fields[i].size; bit++) {
			if (!(fields[i].bits >> bit & 1))
				continue;
			if (fields[i].offset == XCR0 && !(capability.xcr0_mask >> bit & 1))
				continue;
			state = start;
			((uint8_t *)&state)[fields[i].offset + bit / 8] ^= 1 << bit % 8;
			*vcpu->state = state;
			EXPECT(!vmx_vcpu_setstate(vcpu, fields[i].group | VMX_X64_STATE_DRS),
			       "%s bit %u: %s", fields[i].name, bit, strerror(errno));
			/* General registers are in the page itself. */
			if (fields[i].group != VMX_X64_STATE_GPRS)
				*vcpu->state = start;
			get(vcpu, &got);
			assert_same(&got, &state, fields[i].name, bit);
			*vcpu->state = start;
			OK(vmx_vcpu_setstate(vcpu, fields[i].group | VMX_X64_STATE_DRS));
		}
	}
	get(vcpu, &got);
	assert_same(&got, &start, "at the end", 0);
	end(vcpu);
}

static void test_intr(void)
{
	struct vmx_x64_state_intr *intr;
	struct vmx_vcpu *vcpu;
	unsigned int i;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	intr = &vcpu->state->intr;
	for (i = 0; i < 3 * 8; i++) {
		struct vmx_x64_state_intr set = {
			.int_shadow = i / 8,
			.nmi_blocked = i & 1,
			.int_window_exiting = i >> 1 & 1,
			.nmi_window_exiting = i >> 2 & 1,
		};

		*intr = set;
		OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_INTR));
		memset(intr, 0xee, sizeof(*intr));
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_INTR));
		EXPECT(!memcmp(intr, &set, sizeof(set)), "%u: not what was set", i);
	}
	end(vcpu);
}

/* FXSAVE's area: what it has, and each can be what it likes */
static const struct {
	uint16_t offset, size;
	uint8_t bits[4];	/* 0: all */
} fpu_fields[] = {
	{ 0, 2, { 0x3f, 0x0f } },		/* FCW; its bit 6 is 1 */
	{ 2, 2, { 0xff, 0xff } },		/* FSW */
	{ 6, 2, { 0xff, 0x07 } },		/* FOP */
	{ 24, 4, { 0xbf, 0xff, 0, 0 } },	/* MXCSR, but for DAZ */
	{ 32, 10, { 0 } }, { 48, 10, { 0 } }, { 64, 10, { 0 } }, { 80, 10, { 0 } },
	{ 96, 10, { 0 } }, { 112, 10, { 0 } }, { 128, 10, { 0 } }, { 144, 10, { 0 } },
	{ 160, 256, { 0 } },			/* XMM0 to XMM15 */
};

/* Neither the pointers of the last x87 instruction, nor what is reserved */
static bool is_kept(unsigned int byte)
{
	unsigned int i;

	for (i = 0; i < COUNT(fpu_fields); i++)
		if (byte >= fpu_fields[i].offset &&
		    byte < fpu_fields[i].offset + fpu_fields[i].size)
			return true;
	return false;
}

static void test_fpu(void)
{
	struct vmx_vcpu *vcpu;
	uint8_t set[512], *fpu;
	unsigned int trial, i, j;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	fpu = vcpu->state->fpu;
	for (trial = 0; trial < 16; trial++) {
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_FPU));
		for (i = 0; i < COUNT(fpu_fields); i++) {
			for (j = 0; j < fpu_fields[i].size; j++) {
				uint8_t *byte = &fpu[fpu_fields[i].offset + j];
				uint8_t bits = fpu_fields[i].size > 4 ? 0xff : fpu_fields[i].bits[j];

				*byte = (*byte & ~bits) | (chance() & bits);
			}
		}
		/* All are in use, and no exception is pending that is not masked. */
		fpu[4] = 0xff;
		fpu[0] |= 0x3f;
		fpu[2] &= 0x7f;
		fpu[3] &= 0x7f;
		memcpy(set, fpu, sizeof(set));
		OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_FPU));
		/* It is so again after the guest has run. */
		for (j = 0; j < 2; j++) {
			memset(fpu, 0xee, sizeof(set));
			OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_FPU));
			for (i = 0; i < 416; i++)
				EXPECT(fpu[i] == set[i] || !is_kept(i), "byte %u: %#x, not %#x", i,
				       fpu[i], set[i]);
			vcpu->state->gprs[VMX_X64_GPR_RIP] = 0;
			OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_GPRS));
			OK(vmx_vcpu_run(vcpu));
			EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
		}
	}
	end(vcpu);
}

/* All that a guest does not change is as it was after a run. */
static void test_run(void)
{
	struct vmx_x64_state set, got;
	struct vmx_vcpu *vcpu;
	unsigned int trial, i;
	void *ram;

	vcpu = GUEST(&ram, 0xf4);
	for (trial = 0; trial < 32; trial++) {
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
		for (i = 0; i < VMX_X64_GPR_RIP; i++)
			vcpu->state->gprs[i] = chance();
		vcpu->state->gprs[VMX_X64_GPR_RIP] = 0;
		vcpu->state->gprs[VMX_X64_GPR_RFLAGS] = 2 | (chance() & 0x8d5);
		for (i = VMX_X64_DR_DR0; i <= VMX_X64_DR_DR3; i++)
			vcpu->state->drs[i] = chance();
		vcpu->state->crs[VMX_X64_CR_CR2] = chance();
		vcpu->state->crs[VMX_X64_CR_CR8] = chance() & 0xf;
		vcpu->state->msrs[VMX_X64_MSR_STAR] = chance();
		vcpu->state->msrs[VMX_X64_MSR_LSTAR] = chance() & BELOW;
		vcpu->state->msrs[VMX_X64_MSR_CSTAR] = chance() & BELOW;
		vcpu->state->msrs[VMX_X64_MSR_SFMASK] = chance() & LOW;
		vcpu->state->msrs[VMX_X64_MSR_KERNELGSBASE] = -1ull << 47 | chance();
		vcpu->state->msrs[VMX_X64_MSR_SYSENTER_CS] = chance() & LOW;
		vcpu->state->msrs[VMX_X64_MSR_SYSENTER_ESP] = chance() & BELOW;
		vcpu->state->msrs[VMX_X64_MSR_SYSENTER_EIP] = chance() & BELOW;
		for (i = VMX_X64_SEG_ES; i <= VMX_X64_SEG_GS; i++)
			if (i != VMX_X64_SEG_CS)
				vcpu->state->segs[i].base = chance() & LOW;
		set = *vcpu->state;
		forget_tsc(&set);
		OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_ALL));
		OK(vmx_vcpu_run(vcpu));
		EQUAL(vcpu->exit->reason, VMX_VCPU_EXIT_HALTED);
		OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
		got = *vcpu->state;
		forget_tsc(&got);
		EQUAL(got.gprs[VMX_X64_GPR_RIP], 1);
		got.gprs[VMX_X64_GPR_RIP] = 0;
		memcpy(got.fpu, set.fpu, sizeof(set.fpu));
		assert_same(&got, &set, "trial", trial);
	}
	end(vcpu);
}

/* The guest's TSC goes on from what it is set to. */
static void test_tsc(void)
{
	struct vmx_vcpu *vcpu;
	uint64_t first, second;
	void *ram;

	vcpu = GUEST(&ram, 0x0f, 0x31, 0xf4);	/* rdtsc; hlt */
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_ALL));
	vcpu->state->msrs[VMX_X64_MSR_TSC] = 1ull << 60;
	OK(vmx_vcpu_setstate(vcpu, VMX_X64_STATE_MSRS));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_MSRS));
	first = vcpu->state->msrs[VMX_X64_MSR_TSC];
	OK(vmx_vcpu_run(vcpu));
	OK(vmx_vcpu_getstate(vcpu, VMX_X64_STATE_GPRS | VMX_X64_STATE_MSRS));
	second = vcpu->state->gprs[VMX_X64_GPR_RDX] << 32 | vcpu->state->gprs[VMX_X64_GPR_RAX];
	EXPECT(first > 1ull << 60 && first < second && second < 1ull << 61, "%#lx, %#lx", first,
	       second);
	EXPECT(vcpu->state->msrs[VMX_X64_MSR_TSC] > second, "it stands still");
	end(vcpu);
}

const struct point state_points[] = {
	{ "state/bits", test_bits },
	{ "state/intr", test_intr },
	{ "state/fpu", test_fpu },
	{ "state/run", test_run },
	{ "state/tsc", test_tsc },
	{ }
};
