// SPDX-License-Identifier: GPL-2.0
/*
 * Control registers as the guest sees them, for vCPUs that a program drives. The
 * bits that vmxfs keeps are in the read shadow only. The vCPU is loaded.
 */
#include <linux/kernel.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "memory/memory.h"
#include "program/program.h"

/* SDM, "PAE Paging": reserved bits of a PDPTE that is present, below the address's end */
#define PDPTE_RESERVED		0x1e6ULL

/* @own: the bits that are the guest's */
static void cr_set(struct vmxfs_vcpu *vcpu, u32 field, u32 shadow_field, u64 own, u64 value)
{
	u64 real = (vmcs_read(field) & ~own) | (value & own);

	vmcs_write(shadow_field, value);
	vmcs_write(field, real);
	vmxfs_field_written(vcpu, field, real);
}

void vmxfs_cr0_set(struct vmxfs_vcpu *vcpu, u64 value)
{
	cr_set(vcpu, VMCS_GUEST_CR0, VMCS_CR0_READ_SHADOW, vmx_guest_bits(VMX_REGISTER_CR0), value);
}

void vmxfs_cr4_set(struct vmxfs_vcpu *vcpu, u64 value)
{
	cr_set(vcpu, VMCS_GUEST_CR4, VMCS_CR4_READ_SHADOW, vmx_guest_bits(VMX_REGISTER_CR4), value);
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

/*
 * Reserved bits of CR0's low half read as 0, and ET as 1, whatever is written. SDM,
 * "MOV—Move to/from Control Registers".
 */
#define CR0_RESERVED	0x1ffaffc0ULL

u64 vmxfs_cr0_stored(u64 value)
{
	return (value & ~CR0_RESERVED) | X86_CR0_ET;
}

/* ---- PDPTEs: VM entry takes them from the VMCS, MOV to CR and programs from memory ---- */

/* Bits whose change loads the PDPTEs: SDM, "PDPTE Registers" */
#define CR0_PDPTES	(X86_CR0_CD | X86_CR0_NW | X86_CR0_PG)
#define CR4_PDPTES	(X86_CR4_PAE | X86_CR4_PGE | X86_CR4_PSE | X86_CR4_SMEP)

/* The PDPT's address in CR3. SDM, "PDPTE Registers" */
#define CR3_PDPT	0xffffffe0ULL

void vmxfs_paging_get(struct vmxfs_vcpu *vcpu, struct vmxfs_paging *paging)
{
	*paging = (struct vmxfs_paging){
		.cr0 = vmxfs_cr0(vcpu),
		.cr3 = vmcs_read(VMCS_GUEST_CR3),
		.cr4 = vmxfs_cr4(vcpu),
		.efer = vmcs_read(VMCS_GUEST_EFER),
	};
}

static bool cr_loads_pdptes(const struct vmxfs_paging *old, const struct vmxfs_paging *new)
{
	if (!(new->cr0 & X86_CR0_PG) || !(new->cr4 & X86_CR4_PAE) || new->efer & EFER_LME)
		return false;
	return (old->cr0 ^ new->cr0) & CR0_PDPTES || (old->cr4 ^ new->cr4) & CR4_PDPTES ||
	       old->cr3 != new->cr3 || old->efer & EFER_LME;
}

static int cr_read_pdptes(struct vmxfs_vcpu *vcpu, u64 cr3, u64 *pdptes)
{
	u64 reserved = PDPTE_RESERVED | ~(BIT_ULL(boot_cpu_data.x86_phys_bits) - 1);
	int i;

	if (vmxfs_ept_read(vmxfs_map_root(vcpu, vmcs_read(VMCS_EPT_POINTER)), cr3 & CR3_PDPT,
			   pdptes, VMXFS_PDPTES * sizeof(*pdptes)))
		return -EFAULT;
	for (i = 0; i < VMXFS_PDPTES; i++)
		if (pdptes[i] & 1 && pdptes[i] & reserved)
			return -EINVAL;
	return 0;
}

/**
 * vmxfs_paging_set() - set the registers that decide on paging
 * @vcpu: loaded
 * @new: their values, which are checked
 *
 * The PDPTEs are loaded from memory if the processor would do so, had the guest changed
 * the registers.
 *
 * Return: 0; -EFAULT if there is no memory for the PDPTEs, -EINVAL if they have reserved
 * bits: then nothing is changed.
 */
int vmxfs_paging_set(struct vmxfs_vcpu *vcpu, const struct vmxfs_paging *new)
{
	struct vmxfs_paging old;
	u64 pdptes[VMXFS_PDPTES];
	bool load;
	int i, err;

	vmxfs_paging_get(vcpu, &old);
	load = cr_loads_pdptes(&old, new);
	err = load ? cr_read_pdptes(vcpu, new->cr3, pdptes) : 0;
	if (err)
		return err;
	/* What somebody has written to the VMCS behind the shadows stays otherwise. */
	if (new->cr0 != old.cr0)
		vmxfs_cr0_set(vcpu, new->cr0);
	if (new->cr4 != old.cr4)
		vmxfs_cr4_set(vcpu, new->cr4);
	vmcs_write(VMCS_GUEST_CR3, new->cr3);
	if (new->efer != old.efer)
		vmxfs_msr_set(vcpu, VMX_X64_MSR_EFER, new->efer);
	vmxfs_update_lma();
	for (i = 0; load && i < VMXFS_PDPTES; i++)
		vmcs_write(VMCS_GUEST_PDPTE0 + 2 * i, pdptes[i]);
	vcpu->flush = true;
	return 0;
}

/* ---- MOV to CR, CLTS and LMSW that exit; SDM, "MOV—Move to/from Control Registers" ---- */

static bool cr_cr0_valid(struct vmxfs_vcpu *vcpu, u64 value)
{
	u64 efer = vmcs_read(VMCS_GUEST_EFER);
	bool code64 = vmcs_read(VMCS_GUEST_CS_ACCESS_RIGHTS) & VMX_AR_L;
	u64 cr4 = vmxfs_cr4(vcpu);

	if (value >> 32 || (value & X86_CR0_PG && !(value & X86_CR0_PE)) ||
	    (value & X86_CR0_NW && !(value & X86_CR0_CD)))
		return false;
	if (value & X86_CR0_PG)
		return vmxfs_long_mode() || !(efer & EFER_LME) || (cr4 & X86_CR4_PAE && !code64);
	return !(vmxfs_long_mode() && code64) && !(cr4 & X86_CR4_PCIDE);
}

static bool cr_cr4_valid(struct vmxfs_vcpu *vcpu, u64 value)
{
	u64 old = vmxfs_cr4(vcpu);

	if (value & ~vmxfs_cr4_allowed())
		return false;
	if (vmxfs_long_mode() && !(value & X86_CR4_PAE))
		return false;
	return !(value & ~old & X86_CR4_PCIDE) ||
	       (vmxfs_long_mode() && !(vmcs_read(VMCS_GUEST_CR3) & 0xfff));
}

static int cr_mov_to_cr0(struct vmxfs_vcpu *vcpu, u64 value)
{
	struct vmxfs_paging new;

	value = vmxfs_cr0_stored(value);
	if (!cr_cr0_valid(vcpu, value))
		return -EINVAL;
	vmxfs_paging_get(vcpu, &new);
	new.cr0 = value;
	return vmxfs_paging_set(vcpu, &new);
}

static int cr_mov_to_cr4(struct vmxfs_vcpu *vcpu, u64 value)
{
	struct vmxfs_paging new;

	if (!cr_cr4_valid(vcpu, value))
		return -EINVAL;
	vmxfs_paging_get(vcpu, &new);
	new.cr4 = value;
	return vmxfs_paging_set(vcpu, &new);
}

/**
 * vmxfs_pdpt() - where the PDPTEs are loaded from
 *
 * The vCPU is loaded.
 *
 * Return: guest-physical address.
 */
u64 vmxfs_pdpt(void)
{
	return vmcs_read(VMCS_GUEST_CR3) & CR3_PDPT;
}

/* By the number that instructions encode */
static u64 cr_gpr_get(struct vmxfs_vcpu *vcpu, unsigned int n)
{
	return n == VMX_X64_GPR_RSP ? vmcs_read(VMCS_GUEST_RSP) : READ_ONCE((&vcpu->gprs->rax)[n]);
}

/* The operand of MOV to CR has 32 bits outside 64-bit mode. */
static u64 cr_operand(struct vmxfs_vcpu *vcpu, unsigned int n)
{
	u64 value = cr_gpr_get(vcpu, n);

	return vmxfs_64_bit_mode() ? value : (u32)value;
}

static void cr_gpr_set(struct vmxfs_vcpu *vcpu, unsigned int n, u64 value)
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
 * Return: 0; -EINVAL if it is to raise #GP(0); -EFAULT if it loads the PDPTEs, and there
 * is no memory; -EOPNOTSUPP if it is not known.
 */
int vmxfs_cr_access(struct vmxfs_vcpu *vcpu, u64 qualification)
{
	unsigned int access = qualification >> 4 & 3, n = qualification >> 8 & 15;
	u64 cr0, value;

	switch (access << 4 | (qualification & 15)) {
	case MOV_TO_CR << 4 | 0:
		return cr_mov_to_cr0(vcpu, cr_operand(vcpu, n));
	case MOV_TO_CR << 4 | 4:
		return cr_mov_to_cr4(vcpu, cr_operand(vcpu, n));
	case MOV_TO_CR << 4 | 8:
		value = cr_gpr_get(vcpu, n);
		if (value >> 4)
			return -EINVAL;
		vcpu->program.cr8 = value;
		return 0;
	case MOV_FROM_CR << 4 | 8:
		cr_gpr_set(vcpu, n, vcpu->program.cr8);
		return 0;
	case CLTS << 4:
		return cr_mov_to_cr0(vcpu, vmxfs_cr0(vcpu) & ~(u64)X86_CR0_TS);
	case LMSW << 4:
		/* It can set PE, but not clear it. */
		cr0 = vmxfs_cr0(vcpu);
		value = qualification >> 16 & (X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS);
		return cr_mov_to_cr0(vcpu, (cr0 & ~(u64)(X86_CR0_MP | X86_CR0_EM | X86_CR0_TS)) |
					value);
	default:
		return -EOPNOTSUPP;
	}
}
