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
#include "cpu/instructions.h"
#include "run/fpu.h"
#include "run/lazy.h"
#include "vmcs/vmcs.h"

#define LAZY(ident, what, may_skip, why) \
	static __always_inline bool vmxfs_skips_##ident(const struct vmxfs_host *host) \
	{ \
		return may_skip; \
	}
VMXFS_LAZY_BY_HOST(LAZY)
#undef LAZY

/* What most runs leave out, so that one look tells */
#define VMXFS_SELDOM (VMXFS_SKIP_DEBUG | VMXFS_SKIP_TSC_AUX | VMXFS_SKIP_UMWAIT | \
			 VMXFS_SKIP_XSS | VMXFS_SKIP_HOST_FIELDS)

void vmxfs_load_seldom(struct vmxfs_vcpu *vcpu);
void vmxfs_save_seldom(struct vmxfs_vcpu *vcpu);
void vmxfs_restore_selectors(const struct vmxfs_vcpu *vcpu);

/* Host state that changes with what the processor runs. */
static __always_inline void vmxfs_refresh_host(struct vmxfs_vcpu *vcpu)
{
	u64 cr3 = __read_cr3();
	u64 cr4 = cr4_read_shadow();
	u64 fs_base;

	fs_base = static_cpu_has(X86_FEATURE_FSGSBASE) ? rdfsbase() : __rdmsr(MSR_FS_BASE);
	if (cr3 != vcpu->host.cr3)
		vmcs_write(VMCS_HOST_CR3, vcpu->host.cr3 = cr3);
	if (cr4 != vcpu->host.cr4)
		vmcs_write(VMCS_HOST_CR4, vcpu->host.cr4 = cr4);
	if (fs_base != vcpu->host.fs_base)
		vmcs_write(VMCS_HOST_FS_BASE, vcpu->host.fs_base = fs_base);
	if (!(vcpu->skips & VMXFS_SKIP_MSRS))
		vmxfs_msr_own(vcpu, VMXFS_EXIT_MSR_LOAD)[VMXFS_KERNEL_GS_BASE].value =
			__rdmsr(MSR_KERNEL_GS_BASE);
}

/* Most are null, and then that is all there is to know. */
static __always_inline void vmxfs_read_selectors(struct vmxfs_host *host)
{
	u32 ldt, ds, es, fs, gs;

	asm volatile("sldt %0" : "=r" (ldt));
	asm volatile("mov %%ds, %0" : "=r" (ds));
	asm volatile("mov %%es, %0" : "=r" (es));
	asm volatile("mov %%fs, %0" : "=r" (fs));
	asm volatile("mov %%gs, %0" : "=r" (gs));
	host->selectors = ldt | ds | es | fs | gs;
	if (unlikely(host->selectors)) {
		host->ldt = ldt;
		host->ds = ds;
		host->es = es;
		host->fs = fs;
		host->gs = gs;
	}
}

/*
 * A VM exit leaves the limits of GDTR, IDTR and TR at fixed values.
 * SDM, "Loading Host Segment and Descriptor-Table Registers".
 */
static __always_inline void vmxfs_restore_tables(const struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_host *host = &vcpu->host;

	native_load_gdt(&vcpu->host.gdt);
	native_load_idt(&vcpu->host.idt);
	/* invalidate_tss_limit(), but for what it asserts */
	if (unlikely(!vmxfs_skips_tss_limit(host)))
		invalidate_tss_limit();
	else
		this_cpu_write(__tss_limit_invalid, true);
}

/**
 * vmxfs_load_guest() - put the guest's state on the processor, and keep the host's
 * @vcpu: loaded, and decided
 *
 * Interrupts are disabled until vmxfs_save_guest().
 */
static __always_inline void vmxfs_load_guest(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_host *host = &vcpu->host;
	unsigned int i;

	host->debugctl = vmxfs_skips_read_debugctl(host) ? 0 : __rdmsr(MSR_IA32_DEBUGCTLMSR);
	vmxfs_read_selectors(host);
	vmxfs_refresh_host(vcpu);
	vmxfs_fpu_load(vcpu);
	if (unlikely(~vcpu->skips & VMXFS_SELDOM))
		vmxfs_load_seldom(vcpu);
	/* After what the module writes itself */
	for (i = 0; i < vcpu->host.nforced; i++) {
		vmwrite(vcpu->host.forced[i].field, vcpu->host.forced[i].value);
		vcpu->host.rsp = 0;
	}
	native_write_cr2(vcpu->cr2);
	/* Unless "load debug controls" is 1, it would stay on in the guest. */
	if (unlikely(!vmxfs_skips_debugctl(host)))
		update_debugctlmsr(0);
	if (!vmxfs_skips_read_pebs(host)) {
		host->pebs = __rdmsr(MSR_IA32_PEBS_ENABLE);
		if (!vmxfs_skips_pebs(host))
			wrmsrl(MSR_IA32_PEBS_ENABLE, 0);
	}
	/* The guest's TSC stands still while the guest does not run. */
	if (!vcpu->tsc_fixed) {
		vcpu->tsc_offset = vcpu->tsc_stopped - rdtsc();
		vmcs_write(VMCS_TSC_OFFSET, vcpu->tsc_offset);
	}
}

/* The other way round. */
static __always_inline void vmxfs_save_guest(struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_host *host = &vcpu->host;

	if (!vcpu->tsc_fixed)
		vcpu->tsc_stopped = rdtsc() + vcpu->tsc_offset;
	vcpu->cr2 = native_read_cr2();
	vmxfs_restore_tables(vcpu);
	if (unlikely(!vmxfs_skips_selectors(host)))
		vmxfs_restore_selectors(vcpu);
	if (unlikely(!vmxfs_skips_debugctl(host)))
		update_debugctlmsr(host->debugctl);
	if (!vmxfs_skips_read_pebs(host) && !vmxfs_skips_pebs(host))
		wrmsrl(MSR_IA32_PEBS_ENABLE, host->pebs);
	if (unlikely(~vcpu->skips & VMXFS_SELDOM))
		vmxfs_save_seldom(vcpu);
	if (unlikely(!vmxfs_skips_dr7(host)))
		hw_breakpoint_restore();
	vmxfs_fpu_save(vcpu);
}

#endif
