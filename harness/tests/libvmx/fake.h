/* SPDX-License-Identifier: GPL-2.0 */
/* A kernel that is not there: what kernel.c would call, with a guest that a test writes. */
#ifndef FAKE_H
#define FAKE_H

#include "../unit/unit.h"
#include "libvmx.h"

#define FAKE_VCPUS	4
#define FAKE_MAPPINGS	16
/* prot of one that is another vCPU's, whose file descriptor is hva */
#define FAKE_SHARED	0x80

struct fake_vcpu {
	bool open;
	struct vmxfs_page page;
	struct vmx_x64_state state;	/* what the processor has */
	uint64_t pdptes[4];
	struct vmx_vcpu_event event;	/* the first that the last run had to deliver */
	bool insn_done;			/* the last run was told so */
	size_t n_mappings;
	struct vmxfs_mapping mappings[FAKE_MAPPINGS];
	struct vmxfs_cpuid cpuid;
	int tpr;
	int stops;
};

extern struct fake {
	uint32_t version;
	uint32_t page_size;
	unsigned int physical_bits;
	int open_error;
	int map_error;			/* of mmap() */
	unsigned long failing;		/* the ioctl that fails with @error, */
	int error;
	int calls_before;		/* after so many that don't */
	unsigned int ioctls;		/* how many there were */
	unsigned int files;		/* that are open */
	struct fake_vcpu vcpus[FAKE_VCPUS];
	void (*run)(struct fake_vcpu *vcpu);
	/* The processor's; registers are 0 before. */
	void (*cpuid)(uint32_t leaf, uint32_t subleaf, uint32_t *regs);
} fake;

/* For cmocka_unit_test_setup(): a new kernel */
int fake_setup(void **state);
/* Copies these groups. */
void fake_copy(struct vmx_x64_state *to, const struct vmx_x64_state *from, uint32_t groups);
struct fake_vcpu *fake_of(const struct vmx_vcpu *vcpu);
/* A machine with a vCPU */
struct vmx_vcpu *fake_machine(void);
/* Ends both. */
void fake_end(struct vmx_vcpu *vcpu);

#define assert_fails(call, errno_of) do { \
	errno = 0; \
	assert_int_equal(call, -1); \
	assert_int_equal(errno, errno_of); \
} while (0)

#endif
