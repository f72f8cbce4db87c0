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

/* A PDPTE has neither rights nor flags. */
static const struct format pae = {
	3, 9, 8, 0xffffffe0, { [2] = PS }, { [3] = XD | 0x7ff0000000000000 | 0x1e6 },
	{ [2] = BELOW_2M },
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

static bool is_linear(uint64_t linear, const struct format *format)
{
	unsigned int unused = 64 - (format->levels * format->index_bits + 12);

	if (format->levels <= 3)
		return linear <= UINT32_MAX;
	return (uint64_t)((int64_t)(linear << unused) >> unused) == linear;
}

/* Other vCPUs may change it meanwhile. */
static uint64_t entry_get(const void *at, unsigned int size)
{
	if (size == 8)
		return __atomic_load_n((const uint64_t *)at, __ATOMIC_RELAXED);
	return __atomic_load_n((const uint32_t *)at, __ATOMIC_RELAXED);
}

/* What the walk of the paging structures has found */
struct walk {
	uint64_t leaf;			/* the entry that maps the page */
	unsigned int level;		/* its level */
	uint64_t all, any;		/* bits that all entries have, or one has */
	uint8_t *at[LEVELS];		/* the entries, where they can be written */
};

static int walk(struct vcpu *vcpu, const struct format *format, uint64_t linear,
		struct walk *walk)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	uint64_t xd = state->msrs[VMX_X64_MSR_EFER] & EFER_NXE ? 0 : XD;
	uint64_t table = state->crs[VMX_X64_CR_CR3] & format->cr3;
	unsigned int level, shift = 12 + format->levels * format->index_bits;

	walk->all = ~0ull;
	walk->any = 0;
	for (level = format->levels; ; level--) {
		const struct mapping *mapping;
		uint64_t entry, reserved;
		uint8_t *at;
		bool leaf;

		shift -= format->index_bits;
		table += (linear >> shift & ((1 << format->index_bits) - 1)) * format->entry_size;
		mapping = memory_at(vcpu, table);
		if (!mapping || !(mapping->prot & VMX_PROT_READ))
			return fail(EFAULT);
		at = mapping->hva + (table - mapping->gpa);
		entry = entry_get(at, format->entry_size);
		leaf = level == 1 || entry & format->large[level];
		reserved = leaf ? format->reserved_large[level] : format->reserved[level];
		if (!(entry & P) || entry & (reserved | xd))
			return fail(EFAULT);
		walk->at[level] = mapping->prot & VMX_PROT_WRITE ? at : NULL;
		if (format == &pae && level == 3) {
			walk->at[level] = NULL;
		} else {
			walk->all &= entry;
			walk->any |= entry;
		}
		if (leaf) {
			walk->leaf = entry;
			walk->level = level;
			return 0;
		}
		table = entry & ADDRESS;
	}
}

static void entry_set(uint8_t *at, uint8_t bits)
{
	if (at && (entry_get(at, 4) & bits) != bits)
		__atomic_fetch_or(at, bits, __ATOMIC_SEQ_CST);
}

static uint64_t page_of(const struct format *format, uint64_t leaf, uint64_t offset_mask)
{
	/* PSE-36 has bits 39:32 of the address in bits 20:13. */
	if (format->entry_size == 4 && offset_mask >= PAGE)
		return (leaf & 0xffc00000) | (leaf & 0x1fe000) << (32 - 13);
	return leaf & ADDRESS & ~offset_mask;
}

/* May the guest do this? SDM, "Access Rights" */
static bool may(const struct vmx_x64_state *state, uint64_t all, int access)
{
	bool user = SEG_DPL(state->segs[VMX_X64_SEG_SS].attrib) == 3;

	if (user && !(all & US))
		return false;
	if (access & VMX_PROT_WRITE && !(all & RW))
		return !user && !(state->crs[VMX_X64_CR_CR0] & CR0_WP);
	return true;
}

int translate(struct vcpu *vcpu, uint64_t linear, int access, uint64_t *gpa, int *prot)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	const struct format *format;
	uint64_t offset_mask;
	struct walk found;
	unsigned int level;

	if (!(state->crs[VMX_X64_CR_CR0] & CR0_PG)) {
		*gpa = linear;
		*prot = VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC;
		return linear > UINT32_MAX ? fail(EFAULT) : 0;
	}
	format = format_of(state);
	if (!is_linear(linear, format))
		return fail(EFAULT);
	if (walk(vcpu, format, linear, &found))
		return -1;
	*prot = VMX_PROT_READ | (found.all & RW ? VMX_PROT_WRITE : 0) |
		(found.any & XD ? 0 : VMX_PROT_EXEC);
	offset_mask = (1ull << (12 + (found.level - 1) * format->index_bits)) - 1;
	*gpa = page_of(format, found.leaf, offset_mask) | (linear & offset_mask);
	if (!access)
		return 0;
	if (!may(state, found.all, access))
		return fail(EFAULT);
	entry_set(found.at[found.level], access & VMX_PROT_WRITE ? A | D : A);
	for (level = found.level + 1; level <= format->levels; level++)
		entry_set(found.at[level], A);
	return 0;
}

int vmx_gva_to_gpa(struct vmx_vcpu *public, uint64_t gva, uint64_t *gpa, int *prot)
{
	int allowed;

	if (vmx_vcpu_getstate(public, VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS))
		return -1;
	if (translate(vcpu_of(public), gva, 0, gpa, &allowed))
		return -1;
	if (prot)
		*prot = allowed;
	return 0;
}
