/* SPDX-License-Identifier: GPL-2.0 */
/* The exchange of x87, SSE and AVX state, which must not cost a call. */
#ifndef VMXFS_FPU_H
#define VMXFS_FPU_H

#include <asm/cpufeature.h>
#include <asm/fpu/types.h>
#include <asm/fpu/xcr.h>
#include "run/lazy.h"
#include "vmcs/vmcs.h"

/* The components that a guest can have are below bit 32. */
static __always_inline void vmxfs_xsave(void *state, u32 mask)
{
	if (static_cpu_has(X86_FEATURE_OSXSAVE))
		asm volatile("xsave64 %0"
			     : "+m" (*(struct xregs_state *)state)
			     : "a" (mask), "d" (0) : "memory");
	else
		asm volatile("fxsave64 %0" : "=m" (*(struct fxregs_state *)state));
}

static __always_inline void vmxfs_xrstor(const void *state, u32 mask)
{
	if (static_cpu_has(X86_FEATURE_OSXSAVE))
		asm volatile("xrstor64 %0"
			     : : "m" (*(const struct xregs_state *)state),
				 "a" (mask), "d" (0) : "memory");
	else
		asm volatile("fxrstor64 %0" : : "m" (*(const struct fxregs_state *)state));
}

static inline bool vmxfs_switches_xcr0(const struct vmxfs_vcpu *vcpu)
{
	return !(vcpu->skips & VMXFS_SKIP_XCR0) && vcpu->xcr0 != vmxfs_host_xcr0 &&
	       vmxfs_host_xcr0;
}

/*
 * The components that the guest can change. An instruction with a VEX prefix clears the
 * bits of its destination beyond its vector length, up to the longest vector of the
 * processor. That includes ZMM, whether or not XCR0 has AVX-512. SDM, "Intel AVX-512":
 * bits MAXVL-1:256.
 */
static inline u32 vmxfs_fpu_mask(const struct vmxfs_vcpu *vcpu)
{
	u32 mask = vcpu->xcr0 | XFEATURE_MASK_FPSSE;

	if (mask & XFEATURE_MASK_YMM)
		mask |= vmxfs_host_xcr0 & XFEATURE_MASK_ZMM_Hi256;
	return mask;
}

/**
 * vmxfs_fpu_load() - exchange the host's state for the guest's
 * @vcpu: about to enter
 *
 * Only the components that the guest can change are exchanged. The host's state is
 * back before interrupts are enabled. So Linux, which saves and loads a task's state as
 * late as it can, never notices.
 */
static __always_inline void vmxfs_fpu_load(struct vmxfs_vcpu *vcpu)
{
	u32 mask = vcpu->fpu_mask;

	vmxfs_xsave(vcpu->host.fpu, mask);
	vmxfs_xrstor(vcpu->fpu, mask);
	if (vmxfs_switches_xcr0(vcpu))
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vcpu->xcr0);
}

/* The other way round. */
static __always_inline void vmxfs_fpu_save(struct vmxfs_vcpu *vcpu)
{
	u32 mask = vcpu->fpu_mask;

	if (vmxfs_switches_xcr0(vcpu))
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vmxfs_host_xcr0);
	vmxfs_xsave(vcpu->fpu, mask);
	vmxfs_xrstor(vcpu->host.fpu, mask);
}

#endif
