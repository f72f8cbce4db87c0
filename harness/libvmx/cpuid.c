// SPDX-License-Identifier: GPL-2.0
/*
 * CPUID as a guest of a program can have it: what the processor has and what vmxfs lets a
 * guest use of that. SDM, "CPUID—CPU Identification".
 */
#include "internal.h"

#include <string.h>

#include "kernel.h"

enum { EAX, EBX, ECX, EDX, REGS };

#define BIT(n)		(1u << (n))
/* Bits @first to @last */
#define BITS(first, last) ((~0u >> (31 - (last))) & (~0u << (first)))

#define XCR0_AVX	0x04
#define XCR0_AVX512	0xe0

#define LEAF_CACHE	0x04
#define LEAF_THERMAL	0x06
#define LEAF_FEATURES	0x07
#define LEAF_TOPOLOGY	0x0b
#define LEAF_XSAVE	0x0d
/* The last that is known here, and the last two of the others */
#define LAST_BASIC	0x16
#define HYPERVISOR	0x40000000
#define EXTENDED	0x80000000
#define LAST_EXTENDED	0x80000008

#define HYPERVISOR_BIT	BIT(31)		/* of 1:ECX */
#define APIC_ID		BITS(24, 31)	/* of 1:EBX */
#define CACHE_TYPE	BITS(0, 4)	/* of 4:EAX */
#define CACHE_SHARING	BITS(14, 31)	/* the same: who shares it, how many cores there are */
#define ALWAYS_RUNNING	BIT(2)		/* of 6:EAX, the APIC timer */
#define XSAVE_BIT	BIT(26)		/* of 1:ECX */

/*
 * The bits of the processor that a guest gets, if vmxfs gives it these state components. All
 * others are 0: an instruction of theirs raises #UD, or they come with an MSR or a device
 * that is the program's to make, or with a control that vmxfs does not set (RDTSCP, RDPID,
 * INVPCID, XSAVES), or with a bit of CR4 that the guest can't have (LA57, PKU, CET). The
 * assists can't do MOVDIRI and MOVDIR64B.
 */
static const struct pass {
	uint32_t leaf;
	uint32_t subleaf;
	uint8_t reg;
	uint8_t xcr0;
	uint32_t bits;
} passes[] = {
	{ 0x01, 0, EAX, 0, ~0u },
	{ 0x01, 0, EBX, 0, BITS(8, 15) },	/* the size that CLFLUSH flushes */
	/* SSE3, PCLMULQDQ, SSSE3, CMPXCHG16B, PCID, SSE4.1, SSE4.2, MOVBE, POPCNT, AES, XSAVE, RDRAND */
	{ 0x01, 0, ECX, 0, BITS(0, 1) | BIT(9) | BIT(13) | BIT(17) | BITS(19, 20) | BITS(22, 23) |
			   BITS(25, 26) | BIT(30) },
	/* FMA, AVX, F16C */
	{ 0x01, 0, ECX, XCR0_AVX, BIT(12) | BITS(28, 29) },
	/* All but MTRR, MCA, PSN, DS, ACPI, SS, HTT, TM and PBE */
	{ 0x01, 0, EDX, 0, BITS(0, 9) | BIT(11) | BIT(13) | BITS(15, 17) | BIT(19) | BITS(23, 26) },
	{ 0x02, 0, EAX, 0, ~0u }, { 0x02, 0, EBX, 0, ~0u },
	{ 0x02, 0, ECX, 0, ~0u }, { 0x02, 0, EDX, 0, ~0u },
	/* FSGSBASE, BMI1, FDP_EXCPTN_ONLY, SMEP, BMI2, ERMS, no FCS and FDS, RDSEED, ADX, SMAP,
	 * CLFLUSHOPT, CLWB, SHA
	 */
	{ 0x07, 0, EBX, 0, BIT(0) | BIT(3) | BITS(6, 9) | BIT(13) | BITS(18, 20) | BITS(23, 24) |
			   BIT(29) },
	{ 0x07, 0, EBX, XCR0_AVX, BIT(5) },
	/* AVX512F, DQ, IFMA, PF, ER, CD, BW, VL */
	{ 0x07, 0, EBX, XCR0_AVX512, BITS(16, 17) | BIT(21) | BITS(26, 28) | BITS(30, 31) },
	/* PREFETCHWT1, UMIP, GFNI, CLDEMOTE */
	{ 0x07, 0, ECX, 0, BIT(0) | BIT(2) | BIT(8) | BIT(25) },
	/* VAES, VPCLMULQDQ */
	{ 0x07, 0, ECX, XCR0_AVX, BITS(9, 10) },
	/* AVX512_VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ */
	{ 0x07, 0, ECX, XCR0_AVX512, BIT(1) | BIT(6) | BITS(11, 12) | BIT(14) },
	/* FSRM, MD_CLEAR, SERIALIZE */
	{ 0x07, 0, EDX, 0, BIT(4) | BIT(10) | BIT(14) },
	/* AVX512_4VNNIW, 4FMAPS, VP2INTERSECT, FP16 */
	{ 0x07, 0, EDX, XCR0_AVX512, BITS(2, 3) | BIT(8) | BIT(23) },
	/* SHA512, SM3, SM4, AVX-VNNI, AVX-IFMA */
	{ 0x07, 1, EAX, XCR0_AVX, BITS(0, 2) | BIT(4) | BIT(23) },
	{ 0x07, 1, EAX, XCR0_AVX512, BIT(5) },
	/* CMPCCXADD, which is VEX-encoded; fast REP MOVSB, STOSB, CMPSB and SCASB */
	{ 0x07, 1, EAX, 0, BIT(7) | BITS(10, 12) },
	{ 0x15, 0, EAX, 0, ~0u }, { 0x15, 0, EBX, 0, ~0u }, { 0x15, 0, ECX, 0, ~0u },
	{ 0x16, 0, EAX, 0, ~0u }, { 0x16, 0, EBX, 0, ~0u }, { 0x16, 0, ECX, 0, ~0u },
	/* LAHF in 64-bit mode, LZCNT, PREFETCHW */
	{ 0x80000001, 0, ECX, 0, BIT(0) | BIT(5) | BIT(8) },
	/* SYSCALL, XD, pages of 1 GB, IA-32e mode */
	{ 0x80000001, 0, EDX, 0, BIT(11) | BIT(20) | BIT(26) | BIT(29) },
	{ 0x80000002, 0, EAX, 0, ~0u }, { 0x80000002, 0, EBX, 0, ~0u },
	{ 0x80000002, 0, ECX, 0, ~0u }, { 0x80000002, 0, EDX, 0, ~0u },
	{ 0x80000003, 0, EAX, 0, ~0u }, { 0x80000003, 0, EBX, 0, ~0u },
	{ 0x80000003, 0, ECX, 0, ~0u }, { 0x80000003, 0, EDX, 0, ~0u },
	{ 0x80000004, 0, EAX, 0, ~0u }, { 0x80000004, 0, EBX, 0, ~0u },
	{ 0x80000004, 0, ECX, 0, ~0u }, { 0x80000004, 0, EDX, 0, ~0u },
	{ 0x80000006, 0, ECX, 0, ~0u },
	{ 0x80000007, 0, EDX, 0, BIT(8) },	/* invariant TSC */
};

/* What of a register a guest gets */
static uint32_t passing(uint32_t leaf, uint32_t subleaf, unsigned int reg, uint64_t xcr0)
{
	uint32_t bits = 0;
	size_t i;

	for (i = 0; i < sizeof(passes) / sizeof(*passes); i++) {
		const struct pass *pass = &passes[i];

		if (pass->leaf == leaf && pass->subleaf == subleaf && pass->reg == reg &&
		    !(pass->xcr0 & ~xcr0))
			bits |= pass->bits;
	}
	return bits;
}

/* ---- leaf by leaf ---- */

struct maker {
	struct vmx_cpuid_table *table;
	uint64_t xcr0;
	uint32_t apic_id;
	uint32_t regs[REGS];	/* the processor's, of the leaf that is being made */
};

static void ask(struct maker *maker, uint32_t leaf, uint32_t subleaf)
{
	kernel_cpuid(leaf, subleaf, maker->regs);
}

static struct vmx_cpuid *add(struct maker *maker, uint32_t leaf, uint32_t subleaf, uint32_t flags)
{
	struct vmx_cpuid *entry = &maker->table->entries[maker->table->count++];

	*entry = (struct vmx_cpuid){ .leaf = leaf, .subleaf = subleaf, .flags = flags };
	return entry;
}

static void pass_registers(const struct maker *maker, struct vmx_cpuid *entry)
{
	entry->eax = maker->regs[EAX] & passing(entry->leaf, entry->subleaf, EAX, maker->xcr0);
	entry->ebx = maker->regs[EBX] & passing(entry->leaf, entry->subleaf, EBX, maker->xcr0);
	entry->ecx = maker->regs[ECX] & passing(entry->leaf, entry->subleaf, ECX, maker->xcr0);
	entry->edx = maker->regs[EDX] & passing(entry->leaf, entry->subleaf, EDX, maker->xcr0);
}

static void make_plain(struct maker *maker, uint32_t leaf)
{
	ask(maker, leaf, 0);
	pass_registers(maker, add(maker, leaf, 0, 0));
}

static void make_signature(struct maker *maker)
{
	struct vmx_cpuid *entry;

	ask(maker, 1, 0);
	entry = add(maker, 1, 0, 0);
	pass_registers(maker, entry);
	entry->ebx |= maker->apic_id << 24 & APIC_ID;
	entry->ecx |= HYPERVISOR_BIT;
	if (!maker->xcr0)
		entry->ecx &= ~XSAVE_BIT;
}

/* Each vCPU is a package of its own. */
static void make_caches(struct maker *maker)
{
	uint32_t i;

	for (i = 0; i < 8; i++) {
		struct vmx_cpuid *entry;

		ask(maker, LEAF_CACHE, i);
		if (!(maker->regs[EAX] & CACHE_TYPE))
			break;
		entry = add(maker, LEAF_CACHE, i, VMX_CPUID_SUBLEAF);
		entry->eax = maker->regs[EAX] & ~CACHE_SHARING;
		entry->ebx = maker->regs[EBX];
		entry->ecx = maker->regs[ECX];
		entry->edx = maker->regs[EDX];
	}
	add(maker, LEAF_CACHE, 0, 0);
}

static void make_features(struct maker *maker)
{
	struct vmx_cpuid *entry;
	uint32_t last;

	ask(maker, LEAF_FEATURES, 0);
	last = maker->regs[EAX];
	entry = add(maker, LEAF_FEATURES, 0, VMX_CPUID_SUBLEAF);
	pass_registers(maker, entry);
	if (last >= 1) {
		entry->eax = 1;
		ask(maker, LEAF_FEATURES, 1);
		pass_registers(maker, add(maker, LEAF_FEATURES, 1, VMX_CPUID_SUBLEAF));
	}
	add(maker, LEAF_FEATURES, 0, 0);
}

/* Levels are: logical processors, cores, none. */
static void make_topology(struct maker *maker)
{
	uint32_t level;

	for (level = 0; level <= 2; level++) {
		struct vmx_cpuid *entry = add(maker, LEAF_TOPOLOGY, level,
					      level < 2 ? VMX_CPUID_SUBLEAF : 0);

		entry->ebx = level < 2;
		entry->ecx = level | (level < 2 ? (level + 1) << 8 : 0);
		entry->edx = maker->apic_id;
	}
}

/* The kernel puts in what depends on XCR0. */
static void make_xsave(struct maker *maker)
{
	uint32_t i, size = 576;
	struct vmx_cpuid *first;

	if (!maker->xcr0) {
		add(maker, LEAF_XSAVE, 0, 0);
		return;
	}
	first = add(maker, LEAF_XSAVE, 0, VMX_CPUID_SUBLEAF);
	first->eax = maker->xcr0;
	first->edx = maker->xcr0 >> 32;
	/* XSAVEOPT, XSAVEC, XGETBV with ECX 1; not XSAVES */
	ask(maker, LEAF_XSAVE, 1);
	add(maker, LEAF_XSAVE, 1, VMX_CPUID_SUBLEAF)->eax = maker->regs[EAX] & BITS(0, 2);
	for (i = 2; i < 63; i++) {
		struct vmx_cpuid *entry;

		if (!(maker->xcr0 >> i & 1))
			continue;
		ask(maker, LEAF_XSAVE, i);
		entry = add(maker, LEAF_XSAVE, i, VMX_CPUID_SUBLEAF);
		entry->eax = maker->regs[EAX];
		entry->ebx = maker->regs[EBX];
		entry->ecx = maker->regs[ECX];
		if (size < entry->eax + entry->ebx)
			size = entry->eax + entry->ebx;
	}
	first->ecx = size;
	add(maker, LEAF_XSAVE, 0, 0);
}

static void make_basic(struct maker *maker)
{
	uint32_t leaf, last;
	struct vmx_cpuid *entry;

	ask(maker, 0, 0);
	last = maker->regs[EAX] < LAST_BASIC ? maker->regs[EAX] : LAST_BASIC;
	entry = add(maker, 0, 0, 0);
	*entry = (struct vmx_cpuid){
		.eax = last,
		.ebx = maker->regs[EBX],
		.ecx = maker->regs[ECX],
		.edx = maker->regs[EDX],
	};
	for (leaf = 1; leaf <= last; leaf++) {
		if (leaf == 1)
			make_signature(maker);
		else if (leaf == LEAF_CACHE)
			make_caches(maker);
		else if (leaf == LEAF_THERMAL)
			add(maker, leaf, 0, 0)->eax = ALWAYS_RUNNING;
		else if (leaf == LEAF_FEATURES)
			make_features(maker);
		else if (leaf == LEAF_TOPOLOGY)
			make_topology(maker);
		else if (leaf == LEAF_XSAVE)
			make_xsave(maker);
		else
			make_plain(maker, leaf);
	}
}

static void make_hypervisor(struct maker *maker)
{
	struct vmx_cpuid *entry = add(maker, HYPERVISOR, 0, 0);

	entry->eax = HYPERVISOR;
	memcpy(&entry->ebx, "vmxf", 4);
	memcpy(&entry->ecx, "svmx", 4);
	memcpy(&entry->edx, "fs\0\0", 4);
}

/* EPT has four levels, for 48 bits; so has the guest's paging, without LA57. */
static void make_sizes(struct maker *maker)
{
	uint32_t physical;

	ask(maker, LAST_EXTENDED, 0);
	physical = maker->regs[EAX] & 0xff;
	if (physical > 48)
		physical = 48;
	add(maker, LAST_EXTENDED, 0, 0)->eax = 48 << 8 | physical;
}

static void make_extended(struct maker *maker)
{
	uint32_t leaf, last;

	ask(maker, EXTENDED, 0);
	last = maker->regs[EAX] < LAST_EXTENDED ? maker->regs[EAX] : LAST_EXTENDED;
	add(maker, EXTENDED, 0, 0)->eax = last;
	for (leaf = EXTENDED + 1; leaf <= last; leaf++) {
		if (leaf == LAST_EXTENDED)
			make_sizes(maker);
		else
			make_plain(maker, leaf);
	}
}

/* What there is not is answered as the highest basic leaf. */
static void make_others(struct maker *maker)
{
	uint32_t last = maker->table->entries[0].eax;
	size_t i;

	for (i = 0; maker->table->entries[i].leaf != last; i++)
		;
	maker->table->entries[maker->table->count] = maker->table->entries[i];
	maker->table->entries[maker->table->count++].flags = VMX_CPUID_ANY_LEAF;
}

int vmx_cpuid_default(struct vmx_vcpu *vcpu, uint32_t apic_id, struct vmx_cpuid_table *table)
{
	struct maker maker = { .table = table, .xcr0 = vcpu_of(vcpu)->xcr0, .apic_id = apic_id };

	table->count = 0;
	make_basic(&maker);
	make_hypervisor(&maker);
	make_extended(&maker);
	make_others(&maker);
	return 0;
}

/* ---- what a program wants otherwise ---- */

static bool is_of(const struct vmx_cpuid *entry, uint32_t leaf)
{
	return entry->leaf == leaf && !(entry->flags & VMX_CPUID_ANY_LEAF);
}

/* A new entry, before all others */
static struct vmx_cpuid *prepend(struct vmx_cpuid_table *table, uint32_t leaf)
{
	struct vmx_cpuid *entries = table->entries;

	if (table->count == VMX_CPUID_MAX)
		return NULL;
	memmove(entries + 1, entries, table->count++ * sizeof(*entries));
	entries[0] = (struct vmx_cpuid){ .leaf = leaf };
	return entries;
}

/* What a leaf without an entry of its own is answered with */
static const struct vmx_cpuid *other_leaf(const struct vmx_cpuid_table *table)
{
	const struct vmx_cpuid *entry;

	for (entry = table->entries; entry < table->entries + table->count; entry++)
		if (entry->flags & VMX_CPUID_ANY_LEAF)
			return entry;
	return NULL;
}

int vmx_cpuid_change(struct vmx_cpuid_table *table, uint32_t leaf, const struct vmx_cpuid *clear,
		     const struct vmx_cpuid *set)
{
	bool found = false;
	size_t i;

	for (i = 0; i < table->count; i++)
		found |= is_of(&table->entries[i], leaf);
	if (!found) {
		struct vmx_cpuid *entry = prepend(table, leaf);
		const struct vmx_cpuid *other = other_leaf(table);

		if (!entry)
			return fail(ENOSPC);
		if (other)
			*entry = *other;
		entry->leaf = leaf;
		entry->flags = 0;
	}
	for (i = 0; i < table->count; i++) {
		struct vmx_cpuid *entry = &table->entries[i];

		if (!is_of(entry, leaf))
			continue;
		entry->eax = (entry->eax & ~clear->eax) | set->eax;
		entry->ebx = (entry->ebx & ~clear->ebx) | set->ebx;
		entry->ecx = (entry->ecx & ~clear->ecx) | set->ecx;
		entry->edx = (entry->edx & ~clear->edx) | set->edx;
	}
	return 0;
}

int vmx_cpuid_exit(struct vmx_cpuid_table *table, uint32_t leaf)
{
	struct vmx_cpuid *entry = prepend(table, leaf);

	if (!entry)
		return fail(ENOSPC);
	entry->flags = VMX_CPUID_EXIT;
	return 0;
}
