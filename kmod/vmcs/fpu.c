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
#include "vmcs/vmcs.h"

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
u64 vmxfs_host_xcr0 __ro_after_init;

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
		return vmxfs_fail(vcpu, BITS, "mxcsr", (u64)new.state.mxcsr);
	memcpy(vcpu->fpu, &new, sizeof(new));
	/* XRSTOR takes its initial state for what isn't here. */
	state->header.xfeatures |= XFEATURE_MASK_FPSSE;
	return 0;
}
