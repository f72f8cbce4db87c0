/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What VMX does not switch between host and guest, and is switched by hand. It must not
 * cost calls. What is left out of it where nobody can tell is in lazy.h.
 */
#ifndef VMXFS_SWITCH_H
#define VMXFS_SWITCH_H

#include <linux/hw_breakpoint.h>
#include <linux/sched.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/fsgsbase.h>
#include <asm/segment.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include "vmxfs.h"
#include "insn.h"
#include "fpu.h"
#include "lazy.h"

/**
 * struct vmxfs_host - what the processor has while the guest is on it
 * @debugctl: IA32_DEBUGCTL
 * @tsc_aux: IA32_TSC_AUX, if it is switched
 * @dr: DR0 to DR3, and DR6 and DR7, if they are switched
 * @ldt: selectors
 * @ds: likewise
 * @es: likewise
 * @fs: likewise
 * @gs: likewise
 */
struct vmxfs_host {
	u64 debugctl;
	u64 tsc_aux;
	unsigned long dr[8];
	u32 ldt;
	u32 ds;
	u32 es;
	u32 fs;
	u32 gs;
};

#define LAZY(ident, what, may_skip, why) \
	static __always_inline bool vmxfs_skips_##ident(const struct vmxfs_host *host) \
	{ \
		return may_skip; \
	}
VMXFS_LAZY_BY_HOST(LAZY)
#undef LAZY

void vmxfs_load_debug(struct vmxfs_vcpu *vcpu, struct vmxfs_host *host);
void vmxfs_save_debug(struct vmxfs_vcpu *vcpu, const struct vmxfs_host *host);
void vmxfs_restore_selectors(struct vmxfs_vcpu *vcpu, const struct vmxfs_host *host);
void vmxfs_refresh_changing_fields(void);

/* Host state that changes with what the processor runs. */
static __always_inline void vmxfs_refresh_host(struct vmxfs_vcpu *vcpu)
{
	u64 cr3 = __read_cr3();
	u64 cr4 = cr4_read_shadow();
	u64 fs_base;

	fs_base = static_cpu_has(X86_FEATURE_FSGSBASE) ? rdfsbase() : __rdmsr(MSR_FS_BASE);
	if (cr3 != vcpu->host_cr3)
		vmcs_write(VMCS_HOST_CR3, vcpu->host_cr3 = cr3);
	if (cr4 != vcpu->host_cr4)
		vmcs_write(VMCS_HOST_CR4, vcpu->host_cr4 = cr4);
	if (fs_base != vcpu->host_fs_base)
		vmcs_write(VMCS_HOST_FS_BASE, vcpu->host_fs_base = fs_base);
	if (!(vcpu->skips & VMXFS_SKIP_MSRS))
		vmxfs_msr_own(vcpu, VMXFS_EXIT_MSR_LOAD)[VMXFS_KERNEL_GS_BASE].value =
			__rdmsr(MSR_KERNEL_GS_BASE);
	if (!(vcpu->skips & VMXFS_SKIP_HOST_FIELDS))
		vmxfs_refresh_changing_fields();
}

static __always_inline void vmxfs_read_selectors(struct vmxfs_host *host)
{
	asm volatile("sldt %0" : "=r" (host->ldt));
	asm volatile("mov %%ds, %0" : "=r" (host->ds));
	asm volatile("mov %%es, %0" : "=r" (host->es));
	asm volatile("mov %%fs, %0" : "=r" (host->fs));
	asm volatile("mov %%gs, %0" : "=r" (host->gs));
}

/*
 * A VM exit leaves the limits of GDTR, IDTR and TR at fixed values and LDTR null.
 * SDM, "Loading Host Segment and Descriptor-Table Registers".
 */
static __always_inline void vmxfs_restore_tables(const struct vmxfs_vcpu *vcpu,
						 const struct vmxfs_host *host)
{
	native_load_gdt(&vcpu->host_gdt);
	native_load_idt(&vcpu->host_idt);
	/* invalidate_tss_limit(), but for what it asserts */
	if (unlikely(!vmxfs_skips_tss_limit(host)))
		invalidate_tss_limit();
	else
		this_cpu_write(__tss_limit_invalid, true);
	if (unlikely(!vmxfs_skips_ldtr(host)))
		asm volatile("lldt %w0" : : "r" (host->ldt));
}

/**
 * vmxfs_load_guest() - put the guest's state on the processor
 * @vcpu: loaded, and decided
 * @host: gets the host's
 *
 * Interrupts are disabled until vmxfs_save_guest().
 */
static __always_inline void vmxfs_load_guest(struct vmxfs_vcpu *vcpu, struct vmxfs_host *host)
{
	unsigned int i;

	host->debugctl = vmxfs_skips_read_debugctl(host) ? 0 : __rdmsr(MSR_IA32_DEBUGCTLMSR);
	vmxfs_read_selectors(host);
	vmxfs_refresh_host(vcpu);
	for (i = 0; i < vcpu->nforced; i++) {
		vmwrite(vcpu->forced[i].field, vcpu->forced[i].value);
		vcpu->host_rsp = 0;
	}
	vmxfs_fpu_load(vcpu);
	if (!(vcpu->skips & VMXFS_SKIP_DEBUG))
		vmxfs_load_debug(vcpu, host);
	if (!(vcpu->skips & VMXFS_SKIP_TSC_AUX)) {
		host->tsc_aux = __rdmsr(MSR_TSC_AUX);
		wrmsrl(MSR_TSC_AUX, 0);
	}
	native_write_cr2(vcpu->cr2);
	/* Unless "load debug controls" is 1, it would stay on in the guest. */
	if (unlikely(!vmxfs_skips_debugctl(host)))
		update_debugctlmsr(0);
	/* The guest's TSC stands still while the guest does not run. */
	if (!vcpu->tsc_fixed) {
		vcpu->tsc_offset = vcpu->tsc_stopped - rdtsc();
		vmcs_write(VMCS_TSC_OFFSET, vcpu->tsc_offset);
	}
}

/* The other way round. */
static __always_inline void vmxfs_save_guest(struct vmxfs_vcpu *vcpu,
					     const struct vmxfs_host *host)
{
	if (!vcpu->tsc_fixed)
		vcpu->tsc_stopped = rdtsc() + vcpu->tsc_offset;
	vcpu->cr2 = native_read_cr2();
	vmxfs_restore_tables(vcpu, host);
	if (unlikely(!vmxfs_skips_selectors(host)))
		vmxfs_restore_selectors(vcpu, host);
	if (unlikely(!vmxfs_skips_debugctl(host)))
		update_debugctlmsr(host->debugctl);
	if (!(vcpu->skips & VMXFS_SKIP_DEBUG))
		vmxfs_save_debug(vcpu, host);
	else if (unlikely(!vmxfs_skips_dr7(host)))
		hw_breakpoint_restore();
	if (!(vcpu->skips & VMXFS_SKIP_TSC_AUX))
		wrmsrl(MSR_TSC_AUX, host->tsc_aux);
	vmxfs_fpu_save(vcpu);
}

#endif
