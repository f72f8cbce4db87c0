// SPDX-License-Identifier: GPL-2.0
/* The guest's memory by linear address, for step: what is there, or what it seems to be. */
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <asm/pgtable_types.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "memory/memory.h"
#include "run/run.h"

/**
 * struct paging - how the guest translates linear addresses
 * @levels: of paging structures, 0 without paging
 * @entry: bytes of a paging-structure entry
 * @large: page-directory entries may map 4 MB pages (CR4.PSE)
 * @map: what its guest-physical addresses reach
 * @cr3: the guest's
 * @pdpte: PAE paging: the guest's PDPTEs
 */
struct paging {
	int levels;
	int entry;
	bool large;
	struct vmxfs_map *map;
	u64 cr3;
	u64 pdpte[4];
};

/* The vCPU is loaded. SDM, "Paging Modes and Control Bits" */
static void linear_get_paging(struct vmxfs_vcpu *vcpu, struct paging *paging)
{
	u64 cr4 = vmcs_read(VMCS_GUEST_CR4);
	int i;

	*paging = (struct paging){
		.map = vmxfs_map_of(vcpu, vmcs_read(VMCS_EPT_POINTER)),
		.cr3 = vmcs_read(VMCS_GUEST_CR3),
		.entry = 8,
		.large = true,
	};
	if (!(vmcs_read(VMCS_GUEST_CR0) & X86_CR0_PG))
		return;
	if (vmcs_read(VMCS_ENTRY_CONTROLS) & VMX_CTL(entry, ia32e_mode_guest)) {
		paging->levels = 4;
	} else if (cr4 & X86_CR4_PAE) {
		paging->levels = 2;
		for (i = 0; i < ARRAY_SIZE(paging->pdpte); i++)
			paging->pdpte[i] = vmcs_read(VMCS_GUEST_PDPTE0 + 2 * i);
	} else {
		paging->levels = 2;
		paging->entry = 4;
		paging->large = cr4 & X86_CR4_PSE;
	}
}

/* NULL where the guest has no memory */
static struct page *linear_page_at(const struct paging *paging, u64 physical)
{
	return paging->map ? vmxfs_map_page(paging->map, physical) : NULL;
}

/* Not that of which the program, or whoever changed EPT entries, has said otherwise */
static bool linear_may_write(const struct paging *paging, u64 physical)
{
	const u64 *entry = vmxfs_ept_leaf(paging->map->pml4, physical);

	return vmxfs_map_may_write(paging->map, physical) && entry && *entry & VMXFS_EPT_WRITE;
}

/* Within one page. */
static int linear_access_physical(const struct paging *paging, u64 address, void *buf, size_t count,
				  bool write)
{
	struct page *page = linear_page_at(paging, address);
	void *at;

	if (!page || (write && !linear_may_write(paging, address)))
		return -EFAULT;
	at = kmap_local_page(page) + offset_in_page(address);
	if (write)
		memcpy(at, buf, count);
	else
		memcpy(buf, at, count);
	kunmap_local(at);
	if (write)
		vmxfs_map_written(paging->map, address);
	return 0;
}

/* SDM, "32-Bit Paging", "PAE Paging", "4-Level Paging" */
static int linear_translate(const struct paging *paging, u64 linear, u64 *physical)
{
	int bits = paging->entry == 8 ? 9 : 10;
	u64 table = paging->cr3 & PHYSICAL_PAGE_MASK;
	int level;

	if (paging->levels == 2 && paging->entry == 8) {
		u64 pdpte = paging->pdpte[linear >> 30 & 3];

		if (!(pdpte & 1))
			return -EFAULT;
		table = pdpte & PHYSICAL_PAGE_MASK;
	}
	for (level = paging->levels; level; level--) {
		int shift = PAGE_SHIFT + bits * (level - 1);
		u64 index = linear >> shift & (BIT(bits) - 1);
		u64 entry = 0;

		if (linear_access_physical(paging, table + index * paging->entry, &entry,
					   paging->entry, false) || !(entry & 1))
			return -EFAULT;
		if (level > 1 && level < 4 && entry & _PAGE_PSE && paging->large) {
			u64 high = paging->entry == 4 ? (entry >> 13 & 0xff) << 32 : 0;

			entry &= paging->entry == 4 ? 0xffc00000 : PHYSICAL_PAGE_MASK;
			*physical = high | (entry & ~(BIT_ULL(shift) - 1)) |
				    (linear & (BIT_ULL(shift) - 1));
			return 0;
		}
		table = entry & PHYSICAL_PAGE_MASK;
	}
	*physical = paging->levels ? table | offset_in_page(linear) : linear;
	return 0;
}

/* How many of @count bytes are in the page of the first */
static size_t linear_within_page(u64 linear, size_t count)
{
	return min_t(size_t, count, PAGE_SIZE - offset_in_page(linear));
}

/**
 * vmxfs_guest_access() - read or write the guest's memory
 * @vcpu: locked, not loaded
 * @linear: linear address
 * @buf: the bytes
 * @count: how many
 * @write: to the guest, or else from it
 *
 * The guest's own permissions are not asked for: the processor has done that, or will.
 *
 * Return: how many bytes could be reached.
 */
size_t vmxfs_guest_access(struct vmxfs_vcpu *vcpu, u64 linear, void *buf, size_t count,
			  bool write)
{
	struct paging paging;
	size_t done = 0;

	vmxfs_load(vcpu);
	linear_get_paging(vcpu, &paging);
	vmxfs_unload();
	while (done < count) {
		size_t n = linear_within_page(linear + done, count - done);
		u64 physical;

		if (linear_translate(&paging, linear + done, &physical) ||
		    linear_access_physical(&paging, physical, buf + done, n, write))
			break;
		done += n;
	}
	return done;
}

/* ---- other bytes, that one guest sees for one VM entry ---- */

/**
 * vmxfs_patches_alloc() - the pages for vmxfs_guest_patch()
 * @patches: VMXFS_PATCHES of them, zeroed
 *
 * Return: 0 or -ENOMEM; vmxfs_patches_free() must follow both.
 */
int vmxfs_patches_alloc(struct vmxfs_patch *patches)
{
	int i;

	for (i = 0; i < VMXFS_PATCHES; i++) {
		patches[i].copy = patches[i].copy ?: alloc_page(GFP_KERNEL_ACCOUNT);
		patches[i].before = patches[i].before ?: alloc_page(GFP_KERNEL_ACCOUNT);
		if (!patches[i].copy || !patches[i].before)
			return -ENOMEM;
	}
	return 0;
}

void vmxfs_patches_free(struct vmxfs_patch *patches)
{
	int i;

	for (i = 0; i < VMXFS_PATCHES; i++) {
		if (patches[i].copy)
			__free_page(patches[i].copy);
		if (patches[i].before)
			__free_page(patches[i].before);
	}
}

/* The patch of the page that this entry maps, made if need be. */
static struct vmxfs_patch *linear_get_patch(struct vmxfs_patch *patch, u64 *entry, struct page *page)
{
	while (patch->entry && patch->entry != entry)
		patch++;
	if (patch->entry)
		return patch;
	/* An unsafe vCPU may have anything there. */
	if ((*entry & VMXFS_EPT_ADDRESS) != page_to_phys(page))
		return NULL;
	patch->entry = entry;
	patch->page = page;
	copy_highpage(patch->copy, page);
	copy_highpage(patch->before, patch->copy);
	*entry = (*entry & ~VMXFS_EPT_ADDRESS) | page_to_phys(patch->copy);
	return patch;
}

static int linear_patch_physical(const struct paging *paging, u64 physical, const u8 *bytes, size_t count,
				 struct vmxfs_patch *patches)
{
	struct page *page = linear_page_at(paging, physical);
	u64 *entry = page ? vmxfs_ept_leaf(paging->map->pml4, physical) : NULL;
	struct vmxfs_patch *patch = entry ? linear_get_patch(patches, entry, page) : NULL;

	if (!patch)
		return -EFAULT;
	memcpy_to_page(patch->copy, offset_in_page(physical), bytes, count);
	memcpy_to_page(patch->before, offset_in_page(physical), bytes, count);
	return 0;
}

/**
 * vmxfs_guest_patch() - let the guest, and nobody else, see other bytes
 * @vcpu: locked, not loaded
 * @linear: linear address of the bytes
 * @bytes: what the guest is to see
 * @count: how many, less than a page; those that can't be reached stay as they are
 * @patches: VMXFS_PATCHES, allocated and not in use
 *
 * Until vmxfs_guest_unpatch() the vCPU has copies of the pages. The memory itself is not
 * touched: it may be such as may only be read, and others may be using it.
 */
void vmxfs_guest_patch(struct vmxfs_vcpu *vcpu, u64 linear, const u8 *bytes, size_t count,
		       struct vmxfs_patch *patches)
{
	struct paging paging;
	u64 physical;
	size_t n;

	vmxfs_load(vcpu);
	linear_get_paging(vcpu, &paging);
	vmxfs_unload();
	for (; count; count -= n, linear += n, bytes += n) {
		n = linear_within_page(linear, count);
		if (linear_translate(&paging, linear, &physical) ||
		    linear_patch_physical(&paging, physical, bytes, n, patches))
			break;
	}
	vcpu->flush = true;
}

/*
 * All that an instruction that loads SS writes, and its page walks do, are flags:
 * accessed and dirty ones of paging structures, and that of a descriptor.
 */
static void linear_keep_flags(const struct vmxfs_patch *patch)
{
	const u64 *copy = kmap_local_page(patch->copy);
	const u64 *before = kmap_local_page(patch->before);
	atomic64_t *page = kmap_local_page(patch->page);
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*copy); i++)
		if (copy[i] & ~before[i])
			atomic64_or(copy[i] & ~before[i], page + i);
	kunmap_local(page);
	kunmap_local(before);
	kunmap_local(copy);
}

/**
 * vmxfs_guest_unpatch() - undo vmxfs_guest_patch()
 * @vcpu: locked
 * @patches: as there
 */
void vmxfs_guest_unpatch(struct vmxfs_vcpu *vcpu, struct vmxfs_patch *patches)
{
	struct vmxfs_patch *patch;

	for (patch = patches; patch < patches + VMXFS_PATCHES && patch->entry; patch++) {
		/* The processor may have set flags of the entry itself. */
		*patch->entry = (*patch->entry & ~VMXFS_EPT_ADDRESS) | page_to_phys(patch->page);
		if (*patch->entry & VMXFS_EPT_WRITE)
			linear_keep_flags(patch);
		patch->entry = NULL;
	}
	vcpu->flush = true;
}
