// SPDX-License-Identifier: GPL-2.0
/* The ept file: lines of "level address bits". */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>
#include "files/files.h"

static const char *const vmxfs_ept_levels[VMXFS_EPT_LEVELS] = { "pte", "pde", "pdpte", "pml4e" };

enum ept_owner { EPT_FREE, EPT_WRITER, EPT_COHERENT, EPT_MODULE };

static const struct {
	u64 bits;
	enum ept_owner owner[VMXFS_EPT_LEVELS];
} vmxfs_ept_bits[] = {
#define VMX_EPT_BITS(ident, high, low, page, table, top) \
	{ GENMASK_ULL(high, low), { EPT_##page, EPT_##table, EPT_##table, EPT_##top } },
#include "vmx_ept.h"
};

/* Bits of an entry of this level that have one of these owners */
static u64 ept_owned(int level, unsigned int owners)
{
	u64 bits = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_ept_bits); i++)
		if (BIT(vmxfs_ept_bits[i].owner[level]) & owners)
			bits |= vmxfs_ept_bits[i].bits;
	return bits;
}

/* Why an entry can't be changed so by a vCPU that is not unsafe, or NULL. */
static const char *ept_why_kept(const struct vmxfs_map *map, int level, u64 address, u64 changed)
{
	u64 free = ept_owned(level, BIT(EPT_FREE) | BIT(EPT_COHERENT));

	if (changed & ~(free | ept_owned(level, BIT(EPT_WRITER))))
		return "host-physical address";
	if (changed & ~free && !vmxfs_map_may_write(map, address))
		return "memory that may only be read";
	return NULL;
}

static void ept_show_table(struct seq_file *m, const u64 *table, int level, u64 start)
{
	int i;

	cond_resched();
	for (i = 0; i < 512 && !seq_has_overflowed(m); i++) {
		u64 address = start + i * vmxfs_ept_span(level);

		if (!table[i])
			continue;
		seq_printf(m, "%s %#llx %#llx\n", vmxfs_ept_levels[level], address,
			   table[i] & ~VMXFS_EPT_ADDRESS);
		if (level > 0)
			ept_show_table(m, vmxfs_ept_table(table[i]), level - 1, address);
	}
}

/* The vCPU is locked. */
int vmxfs_ept_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	ept_show_table(m, vcpu->map[0].pml4, VMXFS_EPT_LEVELS - 1, 0);
	return 0;
}

static u64 *ept_find_entry(u64 *pml4, int level, u64 address)
{
	u64 *table = pml4;
	int i;

	if (address >> VMXFS_EPT_ADDRESS_BITS || address & (vmxfs_ept_span(level) - 1))
		return NULL;
	for (i = VMXFS_EPT_LEVELS - 1; i > level; i--) {
		u64 entry = *vmxfs_ept_entry(table, address, i);

		if (!entry)
			return NULL;
		table = vmxfs_ept_table(entry);
	}
	table = vmxfs_ept_entry(table, address, level);
	return *table ? table : NULL;
}

/**
 * vmxfs_ept_store() - a line of the ept file: "level address bits"
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @unused: there is one such file
 *
 * Return: 0; -EINVAL, -ENOENT or -EPERM, with a text in the error file.
 */
int vmxfs_ept_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused)
{
	struct vmxfs_map *map = &vcpu->map[0];
	u64 address, bits, *entry;
	const char *why = NULL;
	int level;

	level = match_string(vmxfs_ept_levels, VMXFS_EPT_LEVELS, word[0]);
	if (level < 0 || kstrtou64(word[1], 0, &address))
		return vmxfs_fail(vcpu, VALUE, word[0], word[1]);
	if (kstrtou64(word[2], 0, &bits))
		return vmxfs_fail(vcpu, VALUE, word[1], word[2]);
	entry = ept_find_entry(map->pml4, level, address);
	if (!entry)
		return vmxfs_fail(vcpu, NO_ENTRY, word[0], word[1]);
	/* Where a table is, the module itself must know. */
	if (bits & VMXFS_EPT_ADDRESS && (level > 0 || !vcpu->unsafe))
		why = "host-physical address";
	else if (!(bits & VMXFS_EPT_ADDRESS))
		bits |= *entry & VMXFS_EPT_ADDRESS;
	if (!why && !vcpu->unsafe) {
		if (level == 0)
			bits = vmxfs_ept_coherent(bits);
		why = ept_why_kept(map, level, address, bits ^ *entry);
	}
	if (why)
		return vmxfs_fail(vcpu, KEPT, word[0], why);
	if (level == 0 && bits & ept_owned(level, BIT(EPT_WRITER)))
		vmxfs_map_written(map, address);
	*entry = bits;
	vcpu->flush = true;
	return 0;
}
