// SPDX-License-Identifier: GPL-2.0
/*
 * Which guest-physical addresses reach which part of which segment. Regions never
 * overlap: a later one cuts its place out of the earlier ones.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "memory/memory.h"

/* Does not wait for a program: its memory is given back later. */
void vmxfs_region_free(struct vmxfs_region *region)
{
	if (region->seg) {
		vmxfs_segment_unuse(region->seg);
		vmxfs_segment_put(region->seg);
	}
	kfree(region);
}

/**
 * vmxfs_regions_put() - give back what is in no map, or in no map any more
 * @regions: list of regions; is empty then
 *
 * The caller has nothing locked: to give a program's memory back may have to wait for
 * that program, or for whoever has the file that it lies in.
 */
void vmxfs_regions_put(struct list_head *regions)
{
	struct vmxfs_region *region, *next;

	list_for_each_entry_safe(region, next, regions, link) {
		if (region->seg) {
			vmxfs_segment_unuse(region->seg);
			vmxfs_segment_put_wait(region->seg);
		}
		kfree(region);
	}
	INIT_LIST_HEAD(regions);
}

void vmxfs_regions_put_later(struct list_head *regions)
{
	struct vmxfs_region *region, *next;

	list_for_each_entry_safe(region, next, regions, link)
		vmxfs_region_free(region);
	INIT_LIST_HEAD(regions);
}

/**
 * vmxfs_map_free() - a map without regions
 * @map: nobody will use its EPT paging structures any more
 * @gone: gets them, for vmxfs_regions_put(); if it is NULL, they are given back later
 */
void vmxfs_map_free(struct vmxfs_map *map, struct list_head *gone)
{
	if (gone)
		list_splice_tail_init(&map->regions, gone);
	else
		vmxfs_regions_put_later(&map->regions);
}

/* The vCPU is locked. */
void vmxfs_map_clear(struct vmxfs_vcpu *vcpu, int which)
{
	struct vmxfs_map *map = &vcpu->map[which];

	vmxfs_ept_clear(map->pml4, 0, 1ULL << VMXFS_EPT_ADDRESS_BITS);
	vmxfs_map_free(map, NULL);
	vcpu->flush = true;
}

/* Somebody else gets the vCPU, if he wants it. */
static int map_give_way(struct vmxfs_vcpu *vcpu)
{
	if (fatal_signal_pending(current))
		return vmxfs_fail(vcpu, INTERRUPTED);
	cond_resched();
	if (!atomic_read(&vcpu->claims))
		return 0;
	vmxfs_vcpu_unlock(vcpu);
	vmxfs_vcpu_relock(vcpu);
	return vcpu->state == VMXFS_ENDING ? vmxfs_fail(vcpu, ENDING) : 0;
}

/* What one table of the last level maps, of what is left of a region */
static u64 map_part_end(const struct vmxfs_region *region, u64 start)
{
	return min((start | (PMD_SIZE - 1)) + 1, region->end);
}

static pgoff_t map_region_index(const struct vmxfs_region *region, u64 address)
{
	return (region->offset + address - region->start) >> PAGE_SHIFT;
}

static struct page *map_region_page(const struct vmxfs_region *region, u64 address)
{
	return vmxfs_segment_page(region->seg, map_region_index(region, address));
}

/* Everything that can fail: tables, and the pages themselves. */
static int map_reserve(struct vmxfs_vcpu *vcpu, u64 *pml4, const struct vmxfs_region *region)
{
	u64 start, end;
	int err = 0;

	if (region->attr & VMXFS_EPT_WRITE && !region->seg->writable)
		return vmxfs_fail(vcpu, KEPT, "map", "memory that may only be read");
	for (start = region->start; !err && start < region->end; start = end) {
		end = map_part_end(region, start);
		if (vmxfs_ept_reserve(pml4, start, end) ||
		    vmxfs_segment_fill(region->seg, map_region_index(region, start),
				       (end - start) >> PAGE_SHIFT))
			return vmxfs_fail(vcpu, NO_MEMORY);
		err = map_give_way(vcpu);
	}
	return err;
}

/* The part of @from that begins at @start, as a region of its own. */
static void map_region_copy(struct vmxfs_region *to, const struct vmxfs_region *from, u64 start)
{
	*to = *from;
	to->start = start;
	to->offset += start - from->start;
	kref_get(&to->seg->ref);
	vmxfs_segment_use(to->seg, 0, 0);
}

/*
 * Take @start to @end out of all regions, and put those that were there into @gone, as
 * a whole. @spare is used if one is split.
 */
static void map_cut(struct vmxfs_map *map, u64 start, u64 end, struct vmxfs_region **spare,
		    struct list_head *gone)
{
	struct vmxfs_region *r, *next;

	list_for_each_entry_safe(r, next, &map->regions, link) {
		if (r->end <= start || end <= r->start)
			continue;
		if (r->start < start && end < r->end) {
			map_region_copy(*spare, r, end);
			list_add(&(*spare)->link, &r->link);
			*spare = NULL;
			r->end = start;
		} else if (r->start < start) {
			r->end = start;
		} else if (end < r->end) {
			r->offset += end - r->start;
			r->start = end;
		} else {
			list_move_tail(&r->link, gone);
		}
	}
}

static void map_insert(struct vmxfs_map *map, struct vmxfs_region *region)
{
	struct list_head *at;

	list_for_each(at, &map->regions)
		if (list_entry(at, struct vmxfs_region, link)->start > region->start)
			break;
	list_add_tail(&region->link, at);
}

/* Neighbours that one line could have made become one line. */
static void map_merge(struct vmxfs_map *map)
{
	struct vmxfs_region *r, *next;

	list_for_each_entry_safe(r, next, &map->regions, link) {
		if (list_entry_is_head(next, &map->regions, link))
			break;
		if (r->end == next->start && r->seg == next->seg && r->attr == next->attr &&
		    next->offset - r->offset == next->start - r->start) {
			next->start = r->start;
			next->offset = r->offset;
			list_del(&r->link);
			vmxfs_region_free(r);
		}
	}
}

static void map_set_entries(struct vmxfs_map *map, const struct vmxfs_region *region)
{
	u64 address, start, end;

	for (start = region->start; start < region->end; start = end) {
		u64 *entry = vmxfs_ept_leaf(map->pml4, start);

		end = map_part_end(region, start);
		for (address = start; address < end; address += PAGE_SIZE)
			*entry++ = page_to_phys(map_region_page(region, address)) | region->attr;
		cond_resched();
	}
	if (region->attr & VMXFS_EPT_WRITE)
		region->seg->written = true;
}

/**
 * vmxfs_change_apply() - change what a vCPU has for memory
 * @vcpu: locked; may be given to others meanwhile, but not if there is an error
 * @map: one of its maps
 * @change: what to change; if there is an error, nothing is
 *
 * Return: 0, -ENOMEM, -EPERM, -EINTR, or -ENODEV if the vCPU is ending.
 */
int vmxfs_change_apply(struct vmxfs_vcpu *vcpu, struct vmxfs_map *map,
		       struct vmxfs_change *change)
{
	struct vmxfs_region *spare, *region, *next;
	LIST_HEAD(old);
	int err = 0;

	list_for_each_entry(region, &change->regions, link) {
		err = map_reserve(vcpu, map->pml4, region);
		if (err)
			return err;
	}
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!spare)
		return vmxfs_fail(vcpu, NO_MEMORY);
	map_cut(map, change->start, change->end, &spare, &old);
	kfree(spare);
	vmxfs_ept_clear(map->pml4, change->start, change->end);
	list_for_each_entry_safe(region, next, &change->regions, link) {
		list_del(&region->link);
		map_set_entries(map, region);
		map_insert(map, region);
	}
	map_merge(map);
	vcpu->flush = true;
	list_splice(&old, &change->regions);
	return 0;
}

/* The map that has this EPT pointer, or NULL. */
struct vmxfs_map *vmxfs_map_of(struct vmxfs_vcpu *vcpu, u64 eptp)
{
	int i;

	for (i = 0; i < VMXFS_MAPS; i++)
		if (!((vmxfs_ept_pointer(vcpu->map[i].pml4) ^ eptp) & PAGE_MASK))
			return &vcpu->map[i];
	return NULL;
}

/**
 * vmxfs_map_root() - the EPT paging structures of an EPT pointer
 * @vcpu: locked
 * @eptp: the EPT pointer
 *
 * Return: their root, or NULL if it is of none of the vCPU's maps.
 */
u64 *vmxfs_map_root(struct vmxfs_vcpu *vcpu, u64 eptp)
{
	struct vmxfs_map *map = vmxfs_map_of(vcpu, eptp);

	return map ? map->pml4 : NULL;
}

static struct vmxfs_region *map_find_region(const struct vmxfs_map *map, u64 address)
{
	struct vmxfs_region *r;

	list_for_each_entry(r, &map->regions, link)
		if (r->start <= address && address < r->end)
			return r;
	return NULL;
}

/**
 * vmxfs_map_page() - the memory at a guest-physical address
 * @map: of a vCPU that is locked
 * @address: guest-physical address
 *
 * Return: the page, as vmxfs_segment_page(), or NULL where nothing is mapped.
 */
struct page *vmxfs_map_page(const struct vmxfs_map *map, u64 address)
{
	const struct vmxfs_region *region = map_find_region(map, address);

	return region ? map_region_page(region, address) : NULL;
}

/* Whether what is there may be written, by whomever. The vCPU is locked. */
bool vmxfs_map_may_write(const struct vmxfs_map *map, u64 address)
{
	const struct vmxfs_region *region = map_find_region(map, address);

	return region && region->seg->writable;
}

/* It is, or can be from now on. */
void vmxfs_map_written(struct vmxfs_map *map, u64 address)
{
	struct vmxfs_region *region = map_find_region(map, address);

	if (region)
		region->seg->written = true;
}

/* Takes over the reference on @seg; a region that nothing else is in. */
static int map_add_segment(struct vmxfs_change *change, struct vmxfs_segment *seg, u64 attr,
			   const char *name)
{
	struct vmxfs_region *region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);

	if (!region) {
		vmxfs_segment_put_wait(seg);
		return -ENOMEM;
	}
	region->start = change->start;
	region->end = change->end;
	region->attr = vmxfs_ept_coherent(attr | VMXFS_EPT_WRITE_BACK);
	region->seg = seg;
	strscpy(region->name, name, sizeof(region->name));
	vmxfs_segment_use(seg, 0, 0);
	list_add(&region->link, &change->regions);
	return 0;
}

/**
 * vmxfs_change_user() - a change by which memory of the current process is mapped
 * @change: gets a region
 * @mapping: where, what and how; its numbers are checked
 *
 * The caller has nothing locked: the program may be slow to provide its memory.
 *
 * Return: 0, -ENOMEM, -EFAULT or -EINTR.
 */
int vmxfs_change_user(struct vmxfs_change *change, const struct vmxfs_mapping *mapping)
{
	struct vmxfs_segment *seg;
	char name[VMXFS_NAME_MAX + 1];

	BUILD_BUG_ON(VMX_PROT_READ != VMXFS_EPT_READ || VMX_PROT_WRITE != VMXFS_EPT_WRITE ||
		     VMX_PROT_EXEC != VMXFS_EPT_EXECUTE);
	seg = vmxfs_segment_of_user(mapping->hva, mapping->size, mapping->prot & VMX_PROT_WRITE);
	if (IS_ERR(seg))
		return PTR_ERR(seg);
	snprintf(name, sizeof(name), "@%#llx", mapping->hva);
	return map_add_segment(change, seg, mapping->prot, name);
}

/**
 * vmxfs_change_from() - a change by which a vCPU gets what another has
 * @change: gets regions
 * @from: the other, locked
 *
 * They share the segments: a program's memory is not pinned again, and does not count
 * again.
 *
 * Return: 0, -ENOMEM, or -EINVAL if a page is mapped there that is @from's own.
 */
int vmxfs_change_from(struct vmxfs_change *change, struct vmxfs_vcpu *from)
{
	struct vmxfs_region *r, *copy;

	list_for_each_entry(r, &from->map[0].regions, link) {
		u64 start = max(r->start, change->start);

		if (r->end <= change->start || change->end <= r->start)
			continue;
		if (strstarts(r->name, "./"))
			return -EINVAL;
		copy = kzalloc(sizeof(*copy), GFP_KERNEL_ACCOUNT);
		if (!copy)
			return -ENOMEM;
		map_region_copy(copy, r, start);
		copy->end = min(r->end, change->end);
		/* Only @from may be unsafe, which can have other memory types. */
		copy->attr = vmxfs_ept_coherent(copy->attr);
		list_add_tail(&copy->link, &change->regions);
	}
	return 0;
}

/**
 * vmxfs_map_page_at_0() - map a page without a name
 * @vcpu: nobody else has it
 * @page: gets a reference
 *
 * Return: 0 or -ENOMEM.
 */
int vmxfs_map_page_at_0(struct vmxfs_vcpu *vcpu, struct page *page)
{
	struct vmxfs_change change = {
		.end = PAGE_SIZE,
		.regions = LIST_HEAD_INIT(change.regions),
	};
	struct vmxfs_segment *seg = vmxfs_segment_of_page(page);
	int err;

	if (IS_ERR(seg))
		return PTR_ERR(seg);
	err = map_add_segment(&change, seg,
			      VMXFS_EPT_READ | VMXFS_EPT_WRITE | VMXFS_EPT_EXECUTE, "");
	if (!err)
		err = vmxfs_change_apply(vcpu, &vcpu->map[0], &change);
	vmxfs_regions_put(&change.regions);
	return err;
}
