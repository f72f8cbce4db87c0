// SPDX-License-Identifier: GPL-2.0
/*
 * CPUID, as the program that drives a vCPU has set it. What changes at run time follows
 * the guest's registers: SDM, "CPUID Runtime Mutable Fields", the fields that are
 * expected to change. Those others that follow an MSR (IA32_APIC_BASE, IA32_MISC_ENABLE)
 * are the program's, who answers for these MSRs.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <asm/processor.h>
#include "program/program.h"

#define CPUID_XSAVE		0x0d
#define CPUID_XSAVE_XSAVEC	BIT(1)	/* subleaf 1, EAX */
#define CPUID_XSAVE_XSAVES	BIT(3)	/* the same */
#define CPUID_XSAVE_ALIGNED	BIT(1)	/* a component's, ECX */
#define CPUID_EXTENDED		0x80000001
#define CPUID_EXTENDED_SYSCALL	BIT(11)	/* EDX */

/* XSAVE components that a guest can have are below this. */
#define COMPONENTS		10
/* The legacy region and the header of an XSAVE area, in bytes */
#define XSAVE_FIXED		576
#define XSAVE_ALIGNMENT		64

/* Where each component is in the standard form, and how large; read once */
static struct {
	u32 offset;
	u32 size;
	bool aligned;
} components[COMPONENTS] __ro_after_init;

void __init vmxfs_cpuid_setup(void)
{
	u32 ecx, edx;
	int i;

	if (boot_cpu_data.cpuid_level < CPUID_XSAVE)
		return;
	for (i = 2; i < COMPONENTS; i++) {
		cpuid_count(CPUID_XSAVE, i, &components[i].size, &components[i].offset, &ecx, &edx);
		components[i].aligned = ecx & CPUID_XSAVE_ALIGNED;
	}
}

/* SDM, "Standard Format of XSAVE Area" */
static u32 cpuid_standard_size(u64 xcr0)
{
	u32 size = XSAVE_FIXED;
	int i;

	for (i = 2; i < COMPONENTS; i++)
		if (xcr0 & BIT_ULL(i))
			size = max(size, components[i].offset + components[i].size);
	return size;
}

/* SDM, "Compacted Format of XSAVE Area" */
static u32 cpuid_compacted_size(u64 xcr0)
{
	u32 size = XSAVE_FIXED;
	int i;

	for (i = 2; i < COMPONENTS; i++) {
		if (!(xcr0 & BIT_ULL(i)))
			continue;
		if (components[i].aligned)
			size = ALIGN(size, XSAVE_ALIGNMENT);
		size += components[i].size;
	}
	return size;
}

/* Feature flags that are a bit of CR4, as the guest reads it */
static const struct {
	u32 leaf;
	u32 subleaf;	/* ANY if it does not matter */
	u32 bit;
	u64 cr4;
	u8 ecx;		/* of ECX, or of EBX */
} flags[] = {
#define ANY	U32_MAX
#define CR4_KL	BIT_ULL(19)
	{ 0x01, ANY, BIT(27), X86_CR4_OSXSAVE, true },	/* OSXSAVE */
	{ 0x07, 0, BIT(4), X86_CR4_PKE, true },		/* OSPKE */
	{ 0x19, 0, BIT(0), CR4_KL, false },		/* AESKLE */
};

static void cpuid_follow_cr4(struct vmxfs_vcpu *vcpu, u32 leaf, u32 subleaf, struct vmx_cpuid *answer)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		u32 *reg = flags[i].ecx ? &answer->ecx : &answer->ebx;

		if (flags[i].leaf != leaf ||
		    (flags[i].subleaf != ANY && flags[i].subleaf != subleaf))
			continue;
		*reg &= ~flags[i].bit;
		if (vmxfs_cr4(vcpu) & flags[i].cr4)
			*reg |= flags[i].bit;
	}
}

/* IA32_XSS is 0: the guest has no supervisor state. */
static void cpuid_follow_xcr0(struct vmxfs_vcpu *vcpu, u32 subleaf, struct vmx_cpuid *answer)
{
	/* Without XSAVE there is none of it. */
	if (subleaf == 0)
		answer->ebx = answer->eax ? cpuid_standard_size(vcpu->xcr0) : 0;
	else if (subleaf == 1)
		answer->ebx = answer->eax & (CPUID_XSAVE_XSAVEC | CPUID_XSAVE_XSAVES) ?
			      cpuid_compacted_size(vcpu->xcr0) : 0;
}

/* Most leaves have nothing that changes. */
static void cpuid_follow(struct vmxfs_vcpu *vcpu, u32 leaf, u32 subleaf, struct vmx_cpuid *answer)
{
	if (leaf == CPUID_XSAVE)
		cpuid_follow_xcr0(vcpu, subleaf, answer);
	else if (leaf == CPUID_EXTENDED && !vmxfs_64_bit_mode())
		answer->edx &= ~CPUID_EXTENDED_SYSCALL;
	else
		cpuid_follow_cr4(vcpu, leaf, subleaf, answer);
}

static bool cpuid_fits(const struct vmx_cpuid *entry, u32 leaf, u32 subleaf)
{
	if (entry->leaf != leaf)
		return entry->flags & VMX_CPUID_ANY_LEAF;
	return !(entry->flags & VMX_CPUID_SUBLEAF) || entry->subleaf == subleaf ||
	       entry->flags & VMX_CPUID_ANY_LEAF;
}

/**
 * vmxfs_complete_cpuid() - complete CPUID, for which the guest needs not be left
 * @vcpu: loaded, with the guest's context; interrupts may be disabled
 *
 * Return: false if the program is to answer.
 */
bool vmxfs_complete_cpuid(struct vmxfs_vcpu *vcpu)
{
	u32 leaf = READ_ONCE(vcpu->gprs->rax), subleaf = READ_ONCE(vcpu->gprs->rcx);
	const struct vmx_cpuid *entry = vcpu->program.cpuid, *end = entry + vcpu->program.ncpuid;
	struct vmx_cpuid answer;

	for (; entry < end; entry++)
		if (cpuid_fits(entry, leaf, subleaf))
			break;
	if (entry == end || entry->flags & VMX_CPUID_EXIT)
		return false;
	answer = *entry;
	cpuid_follow(vcpu, leaf, subleaf, &answer);
	/* The high halves are cleared in all modes. */
	vcpu->gprs->rax = answer.eax;
	vcpu->gprs->rbx = answer.ebx;
	vcpu->gprs->rcx = answer.ecx;
	vcpu->gprs->rdx = answer.edx;
	vmxfs_skip(vcpu);
	return true;
}
