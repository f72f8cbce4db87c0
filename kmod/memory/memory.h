/* SPDX-License-Identifier: GPL-2.0 */
/* The memory of guests: segments, EPT paging structures, and maps. */
#ifndef VMXFS_MEMORY_H
#define VMXFS_MEMORY_H

#include <linux/io.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include "vcpu/vcpu.h"

/* ---- segment.c: pages ---- */

/**
 * struct vmxfs_segment - a file of segment/
 * @ref: held by the inode and by each region of a map
 * @lock: protects @pages, @size and @users
 * @pages: the pages that were touched, by index
 * @pinned: instead of @pages, all pages of a program's memory
 * @writable: the guest may be given them to write to
 * @written: it may have written to them
 * @mm: whose locked memory they count as
 * @unpin_work: gives them back
 * @size: in bytes
 * @users: regions of maps; while there are any, the segment can't shrink
 */
struct vmxfs_segment {
	struct kref ref;
	struct mutex lock;
	struct xarray pages;
	struct page **pinned;
	bool writable;
	bool written;
	struct mm_struct *mm;
	struct work_struct unpin_work;
	loff_t size;
	unsigned int users;
};

extern struct workqueue_struct *vmxfs_workqueue;
int vmxfs_segment_init(void);
void vmxfs_segment_exit(void);
struct vmxfs_segment *vmxfs_segment_alloc(void);
struct vmxfs_segment *vmxfs_segment_of_page(struct page *page);
struct vmxfs_segment *vmxfs_segment_of_user(u64 address, u64 size, bool write);
int vmxfs_segment_use(struct vmxfs_segment *seg, u64 offset, u64 length);
void vmxfs_segment_unuse(struct vmxfs_segment *seg);
struct page *vmxfs_segment_page(struct vmxfs_segment *seg, pgoff_t index);
int vmxfs_segment_fill(struct vmxfs_segment *seg, pgoff_t index, unsigned long count);
struct page *vmxfs_segment_page_locked(struct vmxfs_segment *seg, pgoff_t index);
void vmxfs_segment_put(struct vmxfs_segment *seg);
void vmxfs_segment_put_wait(struct vmxfs_segment *seg);

/* ---- ept.c: EPT paging structures ---- */

/* SDM, "The Extended Page Table Mechanism (EPT)" */
#define VMXFS_EPT_READ		BIT_ULL(0)
#define VMXFS_EPT_WRITE		BIT_ULL(1)
#define VMXFS_EPT_EXECUTE	BIT_ULL(2)
#define VMXFS_EPT_TYPE_SHIFT	3
#define VMXFS_EPT_WRITE_BACK	(6 << VMXFS_EPT_TYPE_SHIFT)
#define VMXFS_EPT_IGNORE_PAT	BIT_ULL(6)
#define VMXFS_EPT_ADDRESS	GENMASK_ULL(51, 12)
#define VMXFS_EPT_ADDRESS_BITS	48

/* EPT pointer. SDM, "Extended-Page-Table Pointer (EPTP)" */
#define VMXFS_EPTP_FREE		0x47ULL	/* memory type; accessed and dirty flags */

#define VMXFS_EPT_LEVELS 4

/* How much of the guest-physical address space an entry of @level covers. */
static inline u64 vmxfs_ept_span(int level)
{
	return 1ULL << (12 + 9 * level);
}

static inline u64 *vmxfs_ept_entry(u64 *table, u64 address, int level)
{
	return &table[address >> (12 + 9 * level) & 511];
}

static inline u64 *vmxfs_ept_table(u64 entry)
{
	return phys_to_virt(entry & VMXFS_EPT_ADDRESS);
}

u64 *vmxfs_ept_alloc(void);
void vmxfs_ept_free(u64 *pml4);
u64 vmxfs_ept_pointer(const u64 *pml4);
int vmxfs_ept_reserve(u64 *pml4, u64 start, u64 end);
u64 *vmxfs_ept_leaf(u64 *pml4, u64 address);
u64 vmxfs_ept_coherent(u64 bits);
bool vmxfs_eptp_coherent(u64 eptp);
int vmxfs_ept_read(u64 *pml4, u64 address, void *buf, size_t count);
void vmxfs_ept_clear(u64 *pml4, u64 start, u64 end);

/* ---- map.c: which segment is where ---- */

/* Of a segment, in a map */
#define VMXFS_NAME_MAX 63

/**
 * struct vmxfs_region - a line of the map
 * @link: in the vCPU's list, by address
 * @start: first guest-physical address
 * @end: one past the last
 * @attr: permissions, memory type and "ignore PAT" of the EPT entries
 * @seg: the segment; NULL where nothing is mapped
 * @offset: in the segment, of @start
 * @name: the segment's, when it was mapped
 */
struct vmxfs_region {
	struct list_head link;
	u64 start;
	u64 end;
	u64 attr;
	struct vmxfs_segment *seg;
	u64 offset;
	char name[VMXFS_NAME_MAX + 1];
};

/**
 * struct vmxfs_change - a change of a map
 * @start: first guest-physical address
 * @end: one past the last
 * @regions: what is to be there, by address; after vmxfs_change_apply(), if that
 *	succeeded, what was there. For vmxfs_regions_put() either way
 */
struct vmxfs_change {
	u64 start;
	u64 end;
	struct list_head regions;
};

void vmxfs_map_free(struct vmxfs_map *map, struct list_head *gone);
void vmxfs_map_clear(struct vmxfs_vcpu *vcpu, int which);
int vmxfs_change_user(struct vmxfs_change *change, const struct vmxfs_mapping *mapping);
int vmxfs_change_from(struct vmxfs_change *change, struct vmxfs_vcpu *from);
int vmxfs_change_apply(struct vmxfs_vcpu *vcpu, struct vmxfs_map *map,
		       struct vmxfs_change *change);
void vmxfs_region_free(struct vmxfs_region *region);
void vmxfs_regions_put(struct list_head *regions);
void vmxfs_regions_put_later(struct list_head *regions);
struct vmxfs_map *vmxfs_map_of(struct vmxfs_vcpu *vcpu, u64 eptp);
u64 *vmxfs_map_root(struct vmxfs_vcpu *vcpu, u64 eptp);
struct page *vmxfs_map_page(const struct vmxfs_map *map, u64 address);
bool vmxfs_map_may_write(const struct vmxfs_map *map, u64 address);
void vmxfs_map_written(struct vmxfs_map *map, u64 address);
int vmxfs_map_page_at_0(struct vmxfs_vcpu *vcpu, struct page *page);

#endif
