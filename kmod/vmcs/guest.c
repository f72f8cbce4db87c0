// SPDX-License-Identifier: GPL-2.0
/*
 * Registers of the guest, wherever they are: in the VMCS, in its MSR areas or in struct
 * vmxfs_vcpu; and which values they can have.
 */
#include <linux/kernel.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "vmcs/vmcs.h"

/* ---- control registers, and the modes that they make ---- */

static u64 guest_seen(u32 field, u32 mask_field, u32 shadow_field)
{
	u64 mask = vmcs_read(mask_field);

	return (vmcs_read(field) & ~mask) | (vmcs_read(shadow_field) & mask);
}

u64 vmxfs_cr0(struct vmxfs_vcpu *vcpu)
{
	return guest_seen(VMCS_GUEST_CR0, VMCS_CR0_MASK, VMCS_CR0_READ_SHADOW);
}

u64 vmxfs_cr4(struct vmxfs_vcpu *vcpu)
{
	return guest_seen(VMCS_GUEST_CR4, VMCS_CR4_MASK, VMCS_CR4_READ_SHADOW);
}

/* IA-32e mode. The vCPU is loaded. */
bool vmxfs_long_mode(void)
{
	return vmcs_read(VMCS_ENTRY_CONTROLS) & VMX_CTL(entry, ia32e_mode_guest);
}

/* The vCPU is loaded. */
bool vmxfs_64_bit_mode(void)
{
	return vmxfs_long_mode() && vmcs_read(VMCS_GUEST_CS_ACCESS_RIGHTS) & VMX_AR_L;
}

/* The vCPU is loaded. */
bool vmxfs_pae_paging(void)
{
	return vmcs_read(VMCS_GUEST_CR0) & X86_CR0_PG &&
	       vmcs_read(VMCS_GUEST_CR4) & X86_CR4_PAE && !vmxfs_long_mode();
}

/**
 * vmxfs_update_lma() - keep IA32_EFER.LMA and "IA-32e mode guest" right
 *
 * LMA is LME and CR0.PG, and the VM-entry control is LMA. The vCPU is loaded.
 */
void vmxfs_update_lma(void)
{
	u64 efer = vmcs_read(VMCS_GUEST_EFER);
	u64 entry = vmcs_read(VMCS_ENTRY_CONTROLS);

	if ((efer & EFER_LME) && (vmcs_read(VMCS_GUEST_CR0) & X86_CR0_PG)) {
		efer |= EFER_LMA;
		entry |= VMX_CTL(entry, ia32e_mode_guest);
	} else {
		efer &= ~(u64)EFER_LMA;
		entry &= ~VMX_CTL(entry, ia32e_mode_guest);
	}
	vmcs_write(VMCS_GUEST_EFER, efer);
	vmcs_write(VMCS_ENTRY_CONTROLS, entry);
}

bool vmxfs_canonical(u64 address)
{
	return __is_canonical_address(address, boot_cpu_data.x86_virt_bits);
}

/* Components that the host has enabled, and that are switched. */
u64 vmxfs_xcr0_allowed(void)
{
	u64 host = boot_cpu_has(X86_FEATURE_OSXSAVE) ?
		   xgetbv(XCR_XFEATURE_ENABLED_MASK) : XFEATURE_MASK_FP;

	return host & vmx_guest_bits(VMX_REGISTER_XCR0);
}

/* What XSETBV would fault at is -EINVAL. SDM, "XSETBV". */
int vmxfs_xcr0_check(u64 value)
{
	u64 avx512 = value & XFEATURE_MASK_AVX512;

	if (value & ~vmxfs_xcr0_allowed() || !(value & XFEATURE_MASK_FP))
		return -EINVAL;
	if (value & XFEATURE_MASK_YMM && !(value & XFEATURE_MASK_SSE))
		return -EINVAL;
	if (avx512 && (avx512 != XFEATURE_MASK_AVX512 || !(value & XFEATURE_MASK_YMM)))
		return -EINVAL;
	return 0;
}

/* ---- MSRs, by enum vmx_x64_msr_index ---- */

/* Those MSRs that have a field in the VMCS, or an entry in the MSR areas. */
static const struct {
	u32 field;
	int own;
} msrs[VMX_X64_NMSR] = {
	[VMX_X64_MSR_EFER] = { VMCS_GUEST_EFER },
	[VMX_X64_MSR_STAR] = { 0, VMXFS_STAR },
	[VMX_X64_MSR_LSTAR] = { 0, VMXFS_LSTAR },
	[VMX_X64_MSR_CSTAR] = { 0, VMXFS_CSTAR },
	[VMX_X64_MSR_SFMASK] = { 0, VMXFS_FMASK },
	[VMX_X64_MSR_KERNELGSBASE] = { 0, VMXFS_KERNEL_GS_BASE },
	[VMX_X64_MSR_SYSENTER_CS] = { VMCS_GUEST_SYSENTER_CS },
	[VMX_X64_MSR_SYSENTER_ESP] = { VMCS_GUEST_SYSENTER_ESP },
	[VMX_X64_MSR_SYSENTER_EIP] = { VMCS_GUEST_SYSENTER_EIP },
	[VMX_X64_MSR_PAT] = { VMCS_GUEST_PAT },
};

/* SDM, "IA32_PAT MSR": types 0, 1, 4, 5, 6 and 7 */
static bool guest_pat_valid(u64 pat)
{
	int i;

	for (i = 0; i < 8; i++, pat >>= 8)
		if ((u8)pat > 7 || (u8)pat == 2 || (u8)pat == 3)
			return false;
	return true;
}

/**
 * vmxfs_msr_check() - whether WRMSR would take a value
 * @msr: the MSR
 * @value: the value
 *
 * Return: 0 or -EINVAL.
 */
int vmxfs_msr_check(enum vmx_x64_msr_index msr, u64 value)
{
	bool valid;

	switch (msr) {
	case VMX_X64_MSR_EFER:
		valid = !(value & ~(u64)(EFER_SCE | EFER_LME | EFER_LMA | EFER_NX));
		break;
	case VMX_X64_MSR_SFMASK:
	case VMX_X64_MSR_SYSENTER_CS:
		valid = !(value >> 32);
		break;
	case VMX_X64_MSR_PAT:
		valid = guest_pat_valid(value);
		break;
	case VMX_X64_MSR_LSTAR:
	case VMX_X64_MSR_CSTAR:
	case VMX_X64_MSR_KERNELGSBASE:
	case VMX_X64_MSR_SYSENTER_ESP:
	case VMX_X64_MSR_SYSENTER_EIP:
		valid = vmxfs_canonical(value);
		break;
	default:
		valid = true;
	}
	return valid ? 0 : -EINVAL;
}

/* Of one that is checked, and is not the TSC; the vCPU is loaded. */
void vmxfs_msr_set(struct vmxfs_vcpu *vcpu, enum vmx_x64_msr_index msr, u64 value)
{
	if (msrs[msr].field)
		vmcs_write(msrs[msr].field, value);
	else
		vmxfs_msr_set_value(vcpu, msrs[msr].own, value);
}

u64 vmxfs_msr_get(struct vmxfs_vcpu *vcpu, enum vmx_x64_msr_index msr)
{
	return msrs[msr].field ? vmcs_read(msrs[msr].field) :
				 vmxfs_msr_value(vcpu, msrs[msr].own);
}

/* All before the TSC: a call for each would cost a program more than the reading. */
void vmxfs_msrs_get(struct vmxfs_vcpu *vcpu, u64 *values)
{
	int i;

	for (i = 0; i < VMX_X64_MSR_TSC; i++)
		values[i] = vmxfs_msr_get(vcpu, i);
}

/* The guest's TSC, now; the vCPU is loaded. */
u64 vmxfs_tsc(struct vmxfs_vcpu *vcpu)
{
	return vcpu->tsc_fixed ? rdtsc() + vmcs_read(VMCS_TSC_OFFSET) : vcpu->tsc_stopped;
}

void vmxfs_tsc_set(struct vmxfs_vcpu *vcpu, u64 value)
{
	vmcs_write(VMCS_TSC_OFFSET, value - rdtsc());
	vcpu->tsc_fixed = true;
}
