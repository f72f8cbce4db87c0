// SPDX-License-Identifier: GPL-2.0
/*
 * From linear to guest-physical addresses. SDM, "Paging"; of its reserved bits those that
 * no processor has.
 */
#include "internal.h"

#include <string.h>

#define P	(1ull << 0)
#define RW	(1ull << 1)
#define US	(1ull << 2)
#define A	(1ull << 5)
#define D	(1ull << 6)
#define PS	(1ull << 7)
#define XD	(1ull << 63)
/* Bits 51:12 */
#define ADDRESS	0x000ffffffffff000ull

struct format {
	unsigned int levels;
	unsigned int index_bits;	/* of a level */
	unsigned int entry_size;
	uint64_t cr3;			/* its bits that are the address */
	unsigned int large;		/* levels whose entries may map a page: bit n for n */
	unsigned int no_ps;		/* levels where bit 7 is reserved */
};

static const struct format two_level = { 2, 10, 4, 0xfffff000, 0, 0 };
static const struct format two_level_pse = { 2, 10, 4, 0xfffff000, 1 << 2, 0 };
static const struct format pae = { 3, 9, 8, 0xffffffe0, 1 << 2, 1 << 3 };
static const struct format four_level = { 4, 9, 8, ADDRESS, 1 << 2 | 1 << 3, 1 << 4 };
static const struct format five_level = { 5, 9, 8, ADDRESS, 1 << 2 | 1 << 3, 3 << 4 };

/* Of a PDPTE of PAE paging; it has no rights, and no accessed flag. */
#define PAE_PDPTE_RESERVED	(XD | 0x7ff0000000000000ull | 0x1e6)

static const struct format *format_of(const struct vmx_x64_state *state)
{
	uint64_t cr4 = state->crs[VMX_X64_CR_CR4];

	if (state->msrs[VMX_X64_MSR_EFER] & EFER_LMA)
		return cr4 & CR4_LA57 ? &five_level : &four_level;
	if (cr4 & CR4_PAE)
		return &pae;
	return cr4 & CR4_PSE ? &two_level_pse : &two_level;
}

static bool is_canonical(uint64_t linear, const struct format *format)
{
	unsigned int unused = 64 - (format->levels * format->index_bits + 12);

	return (uint64_t)((int64_t)(linear << unused) >> unused) == linear;
}

/* Where an entry is in this process */
static void *entry_at(struct vcpu *vcpu, uint64_t gpa, bool *writable)
{
	const struct mapping *mapping = mappings_find(&vcpu->machine->mappings, gpa);

	if (!mapping || !(mapping->prot & VMX_PROT_READ))
		return NULL;
	*writable = mapping->prot & VMX_PROT_WRITE;
	return mapping->hva + (gpa - mapping->gpa);
}

static uint64_t entry_read(const void *at, unsigned int size)
{
	return size == 8 ? *(const volatile uint64_t *)at : *(const volatile uint32_t *)at;
}

static void entry_set(void *at, uint8_t bits)
{
	if (at && (*(volatile uint8_t *)at & bits) != bits)
		__atomic_fetch_or((uint8_t *)at, bits, __ATOMIC_SEQ_CST);
}

/* Is a bit of an entry for level @level set that has to be 0? */
static bool is_reserved(const struct format *format, unsigned int level, uint64_t entry,
			bool leaf, bool nxe)
{
	if (format == &pae && level == 3)
		return entry & PAE_PDPTE_RESERVED;
	if (format->no_ps >> level & 1 && entry & PS)
		return true;
	if (format->entry_size == 8 && entry & XD && !nxe)
		return true;
	if (!leaf || level == 1)
		return false;
	/* PSE-36 has bits 39:32 of the address in bits 20:13. */
	if (format->entry_size == 4)
		return entry & 1 << 21;
	/* Between PAT and the address */
	return entry & ((1ull << (12 + (level - 1) * format->index_bits)) - 0x2000);
}

static uint64_t page_of(const struct format *format, uint64_t entry, uint64_t offset_mask)
{
	if (format->entry_size == 4 && offset_mask >= PAGE)
		return (entry & 0xffc00000) | (entry & 0x1fe000) << (32 - 13);
	return entry & ADDRESS & ~offset_mask;
}

/* May the guest do this, and not only the paging structures? */
static bool may(const struct vmx_x64_state *state, const struct translation *to, int access)
{
	bool user = SEG_DPL(state->segs[VMX_X64_SEG_SS].attrib) == 3;

	if (user && !to->user)
		return false;
	if (access & VMX_PROT_WRITE && !(to->prot & VMX_PROT_WRITE))
		return !user && !(state->crs[VMX_X64_CR_CR0] & CR0_WP);
	return true;
}

int translate(struct vcpu *vcpu, uint64_t linear, int access, struct translation *to)
{
	const struct vmx_x64_state *state = &vcpu->page->state;
	bool nxe = state->msrs[VMX_X64_MSR_EFER] & EFER_NXE;
	const struct format *format;
	void *entries[6] = { NULL };
	unsigned int level, shift;
	uint64_t table, entry, offset_mask;
	bool leaf = false;

	to->prot = VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC;
	to->user = true;
	if (!(state->crs[VMX_X64_CR_CR0] & CR0_PG)) {
		to->gpa = linear;
		return linear > UINT32_MAX ? fail(EFAULT) : 0;
	}

	format = format_of(state);
	if (format->levels > 3 ? !is_canonical(linear, format) : linear > UINT32_MAX)
		return fail(EFAULT);
	table = state->crs[VMX_X64_CR_CR3] & format->cr3;
	for (level = format->levels; !leaf; level--) {
		uint64_t index;
		bool writable;
		void *at;

		shift = 12 + (level - 1) * format->index_bits;
		index = linear >> shift & ((1 << format->index_bits) - 1);
		at = entry_at(vcpu, table + index * format->entry_size, &writable);
		if (!at)
			return fail(EFAULT);
		entry = entry_read(at, format->entry_size);
		leaf = level == 1 || (entry & PS && format->large >> level & 1);
		if (!(entry & P) || is_reserved(format, level, entry, leaf, nxe))
			return fail(EFAULT);
		table = entry & ADDRESS;
		if (format == &pae && level == 3)
			continue;
		if (!(entry & RW))
			to->prot &= ~VMX_PROT_WRITE;
		if (format->entry_size == 8 && entry & XD)
			to->prot &= ~VMX_PROT_EXEC;
		to->user = to->user && entry & US;
		if (writable)
			entries[level] = at;
	}

	offset_mask = (1ull << shift) - 1;
	to->gpa = page_of(format, entry, offset_mask) | (linear & offset_mask);
	if (!access)
		return 0;
	if (!may(state, to, access))
		return fail(EFAULT);
	level++;
	entry_set(entries[level], access & VMX_PROT_WRITE ? A | D : A);
	while (++level <= format->levels)
		entry_set(entries[level], A);
	return 0;
}

int vmx_gva_to_gpa(struct vmx_vcpu *public, uint64_t gva, uint64_t *gpa, int *prot)
{
	struct translation to;

	if (vmx_vcpu_getstate(public, VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS))
		return -1;
	if (translate(vcpu_of(public), gva, 0, &to))
		return -1;
	*gpa = to.gpa;
	if (prot)
		*prot = to.prot;
	return 0;
}
