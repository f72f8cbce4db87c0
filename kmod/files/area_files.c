// SPDX-License-Identifier: GPL-2.0
/* The files of the structures that the VMCS points to. */
#include <linux/bitmap.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/msr-index.h>
#include "files/files.h"

/* The one port that does nothing to the host: it takes codes for a display. */
#define VMXFS_FREE_PORT	0x80

/**
 * vmxfs_area_segment() - a structure as a segment, for the map
 * @vcpu: locked
 * @name: of its file
 *
 * Return: the segment with a reference, ERR_PTR(-ENOENT), or ERR_PTR(-ENOMEM).
 */
struct vmxfs_segment *vmxfs_area_segment(struct vmxfs_vcpu *vcpu, const char *name)
{
	int i;

	for (i = 0; i < VMXFS_AREAS; i++)
		if (vmxfs_area_kinds[i].mapped && !strcmp(name, vmxfs_area_kinds[i].name))
			return vmxfs_segment_of_page(virt_to_page(vcpu->area[i]));
	return ERR_PTR(-ENOENT);
}

/* ---- pages: lines of "offset value" ---- */

static u64 area_page_get(const void *page, unsigned int offset, u8 unit)
{
	return unit == 8 ? *(const u64 *)(page + offset) : *(const u32 *)(page + offset);
}

/* The vCPU is locked. */
int vmxfs_page_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which)
{
	u8 unit = vmxfs_area_kinds[which].unit;
	unsigned int offset;

	for (offset = 0; offset < PAGE_SIZE; offset += unit) {
		u64 value = area_page_get(vcpu->area[which], offset, unit);

		if (value)
			seq_printf(m, "%#x %#llx\n", offset, value);
	}
	return 0;
}

/* An EPT pointer of the vCPU's own, or none. */
static bool area_own_eptp(struct vmxfs_vcpu *vcpu, u64 value)
{
	int i;

	for (i = 0; i < VMXFS_MAPS; i++)
		if (!((value ^ vmxfs_ept_pointer(vcpu->map[i].pml4)) & ~VMXFS_EPTP_FREE))
			return vmxfs_eptp_coherent(value);
	return !value;
}

/**
 * vmxfs_page_store() - a line of the file of a page: "offset value"
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @which: enum vmxfs_area
 *
 * Return: 0; -EINVAL or -EPERM, with a text in the error file.
 */
int vmxfs_page_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which)
{
	const struct vmxfs_area_kind *kind = &vmxfs_area_kinds[which];
	struct vmxfs_operand operand;
	unsigned int offset;

	if (kstrtouint(word[0], 0, &offset) || offset >= PAGE_SIZE || offset % kind->unit)
		return vmxfs_fail(vcpu, OFFSET, word[0]);
	if (vmxfs_operand_parse(vcpu, word[1], &operand) ||
	    (kind->unit == 4 && operand.value > U32_MAX))
		return vmxfs_fail(vcpu, VALUE, word[0], word[1]);
	if (which == VMXFS_EPTP_LIST && !vcpu->unsafe && !area_own_eptp(vcpu, operand.value))
		return vmxfs_fail(vcpu, KEPT, kind->name, "host-physical address");
	if (kind->unit == 8)
		*(u64 *)(vcpu->area[which] + offset) = operand.value;
	else
		*(u32 *)(vcpu->area[which] + offset) = operand.value;
	return 0;
}

/* ---- bitmaps: lines of "first[-last] bit" ---- */

static int area_parse_range(const char *text, u32 limit, u32 *first, u32 *last)
{
	char buf[24];
	char *second;

	if (strscpy(buf, text, sizeof(buf)) < 0)
		return -EINVAL;
	second = strchr(buf, '-');
	if (second)
		*second++ = 0;
	if (kstrtou32(buf, 0, first) || kstrtou32(second ?: buf, 0, last))
		return -EINVAL;
	return *first <= *last && *last < limit ? 0 : -EINVAL;
}

static void area_show_bits(struct seq_file *m, const char *prefix, const unsigned long *bitmap,
			   u32 start, u32 count, u32 base)
{
	u32 bit = start, end = start + count;

	while (bit < end) {
		bool on = test_bit(bit, bitmap);
		u32 next = on ? find_next_zero_bit(bitmap, end, bit) :
				find_next_bit(bitmap, end, bit);

		seq_printf(m, "%s%#x", prefix, base + bit - start);
		if (next - bit > 1)
			seq_printf(m, "-%#x", base + next - 1 - start);
		seq_printf(m, " %d\n", on);
		bit = next;
	}
}

static void area_set_bits(unsigned long *bitmap, u32 first, u32 last, bool on)
{
	if (on)
		bitmap_set(bitmap, first, last - first + 1);
	else
		bitmap_clear(bitmap, first, last - first + 1);
}

static int area_parse_bit(struct vmxfs_vcpu *vcpu, const char *range, const char *text, bool *on)
{
	if (strcmp(text, "0") && strcmp(text, "1"))
		return vmxfs_fail(vcpu, VALUE, range, text);
	*on = *text == '1';
	return 0;
}

/* The vCPU is locked. */
int vmxfs_bitmap_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which)
{
	area_show_bits(m, "", vcpu->area[which], 0, 8 * PAGE_SIZE << vmxfs_area_kinds[which].order, 0);
	return 0;
}

/**
 * vmxfs_bitmap_store() - a line of a bitmap's file: "first[-last] bit"
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @which: VMXFS_IO_BITMAP, VMXFS_VMREAD_BITMAP or VMXFS_VMWRITE_BITMAP
 *
 * Return: 0; -EINVAL or -EPERM, with a text in the error file.
 */
int vmxfs_bitmap_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which)
{
	u32 limit = 8 * PAGE_SIZE << vmxfs_area_kinds[which].order;
	u32 first, last;
	bool on;
	int err;

	if (area_parse_range(word[0], limit, &first, &last))
		return vmxfs_fail(vcpu, RANGE, word[0]);
	err = area_parse_bit(vcpu, word[0], word[1], &on);
	if (err)
		return err;
	if (which == VMXFS_IO_BITMAP && !on && !vcpu->unsafe &&
	    (first != VMXFS_FREE_PORT || last != VMXFS_FREE_PORT))
		return vmxfs_fail(vcpu, KEPT_PORTS, word[0]);
	area_set_bits(vcpu->area[which], first, last, on);
	return 0;
}

/* The vCPU is locked. */
int vmxfs_msr_bitmap_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	const unsigned long *bitmap = vcpu->area[VMXFS_MSR_BITMAP];
	u32 n = VMXFS_MSRS_LOW;

	area_show_bits(m, "r ", bitmap, 0, n, 0);
	area_show_bits(m, "r ", bitmap, n, n, VMXFS_MSRS_HIGH);
	area_show_bits(m, "w ", bitmap, 2 * n, n, 0);
	area_show_bits(m, "w ", bitmap, 3 * n, n, VMXFS_MSRS_HIGH);
	return 0;
}

/**
 * vmxfs_msr_bitmap_store() - a line of msrbitmap: "r|w|rw first[-last] bit"
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @unused: there is one such file
 *
 * Return: 0; -EINVAL or -EPERM, with a text in the error file.
 */
int vmxfs_msr_bitmap_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused)
{
	unsigned long *bitmap = vcpu->area[VMXFS_MSR_BITMAP];
	u32 first, last, msr;
	bool on;
	int err;

	if (strcmp(word[0], "r") && strcmp(word[0], "w") && strcmp(word[0], "rw"))
		return vmxfs_fail(vcpu, ACCESS, word[0]);
	if (area_parse_range(word[1], VMXFS_MSRS_HIGH + VMXFS_MSRS_LOW, &first, &last) ||
	    (last >= VMXFS_MSRS_LOW && first < VMXFS_MSRS_HIGH))
		return vmxfs_fail(vcpu, RANGE, word[1]);
	err = area_parse_bit(vcpu, word[1], word[2], &on);
	if (err)
		return err;
	for (msr = first; !on && !vcpu->unsafe && msr <= last; msr++)
		if (!vmxfs_msr_is_guests(msr))
			return vmxfs_fail(vcpu, KEPT_MSR, "msrbitmap", msr);
	if (strchr(word[0], 'r'))
		area_set_bits(bitmap, vmxfs_msr_bit(first), vmxfs_msr_bit(last), on);
	if (strchr(word[0], 'w'))
		area_set_bits(bitmap, vmxfs_msr_bit(first) + VMXFS_MSR_WRITE,
			      vmxfs_msr_bit(last) + VMXFS_MSR_WRITE, on);
	return 0;
}

/* ---- MSR areas: lines of "index value [reserved]" ---- */

/* The vCPU is locked. */
int vmxfs_msrs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int which)
{
	const struct vmxfs_msr_entry *entry = vcpu->area[which];
	u32 i;

	for (i = 0; i < vcpu->msr_users[which - VMXFS_ENTRY_MSR_LOAD]; i++) {
		seq_printf(m, "%#x %#llx", entry[i].index, entry[i].value);
		if (entry[i].reserved)
			seq_printf(m, " %#x", entry[i].reserved);
		seq_putc(m, '\n');
	}
	return 0;
}

static bool area_may_have_msr(enum vmxfs_area which, u32 msr)
{
	return which != VMXFS_EXIT_MSR_LOAD &&
	       (vmxfs_msr_in_areas(msr) || (which == VMXFS_EXIT_MSR_STORE && msr == MSR_IA32_TSC));
}

/**
 * vmxfs_msrs_store() - a line of an MSR area's file: "index value [reserved]"
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @which: VMXFS_ENTRY_MSR_LOAD, VMXFS_EXIT_MSR_STORE or VMXFS_EXIT_MSR_LOAD
 *
 * Return: 0; -EINVAL, -EPERM or -ENOSPC, with a text in the error file.
 */
int vmxfs_msrs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int which)
{
	const char *name = vmxfs_area_kinds[which].name;
	u32 users = vcpu->msr_users[which - VMXFS_ENTRY_MSR_LOAD];
	struct vmxfs_msr_entry entry = {};

	if (kstrtou32(word[0], 0, &entry.index) || kstrtou64(word[1], 0, &entry.value) ||
	    (n == 3 && kstrtou32(word[2], 0, &entry.reserved)))
		return vmxfs_fail(vcpu, VALUE, word[0], word[1]);
	if (!vcpu->unsafe && !area_may_have_msr(which, entry.index))
		return vmxfs_fail(vcpu, KEPT_MSR, name, entry.index);
	/* What a VM entry refuses, a VM exit can't: the processor shuts down. */
	if (!vcpu->unsafe && entry.reserved && which != VMXFS_ENTRY_MSR_LOAD)
		return vmxfs_fail(vcpu, KEPT_ABORT, name, entry.index);
	if (users == VMXFS_MSR_USERS)
		return vmxfs_fail(vcpu, NO_ROOM, name);
	vmxfs_load(vcpu);
	vmxfs_msrs_resize(vcpu, which, users + 1);
	vmxfs_unload();
	((struct vmxfs_msr_entry *)vcpu->area[which])[users] = entry;
	return 0;
}

/* O_TRUNC. The vCPU is locked. */
void vmxfs_msrs_clear(struct vmxfs_vcpu *vcpu, int which)
{
	vmxfs_load(vcpu);
	vmxfs_msrs_resize(vcpu, which, 0);
	vmxfs_unload();
}
