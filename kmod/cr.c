// SPDX-License-Identifier: GPL-2.0
/*
 * Control registers as the guest sees them, for vCPUs that a program drives. The
 * bits that vmxfs keeps are in the read shadow only. The vCPU is loaded.
 */
#include <linux/kernel.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include "vmxfs.h"
#include "insn.h"

/* SDM, "PAE Paging": reserved bits of a PDPTE that is present, below the address's end */
#define PDPTE_RESERVED		0x1e6ULL

static u64 seen(u32 field, u32 mask_field, u32 shadow_field)
{
	u64 mask = vmcs_read(mask_field);

	return (vmcs_read(field) & ~mask) | (vmcs_read(shadow_field) & mask);
}

u64 vmxfs_cr0(struct vmxfs_vcpu *vcpu)
{
	return seen(VMCS_GUEST_CR0, VMCS_CR0_MASK, VMCS_CR0_READ_SHADOW);
}

u64 vmxfs_cr4(struct vmxfs_vcpu *vcpu)
{
	return seen(VMCS_GUEST_CR4, VMCS_CR4_MASK, VMCS_CR4_READ_SHADOW);
}

/* @own: the bits that are the guest's */
static void set(struct vmxfs_vcpu *vcpu, u32 field, u32 shadow_field, u64 own, u64 value)
{
	u64 real = (vmcs_read(field) & ~own) | (value & own);

	vmcs_write(shadow_field, value);
	vmcs_write(field, real);
	vmxfs_field_written(vcpu, field, real);
}

void vmxfs_cr0_set(struct vmxfs_vcpu *vcpu, u64 value)
{
	set(vcpu, VMCS_GUEST_CR0, VMCS_CR0_READ_SHADOW, vmx_guest_bits(VMX_REGISTER_CR0), value);
}

void vmxfs_cr4_set(struct vmxfs_vcpu *vcpu, u64 value)
{
	set(vcpu, VMCS_GUEST_CR4, VMCS_CR4_READ_SHADOW, vmx_guest_bits(VMX_REGISTER_CR4), value);
}

/*
 * What CR4 can have: of the bits that vmxfs keeps only MCE, which is the host's
 * affair all the same.
 */
u64 vmxfs_cr4_allowed(void)
{
	u64 fixed1;

	rdmsrl(MSR_IA32_VMX_CR4_FIXED1, fixed1);
	return fixed1 & (vmx_guest_bits(VMX_REGISTER_CR4) | X86_CR4_MCE);
}

static bool long_mode(void)
{
	return vmcs_read(VMCS_ENTRY_CONTROLS) & VMX_CTL(entry, ia32e_mode_guest);
}

/* VM entry takes them from the VMCS, and MOV to CR from memory. */
static int load_pdptes(struct vmxfs_vcpu *vcpu)
{
	u64 cr3 = vmcs_read(VMCS_GUEST_CR3);
	u64 reserved = PDPTE_RESERVED | ~(BIT_ULL(boot_cpu_data.x86_phys_bits) - 1);
	u64 pdpte[4];
	int i;

	if (vmxfs_ept_read(vcpu->map[0].pml4, cr3 & 0xffffffe0, pdpte, sizeof(pdpte)))
		return -EFAULT;
	for (i = 0; i < ARRAY_SIZE(pdpte); i++)
		if (pdpte[i] & 1 && pdpte[i] & reserved)
			return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(pdpte); i++)
		vmcs_write(VMCS_GUEST_PDPTE0 + 2 * i, pdpte[i]);
	return 0;
}

/**
 * vmxfs_paging_changed() - after CR0, CR3, CR4 or IA32_EFER were set
 * @vcpu: loaded
 *
 * Return: 0, or -EINVAL or -EFAULT if the PDPTEs can't be loaded.
 */
int vmxfs_paging_changed(struct vmxfs_vcpu *vcpu)
{
	vmxfs_update_lma();
	vcpu->flush = true;
	if (long_mode() || !(vmcs_read(VMCS_GUEST_CR0) & X86_CR0_PG) ||
	    !(vmcs_read(VMCS_GUEST_CR4) & X86_CR4_PAE))
		return 0;
	return load_pdptes(vcpu);
}

/* ---- MOV to CR, CLTS and LMSW that exit; SDM, "MOV—Move to/from Control Registers" ---- */

static bool cr0_valid(struct vmxfs_vcpu *vcpu, u64 value)
{
	u64 efer = vmcs_read(VMCS_GUEST_EFER);
	bool code64 = vmcs_read(VMCS_GUEST_CS_ACCESS_RIGHTS) & VMX_AR_L;
	u64 cr4 = vmxfs_cr4(vcpu);

	if (value >> 32 || (value & X86_CR0_PG && !(value & X86_CR0_PE)) ||
	    (value & X86_CR0_NW && !(value & X86_CR0_CD)))
		return false;
	if (value & X86_CR0_PG)
		return long_mode() || !(efer & EFER_LME) || (cr4 & X86_CR4_PAE && !code64);
	return !(long_mode() && code64) && !(cr4 & X86_CR4_PCIDE);
}

static bool cr4_valid(struct vmxfs_vcpu *vcpu, u64 value)
{
	u64 old = vmxfs_cr4(vcpu);

	if (value & ~vmxfs_cr4_allowed())
		return false;
	if (long_mode() && !(value & X86_CR4_PAE))
		return false;
	return !(value & ~old & X86_CR4_PCIDE) ||
	       (long_mode() && !(vmcs_read(VMCS_GUEST_CR3) & 0xfff));
}

/* Bits whose change loads the PDPTEs: SDM, "PDPTE Registers" */
#define CR0_PDPTES	(X86_CR0_CD | X86_CR0_NW | X86_CR0_PG)
#define CR4_PDPTES	(X86_CR4_PAE | X86_CR4_PGE | X86_CR4_PSE | X86_CR4_SMEP)

static int mov_to_cr0(struct vmxfs_vcpu *vcpu, u64 value)
{
	u64 old = vmxfs_cr0(vcpu);

	value |= X86_CR0_ET;
	if (!cr0_valid(vcpu, value))
		return -EINVAL;
	vmxfs_cr0_set(vcpu, value);
	if (!((old ^ value) & CR0_PDPTES) || !vmxfs_paging_changed(vcpu))
		return 0;
	vmxfs_cr0_set(vcpu, old);
	vmxfs_update_lma();
	return -EINVAL;
}

static int mov_to_cr4(struct vmxfs_vcpu *vcpu, u64 value)
{
	u64 old = vmxfs_cr4(vcpu);

	if (!cr4_valid(vcpu, value))
		return -EINVAL;
	vmxfs_cr4_set(vcpu, value);
	if (!((old ^ value) & CR4_PDPTES) || !vmxfs_paging_changed(vcpu))
		return 0;
	vmxfs_cr4_set(vcpu, old);
	return -EINVAL;
}

/* By the number that instructions encode */
static u64 gpr_get(struct vmxfs_vcpu *vcpu, unsigned int n)
{
	return n == VMX_X64_GPR_RSP ? vmcs_read(VMCS_GUEST_RSP) : READ_ONCE((&vcpu->gprs->rax)[n]);
}

static void gpr_set(struct vmxfs_vcpu *vcpu, unsigned int n, u64 value)
{
	if (n == VMX_X64_GPR_RSP)
		vmcs_write(VMCS_GUEST_RSP, value);
	else
		(&vcpu->gprs->rax)[n] = value;
}

/* SDM, table "Exit Qualification for Control-Register Accesses": bits 5:4 */
enum { MOV_TO_CR, MOV_FROM_CR, CLTS, LMSW };

/**
 * vmxfs_cr_access() - complete an instruction that accesses a control register
 * @vcpu: loaded, after a VM exit for it
 * @qualification: of that exit
 *
 * Return: 0; -EINVAL if it is to raise #GP(0); -EOPNOTSUPP if it is not known.
 */
int vmxfs_cr_access(struct vmxfs_vcpu *vcpu, u64 qualification)
{
	unsigned int access = qualification >> 4 & 3, n = qualification >> 8 & 15;
	u64 cr0, value;

	switch (access << 4 | (qualification & 15)) {
	case MOV_TO_CR << 4 | 0:
		return mov_to_cr0(vcpu, gpr_get(vcpu, n));
	case MOV_TO_CR << 4 | 4:
		return mov_to_cr4(vcpu, gpr_get(vcpu, n));
	case MOV_TO_CR << 4 | 8:
		value = gpr_get(vcpu, n);
		if (value >> 4)
			return -EINVAL;
		vcpu->cr8 = value;
		return 0;
	case MOV_FROM_CR << 4 | 8:
		gpr_set(vcpu, n, vcpu->cr8);
		return 0;
	case CLTS << 4:
		return mov_to_cr0(vcpu, vmxfs_cr0(vcpu) & ~(u64)X86_CR0_TS);
	case LMSW << 4:
		/* It can set PE, but not clear it. */
		cr0 = vmxfs_cr0(vcpu);
		value = qualification >> 16 & (X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS);
		return mov_to_cr0(vcpu, (cr0 & ~(u64)(X86_CR0_MP | X86_CR0_EM | X86_CR0_TS)) |
					value);
	default:
		return -EOPNOTSUPP;
	}
}
