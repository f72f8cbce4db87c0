// SPDX-License-Identifier: GPL-2.0
/* The guest's paging structures: SDM, "Paging". */
#include "fake.h"

#include <errno.h>

#define P	0x1ull
#define W	0x2ull
#define U	0x4ull
#define PS	0x80ull
#define XD	(1ull << 63)

#define R_X	(VMX_PROT_READ | VMX_PROT_EXEC)
#define RW_	(VMX_PROT_READ | VMX_PROT_WRITE)
#define RWX	(RW_ | VMX_PROT_EXEC)
#define USER	VMX_PROT_USER

#define CR0_PE	0x1ull
#define CR0_PG	0x80000000ull
#define PSE	0x10ull
#define PAE	0x20ull
#define LA57	0x1000ull
#define LME	0x100ull
#define LMA	0x400ull
#define NXE	0x800ull

/* Guest-physical 0 to 0xffff; the structures are there. */
static union {
	uint8_t bytes[0x10000];
	uint32_t entry4[0x4000];
	uint64_t entry8[0x2000];
} ram __attribute__((aligned(4096)));

static struct vmx_vcpu *begin(uint64_t cr0, uint64_t cr3, uint64_t cr4, uint64_t efer)
{
	struct vmx_vcpu *vcpu = fake_machine();
	struct vmx_x64_state *state = &fake_of(vcpu)->state;

	memset(&ram, 0, sizeof(ram));
	assert_int_equal(vmx_gpa_map(vmx_vcpu_machine(vcpu), &ram, 0, sizeof(ram), RW_), 0);
	state->crs[VMX_X64_CR_CR0] = cr0;
	state->crs[VMX_X64_CR_CR3] = cr3;
	state->crs[VMX_X64_CR_CR4] = cr4;
	state->msrs[VMX_X64_MSR_EFER] = efer;
	return vcpu;
}

static void assert_maps(struct vmx_vcpu *vcpu, uint64_t gva, uint64_t gpa, int prot)
{
	uint64_t got;
	int got_prot;

	assert_int_equal(vmx_gva_to_gpa(vcpu, gva, &got, &got_prot), 0);
	assert_int_equal(got, gpa);
	assert_int_equal(got_prot, prot);
	assert_int_equal(vmx_gva_to_gpa(vcpu, gva, &got, NULL), 0);
}

static void assert_faults(struct vmx_vcpu *vcpu, uint64_t gva)
{
	uint64_t got;

	assert_fails(vmx_gva_to_gpa(vcpu, gva, &got, NULL), EFAULT);
}

static void test_none(void **state)
{
	struct vmx_vcpu *vcpu = begin(CR0_PE, 0x1000, PAE | PSE, 0);

	(void)state;
	assert_maps(vcpu, 0, 0, RWX | USER);
	assert_maps(vcpu, 0xffffffff, 0xffffffff, RWX | USER);
	assert_faults(vcpu, 0x100000000);
	fake_end(vcpu);
}

/* Which state is asked for, and that it is asked for */
static void test_state(void **state)
{
	struct vmx_vcpu *vcpu = begin(CR0_PE, 0, 0, 0);
	uint64_t gpa;

	(void)state;
	fake.failing = VMXFS_IOC_GETSTATE;
	fake.error = ENODEV;
	assert_fails(vmx_gva_to_gpa(vcpu, 0, &gpa, NULL), ENODEV);
	fake_end(vcpu);
}

static void test_32_bit(void **state)
{
	struct vmx_vcpu *vcpu = begin(CR0_PE | CR0_PG, 0x1fff, 0, 0);

	(void)state;
	/* Linear 0x00c03xxx: entry 3 of the directory, entry 3 of the table */
	ram.entry4[0x1000 / 4 + 3] = 0x2000 | P | W;
	ram.entry4[0x2000 / 4 + 3] = 0xfffff000 | P | W;
	assert_maps(vcpu, 0x00c03456, 0xfffff456, RWX);
	/* All levels must say that it is the user's. */
	ram.entry4[0x2000 / 4 + 3] |= 4;
	assert_maps(vcpu, 0x00c03456, 0xfffff456, RWX);
	ram.entry4[0x1000 / 4 + 3] |= 4;
	assert_maps(vcpu, 0x00c03456, 0xfffff456, RWX | USER);
	assert_faults(vcpu, 0x00c04456);
	assert_faults(vcpu, 0x00403456);
	assert_faults(vcpu, 0x100c03456);
	ram.entry4[0x2000 / 4 + 3] = 0xfffff000 | P;
	assert_maps(vcpu, 0x00c03456, 0xfffff456, R_X);
	ram.entry4[0x2000 / 4 + 3] = 0xfffff000 | P | W | PS;
	ram.entry4[0x1000 / 4 + 3] = 0x2000 | P;
	assert_maps(vcpu, 0x00c03456, 0xfffff456, R_X);
	/* Without CR4.PSE, bit 7 of a PDE is ignored. */
	ram.entry4[0x1000 / 4 + 3] = 0x2000 | P | PS;
	assert_maps(vcpu, 0x00c03456, 0xfffff456, R_X);
	/* The last entry of both */
	ram.entry4[0x1000 / 4 + 1023] = 0x2000 | P | W;
	ram.entry4[0x2000 / 4 + 1023] = 0x5000 | P | W;
	assert_maps(vcpu, 0xffffffff, 0x5fff, RWX);
	/* A table that is no memory */
	ram.entry4[0x1000 / 4 + 3] = 0x20000 | P | W;
	assert_faults(vcpu, 0x00c03456);
	fake_end(vcpu);
}

static void test_pse(void **state)
{
	struct vmx_vcpu *vcpu = begin(CR0_PE | CR0_PG, 0x1000, PSE, 0);

	(void)state;
	ram.entry4[0x1000 / 4 + 3] = 0x80400000 | P | W | PS;
	assert_maps(vcpu, 0x00d23456, 0x80523456, RWX);
	/* PSE-36: bits 20:13 are bits 39:32. */
	ram.entry4[0x1000 / 4 + 3] = 0x80400000 | 0x1fe000 | P | PS;
	assert_maps(vcpu, 0x00d23456, 0xff80523456, R_X);
	ram.entry4[0x1000 / 4 + 3] = 0x80400000 | 0x002000 | P | PS;
	assert_maps(vcpu, 0x00d23456, 0x180523456, R_X);
	/* Bit 12 is PAT, bit 21 reserved. */
	ram.entry4[0x1000 / 4 + 3] = 0x80400000 | 0x1000 | P | PS;
	assert_maps(vcpu, 0x00d23456, 0x80523456, R_X);
	ram.entry4[0x1000 / 4 + 3] = 0x80600000 | P | PS;
	assert_faults(vcpu, 0x00d23456);
	/* and tables beside */
	ram.entry4[0x1000 / 4 + 3] = 0x2000 | P | W;
	ram.entry4[0x2000 / 4 + 0x123] = 0x7000 | P | W;
	assert_maps(vcpu, 0x00d23456, 0x7456, RWX);
	fake_end(vcpu);
}

/* The guest has loaded it. */
static void set_pdpte(struct vmx_vcpu *vcpu, uint64_t *pdpte, uint64_t value)
{
	*pdpte = value;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
}

/* Bits of an address that the processor does not have */
static void test_physical_bits(void **state)
{
	struct vmx_vcpu *vcpu;

	(void)state;
	fake.physical_bits = 36;
	vcpu = begin(CR0_PE | CR0_PG, 0x1000, PAE, LME | LMA);
	ram.entry8[0x1000 / 8] = 0x2000 | P;
	ram.entry8[0x2000 / 8] = 0x3000 | P;
	ram.entry8[0x3000 / 8] = 0x800000000 | P | PS;
	assert_maps(vcpu, 0, 0x800000000, R_X);
	ram.entry8[0x3000 / 8] = 0x1000000000 | P | PS;
	assert_faults(vcpu, 0);
	ram.entry8[0x3000 / 8] = 0x4000 | P | 1ull << 51;
	assert_faults(vcpu, 0);
	fake_end(vcpu);
	vcpu = begin(CR0_PE | CR0_PG, 0x1000, PSE, 0);
	ram.entry4[0x1000 / 4] = 0x400000 | 0xf << 13 | P | PS;
	assert_maps(vcpu, 0, 0xf00400000, R_X);
	ram.entry4[0x1000 / 4] = 0x400000 | 0x10 << 13 | P | PS;
	assert_faults(vcpu, 0);
	fake_end(vcpu);
}

/* The PDPTEs are registers, whatever CR3 points to: SDM, "PDPTE Registers". */
static void test_pae(void **state)
{
	struct vmx_vcpu *vcpu = begin(CR0_PE | CR0_PG, 0x1020, PAE, NXE);
	uint64_t *pdpte = &fake_of(vcpu)->pdptes[3];
	uint64_t *pde = &ram.entry8[0x2000 / 8 + 511], *pte = &ram.entry8[0x3000 / 8 + 1];
	unsigned int bit;

	(void)state;
	/* The last 2 MB of the last GB */
	set_pdpte(vcpu, pdpte, 0x2000 | P);
	*pde = 0x3000 | P | W;
	*pte = 0xabcde12345000 | P | W;
	assert_maps(vcpu, 0xffe01fff, 0xabcde12345fff, RWX);
	*pte |= XD;
	assert_maps(vcpu, 0xffe01fff, 0xabcde12345fff, RW_);
	*pte = 0x5000 | P;
	assert_maps(vcpu, 0xffe01fff, 0x5fff, R_X);
	*pde |= XD;
	assert_maps(vcpu, 0xffe01fff, 0x5fff, VMX_PROT_READ);
	/* 2 MB */
	*pde = 0x40000000 | P | W | PS;
	assert_maps(vcpu, 0xffe01fff, 0x40001fff, RWX);
	*pde = 0x40000000 | P | W | PS | 0x1000;
	assert_maps(vcpu, 0xffe01fff, 0x40001fff, RWX);
	for (bit = 13; bit <= 20; bit++) {
		*pde = 0x40000000 | P | W | PS | 1ull << bit;
		assert_faults(vcpu, 0xffe01fff);
	}
	*pde = 0x40000000 | P | W | PS;
	/* Bits 62:52 are reserved, other than in 4-level paging. */
	for (bit = 52; bit <= 62; bit++) {
		*pde |= 1ull << bit;
		assert_faults(vcpu, 0xffe01fff);
		*pde = 0x3000 | P | W;
		*pte = 0x5000 | P | W | 1ull << bit;
		assert_faults(vcpu, 0xffe01fff);
		*pte = 0x5000 | P | W;
		assert_maps(vcpu, 0xffe01fff, 0x5fff, RWX);
		*pde = 0x40000000 | P | W | PS;
	}
	/* What is in memory is of no account; a PDPTE has no R/W flag. */
	ram.entry8[0x1020 / 8 + 3] = 0x7000 | P;
	assert_maps(vcpu, 0xffe01fff, 0x40001fff, RWX);
	set_pdpte(vcpu, pdpte, 0x2000);
	assert_faults(vcpu, 0xffe01fff);
	set_pdpte(vcpu, pdpte, 0x2000 | P);
	assert_maps(vcpu, 0xffe01fff, 0x40001fff, RWX);
	assert_faults(vcpu, 0x1ffe01fff);
	assert_faults(vcpu, 0xbfe01fff);
	/* XD is reserved without NXE. */
	*pde |= XD;
	assert_maps(vcpu, 0xffe01fff, 0x40001fff, RW_);
	fake_of(vcpu)->state.msrs[VMX_X64_MSR_EFER] = 0;
	assert_int_equal(vmx_vcpu_run(vcpu), 0);
	assert_faults(vcpu, 0xffe01fff);
	fake_end(vcpu);
}

/* A 4 KB page by all levels, at the addresses whose indexes are all the same */
static uint64_t page_at(unsigned int index, unsigned int levels)
{
	uint64_t linear = 0;
	unsigned int level;

	for (level = 0; level < levels; level++)
		linear |= (uint64_t)index << (12 + 9 * level);
	if (index & 0x100)
		linear |= -1ull << (12 + 9 * levels);
	return linear;
}

static void test_levels(unsigned int levels, uint64_t cr4)
{
	struct vmx_vcpu *vcpu = begin(CR0_PE | CR0_PG, XD >> 2 | 0x1fff, cr4, LME | LMA | NXE);
	unsigned int level, index;
	uint64_t linear, *large;

	for (index = 1; index < 512; index += 255) {
		memset(&ram, 0, sizeof(ram));
		for (level = 0; level < levels; level++)
			ram.entry8[(level + 1) * 0x1000 / 8 + index] =
				(level + 2) * 0x1000 | P | W | U;
		linear = page_at(index, levels);
		assert_maps(vcpu, linear | 0x123, (levels + 1) * 0x1000 | 0x123, RWX | USER);
		/* Not canonical */
		assert_faults(vcpu, linear ^ 1ull << 63);
		assert_faults(vcpu, linear ^ 1ull << (12 + 9 * levels));
		for (level = 0; level < levels; level++) {
			uint64_t *entry = &ram.entry8[(level + 1) * 0x1000 / 8 + index];
			uint64_t good = *entry;

			*entry = good & ~P;
			assert_faults(vcpu, linear);
			*entry = good & ~W;
			assert_maps(vcpu, linear, (levels + 1) * 0x1000, R_X | USER);
			*entry = good & ~U;
			assert_maps(vcpu, linear, (levels + 1) * 0x1000, RWX);
			*entry = good | XD;
			assert_maps(vcpu, linear, (levels + 1) * 0x1000, RW_ | USER);
			/* Bits that are ignored */
			*entry = good | 0x7ff0000000000e78;
			assert_maps(vcpu, linear, (levels + 1) * 0x1000, RWX | USER);
			/* PS: reserved, a page, or PAT */
			*entry = good | PS;
			if (level + 1 == levels)
				assert_maps(vcpu, linear, (levels + 1) * 0x1000, RWX | USER);
			else
				assert_faults(vcpu, linear);
			*entry = good;
		}
		/* 1 GB; then 2 MB below it */
		large = &ram.entry8[(levels - 2) * 0x1000 / 8 + index];
		*large = 0x4440000000 | P | PS | 0x1000;
		assert_maps(vcpu, linear | 0x123,
			    0x4440000000 | (linear & 0x3fffffff) | 0x123, R_X);
		*large |= 0x20000000;
		assert_faults(vcpu, linear);
		*large = (levels - 1) * 0x1000 | P | W;
		large = &ram.entry8[(levels - 1) * 0x1000 / 8 + index];
		*large = 0x4440200000 | P | W | PS;
		assert_maps(vcpu, linear | 0x123,
			    0x4440200000 | (linear & 0x1fffff) | 0x123, RWX);
		*large |= 0x100000;
		assert_faults(vcpu, linear);
	}
	fake_end(vcpu);
}

static void test_4_level(void **state)
{
	(void)state;
	test_levels(4, PAE);
}

static void test_5_level(void **state)
{
	(void)state;
	test_levels(5, PAE | LA57);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_none, fake_setup),
		cmocka_unit_test_setup(test_state, fake_setup),
		cmocka_unit_test_setup(test_32_bit, fake_setup),
		cmocka_unit_test_setup(test_pse, fake_setup),
		cmocka_unit_test_setup(test_pae, fake_setup),
		cmocka_unit_test_setup(test_physical_bits, fake_setup),
		cmocka_unit_test_setup(test_4_level, fake_setup),
		cmocka_unit_test_setup(test_5_level, fake_setup),
	};

	return cmocka_run_group_tests_name("libvmx: paging", tests, NULL, NULL);
}
