// SPDX-License-Identifier: GPL-2.0
/* The map files: a line for each region. */
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "files/files.h"

/* By number; SDM, "EPT and Memory Typing" */
static const char *const vmxfs_memory_types[8] = {
	"uc", "wc", "02", "03", "wt", "wp", "wb", "07",
};

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

static int map_parse_access(const char *text, u64 *attr)
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

static int map_parse_type(const char *text, u64 *attr)
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
static int map_parse_address(const char *text, u64 *address)
{
	if (kstrtou64(text, 0, address) || *address & ~PAGE_MASK ||
	    *address > 1ULL << VMXFS_EPT_ADDRESS_BITS)
		return -EINVAL;
	return 0;
}

/* "access cache lowaddr highaddr [segment offset]" into @region, which has no segment yet. */
static int map_parse_region(struct vmxfs_vcpu *vcpu, char **field, int n, struct vmxfs_region *region)
{
	if (n == 5)
		return vmxfs_fail(vcpu, WORDS);
	if (map_parse_access(field[0], &region->attr))
		return vmxfs_fail(vcpu, ACCESS, field[0]);
	if (map_parse_type(field[1], &region->attr))
		return vmxfs_fail(vcpu, MEMORY_TYPE, field[1]);
	if (!vcpu->unsafe)
		region->attr = vmxfs_ept_coherent(region->attr);
	if (map_parse_address(field[2], &region->start))
		return vmxfs_fail(vcpu, LOW, field[2]);
	if (map_parse_address(field[3], &region->end) || region->end <= region->start)
		return vmxfs_fail(vcpu, HIGH, field[3]);
	if (!(region->attr & (VMXFS_EPT_READ | VMXFS_EPT_WRITE | VMXFS_EPT_EXECUTE)))
		return 0;
	if (n != 6)
		return vmxfs_fail(vcpu, WORDS);
	if (strscpy(region->name, field[4], sizeof(region->name)) < 0)
		return vmxfs_fail(vcpu, NO_SEGMENT, field[4]);
	if (map_parse_address(field[5], &region->offset))
		return vmxfs_fail(vcpu, OFFSET, field[5]);
	return 0;
}

static int map_attach_segment(struct vmxfs_vcpu *vcpu, struct vmxfs_region *region)
{
	struct vmxfs_segment *seg;
	int err;

	if (strstarts(region->name, "./"))
		seg = vmxfs_area_segment(vcpu, region->name + strlen("./"));
	else
		seg = vmxfs_segment_get(region->name);
	if (seg == ERR_PTR(-ENOMEM))
		return vmxfs_fail(vcpu, NO_MEMORY);
	if (IS_ERR(seg))
		return vmxfs_fail(vcpu, NO_SEGMENT, region->name);
	err = vmxfs_segment_use(seg, region->offset, region->end - region->start);
	if (err) {
		vmxfs_segment_put(seg);
		if (err == -ERANGE)
			return vmxfs_fail(vcpu, BOUNDS);
		return vmxfs_fail(vcpu, NO_MEMORY);
	}
	region->seg = seg;
	return 0;
}

/**
 * vmxfs_map_store() - a line of the map file
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @which: of the maps
 *
 * A line that fails changes nothing of the map.
 *
 * Return: 0; -EINVAL, -ENOENT, -ENOMEM, -EINTR or -ENODEV, with a text in the error file.
 */
int vmxfs_map_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which)
{
	struct vmxfs_region *region;
	struct vmxfs_change change;
	int err;

	region = kzalloc(sizeof(*region), GFP_KERNEL_ACCOUNT);
	if (!region)
		return vmxfs_fail(vcpu, NO_MEMORY);
	err = map_parse_region(vcpu, word, n, region);
	if (!err && *region->name)
		err = map_attach_segment(vcpu, region);
	change.start = region->start;
	change.end = region->end;
	INIT_LIST_HEAD(&change.regions);
	if (!err && region->seg)
		list_add(&region->link, &change.regions);
	else
		vmxfs_region_free(region);
	if (!err)
		err = vmxfs_change_apply(vcpu, &vcpu->map[which], &change);
	vmxfs_regions_put_later(&change.regions);
	return err;
}
