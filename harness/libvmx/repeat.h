/* SPDX-License-Identifier: GPL-2.0 */
/* What the string instructions have in common, those of I/O as well. */
#ifndef LIBVMX_REPEAT_H
#define LIBVMX_REPEAT_H

#include "internal.h"

/*
 * The most elements that an assist does at once. It then leaves RIP where it is: the guest
 * executes the instruction again for the rest, and interrupts, and stop, come in between.
 * SDM, "Single-Step Exception Condition": with RFLAGS.TF 1, so does #DB after each one.
 */
static inline unsigned int repeat_max(const struct vcpu *vcpu)
{
	return gprs_of(vcpu)[VMX_X64_GPR_RFLAGS] & RFLAGS_TF ? 1 : 4096;
}

static inline uint64_t string_address(const struct vcpu *vcpu, unsigned int reg,
				      unsigned int address_size)
{
	return gprs_of(vcpu)[reg] & mask(address_size);
}

/* As a write to a register of this size does it */
static inline void register_set(__u64 *to, unsigned int size, uint64_t value)
{
	if (size == 4)
		*to = (uint32_t)value;
	else
		*to = (*to & ~mask(size)) | (value & mask(size));
}

/* To the next element, which has this size */
static inline void string_advance(struct vcpu *vcpu, unsigned int reg,
				  unsigned int address_size, unsigned int size)
{
	__u64 *gprs = gprs_of(vcpu);
	uint64_t step = gprs[VMX_X64_GPR_RFLAGS] & RFLAGS_DF ? -(uint64_t)size : size;

	register_set(&gprs[reg], address_size, gprs[reg] + step);
}

/* Counts an element; is there another one? */
static inline bool repeat_more(struct vcpu *vcpu, unsigned int address_size)
{
	__u64 *count = &gprs_of(vcpu)[VMX_X64_GPR_RCX];

	register_set(count, address_size, *count - 1);
	return string_address(vcpu, VMX_X64_GPR_RCX, address_size);
}

#endif
