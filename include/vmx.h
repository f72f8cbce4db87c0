/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tables of this folder as C constants: VMCS_ident, VMX_EXIT_ident,
 * VMX_ERROR_ident, VMX_EXC_ident, and the masks VMX_CTL(group, ident) and, for
 * what is one bit, VMX_CAP(group, ident).
 */
#ifndef VMX_H
#define VMX_H

enum vmx_field {
#define VMX_FIELD(encoding, ident, owner, sdm_name) VMCS_##ident = (encoding),
#include "vmx_fields.h"
};

/* SDM, "Field Encoding in VMCS": bits 14:13 */
enum vmx_field_width { VMX_WIDTH_16, VMX_WIDTH_64, VMX_WIDTH_32, VMX_WIDTH_NATURAL };
#define VMX_FIELD_WIDTH(encoding) ((enum vmx_field_width)((encoding) >> 13 & 3))

/* SDM, "Guest Register State", table "Format of Access Rights": reserved bits, and L */
#define VMX_RIGHTS_RESERVED 0xfffe0f00u
#define VMX_RIGHTS_L (1u << 13)

/* Whether a field holds access rights. */
#define VMX_FIELD_IS_RIGHTS(encoding) \
	((encoding) >= VMCS_GUEST_ES_ACCESS_RIGHTS && (encoding) <= VMCS_GUEST_TR_ACCESS_RIGHTS)

/* SDM, "Field Encoding in VMCS": bits 11:10 */
enum vmx_field_type { VMX_TYPE_CONTROL, VMX_TYPE_READ_ONLY, VMX_TYPE_GUEST, VMX_TYPE_HOST };
#define VMX_FIELD_TYPE(encoding) ((enum vmx_field_type)((encoding) >> 10 & 3))

enum vmx_exit {
#define VMX_EXIT(number, ident, name, sdm_name) VMX_EXIT_##ident = (number),
#include "vmx_exits.h"
	/* One more than the highest: the rows are in order. */
	VMX_EXITS
};

/*
 * Bit 31 of the exit reason.
 * SDM, "VM-Entry Failures During or After Loading Guest State".
 */
#define VMX_EXIT_ENTRY_FAILURE 0x80000000u

enum vmx_error {
#define VMX_INSN_ERROR(number, ident, text) VMX_ERROR_##ident = (number),
#include "vmx_errors.h"
};

enum vmx_exception {
#define VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name) VMX_EXC_##ident = (vector),
#include "vmx_exceptions.h"
};

enum vmx_control_bit {
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) VMX_BIT_##group##_##ident = (bit),
#include "vmx_controls.h"
};

#define VMX_CTL(group, ident) (1ULL << VMX_BIT_##group##_##ident)

enum vmx_owner {
#define VMX_OWNER(ident, why) VMX_OWNER_##ident,
#include "vmx_owners.h"
	VMX_OWNERS
};

/* Who owns what, for those that depend on it: a row without an owner does not compile. */
enum vmx_owner_of {
#define VMX_FIELD(encoding, ident, owner, sdm_name) VMX_OWNER_OF_##ident = VMX_OWNER_##owner,
#include "vmx_fields.h"
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) \
	VMX_OWNER_OF_##group##_##ident = VMX_OWNER_##owner,
#include "vmx_controls.h"
#define VMX_REGISTER_BITS(reg, first, last, ident, owner, sdm_name) \
	VMX_OWNER_OF_##reg##_##ident = VMX_OWNER_##owner,
#include "vmx_registers.h"
#define VMX_MSR(index, ident, owner, where, sdm_name) VMX_OWNER_OF_MSR_##ident = VMX_OWNER_##owner,
#include "vmx_msrs.h"
};

/* No instruction is held by what the guest may choose. */
#define VMX_NOT_HELD(what) || VMX_OWNER_OF_##what == (int)VMX_OWNER_GUEST
#define VMX_HELD_ALWAYS(ident)
#define VMX_HELD_BY_CONTROL(ident, group, control) VMX_NOT_HELD(group##_##control)
#define VMX_HELD_BY_BIT(ident, reg, bit) VMX_NOT_HELD(reg##_##bit)
enum {
	VMX_HELD_BY_GUEST = 0
#include "vmx_instructions.h"
};
_Static_assert(!VMX_HELD_BY_GUEST, "what holds an instruction is the guest's: vmx_instructions.h");
#undef VMX_NOT_HELD

enum vmx_register {
	VMX_REGISTER_CR0, VMX_REGISTER_CR4, VMX_REGISTER_EFER, VMX_REGISTER_DEBUGCTL,
	VMX_REGISTER_EPTP, VMX_REGISTER_XCR0, VMX_REGISTER_XSS,
};

/* Bits @first to @last */
#define VMX_BITS(first, last) (~0ULL >> (63 - (last)) & ~0ULL << (first))

/* The bits of a register that are the guest's; where it is known, this is a constant. */
static inline unsigned long long vmx_guest_bits(enum vmx_register reg)
{
	return 0
#define VMX_REGISTER_BITS(row, first, last, ident, owner, sdm_name) \
	| (reg == VMX_REGISTER_##row && VMX_OWNER_##owner == VMX_OWNER_GUEST ? \
	   VMX_BITS(first, last) : 0)
#include "vmx_registers.h"
	;
}

enum vmx_msr {
#define VMX_MSR(index, ident, owner, where, sdm_name) VMX_MSR_##ident = (int)(index),
#include "vmx_msrs.h"
};

/* No MSRs of a guest's. SDM, "Enabling and Entering VMX Operation", "SMM-Transfer Monitor" */
#define VMX_MSR_FEATURE_CONTROL	0x3a
#define VMX_MSR_SMM_MONITOR_CTL	0x9b

enum vmx_capability_bit {
#define VMX_CAPABILITY(group, msr, bit, width, ident) VMX_CAP_BIT_##group##_##ident = (bit),
#include "vmx_capabilities.h"
};

#define VMX_CAP(group, ident) (1ULL << VMX_CAP_BIT_##group##_##ident)

/*
 * Interruption information, of VM entry, VM exit and IDT vectoring.
 * SDM, "VM-Entry Controls for Event Injection".
 */
#define VMX_INTR_VECTOR		0x000000ffu
#define VMX_INTR_TYPE		0x00000700u
#define VMX_INTR_ERROR_CODE	0x00000800u
#define VMX_INTR_NMI_UNBLOCKED	0x00001000u
#define VMX_INTR_VALID		0x80000000u

enum vmx_intr_type {
#define VMX_INTERRUPTION(number, ident, word, sdm_name) VMX_INTR_##ident = (number) << 8,
#include "vmx_interruptions.h"
};

/* SDM, "Guest Non-Register State" */
enum vmx_activity {
	VMX_ACTIVITY_ACTIVE,
	VMX_ACTIVITY_HLT,
	VMX_ACTIVITY_SHUTDOWN,
	VMX_ACTIVITY_WAIT_FOR_SIPI,
};

/* SDM, "Format of Interruptibility State" */
#define VMX_BLOCKING_BY_STI	0x1u
#define VMX_BLOCKING_BY_MOV_SS	0x2u
#define VMX_BLOCKING_BY_SMI	0x4u
#define VMX_BLOCKING_BY_NMI	0x8u

/* SDM, "Format of Pending-Debug-Exceptions"; B0 to B3 as in DR6 */
#define VMX_PENDING_ENABLED	0x1000u	/* a breakpoint that DR7 enables was met */
#define VMX_PENDING_BS		0x4000u

/* SDM, "Debug Status Register (DR6)": B0 to B3, the conditions that were met */
#define VMX_DR6_B		0x000fu

/*
 * SDM, "Format of Access Rights": DPL; L, which makes CS a 64-bit code segment; D/B, the
 * default operand size, or the size of the stack pointer
 */
#define VMX_AR_DPL		0x0060u
#define VMX_AR_L		0x2000u
#define VMX_AR_DB		0x4000u

/* SDM, "Exceptions and Interrupts": the NMI has a vector, and is no exception. */
#define VMX_NMI_VECTOR		2

/* Bits are vectors: exceptions that push an error code, and those that push RFLAGS.RF as 1 */
enum {
	VMX_EXCEPTIONS_WITH_ERROR_CODE = 0
#define VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name) | (error_code) << (vector)
#include "vmx_exceptions.h"
	,
	VMX_EXCEPTIONS_THAT_ARE_FAULTS = 0
#define VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name) | (fault) << (vector)
#include "vmx_exceptions.h"
};

#endif
