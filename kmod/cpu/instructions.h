/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The VMX instructions of root operation, one function each.
 *
 * All return 0 for VMsucceed, -EINVAL for VMfailInvalid and VMfailValid (SDM,
 * "Conventions" of the chapter "VMX Instruction Reference") and, for VMXON,
 * -EIO if it faults. They need preemption disabled: the current VMCS belongs
 * to a processor.
 */
#ifndef VMXFS_INSN_H
#define VMXFS_INSN_H

#include <linux/bug.h>
#include <linux/types.h>
#include <linux/errno.h>
#include <linux/compiler.h>
#include <asm/asm.h>

static inline int vmxon(phys_addr_t region)
{
	bool fail = true;
	int trap = -1;

	asm volatile("1:\tvmxon %[region]\n\t"
		     "setbe %[fail]\n"
		     "2:\n"
		     _ASM_EXTABLE_TYPE(1b, 2b, EX_TYPE_FAULT)
		     : "+a" (trap), [fail] "+q" (fail)
		     : [region] "m" (region) : "cc", "memory");
	if (trap >= 0)
		return -EIO;
	return fail ? -EINVAL : 0;
}

static inline void vmxoff(void)
{
	asm volatile("vmxoff" : : : "cc", "memory");
}

static inline int vmclear(phys_addr_t vmcs)
{
	bool fail;

	asm volatile("vmclear %[vmcs]" : "=@ccbe" (fail) : [vmcs] "m" (vmcs) : "memory");
	return fail ? -EINVAL : 0;
}

/* Where VMX operation may be off already: a fault does no harm. */
static inline void vmclear_if_on(phys_addr_t vmcs)
{
	asm volatile("1:\tvmclear %[vmcs]\n2:\n" _ASM_EXTABLE(1b, 2b)
		     : : [vmcs] "m" (vmcs) : "cc", "memory");
}

static inline void vmxoff_if_on(void)
{
	asm volatile("1:\tvmxoff\n2:\n" _ASM_EXTABLE(1b, 2b) : : : "cc", "memory");
}

static inline int vmptrld(phys_addr_t vmcs)
{
	bool fail;

	asm volatile("vmptrld %[vmcs]" : "=@ccbe" (fail) : [vmcs] "m" (vmcs) : "memory");
	return fail ? -EINVAL : 0;
}

static inline int vmread(unsigned long field, u64 *value)
{
	bool fail;

	asm volatile("vmread %[field], %[value]"
		     : "=@ccbe" (fail), [value] "=rm" (*value) : [field] "r" (field));
	return fail ? -EINVAL : 0;
}

static inline int vmwrite(unsigned long field, u64 value)
{
	bool fail;

	asm volatile("vmwrite %[value], %[field]"
		     : "=@ccbe" (fail) : [field] "r" (field), [value] "rm" (value));
	return fail ? -EINVAL : 0;
}

/* SDM, "INVEPT": descriptor is the EPT pointer and 64 zero bits. */
static inline int invept(unsigned long type, u64 ept_pointer)
{
	struct { u64 ept_pointer, zero; } desc = { ept_pointer, 0 };
	bool fail;

	asm volatile("invept %[desc], %[type]"
		     : "=@ccbe" (fail) : [desc] "m" (desc), [type] "r" (type) : "memory");
	return fail ? -EINVAL : 0;
}

/* SDM, "INVVPID": descriptor is the VPID, 48 zero bits and a linear address. */
static inline int invvpid(unsigned long type, u16 vpid)
{
	struct { u64 vpid, address; } desc = { vpid, 0 };
	bool fail;

	asm volatile("invvpid %[desc], %[type]"
		     : "=@ccbe" (fail) : [desc] "m" (desc), [type] "r" (type) : "memory");
	return fail ? -EINVAL : 0;
}

/*
 * For fields that this processor has: a failure is a bug of the module. The warning
 * shows the field in a register; to say it in words would cost a call at each place,
 * and with that all who read or write a field their registers.
 */
static inline u64 vmcs_read(unsigned long field)
{
	u64 value = 0;

	WARN_ON_ONCE(vmread(field, &value));
	return value;
}

static inline void vmcs_write(unsigned long field, u64 value)
{
	WARN_ON_ONCE(vmwrite(field, value));
}

#endif
