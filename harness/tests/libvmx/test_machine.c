// SPDX-License-Identifier: GPL-2.0
/* A machine's memory: what it is said to be, and what each vCPU is told. */
#include "fake.h"

#include <errno.h>

static char memory[16 * 4096] __attribute__((aligned(4096)));

#define RWX	(VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC)

static struct vmx_machine *create(void)
{
	struct vmx_machine *machine;

	assert_int_equal(vmx_machine_create(&machine), 0);
	return machine;
}

static void map(struct vmx_machine *machine, unsigned int page, uint64_t gpa, size_t pages,
		int prot)
{
	assert_int_equal(vmx_gpa_map(machine, memory + page * 4096, gpa, pages * 4096, prot), 0);
}

/* @page is a number of @memory, or -1 where nothing is */
static void assert_at(struct vmx_machine *machine, uint64_t gpa, int page, int prot)
{
	void *hva;
	int got;

	if (page < 0) {
		assert_fails(vmx_gpa_to_hva(machine, gpa, &hva, &got), ENOENT);
		return;
	}
	assert_int_equal(vmx_gpa_to_hva(machine, gpa + 5, &hva, &got), 0);
	assert_ptr_equal(hva, memory + page * 4096 + 5);
	assert_int_equal(got, prot);
	assert_int_equal(vmx_gpa_to_hva(machine, gpa + 4095, &hva, NULL), 0);
}

static void test_nothing(void **state)
{
	struct vmx_machine *machine = create();

	(void)state;
	assert_at(machine, 0, -1, 0);
	assert_at(machine, UINT64_MAX, -1, 0);
	assert_int_equal(vmx_gpa_unmap(machine, 0, 4096), 0);
	assert_int_equal(vmx_machine_destroy(machine), 0);
}

static void test_overlap(void **state)
{
	struct vmx_machine *machine = create();

	(void)state;
	map(machine, 0, 0x10000, 4, RWX);
	map(machine, 8, 0x20000, 2, VMX_PROT_READ);
	/* in the middle, which splits */
	map(machine, 12, 0x11000, 2, VMX_PROT_READ | VMX_PROT_WRITE);
	assert_at(machine, 0xf000, -1, 0);
	assert_at(machine, 0x10000, 0, RWX);
	assert_at(machine, 0x11000, 12, VMX_PROT_READ | VMX_PROT_WRITE);
	assert_at(machine, 0x12000, 13, VMX_PROT_READ | VMX_PROT_WRITE);
	assert_at(machine, 0x13000, 3, RWX);
	assert_at(machine, 0x14000, -1, 0);
	assert_at(machine, 0x20000, 8, VMX_PROT_READ);
	/* the end of one, the gap, the beginning of another */
	map(machine, 4, 0x13000, 0xe, RWX);
	assert_at(machine, 0x12000, 13, VMX_PROT_READ | VMX_PROT_WRITE);
	assert_at(machine, 0x13000, 4, RWX);
	assert_at(machine, 0x20000, 17, RWX);
	assert_at(machine, 0x21000, 9, VMX_PROT_READ);
	/* more than one is covered */
	assert_int_equal(vmx_gpa_unmap(machine, 0x11000, 0x10000), 0);
	assert_at(machine, 0x10000, 0, RWX);
	assert_at(machine, 0x11000, -1, 0);
	assert_at(machine, 0x20000, -1, 0);
	assert_at(machine, 0x21000, 9, VMX_PROT_READ);
	assert_int_equal(vmx_gpa_unmap(machine, 0, 1ull << 48), 0);
	assert_at(machine, 0x10000, -1, 0);
	assert_int_equal(vmx_machine_destroy(machine), 0);
}

/* Every page of many, in an order that is not theirs */
static void test_many(void **state)
{
	struct vmx_machine *machine = create();
	unsigned int i;

	(void)state;
	for (i = 0; i < 101; i++)
		map(machine, i * 37 % 101 % 16, (i * 37 % 101) * 0x2000, 1, RWX);
	for (i = 0; i < 101; i++) {
		assert_at(machine, i * 0x2000, i % 16, RWX);
		assert_at(machine, i * 0x2000 + 0x1000, -1, 0);
	}
	assert_int_equal(vmx_machine_destroy(machine), 0);
}

static void test_invalid(void **state)
{
	struct vmx_machine *machine = create();
	static const struct {
		uint64_t hva, gpa, size;
		int prot;
	} invalid[] = {
		{ 0x1000, 0, 0, RWX },
		{ 0x1000, 0, 0x1001, RWX },
		{ 0x1000, 0x800, 0x1000, RWX },
		{ 0x1004, 0, 0x1000, RWX },
		{ 0, 0, 0x1000, RWX },
		{ 0x1000, 0, 0x1000, 0 },
		{ 0x1000, 0, 0x1000, 8 },
		{ 0x1000, 0, 0x1000, VMX_PROT_WRITE },
		{ 0x1000, 0, 0x1000, VMX_PROT_WRITE | VMX_PROT_EXEC },
		{ 0x1000, 1ull << 48, 0x1000, RWX },
		{ 0x1000, (1ull << 48) - 0x1000, 0x2000, RWX },
		{ 0x1000, -0x1000ull, 0x1000, RWX },
		{ 0x1000, 0x1000, -0x1000ull, RWX },
	};
	size_t i;

	(void)state;
	for (i = 0; i < COUNT(invalid); i++)
		assert_fails(vmx_gpa_map(machine, (void *)invalid[i].hva, invalid[i].gpa,
					 invalid[i].size, invalid[i].prot), EINVAL);
	assert_fails(vmx_gpa_unmap(machine, 1, 0x1000), EINVAL);
	assert_fails(vmx_gpa_unmap(machine, 0, 0), EINVAL);
	assert_fails(vmx_gpa_unmap(machine, 1ull << 48, 0x1000), EINVAL);
	assert_at(machine, 0, -1, 0);
	assert_int_equal(vmx_machine_destroy(machine), 0);
}

static void assert_told(const struct vmx_vcpu *vcpu, size_t n, uint64_t gpa, uint64_t size,
			int page, int prot)
{
	const struct vmxfs_mapping *told = &fake_of(vcpu)->mappings[n];

	assert_true(n < fake_of(vcpu)->n_mappings);
	assert_int_equal(told->gpa, gpa);
	assert_int_equal(told->size, size);
	assert_int_equal(told->prot, prot);
	assert_int_equal(told->reserved, 0);
	if (page >= 0)
		assert_int_equal(told->hva, (uintptr_t)memory + page * 4096);
}

/* The range is what it is in another vCPU. */
static void assert_shared(const struct vmx_vcpu *vcpu, size_t n, uint64_t gpa, uint64_t size,
			  const struct vmx_vcpu *from)
{
	assert_told(vcpu, n, gpa, size, -1, FAKE_SHARED);
	assert_int_equal(fake_of(vcpu)->mappings[n].hva, from->id);
}

/* vCPUs have what was mapped before them, and what is after; only one is given memory. */
static void test_vcpus_are_told(void **state)
{
	struct vmx_machine *machine = create();
	struct vmx_vcpu *a, *b;

	(void)state;
	map(machine, 0, 0x10000, 4, RWX);
	map(machine, 8, 0x11000, 1, VMX_PROT_READ);
	assert_int_equal(vmx_vcpu_create(machine, &a), 0);
	assert_int_equal(fake_of(a)->n_mappings, 3);
	assert_told(a, 0, 0x10000, 0x1000, 0, RWX);
	assert_told(a, 1, 0x11000, 0x1000, 8, VMX_PROT_READ);
	assert_told(a, 2, 0x12000, 0x2000, 2, RWX);
	assert_int_equal(vmx_vcpu_create(machine, &b), 0);
	assert_shared(b, 0, 0x10000, 0x1000, a);
	assert_shared(b, 1, 0x11000, 0x1000, a);
	assert_shared(b, 2, 0x12000, 0x2000, a);
	map(machine, 5, 0x30000, 1, VMX_PROT_READ | VMX_PROT_EXEC);
	assert_int_equal(vmx_gpa_unmap(machine, 0x10000, 0x4000), 0);
	assert_told(b, 3, 0x30000, 0x1000, 5, VMX_PROT_READ | VMX_PROT_EXEC);
	assert_shared(a, 3, 0x30000, 0x1000, b);
	assert_told(a, 4, 0x10000, 0x4000, -1, 0);
	assert_told(b, 4, 0x10000, 0x4000, -1, 0);

	assert_fails(vmx_machine_destroy(machine), EBUSY);
	assert_int_equal(vmx_vcpu_destroy(a), 0);
	assert_fails(vmx_machine_destroy(machine), EBUSY);
	map(machine, 5, 0x40000, 1, RWX);
	assert_told(b, 5, 0x40000, 0x1000, 5, RWX);
	assert_int_equal(vmx_vcpu_destroy(b), 0);
	assert_int_equal(vmx_machine_destroy(machine), 0);
}

/* What one vCPU refuses no vCPU has, and what was there is there again. */
static void test_undo(void **state)
{
	struct vmx_machine *machine = create();
	struct vmx_vcpu *a, *b;

	(void)state;
	map(machine, 0, 0x10000, 2, RWX);
	map(machine, 8, 0x13000, 4, VMX_PROT_READ);
	map(machine, 1, 0x80000, 1, RWX);
	assert_int_equal(vmx_vcpu_create(machine, &a), 0);
	assert_int_equal(vmx_vcpu_create(machine, &b), 0);
	fake.failing = VMXFS_IOC_SHARE;
	fake.error = ENOMEM;
	assert_fails(vmx_gpa_map(machine, memory, 0x11000, 0x3000, RWX), ENOMEM);
	/* The later one is first; the other has still what was there. */
	assert_told(b, 3, 0x11000, 0x3000, 0, RWX);
	assert_shared(b, 4, 0x11000, 0x3000, a);
	assert_int_equal(fake_of(b)->n_mappings, 5);
	assert_int_equal(fake_of(a)->n_mappings, 3);
	fake.failing = VMXFS_IOC_MAP;
	assert_fails(vmx_gpa_map(machine, memory, 0x11000, 0x3000, RWX), ENOMEM);
	assert_int_equal(fake_of(b)->n_mappings, 5);
	assert_int_equal(fake_of(a)->n_mappings, 3);
	assert_at(machine, 0x11000, 1, RWX);
	assert_at(machine, 0x12000, -1, 0);
	assert_at(machine, 0x13000, 8, VMX_PROT_READ);

	fake.failing = VMXFS_IOC_UNMAP;
	fake.error = ENODEV;
	fake.calls_before = 1;
	assert_fails(vmx_gpa_unmap(machine, 0x10000, 0x1000), ENODEV);
	assert_told(b, 5, 0x10000, 0x1000, -1, 0);
	assert_shared(b, 6, 0x10000, 0x1000, a);
	assert_int_equal(fake_of(a)->n_mappings, 3);
	assert_at(machine, 0x10000, 0, RWX);
	assert_int_equal(vmx_vcpu_destroy(b), 0);
	fake_end(a);
}

/* A signal undoes nothing. */
static void test_signal(void **state)
{
	struct vmx_vcpu *vcpu = fake_machine();
	struct vmx_machine *machine = vmx_vcpu_machine(vcpu);

	(void)state;
	fake.failing = VMXFS_IOC_MAP;
	fake.error = EINTR;
	map(machine, 3, 0, 1, RWX);
	assert_told(vcpu, 0, 0, 0x1000, 3, RWX);
	fake.failing = VMXFS_IOC_UNMAP;
	fake.error = EINTR;
	assert_int_equal(vmx_gpa_unmap(machine, 0, 0x1000), 0);
	assert_told(vcpu, 1, 0, 0x1000, -1, 0);
	fake_end(vcpu);
}

static void test_two_machines(void **state)
{
	struct vmx_vcpu *a = fake_machine(), *b = fake_machine();
	struct vmx_machine *other = vmx_vcpu_machine(b);

	(void)state;
	map(vmx_vcpu_machine(a), 3, 0, 1, RWX);
	map(vmx_vcpu_machine(b), 3, 0x5000, 1, VMX_PROT_READ);
	assert_int_equal(fake_of(a)->n_mappings, 1);
	assert_told(b, 0, 0x5000, 0x1000, 3, VMX_PROT_READ);
	assert_at(vmx_vcpu_machine(a), 0x5000, -1, 0);
	assert_at(other, 0x5000, 3, VMX_PROT_READ);
	assert_int_equal(vmx_vcpu_destroy(b), 0);
	assert_int_equal(vmx_machine_destroy(other), 0);
	fake_end(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_nothing, fake_setup),
		cmocka_unit_test_setup(test_overlap, fake_setup),
		cmocka_unit_test_setup(test_many, fake_setup),
		cmocka_unit_test_setup(test_invalid, fake_setup),
		cmocka_unit_test_setup(test_vcpus_are_told, fake_setup),
		cmocka_unit_test_setup(test_undo, fake_setup),
		cmocka_unit_test_setup(test_signal, fake_setup),
		cmocka_unit_test_setup(test_two_machines, fake_setup),
	};

	return cmocka_run_group_tests_name("libvmx: memory", tests, NULL, NULL);
}
