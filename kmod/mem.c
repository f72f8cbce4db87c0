// SPDX-License-Identifier: GPL-2.0
/* The guest's memory by linear address, for step. */
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <asm/pgtable_types.h>
#include <asm/processor.h>
#include "vmxfs.h"
#include "insn.h"

/**
 * struct paging - how the guest translates linear addresses
 * @levels: of paging structures, 0 without paging
 * @entry: bytes of a paging-structure entry
 * @large: page-directory entries may map 4 MB pages (CR4.PSE)
 * @eptp: EPT pointer
 * @cr3: the guest's
 * @pdpte: PAE paging: the guest's PDPTEs
 */
struct paging {
	int levels;
	int entry;
	bool large;
	u64 eptp;
	u64 cr3;
	u64 pdpte[4];
};

/* The vCPU is loaded. SDM, "Paging Modes and Control Bits" */
static void get_paging(struct paging *paging)
{
	u64 cr4 = vmcs_read(VMCS_GUEST_CR4);
	int i;

	*paging = (struct paging){
		.eptp = vmcs_read(VMCS_EPT_POINTER),
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

/* Within one page. */
static int access_physical(struct vmxfs_vcpu *vcpu, const struct paging *paging, u64 address,
			   void *buf, size_t count, bool write)
{
	struct page *page = vmxfs_map_page(vcpu, paging->eptp, address);
	void *at;

	if (!page)
		return -EFAULT;
	at = kmap_local_page(page) + offset_in_page(address);
	if (write)
		memcpy(at, buf, count);
	else
		memcpy(buf, at, count);
	kunmap_local(at);
	return 0;
}

/* SDM, "32-Bit Paging", "PAE Paging", "4-Level Paging" */
static int translate(struct vmxfs_vcpu *vcpu, const struct paging *paging, u64 linear,
		     u64 *physical)
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

		if (access_physical(vcpu, paging, table + index * paging->entry, &entry,
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

/**
 * vmxfs_guest_access() - read or write the guest's memory
 * @vcpu: locked, not loaded
 * @linear: linear address
 * @buf: the bytes
 * @count: how many
 * @write: to the guest, or else from it
 *
 * Permissions are not asked for: the processor has done that, or will.
 *
 * Return: how many bytes could be reached.
 */
size_t vmxfs_guest_access(struct vmxfs_vcpu *vcpu, u64 linear, void *buf, size_t count,
			  bool write)
{
	struct paging paging;
	size_t done = 0;

	vmxfs_load(vcpu);
	get_paging(&paging);
	vmxfs_unload();
	while (done < count) {
		size_t n = min_t(size_t, count - done, PAGE_SIZE - offset_in_page(linear + done));
		u64 physical;

		if (translate(vcpu, &paging, linear + done, &physical) ||
		    access_physical(vcpu, &paging, physical, buf + done, n, write))
			break;
		done += n;
	}
	return done;
}
