// SPDX-License-Identifier: GPL-2.0
/* The MSRs that every operating system accesses, and that say something of the processor. */
#include "internal.h"

#define PLATFORM_ID		0x017
#define BIOS_SIGN_ID		0x08b
#define ARCH_CAPABILITIES	0x10a
#define MISC_ENABLE		0x1a0

/* SDM, "Architectural MSRs": IA32_MISC_ENABLE. */
#define MISC_FAST_STRINGS	0x1
/* No BTS, no PEBS: these bits are read-only. */
#define MISC_UNAVAILABLE	0x1800

void assist_msr_reset(struct vcpu *vcpu)
{
	vcpu->misc_enable = MISC_FAST_STRINGS | MISC_UNAVAILABLE;
}

static int read_msr(const struct vcpu *vcpu, uint32_t msr, uint64_t *value)
{
	*value = 0;
	switch (msr) {
	case PLATFORM_ID:
	case BIOS_SIGN_ID:
		return 0;
	case ARCH_CAPABILITIES:
		/* Without its bit in CPUID there is no such MSR. */
		return vcpu->arch_capabilities ? 0 : fail(EFAULT);
	case MISC_ENABLE:
		*value = vcpu->misc_enable;
		return 0;
	default:
		return fail(ENOTSUP);
	}
}

static int write_msr(struct vcpu *vcpu, uint32_t msr, uint64_t value)
{
	switch (msr) {
	case BIOS_SIGN_ID:
		/* Software writes 0, executes CPUID and reads it. */
		return value ? fail(EFAULT) : 0;
	case PLATFORM_ID:
	case ARCH_CAPABILITIES:
		return fail(EFAULT);
	case MISC_ENABLE:
		/* Turning off fast strings changes nothing here. There are no other features. */
		vcpu->misc_enable = (value & MISC_FAST_STRINGS) | MISC_UNAVAILABLE;
		return 0;
	default:
		return fail(ENOTSUP);
	}
}

static int assist_read(struct vcpu *vcpu, const struct vmx_exit_msr *exit)
{
	__u64 *gprs = gprs_of(vcpu);
	uint64_t value;

	if (read_msr(vcpu, exit->msr, &value))
		return -1;
	gprs[VMX_X64_GPR_RAX] = (uint32_t)value;
	gprs[VMX_X64_GPR_RDX] = value >> 32;
	return 0;
}

int vmx_assist_msr(struct vmx_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);
	const struct vmx_vcpu_exit *exit = public->exit;
	int error;

	if (exit->reason != VMX_VCPU_EXIT_RDMSR && exit->reason != VMX_VCPU_EXIT_WRMSR)
		return fail(EINVAL);
	if (vmx_vcpu_getstate(public, VMX_X64_STATE_GPRS))
		return -1;
	vcpu->fault = (struct fault){ .vector = VMX_EXC_GP };
	if (exit->reason == VMX_VCPU_EXIT_RDMSR)
		error = assist_read(vcpu, &exit->u.rdmsr);
	else
		error = write_msr(vcpu, exit->u.wrmsr.msr, exit->u.wrmsr.val);
	if (error)
		return vcpu_deliver(vcpu);
	vcpu_advance(vcpu, exit->u.rdmsr.npc);
	return 0;
}
