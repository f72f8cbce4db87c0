// SPDX-License-Identifier: GPL-2.0
/*
 * What CPUID answers. Features are those of the processor that are named here: a feature of
 * which nobody has thought is not there. SDM, "CPUID—CPU Identification"
 */
#include <cpuid.h>
#include <err.h>
#include <string.h>

#include "machine.h"

#define BIT(n)	(1u << (n))
enum { EAX, EBX, ECX, EDX };

/* What a register keeps of the processor's, and what it has in any case */
struct feature {
	uint32_t leaf;
	uint32_t subleaf;
	unsigned int reg;
	uint32_t keep;
	uint32_t add;
};

static const struct feature features[] = {
	/* FPU VME DE PSE TSC MSR PAE CX8 SEP PGE CMOV PAT PSE36 CLFLUSH MMX FXSR SSE SSE2 SS */
	{ 0x1, 0, EDX, 0x0f8ba97f, BIT(9) /* APIC */ },
	/* SSE3 PCLMUL SSSE3 FMA CX16 PCID SSE4.1 SSE4.2 MOVBE POPCNT AES XSAVE AVX F16C RDRAND */
	{ 0x1, 0, ECX, 0x76da3203, BIT(31) /* hypervisor */ | BIT(24) /* TSC deadline */ },
	{ 0x6, 0, EAX, 0, BIT(2) /* the APIC's timer never stops */ },
	/* FSGSBASE BMI1 AVX2 SMEP BMI2 ERMS RDSEED ADX SMAP CLFLUSHOPT CLWB SHA */
	{ 0x7, 0, EBX, 0x219c03a9, 0 },
	/* UMIP GFNI VAES VPCLMULQDQ MOVDIRI MOVDIR64B */
	{ 0x7, 0, ECX, 0x18000704, 0 },
	/* XSAVEOPT XSAVEC XGETBV1 */
	{ 0xd, 1, EAX, 0x7, 0 },
	{ 0x80000001, 0, ECX, 0x121, 0 },		/* LAHF64 LZCNT PREFETCHW */
	{ 0x80000001, 0, EDX, 0x24100800, 0 },		/* SYSCALL NX 1-GB pages, long mode */
	{ 0x80000007, 0, EDX, 0, BIT(8) /* the TSC never stops */ },
};

/* Leaves that say nothing of features: as the processor has them */
static const uint32_t as_it_is[] = {
	0x80000002, 0x80000003, 0x80000004, 0x80000006,
};

#define MAX_BASIC	0x16
#define MAX_EXTENDED	0x80000008
#define HYPERVISOR	0x40000000
#define SIGNATURE	"vmxlaunch\0\0\0"

#define XSAVE_COMPONENTS	19
#define MHZ			1000000u

struct table {
	struct vmx_cpuid entries[VMX_CPUID_MAX];
	size_t n;
};

/* Other leaves have none: whatever ECX is, the answer is the same. */
static bool cpuid_has_subleaves(uint32_t leaf)
{
	return leaf == 0x7 || leaf == 0xb || leaf == 0xd;
}

static struct vmx_cpuid *cpuid_add(struct table *table, uint32_t leaf, uint32_t subleaf)
{
	struct vmx_cpuid *entry = &table->entries[table->n++];

	*entry = (struct vmx_cpuid){ .leaf = leaf, .subleaf = subleaf };
	if (cpuid_has_subleaves(leaf))
		entry->flags = VMX_CPUID_SUBLEAF;
	return entry;
}

static struct vmx_cpuid *cpuid_add_host(struct table *table, uint32_t leaf, uint32_t subleaf)
{
	struct vmx_cpuid *entry = cpuid_add(table, leaf, subleaf);

	__cpuid_count(leaf, subleaf, entry->eax, entry->ebx, entry->ecx, entry->edx);
	return entry;
}

static uint32_t *cpuid_register(struct vmx_cpuid *entry, unsigned int reg)
{
	uint32_t *regs[] = { &entry->eax, &entry->ebx, &entry->ecx, &entry->edx };

	return regs[reg];
}

static struct vmx_cpuid *cpuid_find(struct table *table, uint32_t leaf, uint32_t subleaf)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		if (table->entries[i].leaf == leaf && table->entries[i].subleaf == subleaf)
			return &table->entries[i];
	return cpuid_add(table, leaf, subleaf);
}

static void cpuid_add_features(struct table *table)
{
	size_t i;

	for (i = 0; i < sizeof(features) / sizeof(*features); i++) {
		const struct feature *feature = &features[i];
		struct vmx_cpuid *entry = cpuid_find(table, feature->leaf, feature->subleaf);
		uint32_t host[4];

		__cpuid_count(feature->leaf, feature->subleaf, host[EAX], host[EBX], host[ECX],
			      host[EDX]);
		*cpuid_register(entry, feature->reg) =
			(host[feature->reg] & feature->keep) | feature->add;
	}
}

/* Which processor it is, and which of them */
static void cpuid_add_identity(struct table *table, const struct vcpu *vcpu)
{
	struct vmx_cpuid *entry = cpuid_add_host(table, 0, 0);
	unsigned int count = vcpu->machine->n_vcpus;
	uint32_t eax, ebx, ecx, edx;

	entry->eax = MAX_BASIC;
	__cpuid(1, eax, ebx, ecx, edx);
	entry = cpuid_find(table, 1, 0);
	entry->eax = eax;
	entry->ebx = (ebx & 0xff00) | count << 16 | vcpu->number << 24;
	if (count > 1)
		entry->edx |= BIT(28);		/* there may be several in a package */
}

/* SDM, "Extended Topology Enumeration": a core each, in one package */
static void cpuid_add_topology(struct table *table, const struct vcpu *vcpu)
{
	struct vmx_cpuid *threads = cpuid_add(table, 0xb, 0);
	struct vmx_cpuid *cores = cpuid_add(table, 0xb, 1);
	struct vmx_cpuid *rest = cpuid_add(table, 0xb, 2);
	unsigned int count = vcpu->machine->n_vcpus;

	threads->ebx = 1;
	threads->ecx = 1 << 8;
	cores->eax = count > 1 ? 32 - __builtin_clz(count - 1) : 0;
	cores->ebx = count;
	cores->ecx = 2 << 8 | 1;
	rest->flags = 0;	/* any other */
	rest->subleaf = 0;
	threads->edx = cores->edx = rest->edx = vcpu->number;
}

/* The sizes for XCR0 are the kernel's work; the largest is where the last component ends. */
static void cpuid_add_xsave(struct table *table, uint64_t xcr0)
{
	struct vmx_cpuid *all = cpuid_find(table, 0xd, 0);
	uint32_t size = 576;
	unsigned int i;

	all->eax = xcr0;
	all->edx = xcr0 >> 32;
	for (i = 2; i < XSAVE_COMPONENTS; i++) {
		struct vmx_cpuid *entry;

		if (!(xcr0 >> i & 1))
			continue;
		entry = cpuid_add_host(table, 0xd, i);
		if (entry->ebx + entry->eax > size)
			size = entry->ebx + entry->eax;
	}
	all->ecx = size;
}

/* How fast the clocks are, so that the guest need not measure them. */
static void cpuid_add_clocks(struct table *table, const struct vcpu *vcpu)
{
	struct vmx_cpuid *tsc = cpuid_add(table, 0x15, 0);
	struct vmx_cpuid *processor = cpuid_add(table, 0x16, 0);
	uint32_t mhz = vcpu->machine->tsc_hz / MHZ;

	tsc->eax = 1;
	tsc->ebx = VCPU_TSC_PER_BUS;
	tsc->ecx = vcpu_bus_hz(vcpu);
	processor->eax = processor->ebx = mhz;
	processor->ecx = vcpu_bus_hz(vcpu) / MHZ;
}

static void cpuid_add_extended(struct table *table)
{
	struct vmx_cpuid *max = cpuid_add(table, 0x80000000, 0);
	struct vmx_cpuid *addresses = cpuid_add_host(table, MAX_EXTENDED, 0);
	uint32_t physical = addresses->eax & 0xff;
	size_t i;

	max->eax = MAX_EXTENDED;
	/* EPT has 48 bits, and the guest no LA57. */
	addresses->eax = 48 << 8 | (physical < 46 ? physical : 46);
	addresses->ebx = addresses->ecx = addresses->edx = 0;
	for (i = 0; i < sizeof(as_it_is) / sizeof(*as_it_is); i++)
		cpuid_add_host(table, as_it_is[i], 0);
}

static void cpuid_add_hypervisor(struct table *table)
{
	struct vmx_cpuid *entry = cpuid_add(table, HYPERVISOR, 0);

	entry->eax = HYPERVISOR;
	memcpy(&entry->ebx, SIGNATURE, 4);
	memcpy(&entry->ecx, SIGNATURE + 4, 4);
	memcpy(&entry->edx, SIGNATURE + 8, 4);
}

void vcpu_set_cpuid(struct vcpu *vcpu)
{
	struct table table = { .n = 0 };
	struct vmx_vcpu_conf_cpuid conf = { .entries = table.entries };
	struct vmx_capability capability;

	if (vmx_capability(&capability))
		err(1, "libvmx");
	cpuid_add_features(&table);
	cpuid_add_identity(&table, vcpu);
	cpuid_add_topology(&table, vcpu);
	cpuid_add_xsave(&table, capability.xcr0_mask);
	cpuid_add_clocks(&table, vcpu);
	cpuid_add_extended(&table);
	cpuid_add_hypervisor(&table);
	conf.count = table.n;
	if (vmx_vcpu_configure(vcpu->vmx, VMX_VCPU_CONF_CPUID, &conf))
		err(1, "CPUID of vCPU %u", vcpu->number);
}
