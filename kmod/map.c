// SPDX-License-Identifier: GPL-2.0
/*
 * The map file: which guest-physical addresses reach which part of which
 * segment. Regions never overlap: a later one cuts its place out of the
 * earlier ones.
 */
#include <linux/err.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "vmxfs.h"

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

/* By number; SDM, "EPT and Memory Typing" */
static const char *const vmxfs_memory_types[8] = {
	"uc", "wc", "02", "03", "wt", "wp", "wb", "07",
};

static void region_free(struct vmxfs_region *region)
{
	if (region->seg) {
		vmxfs_segment_unuse(region->seg);
		vmxfs_segment_put(region->seg);
	}
	kfree(region);
}

/* Nobody will use the map's EPT paging structures any more. */
void vmxfs_map_free(struct vmxfs_map *map)
{
	struct vmxfs_region *region, *next;

	list_for_each_entry_safe(region, next, &map->regions, link)
		region_free(region);
	INIT_LIST_HEAD(&map->regions);
}

/* The vCPU is locked. */
void vmxfs_map_clear(struct vmxfs_vcpu *vcpu, int which)
{
	struct vmxfs_map *map = &vcpu->map[which];

	vmxfs_ept_clear(map->pml4, 0, 1ULL << VMXFS_EPT_ADDRESS_BITS);
	vmxfs_map_free(map);
	vcpu->flush = true;
}

/* The vCPU is locked. */
int vmxfs_map_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which)
{
	struct vmxfs_region *r;

	list_for_each_entry(r, &vcpu->map[which].regions, link)
		seq_printf(m, "%c%c%c %s%s %#llx %#llx %s %#llx\n",
			   r->attr & VMXFS_EPT_READ ? 'r' : '-',
			   r->attr & VMXFS_EPT_WRITE ? 'w' : '-',
			   r->attr & VMXFS_EPT_EXECUTE ? 'x' : '-',
			   vmxfs_memory_types[r->attr >> VMXFS_EPT_TYPE_SHIFT & 7],
			   r->attr & VMXFS_EPT_IGNORE_PAT ? "!" : "",
			   r->start, r->end, r->name, r->offset);
	return 0;
}

static int parse_access(const char *text, u64 *attr)
{
	for (; *text; text++) {
		u64 bit;

		switch (*text) {
		case 'r':
			bit = VMXFS_EPT_READ;
			break;
		case 'w':
			bit = VMXFS_EPT_WRITE;
			break;
		case 'x':
			bit = VMXFS_EPT_EXECUTE;
			break;
		case '-':
			continue;
		default:
			return -EINVAL;
		}
		if (*attr & bit)
			return -EINVAL;
		*attr |= bit;
	}
	return 0;
}

static int parse_type(const char *text, u64 *attr)
{
	u64 type;

	for (type = 0; type < ARRAY_SIZE(vmxfs_memory_types); type++)
		if (!strncmp(text, vmxfs_memory_types[type], 2))
			break;
	if (type == ARRAY_SIZE(vmxfs_memory_types))
		return -EINVAL;
	*attr |= type << VMXFS_EPT_TYPE_SHIFT;
	if (!strcmp(text + 2, "!"))
		*attr |= VMXFS_EPT_IGNORE_PAT;
	else if (text[2])
		return -EINVAL;
	return 0;
}

/* A multiple of 4 KB, up to the end of what EPT of 4 levels can translate. */
static int parse_address(const char *text, u64 *address)
{
	if (kstrtou64(text, 0, address) || *address & ~PAGE_MASK ||
	    *address > 1ULL << VMXFS_EPT_ADDRESS_BITS)
		return -EINVAL;
	return 0;
}

/* "access cache lowaddr highaddr [segment offset]" into @region, which has no segment yet. */
static int parse_region(struct vmxfs_vcpu *vcpu, char *text, struct vmxfs_region *region)
{
	char *field[6];
	int n = vmxfs_words(text, field, ARRAY_SIZE(field));

	if (n != 4 && n != 6)
		return vmxfs_fail(vcpu, -EINVAL, "number of fields wrong");
	if (parse_access(field[0], &region->attr))
		return vmxfs_fail(vcpu, -EINVAL, "invalid access field: %s", field[0]);
	if (parse_type(field[1], &region->attr))
		return vmxfs_fail(vcpu, -EINVAL, "invalid memory type: %s", field[1]);
	if (parse_address(field[2], &region->start))
		return vmxfs_fail(vcpu, -EINVAL, "invalid low guest physical address: %s",
				  field[2]);
	if (parse_address(field[3], &region->end) || region->end <= region->start)
		return vmxfs_fail(vcpu, -EINVAL, "invalid high guest physical address: %s",
				  field[3]);
	if (!(region->attr & (VMXFS_EPT_READ | VMXFS_EPT_WRITE | VMXFS_EPT_EXECUTE)))
		return 0;
	if (n != 6)
		return vmxfs_fail(vcpu, -EINVAL, "number of fields wrong");
	if (strscpy(region->name, field[4], sizeof(region->name)) < 0)
		return vmxfs_fail(vcpu, -EINVAL, "no such segment: %s", field[4]);
	if (parse_address(field[5], &region->offset))
		return vmxfs_fail(vcpu, -EINVAL, "invalid offset: %s", field[5]);
	return 0;
}

static int attach_segment(struct vmxfs_vcpu *vcpu, struct vmxfs_region *region)
{
	struct vmxfs_segment *seg;
	int err;

	if (strstarts(region->name, "./"))
		seg = vmxfs_area_segment(vcpu, region->name + strlen("./"));
	else
		seg = vmxfs_segment_get(region->name);
	if (seg == ERR_PTR(-ENOMEM))
		return vmxfs_fail(vcpu, -ENOMEM, "no memory");
	if (IS_ERR(seg))
		return vmxfs_fail(vcpu, -ENOENT, "no such segment: %s", region->name);
	err = vmxfs_segment_use(seg, region->offset, region->end - region->start);
	if (err) {
		vmxfs_segment_put(seg);
		if (err == -ERANGE)
			return vmxfs_fail(vcpu, -EINVAL, "out of bounds");
		return vmxfs_fail(vcpu, err, "no memory");
	}
	region->seg = seg;
	return 0;
}

/* Everything that can fail: tables, and the pages themselves. */
static int reserve(struct vmxfs_vcpu *vcpu, u64 *pml4, struct vmxfs_region *region)
{
	u64 address;
	int err;

	if (!region->seg)
		return 0;
	err = vmxfs_ept_reserve(pml4, region->start, region->end);
	for (address = region->start; !err && address < region->end; address += PAGE_SIZE) {
		u64 offset = region->offset + address - region->start;

		if (!vmxfs_segment_page(region->seg, offset >> PAGE_SHIFT))
			err = -ENOMEM;
		else if (fatal_signal_pending(current))
			err = -EINTR;
		cond_resched();
	}
	if (!err)
		return 0;
	return vmxfs_fail(vcpu, err, err == -EINTR ? "interrupted" : "no memory");
}

/* The part of @from that begins at @start, as a region of its own. */
static void region_copy(struct vmxfs_region *to, const struct vmxfs_region *from, u64 start)
{
	*to = *from;
	to->start = start;
	to->offset += start - from->start;
	kref_get(&to->seg->ref);
	vmxfs_segment_use(to->seg, 0, 0);
}

/* Take @start to @end out of all regions; @spare is used if one is split. */
static void cut(struct vmxfs_map *map, u64 start, u64 end, struct vmxfs_region **spare)
{
	struct vmxfs_region *r, *next;

	list_for_each_entry_safe(r, next, &map->regions, link) {
		if (r->end <= start || end <= r->start)
			continue;
		if (r->start < start && end < r->end) {
			region_copy(*spare, r, end);
			list_add(&(*spare)->link, &r->link);
			*spare = NULL;
			r->end = start;
		} else if (r->start < start) {
			r->end = start;
		} else if (end < r->end) {
			r->offset += end - r->start;
			r->start = end;
		} else {
			list_del(&r->link);
			region_free(r);
		}
	}
}

static void insert(struct vmxfs_map *map, struct vmxfs_region *region)
{
	struct list_head *at;

	list_for_each(at, &map->regions)
		if (list_entry(at, struct vmxfs_region, link)->start > region->start)
			break;
	list_add_tail(&region->link, at);
}

/* Neighbours that one line could have made become one line. */
static void merge(struct vmxfs_map *map)
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
			region_free(r);
		}
	}
}

static void apply(struct vmxfs_map *map, struct vmxfs_region *region,
		  struct vmxfs_region **spare)
{
	u64 address;

	cut(map, region->start, region->end, spare);
	if (region->seg) {
		for (address = region->start; address < region->end; address += PAGE_SIZE) {
			u64 offset = region->offset + address - region->start;
			struct page *page = vmxfs_segment_page(region->seg, offset >> PAGE_SHIFT);

			vmxfs_ept_set(map->pml4, address, page_to_phys(page) | region->attr);
			cond_resched();
		}
		insert(map, region);
		merge(map);
	} else {
		vmxfs_ept_clear(map->pml4, region->start, region->end);
		region_free(region);
	}
}

/* Which of the maps an EPT pointer is of; VMXFS_MAPS if of none */
static int find_map(struct vmxfs_vcpu *vcpu, u64 eptp)
{
	int i;

	for (i = 0; i < VMXFS_MAPS; i++)
		if (!((vmxfs_ept_pointer(vcpu->map[i].pml4) ^ eptp) & PAGE_MASK))
			break;
	return i;
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
	int i = find_map(vcpu, eptp);

	return i < VMXFS_MAPS ? vcpu->map[i].pml4 : NULL;
}

/**
 * vmxfs_map_page() - the memory at a guest-physical address
 * @vcpu: locked
 * @eptp: EPT pointer of one of its maps
 * @address: guest-physical address
 *
 * Return: the page, as vmxfs_segment_page(), or NULL where nothing is mapped.
 */
struct page *vmxfs_map_page(struct vmxfs_vcpu *vcpu, u64 eptp, u64 address)
{
	struct vmxfs_region *r;
	int i = find_map(vcpu, eptp);

	if (i == VMXFS_MAPS)
		return NULL;
	list_for_each_entry(r, &vcpu->map[i].regions, link)
		if (r->start <= address && address < r->end)
			return vmxfs_segment_page(r->seg,
						  (r->offset + address - r->start) >> PAGE_SHIFT);
	return NULL;
}

/**
 * vmxfs_map_store() - a line of the map file
 * @vcpu: locked
 * @text: the line, without newline; is cut up
 * @which: of the maps
 *
 * A line that fails changes nothing of the map.
 *
 * Return: 0; -EINVAL, -ENOENT, -ENOMEM or -EINTR, with a text in the error file.
 */
int vmxfs_map_store(struct vmxfs_vcpu *vcpu, char *text, int which)
{
	struct vmxfs_map *map = &vcpu->map[which];
	struct vmxfs_region *region, *spare;
	int err = -ENOMEM;

	text = strim(text);
	if (!*text)
		return 0;
	region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);
	spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	if (!region || !spare) {
		vmxfs_fail(vcpu, err, "no memory");
		goto free;
	}
	err = parse_region(vcpu, text, region);
	if (!err && *region->name)
		err = attach_segment(vcpu, region);
	if (!err)
		err = reserve(vcpu, map->pml4, region);
	if (err)
		goto free;
	apply(map, region, &spare);
	vcpu->flush = true;
	region = NULL;
free:
	if (region)
		region_free(region);
	kfree(spare);
	return err;
}

/* Takes over the reference on @region->seg, which is in use already; frees on error. */
static int map_region(struct vmxfs_vcpu *vcpu, const struct vmxfs_region *from)
{
	struct vmxfs_map *map = &vcpu->map[0];
	struct vmxfs_region *region = kmemdup(from, sizeof(*from), GFP_KERNEL_ACCOUNT);
	struct vmxfs_region *spare = kzalloc(sizeof(*spare), GFP_KERNEL_ACCOUNT);
	int err = -ENOMEM;

	if (region && spare)
		err = reserve(vcpu, map->pml4, region);
	if (!err) {
		apply(map, region, &spare);
		vcpu->flush = true;
	} else if (region) {
		region_free(region);
	} else if (from->seg) {
		vmxfs_segment_unuse(from->seg);
		vmxfs_segment_put(from->seg);
	}
	kfree(spare);
	return err;
}

/**
 * vmxfs_map_user() - map memory of the current process
 * @vcpu: locked
 * @mapping: where, what and how; its numbers are checked
 *
 * Return: 0, -ENOMEM, -EFAULT or -EINTR, and then nothing is changed.
 */
int vmxfs_map_user(struct vmxfs_vcpu *vcpu, const struct vmxfs_mapping *mapping)
{
	struct vmxfs_region region = {
		.start = mapping->gpa,
		.end = mapping->gpa + mapping->size,
		.attr = VMXFS_EPT_WRITE_BACK,
	};

	BUILD_BUG_ON(VMX_PROT_READ != VMXFS_EPT_READ || VMX_PROT_WRITE != VMXFS_EPT_WRITE ||
		     VMX_PROT_EXEC != VMXFS_EPT_EXECUTE);
	region.attr |= mapping->prot;
	snprintf(region.name, sizeof(region.name), "@%#llx", mapping->hva);
	region.seg = vmxfs_segment_of_user(mapping->hva, mapping->size,
					   mapping->prot & VMX_PROT_WRITE);
	if (IS_ERR(region.seg))
		return PTR_ERR(region.seg);
	vmxfs_segment_use(region.seg, 0, 0);
	return map_region(vcpu, &region);
}

/**
 * vmxfs_unmap() - have nothing in a range
 * @vcpu: locked
 * @start: first guest-physical address
 * @size: in bytes; both are checked
 *
 * Return: 0 or -ENOMEM.
 */
int vmxfs_unmap(struct vmxfs_vcpu *vcpu, u64 start, u64 size)
{
	return map_region(vcpu, &(struct vmxfs_region){ .start = start, .end = start + size });
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
	struct vmxfs_region region = {
		.end = PAGE_SIZE,
		.attr = VMXFS_EPT_READ | VMXFS_EPT_WRITE | VMXFS_EPT_EXECUTE |
			VMXFS_EPT_WRITE_BACK,
		.seg = vmxfs_segment_of_page(page),
	};

	if (IS_ERR(region.seg))
		return PTR_ERR(region.seg);
	vmxfs_segment_use(region.seg, 0, 0);
	return map_region(vcpu, &region);
}
