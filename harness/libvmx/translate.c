// SPDX-License-Identifier: GPL-2.0
/* From linear to guest-physical addresses. SDM, "Paging" */
#include "internal.h"

#define P	(1ull << 0)
#define RW	(1ull << 1)
#define US	(1ull << 2)
#define A	(1ull << 5)
#define D	(1ull << 6)
#define PS	(1ull << 7)
#define XD	(1ull << 63)
/* Bits 51:12 */
#define ADDRESS	0x000ffffffffff000ull

/* Bits 20:13 and 29:13, between PAT and the address of a large page */
#define BELOW_2M	0x001fe000ull
#define BELOW_1G	0x3fffe000ull

/* Bits 62:52 are reserved in PAE paging, and ignored in 4-level and 5-level paging. */
#define ABOVE_ADDRESS	0x7ff0000000000000ull

/* SDM, figure "Page-Fault Error Code" */
#define ERROR_P		0x1
#define ERROR_WRITE	0x2
#define ERROR_USER	0x4
#define ERROR_RSVD	0x8
#define ERROR_FETCH	0x10

/* Levels count from that of page tables, which is 1. */
#define LEVELS		6

struct format {
	unsigned int levels;
	unsigned int index_bits;	/* of a level */
	unsigned int entry_size;
	uint64_t cr3;			/* its bits that are the address */
	uint64_t large[LEVELS];		/* PS, if it makes the entry map a page */
	uint64_t reserved[LEVELS];	/* of other entries; no processor has these bits */
	uint64_t reserved_large[LEVELS];
};

static const struct format two_level = {
	2, 10, 4, 0xfffff000, { 0 }, { 0 }, { 0 },
};

static const struct format two_level_pse = {
	2, 10, 4, 0xfffff000, { [2] = PS }, { 0 }, { [2] = 1 << 21 },
};

/* Its third level is in registers. */
static const struct format pae = {
	2, 9, 8, 0, { [2] = PS }, { [2] = ABOVE_ADDRESS },
	{ [1] = ABOVE_ADDRESS, [2] = ABOVE_ADDRESS | BELOW_2M },
};

static const struct format four_level = {
	4, 9, 8, ADDRESS, { [2] = PS, [3] = PS }, { [4] = PS },
	{ [2] = BELOW_2M, [3] = BELOW_1G },
};

static const struct format five_level = {
	5, 9, 8, ADDRESS, { [2] = PS, [3] = PS }, { [4] = PS, [5] = PS },
	{ [2] = BELOW_2M, [3] = BELOW_1G },
};

static const struct format *format_of(const struct vmx_x64_state *state)
{
	uint64_t cr4 = state->crs[VMX_X64_CR_CR4];

	if (state->msrs[VMX_X64_MSR_EFER] & EFER_LMA)
		return cr4 & CR4_LA57 ? &five_level : &four_level;
	if (cr4 & CR4_PAE)
		return &pae;
	return cr4 & CR4_PSE ? &two_level_pse : &two_level;
}

bool is_canonical(const struct vmx_x64_state *state, uint64_t linear)
{
	unsigned int unused = state->crs[VMX_X64_CR_CR4] & CR4_LA57 ? 7 : 16;

	return (uint64_t)((int64_t)(linear << unused) >> unused) == linear;
}

static bool is_linear(const struct vmx_x64_state *state, uint64_t linear)
{
	bool paging = state->crs[VMX_X64_CR_CR0] & CR0_PG;

	if (paging && state->msrs[VMX_X64_MSR_EFER] & EFER_LMA)
		return is_canonical(state, linear);
	return linear <= UINT32_MAX;
}

/* Other vCPUs may change it meanwhile. */
static uint64_t entry_get(const void *at, unsigned int size)
{
	if (size == 8)
		return __atomic_load_n((const uint64_t *)at, __ATOMIC_RELAXED);
	return __atomic_load_n((const uint32_t *)at, __ATOMIC_RELAXED);
}

static bool entry_exchange(void *at, unsigned int size, uint64_t *old, uint64_t new)
{
	uint32_t small = *old;
	bool done;

	if (size == 8)
		return __atomic_compare_exchange_n((uint64_t *)at, old, new, false,
						   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	done = __atomic_compare_exchange_n((uint32_t *)at, &small, new, false,
					   __ATOMIC_SEQ_CST, __ATOMIC_RELAXED);
	*old = small;
	return done;
}

/* What the walk of the paging structures has found */
struct walk {
	unsigned int leaf;		/* the level of the entry that maps the page */
	uint64_t all, any;		/* bits that all entries have, or one has */
	struct entry {
		uint64_t value;
		uint8_t *at;		/* where it can be written */
	} entries[LEVELS];
};

/* Bits that no entry has, of those that hold an address of this processor's size */
static uint64_t address_reserved(const struct vcpu *vcpu, const struct format *format, bool large)
{
	uint64_t beyond = ADDRESS & ~0ull << vcpu->physical_bits;

	if (format->entry_size == 8)
		return beyond;
	/* PSE-36 has bits 39:32 of the address in bits 20:13. */
	return large ? (beyond >> 32 & 0xff) << 13 : 0;
}

static int page_fault(struct vcpu *vcpu, uint64_t linear, int access, unsigned int error)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	uint64_t cr4 = state->crs[VMX_X64_CR_CR4];
	bool nxe = cr4 & CR4_PAE && state->msrs[VMX_X64_MSR_EFER] & EFER_NXE;

	if (!access)
		return fail(EFAULT);
	if (access & VMX_PROT_WRITE)
		error |= ERROR_WRITE;
	if (at_cpl_3(state))
		error |= ERROR_USER;
	if (access == VMX_PROT_EXEC && (nxe || cr4 & CR4_SMEP))
		error |= ERROR_FETCH;
	return raise_fault(vcpu, VMX_EXC_PF, error, linear);
}

static int walk(struct vcpu *vcpu, const struct format *format, uint64_t linear,
		int access, struct walk *walk)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	uint64_t xd = state->msrs[VMX_X64_MSR_EFER] & EFER_NXE ? 0 : XD;
	uint64_t table = state->crs[VMX_X64_CR_CR3] & format->cr3;
	unsigned int level, shift = 12 + format->levels * format->index_bits;

	/* SDM, "PDPTE Registers": they were checked when they were loaded. */
	if (format == &pae) {
		table = vcpu->page->pdptes[linear >> shift & 3];
		if (!(table & P))
			return page_fault(vcpu, linear, access, 0);
		table &= ADDRESS;
	}
	walk->all = ~0ull;
	walk->any = 0;
	for (level = format->levels; ; level--) {
		struct entry *entry = &walk->entries[level];
		const struct mapping *mapping;
		uint64_t reserved = xd;
		uint8_t *at;
		bool leaf;

		shift -= format->index_bits;
		table += (linear >> shift & ((1 << format->index_bits) - 1)) * format->entry_size;
		mapping = memory_at(vcpu, table);
		if (!mapping || !(mapping->prot & VMX_PROT_READ))
			return fail(EFAULT);
		at = mapping->hva + (table - mapping->gpa);
		entry->value = entry_get(at, format->entry_size);
		entry->at = mapping->prot & VMX_PROT_WRITE ? at : NULL;
		leaf = level == 1 || entry->value & format->large[level];
		reserved |= leaf ? format->reserved_large[level] : format->reserved[level];
		reserved |= address_reserved(vcpu, format, leaf && level > 1);
		if (!(entry->value & P))
			return page_fault(vcpu, linear, access, 0);
		if (entry->value & reserved)
			return page_fault(vcpu, linear, access, ERROR_P | ERROR_RSVD);
		walk->all &= entry->value;
		walk->any |= entry->value;
		if (leaf) {
			walk->leaf = level;
			return 0;
		}
		table = entry->value & ADDRESS;
	}
}

/*
 * Sets flags in an entry, unless it has changed since the walk. SDM, "Accessed and Dirty
 * Flags": with CR0.WP 1, the dirty flag is never set where R/W is 0.
 */
static bool entry_set(struct entry *entry, unsigned int size, uint64_t bits)
{
	uint64_t now = entry->value;

	if (!entry->at)
		return true;
	while ((now & bits) != bits) {
		if (entry_exchange(entry->at, size, &now, now | bits))
			break;
		if ((now ^ entry->value) & ~(A | D))
			return false;
	}
	return true;
}

/* The accessed and dirty flags; false if another vCPU has changed what was walked. */
static bool set_flags(struct walk *walk, const struct format *format, int access)
{
	unsigned int level;

	for (level = format->levels; level > walk->leaf; level--)
		if (!entry_set(&walk->entries[level], format->entry_size, A))
			return false;
	return entry_set(&walk->entries[level], format->entry_size,
			 access & VMX_PROT_WRITE ? A | D : A);
}

static bool sets_flags(int access)
{
	return access & (VMX_PROT_READ | VMX_PROT_WRITE) && !(access & ACCESS_PROBE);
}

static uint64_t page_of(const struct format *format, uint64_t leaf, uint64_t offset_mask)
{
	if (format->entry_size == 4 && offset_mask >= PAGE)
		return (leaf & 0xffc00000) | (leaf & 0x1fe000) << (32 - 13);
	return leaf & ADDRESS & ~offset_mask;
}

/*
 * May the guest do this? SDM, "Determination of Access Rights". Protection keys and shadow
 * stacks do not apply: CR4.PKE, CR4.PKS and CR4.CET are bits that vmxfs keeps 0. No assist
 * makes an implicit supervisor-mode access, for which RFLAGS.AC would not count.
 */
static bool may(const struct vmx_x64_state *state, const struct walk *walk, int access)
{
	uint64_t cr4 = state->crs[VMX_X64_CR_CR4];
	bool user = at_cpl_3(state), user_page = walk->all & US;

	if (user && !user_page)
		return false;
	if (access == VMX_PROT_EXEC)
		return !(walk->any & XD) && (user || !user_page || !(cr4 & CR4_SMEP));
	if (!user && user_page && cr4 & CR4_SMAP && !(state->gprs[VMX_X64_GPR_RFLAGS] & RFLAGS_AC))
		return false;
	if (access & VMX_PROT_WRITE && !(walk->all & RW))
		return !user && !(state->crs[VMX_X64_CR_CR0] & CR0_WP);
	return true;
}

int translate(struct vcpu *vcpu, uint64_t linear, int access, uint64_t *gpa, int *prot)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	const struct format *format;
	uint64_t offset_mask;
	struct walk found;

	if (!is_linear(state, linear))
		return fail(EFAULT);
	if (!(state->crs[VMX_X64_CR_CR0] & CR0_PG)) {
		*gpa = linear;
		*prot = VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC | VMX_PROT_USER;
		return 0;
	}
	format = format_of(state);
	do {
		if (walk(vcpu, format, linear, access, &found))
			return -1;
		if (access && !may(state, &found, access))
			return page_fault(vcpu, linear, access, ERROR_P);
	} while (sets_flags(access) && !set_flags(&found, format, access));
	*prot = VMX_PROT_READ | (found.all & RW ? VMX_PROT_WRITE : 0) |
		(found.any & XD ? 0 : VMX_PROT_EXEC) | (found.all & US ? VMX_PROT_USER : 0);
	offset_mask = (1ull << (12 + (found.leaf - 1) * format->index_bits)) - 1;
	*gpa = page_of(format, found.entries[found.leaf].value, offset_mask) |
	       (linear & offset_mask);
	return 0;
}

int vmx_gva_to_gpa(struct vmx_vcpu *public, uint64_t gva, uint64_t *gpa, int *prot)
{
	struct vcpu *vcpu = vcpu_of(public);
	int allowed, error;

	if (vmx_vcpu_getstate(public, VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS))
		return -1;
	memory_hold(vcpu);
	error = translate(vcpu, gva, 0, gpa, &allowed);
	memory_release(vcpu);
	if (error)
		return -1;
	if (prot)
		*prot = allowed;
	return 0;
}
