/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words, besides those of words.h, that the conditions of instructions.h are written in;
 * `x` is the execution, `d` its decision.
 */
#ifndef VMXCHECK_OPERANDS_H
#define VMXCHECK_OPERANDS_H

#include "words.h"

/* An instruction that is executed, for one decision after the other. */
struct execution {
	struct decision d;
	const struct vmxcheck_vmx *vmx;
	const struct vmxcheck_instruction *insn;
};

static inline struct value vc_given(struct vmxcheck_value given)
{
	return (struct value){ given.known ? given.value : 0, given.known };
}

static inline enum truth vc_access(const struct execution *x, enum vmxcheck_access access)
{
	if (x->insn->access == VMXCHECK_ACCESS_UNKNOWN)
		return UNKNOWN;
	return x->insn->access == access ? YES : NO;
}

enum vmxcheck_launch vc_launch(const struct vmxcheck_vmx *vmx, struct value address);

static inline enum truth vc_launch_is(const struct execution *x, struct value address,
				      enum vmxcheck_launch launch)
{
	enum vmxcheck_launch is = vc_launch(x->vmx, address);

	/* What VMXOFF leaves of it is not known. */
	if (is == VMXCHECK_LAUNCH_UNKNOWN || is == VMXCHECK_LAUNCH_LEFT)
		return UNKNOWN;
	return is == launch ? YES : NO;
}

static inline enum truth vc_may_be_left(const struct execution *x, struct value address)
{
	enum vmxcheck_launch is = vc_launch(x->vmx, address);

	return is == VMXCHECK_LAUNCH_UNKNOWN ? UNKNOWN : is == VMXCHECK_LAUNCH_LEFT ? YES : NO;
}

#define OF(ident) (1u << VMXCHECK_##ident)

/* The instruction */
#define OPERAND vc_given(x->insn->operand)
#define LOW vc_given(x->insn->low)
#define HIGH vc_given(x->insn->high)
#define ACCESS(what) vc_access(x, VMXCHECK_ACCESS_##what)
#define BLOCKED BIT(vc_given(x->insn->blocked), 0)

/* The logical processor */
#define OUTSIDE NOT(BIT(vc_given(x->vmx->in_vmx), 0))
#define VMXON_POINTER vc_given(x->vmx->vmxon_pointer)
#define CURRENT vc_given(x->vmx->current_vmcs)
#define NO_CURRENT IS(CURRENT, ~0ULL)
#define COMPATIBILITY_MODE ALL(BIT(FACT(HOST_IA32E), 0), NOT(BIT(FACT(CS_L), 0)))
#define WRONG_MODE ANY(BIT(FACT(VIRTUAL_8086), 0), COMPATIBILITY_MODE)
#define CPL_ABOVE_0 NOT(IS(FACT(CPL), 0))
#define DUAL_MONITOR BIT(FACT(DUAL_MONITOR), 0)
#define FEATURE_CONTROL VMX_MSR_FEATURE_CONTROL
#define SMM_MONITOR_CTL VMX_MSR_SMM_MONITOR_CTL
/* SDM, "SMM-Transfer Monitor": MSEG, whose base is bits 31:12 */
#define MSEG_BASE vc_masked(MSR(SMM_MONITOR_CTL), VMX_BITS(12, 31))
#define MSEG(offset) vc_memory(d, MSEG_BASE, offset)

/* A region */
#define ADDRESS(value) ALL(CLEAR(value, 0, 11), FITS(value))
#define REVISION(value) vc_memory(d, value, 0)
#define REVISION_FITS(value) vc_same(BITS(REVISION(value), 0, 30), BITS(MSR(0x480), 0, 30))
#define SHADOW(value) BIT(REVISION(value), 31)
#define LAUNCH_STATE_IS(value, what) vc_launch_is(x, value, VMXCHECK_LAUNCH_##what)
#define MAY_BE_LEFT(value) vc_may_be_left(x, value)

/* SDM, "VM Entries That Return from SMM" */
#define FROM_SMM ALL(IN_SMM, NOT(TO_SMM))
#define EXECUTIVE FIELD(EXECUTIVE_VMCS_POINTER)
#define EXECUTIVE_IS_VMXON vc_same(EXECUTIVE, VMXON_POINTER)

/* The types that IA32_VMX_EPT_VPID_CAP has. SDM, "VPID and EPT Capabilities" */
#define INVEPT_TYPE \
	ANY(ALL(IS(OPERAND, 1), CAN(ept, invept_single_context)), \
	    ALL(IS(OPERAND, 2), CAN(ept, invept_all_context)))
#define INVVPID_TYPE \
	ANY(ALL(IS(OPERAND, 0), CAN(vpid, invvpid_individual_address)), \
	    ALL(IS(OPERAND, 1), CAN(vpid, invvpid_single_context)), \
	    ALL(IS(OPERAND, 2), CAN(vpid, invvpid_all_context)), \
	    ALL(IS(OPERAND, 3), CAN(vpid, invvpid_single_context_retaining_globals)))
/* With 57 bits on a processor that has them; whether they count without CR4.LA57 is open. */
#define CANONICAL_NOW(value) \
	ALL(CANONICAL(value), ANY(vc_canonical_48(value), BIT(FACT(CR4), 12), UNKNOWN))

#endif
