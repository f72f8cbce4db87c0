// SPDX-License-Identifier: GPL-2.0
/*
 * EPT paging structures of 4 levels and 4 KB pages.
 * SDM, "The Extended Page Table Mechanism (EPT)".
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include "memory/memory.h"

#define EPT_MEMORY_TYPE_WB	6
/* 0 is uncacheable, and VM entry fails with others than that and write-back. */
#define EPTP_MEMORY_TYPE	7
#define EPT_WALK_LENGTH_4	(3 << 3)
#define EPT_TABLE		(VMXFS_EPT_READ | VMXFS_EPT_WRITE | VMXFS_EPT_EXECUTE)
/* Instead of a table it would be a page, of whatever is there. */
#define EPT_LARGE		BIT_ULL(7)
#define EPT_MEMORY_TYPE		GENMASK_ULL(5, 3)

u64 *vmxfs_ept_alloc(void)
{
	return (u64 *)get_zeroed_page(GFP_KERNEL_ACCOUNT);
}

/* page_private() of a table is how many tables are below it. */
static void ept_free_table(u64 *table, int level)
{
	struct page *page = virt_to_page(table);
	unsigned long left = page_private(page);
	int i;

	for (i = 0; level > 0 && left && i < 512; i++) {
		if (!table[i])
			continue;
		ept_free_table(vmxfs_ept_table(table[i]), level - 1);
		left--;
	}
	set_page_private(page, 0);
	free_page((unsigned long)table);
}

void vmxfs_ept_free(u64 *pml4)
{
	if (pml4)
		ept_free_table(pml4, VMXFS_EPT_LEVELS - 1);
}

/**
 * vmxfs_ept_pointer() - the EPT pointer of a VMCS
 * @pml4: root of the paging structures
 *
 * Return: an EPTP of 4 levels, whose structures are accessed as write-back.
 */
u64 vmxfs_ept_pointer(const u64 *pml4)
{
	return virt_to_phys((void *)pml4) | EPT_WALK_LENGTH_4 | EPT_MEMORY_TYPE_WB;
}

/* The table of level 0 for @address; NULL where there is none. */
static u64 *ept_walk(u64 *pml4, u64 address)
{
	u64 *table = pml4;
	int level;

	for (level = VMXFS_EPT_LEVELS - 1; level > 0; level--) {
		u64 entry = *vmxfs_ept_entry(table, address, level);

		if (!entry)
			return NULL;
		table = vmxfs_ept_table(entry);
	}
	return table;
}

/**
 * vmxfs_ept_reserve() - allocate all tables that a range needs
 * @pml4: root
 * @start: first guest-physical address
 * @end: one past the last
 *
 * Return: 0, -ENOMEM or -EINTR; vmxfs_ept_set() can't fail after it.
 */
int vmxfs_ept_reserve(u64 *pml4, u64 start, u64 end)
{
	u64 address;
	int level;

	for (address = start; address < end; address = (address | (vmxfs_ept_span(1) - 1)) + 1) {
		u64 *table = pml4;

		if (fatal_signal_pending(current))
			return -EINTR;
		for (level = VMXFS_EPT_LEVELS - 1; level > 0; level--) {
			u64 *entry = vmxfs_ept_entry(table, address, level);

			if (!*entry) {
				u64 *new = vmxfs_ept_alloc();
				struct page *page;

				if (!new)
					return -ENOMEM;
				*entry = virt_to_phys(new) | EPT_TABLE;
				page = virt_to_page(table);
				set_page_private(page, page_private(page) + 1);
			}
			table = vmxfs_ept_table(*entry);
		}
	}
	return 0;
}

/**
 * vmxfs_ept_leaf() - the entry that maps a page
 * @pml4: root
 * @address: guest-physical address
 *
 * Return: the entry, or NULL if there is no table for it. Those for the rest of its 2 MB
 * follow it.
 */
u64 *vmxfs_ept_leaf(u64 *pml4, u64 address)
{
	u64 *table = address >> VMXFS_EPT_ADDRESS_BITS ? NULL : ept_walk(pml4, address);

	return table ? vmxfs_ept_entry(table, address, 0) : NULL;
}

/* As vmxfs_ept_coherent(): whether EPT paging structures may be read so. */
bool vmxfs_eptp_coherent(u64 eptp)
{
	return boot_cpu_has(X86_FEATURE_SELFSNOOP) || eptp & EPTP_MEMORY_TYPE;
}

/* Reserved ones misconfigure the entry: there is no access by it. */
static bool ept_is_reserved_type(u64 bits)
{
	u64 type = (bits & EPT_MEMORY_TYPE) >> VMXFS_EPT_TYPE_SHIFT;

	return type == 2 || type == 3 || type == 7;
}

/**
 * vmxfs_ept_coherent() - the memory type that an entry may have
 * @bits: of the entry of a page
 *
 * Without self-snoop a processor does not look in its own caches for an access that is
 * not cacheable. It would read what a former owner has left in memory, and the host
 * would not see what it writes.
 *
 * Return: @bits; there, with write-back, and the guest's PAT ignored.
 */
u64 vmxfs_ept_coherent(u64 bits)
{
	if (boot_cpu_has(X86_FEATURE_SELFSNOOP) || ept_is_reserved_type(bits))
		return bits;
	return (bits & ~EPT_MEMORY_TYPE) | VMXFS_EPT_WRITE_BACK | VMXFS_EPT_IGNORE_PAT;
}

/* The entry for a page that the guest may read, or 0. */
static u64 ept_readable_entry(u64 *pml4, u64 address)
{
	u64 *table = address >> VMXFS_EPT_ADDRESS_BITS ? NULL : pml4;
	u64 entry = 0;
	int level;

	for (level = VMXFS_EPT_LEVELS - 1; level >= 0 && table; level--) {
		entry = *vmxfs_ept_entry(table, address, level);
		/* Whoever is unsafe can have made a table a page. */
		if (!(entry & VMXFS_EPT_READ) || (level && entry & EPT_LARGE))
			return 0;
		table = level ? vmxfs_ept_table(entry) : NULL;
	}
	return entry;
}

/**
 * vmxfs_ept_read() - read guest-physical memory that EPT lets the guest read
 * @pml4: root, or NULL if there is none
 * @address: guest-physical address
 * @buf: gets the bytes
 * @count: how many, within a page
 *
 * Return: 0 or -EFAULT.
 */
int vmxfs_ept_read(u64 *pml4, u64 address, void *buf, size_t count)
{
	u64 entry = ept_readable_entry(pml4, address);

	if (!entry || !pfn_valid(PHYS_PFN(entry & VMXFS_EPT_ADDRESS)))
		return -EFAULT;
	memcpy(buf, phys_to_virt(entry & VMXFS_EPT_ADDRESS) + offset_in_page(address), count);
	return 0;
}

static void ept_clear_table(u64 *table, int level, u64 start, u64 end)
{
	u64 address, next;

	if (level > 0)
		cond_resched();
	for (address = start; address < end; address = next) {
		u64 *entry = vmxfs_ept_entry(table, address, level);

		next = min((address | (vmxfs_ept_span(level) - 1)) + 1, end);
		if (level == 0)
			*entry = 0;
		else if (*entry)
			ept_clear_table(vmxfs_ept_table(*entry), level - 1, address, next);
	}
}

/**
 * vmxfs_ept_clear() - make a range not present; its tables stay
 * @pml4: root
 * @start: first guest-physical address
 * @end: one past the last
 */
void vmxfs_ept_clear(u64 *pml4, u64 start, u64 end)
{
	ept_clear_table(pml4, VMXFS_EPT_LEVELS - 1, start, end);
}
