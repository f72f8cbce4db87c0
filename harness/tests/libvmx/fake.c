// SPDX-License-Identifier: GPL-2.0
#include "fake.h"

#include <errno.h>

#include "kernel.h"

struct fake fake;

static const struct {
	size_t offset, size;
} groups_at[] = {
#define GROUP(member) \
	{ offsetof(struct vmx_x64_state, member), sizeof(((struct vmx_x64_state *)0)->member) }
	GROUP(segs), GROUP(gprs), GROUP(crs), GROUP(drs), GROUP(msrs), GROUP(intr), GROUP(fpu),
};

void fake_copy(struct vmx_x64_state *to, const struct vmx_x64_state *from, uint32_t groups)
{
	size_t i;

	for (i = 0; i < COUNT(groups_at); i++)
		if (groups >> i & 1)
			memcpy((char *)to + groups_at[i].offset,
			       (const char *)from + groups_at[i].offset, groups_at[i].size);
}

int fake_setup(void **state)
{
	(void)state;
	memset(&fake, 0, sizeof(fake));
	fake.version = VMXFS_ABI_VERSION;
	fake.page_size = sizeof(struct vmxfs_page);
	fake.physical_bits = 52;
	return 0;
}

struct fake_vcpu *fake_of(const struct vmx_vcpu *vcpu)
{
	return &fake.vcpus[vcpu->id];
}

int kernel_open(unsigned int *id)
{
	if (fake.open_error) {
		errno = fake.open_error;
		return -1;
	}
	for (*id = 0; fake.vcpus[*id].open; ++*id)
		assert_true(*id + 1 < FAKE_VCPUS);
	memset(&fake.vcpus[*id], 0, sizeof(fake.vcpus[*id]));
	fake.vcpus[*id].open = true;
	fake.files++;
	return *id;
}

unsigned int kernel_physical_bits(void)
{
	return fake.physical_bits;
}

void kernel_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *regs)
{
	memset(regs, 0, 4 * sizeof(*regs));
	if (fake.cpuid)
		fake.cpuid(leaf, subleaf, regs);
}

struct vmxfs_page *kernel_map(int fd)
{
	errno = fake.map_error;
	return fake.map_error ? NULL : &fake.vcpus[fd].page;
}

void kernel_close(int fd, struct vmxfs_page *page)
{
	assert_true(!page || page == &fake.vcpus[fd].page);
	assert_true(fake.vcpus[fd].open);
	fake.vcpus[fd].open = false;
	fake.files--;
}

/* Into the page */
static void fill(struct fake_vcpu *vcpu, uint32_t groups)
{
	fake_copy(&vcpu->page.state, &vcpu->state, groups);
	if (groups & VMX_X64_STATE_CRS)
		memcpy(vcpu->page.pdptes, vcpu->pdptes, sizeof(vcpu->pdptes));
	vcpu->page.cached |= groups;
}

/* General registers are in the page all the time, but for those that the VMCS has. */
static void take_gprs(struct fake_vcpu *vcpu)
{
	unsigned int i;

	for (i = 0; i < VMX_X64_GPR_RIP; i++)
		if (i != VMX_X64_GPR_RSP)
			vcpu->state.gprs[i] = vcpu->page.state.gprs[i];
}

static int run(struct fake_vcpu *vcpu)
{
	struct vmxfs_page *page = &vcpu->page;

	fake_copy(&vcpu->state, &page->state, page->commit);
	vcpu->insn_done = page->commit & VMXFS_INSN_DONE;
	page->commit = 0;
	page->cached = 0;
	vcpu->event = page->event.type ? page->event : page->interrupt;
	page->event = (struct vmx_vcpu_event){ 0 };
	page->interrupt = (struct vmx_vcpu_event){ 0 };
	memset(&page->exit, 0, sizeof(page->exit));
	if (fake.run)
		fake.run(vcpu);
	fill(vcpu, page->wanted | VMX_X64_STATE_GPRS |
		   (page->exit.reason == VMX_VCPU_EXIT_MEMORY ? page->wanted_memory : 0));
	return 0;
}

int kernel_ioctl(int fd, unsigned long request, unsigned long argument)
{
	struct fake_vcpu *vcpu = &fake.vcpus[fd];
	struct vmxfs_mapping *mapping = (void *)argument;
	const struct vmxfs_share *share = (void *)argument;
	struct vmxfs_attach *attach = (void *)argument;

	assert_true(vcpu->open);
	fake.ioctls++;
	if (request == fake.failing && fake.calls_before) {
		fake.calls_before--;
	} else if (request == fake.failing) {
		fake.failing = 0;
		errno = fake.error;
		return -1;
	}
	take_gprs(vcpu);
	switch (request) {
	case VMXFS_IOC_ATTACH:
		assert_int_equal(attach->version, VMXFS_ABI_VERSION);
		attach->version = fake.version;
		attach->page_size = fake.page_size;
		attach->xcr0 = 7;
		attach->mxcsr_mask = 0xffff;
		return 0;
	case VMXFS_IOC_RUN:
		return run(vcpu);
	case VMXFS_IOC_STOP:
		vcpu->stops++;
		return 0;
	case VMXFS_IOC_GETSTATE:
		fill(vcpu, argument);
		return 0;
	case VMXFS_IOC_SETSTATE:
		fake_copy(&vcpu->state, &vcpu->page.state, argument);
		return 0;
	case VMXFS_IOC_MAP:
	case VMXFS_IOC_UNMAP:
		assert_true(vcpu->n_mappings < FAKE_MAPPINGS);
		assert_int_equal(!mapping->prot, request == VMXFS_IOC_UNMAP);
		vcpu->mappings[vcpu->n_mappings++] = *mapping;
		return 0;
	case VMXFS_IOC_SHARE:
		assert_true(vcpu->n_mappings < FAKE_MAPPINGS);
		assert_int_not_equal(share->from, fd);
		assert_true(fake.vcpus[share->from].open);
		assert_int_equal(share->reserved, 0);
		vcpu->mappings[vcpu->n_mappings++] = (struct vmxfs_mapping){
			.gpa = share->gpa,
			.size = share->size,
			.hva = share->from,
			.prot = FAKE_SHARED,
		};
		return 0;
	case VMXFS_IOC_CPUID:
		vcpu->cpuid = *(struct vmxfs_cpuid *)argument;
		return 0;
	case VMXFS_IOC_TPR:
		vcpu->tpr = argument;
		return 0;
	}
	fail_msg("ioctl %#lx", request);
	return -1;
}

struct vmx_vcpu *fake_machine(void)
{
	struct vmx_machine *machine;
	struct vmx_vcpu *vcpu;

	assert_int_equal(vmx_machine_create(&machine), 0);
	assert_int_equal(vmx_vcpu_create(machine, &vcpu), 0);
	return vcpu;
}

void fake_end(struct vmx_vcpu *vcpu)
{
	struct vmx_machine *machine = vmx_vcpu_machine(vcpu);

	assert_int_equal(vmx_vcpu_destroy(vcpu), 0);
	assert_int_equal(vmx_machine_destroy(machine), 0);
	assert_int_equal(fake.files, 0);
}
