// SPDX-License-Identifier: GPL-2.0
/*
 * The guest's x87, SSE and AVX state, which VMX does not switch, and the fpregs
 * file.
 */
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/fpu/api.h>
#include <asm/fpu/types.h>
#include <asm/fpu/xcr.h>
#include "vmxfs.h"

/* SDM, "Checking for the DAZ Flag in the MXCSR Register": if MXCSR_MASK is 0 */
#define MXCSR_MASK_DEFAULT 0xffbf

/* All exceptions masked, as after FNINIT and reset. */
void vmxfs_fpu_init(struct vmxfs_vcpu *vcpu)
{
	struct fxregs_state *state = vcpu->fpu;

	state->cwd = 0x37f;
	state->mxcsr = MXCSR_DEFAULT;
}

/* XCR0, which Linux does not change; 0 if there is none */
static u64 vmxfs_host_xcr0 __ro_after_init;

static __always_inline void save(void *state, u64 mask)
{
	if (static_cpu_has(X86_FEATURE_OSXSAVE))
		asm volatile("xsave64 %0"
			     : "+m" (*(struct xregs_state *)state)
			     : "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
	else
		asm volatile("fxsave64 %0" : "=m" (*(struct fxregs_state *)state));
}

static __always_inline void restore(const void *state, u64 mask)
{
	if (static_cpu_has(X86_FEATURE_OSXSAVE))
		asm volatile("xrstor64 %0"
			     : : "m" (*(const struct xregs_state *)state),
				 "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
	else
		asm volatile("fxrstor64 %0" : : "m" (*(const struct fxregs_state *)state));
}

/* Without CR4.OSXSAVE it is not used, and can stay the host's. */
static bool switches_xcr0(const struct vmxfs_vcpu *vcpu)
{
	return vcpu->xcr0_used && vcpu->xcr0 != vmxfs_host_xcr0 && vmxfs_host_xcr0;
}

/**
 * vmxfs_fpu_load() - exchange the host's state for the guest's
 * @vcpu: about to enter
 *
 * Only that of the components that the guest can use. It is the host's again before
 * interrupts are enabled: the kernel, which puts it off to save or to load a task's
 * state, sees no change and needs not be asked.
 */
void vmxfs_fpu_load(struct vmxfs_vcpu *vcpu)
{
	u64 mask = vcpu->xcr0 | XFEATURE_MASK_FPSSE;

	save(vcpu->host_fpu, mask);
	restore(vcpu->fpu, mask);
	if (switches_xcr0(vcpu))
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vcpu->xcr0);
}

/* The other way round. */
void vmxfs_fpu_save(struct vmxfs_vcpu *vcpu)
{
	u64 mask = vcpu->xcr0 | XFEATURE_MASK_FPSSE;

	if (switches_xcr0(vcpu))
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vmxfs_host_xcr0);
	save(vcpu->fpu, mask);
	restore(vcpu->host_fpu, mask);
}

/**
 * vmxfs_fpregs_read() - read of the fpregs file
 * @vcpu: locked
 * @buf: 512 bytes
 */
void vmxfs_fpregs_read(struct vmxfs_vcpu *vcpu, void *buf)
{
	memcpy(buf, vcpu->fpu, VMXFS_FPREGS_SIZE);
}

/* What MXCSR can have: FXSAVE says. */
u32 vmxfs_mxcsr_mask;

void __init vmxfs_fpu_setup(void)
{
	static struct fxregs_state state __initdata __aligned(16);

	kernel_fpu_begin();
	asm volatile("fxsave64 %0" : "=m" (state));
	kernel_fpu_end();
	if (boot_cpu_has(X86_FEATURE_OSXSAVE))
		vmxfs_host_xcr0 = xgetbv(XCR_XFEATURE_ENABLED_MASK);
	vmxfs_mxcsr_mask = state.mxcsr_mask ?: MXCSR_MASK_DEFAULT;
}

/**
 * vmxfs_fpregs_write() - write of the fpregs file
 * @vcpu: locked
 * @buf: the bytes
 * @offset: where they go; is below 512
 * @count: how many; none is beyond 512
 *
 * Return: 0, or -EINVAL for reserved bits of MXCSR, with a text in the error file.
 */
int vmxfs_fpregs_write(struct vmxfs_vcpu *vcpu, const void *buf, size_t offset, size_t count)
{
	struct xregs_state *state = vcpu->fpu;
	union {
		struct fxregs_state state;
		u8 byte[VMXFS_FPREGS_SIZE];
	} new;

	memcpy(&new, vcpu->fpu, sizeof(new));
	memcpy(new.byte + offset, buf, count);
	if (new.state.mxcsr & ~vmxfs_mxcsr_mask)
		return vmxfs_fail(vcpu, -EINVAL, "invalid value: mxcsr %#x", new.state.mxcsr);
	memcpy(vcpu->fpu, &new, sizeof(new));
	/* XRSTOR takes its initial state for what isn't here. */
	state->header.xfeatures |= XFEATURE_MASK_FPSSE;
	return 0;
}
