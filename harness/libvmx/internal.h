/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of libvmx share. */
#ifndef LIBVMX_INTERNAL_H
#define LIBVMX_INTERNAL_H

/* All else is compiled with -fvisibility=hidden. */
#pragma GCC visibility push(default)
#include "libvmx.h"
#pragma GCC visibility pop

#include <errno.h>
#include <pthread.h>

#include "decode.h"
#include "vmx.h"

#define PAGE		4096ull
#define MAX_VCPUS	256
/* Of guest-physical addresses: EPT has four levels. */
#define GPA_BITS	48

/* What an instruction's accesses depend on */
#define ACCESS_GROUPS \
	(VMX_X64_STATE_SEGS | VMX_X64_STATE_GPRS | VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS)

#define RFLAGS_CF	0x1
#define RFLAGS_ZF	0x40
#define RFLAGS_TF	0x100
#define RFLAGS_DF	0x400
#define RFLAGS_RF	0x10000
#define RFLAGS_VM	0x20000
#define RFLAGS_AC	0x40000
/* CF, PF, AF, ZF, SF, OF */
#define RFLAGS_STATUS	0x8d5

#define CR0_PE		0x1
#define CR0_WP		0x10000
#define CR0_AM		0x40000
#define CR0_PG		0x80000000
#define CR3_LAM_U57	(1ull << 61)
#define CR3_LAM_U48	(1ull << 62)
#define CR4_PSE		0x10
#define CR4_PAE		0x20
#define CR4_LA57	0x1000
#define CR4_SMEP	0x100000
#define CR4_SMAP	0x200000

#define EFER_LMA	0x400
#define EFER_NXE	0x800

/* Access rights of a segment */
#define SEG_WRITABLE	0x2	/* of a data segment */
#define SEG_READABLE	0x2	/* of a code segment */
#define SEG_EXPAND_DOWN	0x4	/* of a data segment */
#define SEG_CODE	0x8
#define SEG_L		0x2000
#define SEG_DB		0x4000
#define SEG_UNUSABLE	0x10000

/* What an instruction has raised */
struct fault {
	uint8_t vector;		/* 0: nothing; no assist raises #DE */
	uint16_t error;
	uint64_t address;	/* of a page fault, for CR2 */
};

struct mapping {
	uint64_t gpa;
	uint64_t size;
	uint8_t *hva;
	int prot;
};

/* By address, and none overlaps another. */
struct mappings {
	size_t n;
	struct mapping *list;
};

/*
 * @lock is for all that is in it. An assist holds it but while it calls a callback, which may
 * change the memory, as other threads may. @changes counts that.
 */
struct vmx_machine {
	pthread_rwlock_t lock;
	unsigned int changes;
	struct mappings mappings;
	struct vcpu *vcpus;
	unsigned int n_vcpus;
};

struct vcpu {
	struct vmx_vcpu public;
	struct vmx_machine *machine;
	struct vcpu *next;
	int fd;
	bool running;
	struct vmxfs_page *page;
	unsigned int physical_bits;	/* of the processor */
	uint64_t xcr0;		/* the bits that XCR0 can have */
	uint64_t misc_enable;	/* IA32_MISC_ENABLE */
	bool arch_capabilities;	/* CPUID says that there is such an MSR */
	struct vmx_vcpu_event event;
	struct vmx_assist_callbacks callbacks;
	size_t mapping;		/* that was found last */
	struct fault fault;	/* why the function that has just failed with EFAULT has */
	struct insn cache[DECODE_CACHE];
};

static inline struct vcpu *vcpu_of(struct vmx_vcpu *vcpu)
{
	return (struct vcpu *)vcpu;
}

static inline __u64 *gprs_of(const struct vcpu *vcpu)
{
	return vcpu->page->state.gprs;
}

/* All bits of a number of this many bytes, 1 to 8 */
static inline uint64_t mask(unsigned int size)
{
	return ~0ull >> (64 - 8 * size);
}

static inline int fail(int error)
{
	errno = error;
	return -1;
}

/* The guest's instruction raises this, instead of what it was to do. */
static inline int raise_fault(struct vcpu *vcpu, uint8_t vector, uint16_t error,
			      uint64_t address)
{
	vcpu->fault = (struct fault){ vector, error, address };
	return fail(EFAULT);
}

static inline void memory_hold(struct vcpu *vcpu)
{
	pthread_rwlock_rdlock(&vcpu->machine->lock);
}

static inline void memory_release(struct vcpu *vcpu)
{
	pthread_rwlock_unlock(&vcpu->machine->lock);
}

static inline bool at_cpl_3(const struct vmx_x64_state *state)
{
	return (state->segs[VMX_X64_SEG_SS].attrib >> 5 & 3) == 3;
}

/* mapping.c. What of a mapping lies from @low to below @high, if anything */
bool mapping_cut(const struct mapping *from, uint64_t low, uint64_t high,
		 struct mapping *piece);
/* A new list, with @range in it (or cut out, if its prot is 0). */
int mappings_change(const struct mappings *old, const struct mapping *range,
		    struct mappings *new);
const struct mapping *mappings_find(const struct mappings *mappings, uint64_t gpa);

/* As mappings_find(), with the lock held; mostly, it is where the last one was. */
static inline const struct mapping *memory_at(struct vcpu *vcpu, uint64_t gpa)
{
	const struct mappings *mappings = &vcpu->machine->mappings;
	const struct mapping *mapping = &mappings->list[vcpu->mapping];

	if (vcpu->mapping < mappings->n && gpa - mapping->gpa < mapping->size)
		return mapping;
	mapping = mappings_find(mappings, gpa);
	if (mapping)
		vcpu->mapping = mapping - mappings->list;
	return mapping;
}

/* machine.c. All the machine's memory becomes that of the vCPU, which it then has. */
int machine_add(struct vmx_machine *machine, struct vcpu *vcpu);
void machine_remove(struct vmx_machine *machine, struct vcpu *vcpu);

/* assist_msr.c. MSRs have the values that they have after RESET. */
void assist_msr_reset(struct vcpu *vcpu);

/* vcpu.c. The next run takes this group, which the page has. */
void vcpu_commit(struct vcpu *vcpu, uint32_t group);
/* The instruction that exited is done; the kernel ends its interrupt shadow. */
void vcpu_advance(struct vcpu *vcpu, uint64_t rip);
/* Iterations of it are done, and others are left. */
void vcpu_iterated(struct vcpu *vcpu);
/*
 * What an assist returns after what it has called has failed: if that was a fault of the
 * guest's, the next run delivers it, and the assist has done its work.
 */
int vcpu_deliver(struct vcpu *vcpu);

/* An access that is not made: nothing is set. */
#define ACCESS_PROBE	0x100

/*
 * translate.c. What the paging structures say of a linear address. With an @access of
 * VMX_PROT_*, it is for such an access by the guest: may it be, and if so the accessed and
 * dirty flags are set, but for VMX_PROT_EXEC. 0 asks only.
 */
int translate(struct vcpu *vcpu, uint64_t linear, int access, uint64_t *gpa, int *prot);
bool is_canonical(const struct vmx_x64_state *state, uint64_t linear);

/* 2, 4 or 8 bytes: of what CS makes the processor */
unsigned int code_size(const struct vcpu *vcpu);

#endif
