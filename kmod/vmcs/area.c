// SPDX-License-Identifier: GPL-2.0
/* The structures that the VMCS points to: pages of the vCPU's own. */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/msr-index.h>
#include "cpu/instructions.h"
#include "vmcs/vmcs.h"

const struct vmxfs_area_kind vmxfs_area_kinds[VMXFS_AREAS] = {
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) \
	[VMXFS_##ident] = { #name, VMCS_##field, order, fill, unit, mapped },
#include "vmxfs_areas.h"
};

/* The guest's own MSRs: access needs not exit. */
static const struct {
	u32 msr;
	u8 owner;
} vmxfs_msrs[] = {
#define VMX_MSR(index, ident, owner, where, sdm_name) { index, VMX_OWNER_##owner },
#include "vmx_msrs.h"
};

/* Those that are switched through the MSR areas, after the entries of the files */
const u32 vmxfs_msrs_in_areas[VMXFS_MSRS] = {
	[VMXFS_KERNEL_GS_BASE] = MSR_KERNEL_GS_BASE,
	[VMXFS_STAR] = MSR_STAR,
	[VMXFS_LSTAR] = MSR_LSTAR,
	[VMXFS_CSTAR] = MSR_CSTAR,
	[VMXFS_FMASK] = MSR_SYSCALL_MASK,
};

/* They are those of the table that say so. */
enum { WHERE_VMCS = 0, WHERE_HAND = 0, WHERE_EXIT = 0, WHERE_NONE = 0, WHERE_AREA = 1 };
enum {
	VMXFS_MSRS_OF_TABLE = 0
#define VMX_MSR(index, ident, owner, where, sdm_name) + WHERE_##where
#include "vmx_msrs.h"
};
static_assert((int)VMXFS_MSRS_OF_TABLE == (int)VMXFS_MSRS);

static const u32 vmxfs_msr_counts[VMXFS_MSR_AREAS] = {
	VMCS_ENTRY_MSR_LOAD_COUNT, VMCS_EXIT_MSR_STORE_COUNT, VMCS_EXIT_MSR_LOAD_COUNT,
};

bool vmxfs_msr_in_areas(u32 msr)
{
	int i;

	for (i = 0; i < VMXFS_MSRS; i++)
		if (vmxfs_msrs_in_areas[i] == msr)
			return true;
	return false;
}

bool vmxfs_msr_is_guests(u32 msr)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_msrs); i++)
		if (vmxfs_msrs[i].msr == msr)
			return vmxfs_msrs[i].owner == VMX_OWNER_GUEST;
	return false;
}

/*
 * Blocks, for one allocation is faster than many. They are compound pages: who maps an area
 * has a reference. The area of two pages comes first, and lies in one block.
 */
#define BLOCK_ORDER 3
#define BLOCK_PAGES (1 << BLOCK_ORDER)

enum {
	PAGES_OF_AREAS = 0
#define VMXFS_AREA(ident, name, format, field, order, fill, unit, mapped) + (1 << (order))
#include "vmxfs_areas.h"
};
static_assert((int)PAGES_OF_AREAS <= VMXFS_AREA_BLOCKS * BLOCK_PAGES);

static int area_alloc_blocks(struct vmxfs_vcpu *vcpu)
{
	int i;

	for (i = 0; i < VMXFS_AREA_BLOCKS; i++) {
		vcpu->area_block[i] = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_COMP, BLOCK_ORDER);
		if (!vcpu->area_block[i])
			return -ENOMEM;
	}
	return 0;
}

static void area_pass_msr(unsigned long *bitmap, u32 msr)
{
	clear_bit(vmxfs_msr_bit(msr), bitmap);
	clear_bit(vmxfs_msr_bit(msr) + VMXFS_MSR_WRITE, bitmap);
}

/**
 * vmxfs_areas_alloc() - allocate the structures of a vCPU
 * @vcpu: new
 *
 * Return: 0 or -ENOMEM; vmxfs_areas_free() must follow both.
 */
int vmxfs_areas_alloc(struct vmxfs_vcpu *vcpu)
{
	int i, page = 0;

	if (area_alloc_blocks(vcpu))
		return -ENOMEM;
	for (i = 0; i < VMXFS_AREAS; i++) {
		const struct vmxfs_area_kind *kind = &vmxfs_area_kinds[i];
		struct page *block = vcpu->area_block[page / BLOCK_PAGES];

		vcpu->area[i] = page_address(block + page % BLOCK_PAGES);
		memset(vcpu->area[i], kind->fill, PAGE_SIZE << kind->order);
		page += 1 << kind->order;
	}
	for (i = 0; i < ARRAY_SIZE(vmxfs_msrs); i++)
		if (vmxfs_msrs[i].owner == VMX_OWNER_GUEST)
			area_pass_msr(vcpu->area[VMXFS_MSR_BITMAP], vmxfs_msrs[i].msr);
	return 0;
}

void vmxfs_areas_free(struct vmxfs_vcpu *vcpu)
{
	int i;

	for (i = 0; i < VMXFS_AREA_BLOCKS; i++)
		if (vcpu->area_block[i])
			__free_pages(vcpu->area_block[i], BLOCK_ORDER);
}

/* Let the file of an MSR area have this many entries. The VMCS is loaded. */
void vmxfs_msrs_resize(struct vmxfs_vcpu *vcpu, int which, u32 users)
{
	struct vmxfs_msr_entry *entry = vcpu->area[which];
	u32 *old = &vcpu->msr_users[which - VMXFS_ENTRY_MSR_LOAD];

	memmove(entry + users, entry + *old, VMXFS_MSRS * sizeof(*entry));
	*old = users;
	vmcs_write(vmxfs_msr_counts[which - VMXFS_ENTRY_MSR_LOAD], users + VMXFS_MSRS);
}

static void area_write_counts(const struct vmxfs_vcpu *vcpu)
{
	int i;

	for (i = 0; i < VMXFS_MSR_AREAS; i++)
		vmcs_write(vmxfs_msr_counts[i],
			   vcpu->msrs_hidden ? 0 : vcpu->msr_users[i] + VMXFS_MSRS);
}

/**
 * vmxfs_hide_msrs() - have the guest's own MSRs switched through the areas, or not
 * @vcpu: loaded
 * @hide: they are not; run/lazy.h says when they need not be
 *
 * A hypervisor below this one has much to do for each entry of an area. While they are
 * not switched, all accesses to MSRs exit.
 */
void vmxfs_hide_msrs(struct vmxfs_vcpu *vcpu, bool hide)
{
	if (vcpu->msrs_hidden == hide)
		return;
	vcpu->msrs_hidden = hide;
	area_write_counts(vcpu);
	vmxfs_event_controls(vcpu);
}

/* Make the VMCS, which is loaded, point to them. */
void vmxfs_areas_init(struct vmxfs_vcpu *vcpu)
{
	int i, which;

	/* This processor need not have all of these fields. */
	for (i = 0; i < VMXFS_AREAS; i++)
		vmwrite(vmxfs_area_kinds[i].field, virt_to_phys(vcpu->area[i]));
	vmwrite(VMCS_IO_BITMAP_B, virt_to_phys(vcpu->area[VMXFS_IO_BITMAP]) + PAGE_SIZE);
	for (which = VMXFS_ENTRY_MSR_LOAD; which <= VMXFS_EXIT_MSR_LOAD; which++) {
		for (i = 0; i < VMXFS_MSRS; i++)
			vmxfs_msr_own(vcpu, which)[i].index = vmxfs_msrs_in_areas[i];
		vmxfs_msrs_resize(vcpu, which, 0);
	}
}
