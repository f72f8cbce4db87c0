/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What comes of VMX instructions in VMX root operation and outside VMX operation.
 *
 * RULES(group, opcodes, title): the section of the SDM that the rows of a group are from, and
 * the instructions that they are for.
 *
 * RULE(group, number, covered, result, condition, text): one thing that may come of them. The
 * rows are in the order of the SDM: the first whose condition holds is the result.
 *
 * group, number	its id, "vmclear-3"
 * covered		the row of cases/coverage/3-results that it belongs to
 * result		UD, GP, PF, SS: an exception; INVALID: VMfailInvalid; FAIL(n): VMfail(n);
 *			ANY_ORDER(n): VMfailValid(n), in no order with what follows; SUCCEED;
 *			ENTER: what the checks of VM entry say; SMM_EXIT: an SMM VM exit
 * condition		when that comes, in the words of operands.h and words.h
 * text			the same for people
 *
 * Define one macro or both and include this file; it undefines them.
 */
#ifndef RULES
#define RULES(group, opcodes, title)
#endif
#ifndef RULE
#define RULE(group, number, covered, result, condition, text)
#endif

RULES(vmxon, OF(VMXON), "VMXON--Enter VMX Operation")
RULE(vmxon, 1, "vmxon-ud", UD, NOT(BIT(FACT(CR4), 13)), "CR4.VMXE is 0")
RULE(vmxon, 2, "root-mode", UD, ANY(NOT(BIT(FACT(CR0), 0)), WRONG_MODE),
     "CR0.PE is 0, or the mode is virtual-8086 or compatibility mode")
RULE(vmxon, 3, "root-mode", GP, ALL(NOT(OUTSIDE), CPL_ABOVE_0),
     "CPL is not 0 in VMX root operation")
RULE(vmxon, 4, "vmxon-root", FAIL(15), NOT(OUTSIDE), "It is executed in VMX root operation")
RULE(vmxon, 5, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0 outside VMX operation")
RULE(vmxon, 6, "vmxon-a20m", GP, BIT(FACT(A20M), 0), "A20M mode is on")
RULE(vmxon, 7, "vmxon-gp", GP, NOT(vc_fixed(d, FACT(CR0), 0x486, 0)),
     "CR0 has a value that VMX operation does not support")
RULE(vmxon, 8, "vmxon-gp", GP, NOT(vc_fixed(d, FACT(CR4), 0x488, 0)),
     "CR4 has a value that VMX operation does not support")
RULE(vmxon, 9, "vmxon-gp", GP, NOT(BIT(MSR(FEATURE_CONTROL), 0)),
     "The lock bit of IA32_FEATURE_CONTROL is 0")
RULE(vmxon, 10, "vmxon-gp", GP, ALL(BIT(FACT(IN_SMX), 0), NOT(BIT(MSR(FEATURE_CONTROL), 1))),
     "In SMX operation bit 1 of IA32_FEATURE_CONTROL is 0")
RULE(vmxon, 11, "vmxon-gp", GP, ALL(NOT(BIT(FACT(IN_SMX), 0)), NOT(BIT(MSR(FEATURE_CONTROL), 2))),
     "Outside SMX operation bit 2 of IA32_FEATURE_CONTROL is 0")
RULE(vmxon, 12, "root-ss", SS, ACCESS(STACK_FAULT), "The operand's address can't be one in SS")
RULE(vmxon, 13, "vmxon-outside", GP, ACCESS(PROTECTION), "The operand's address can't be one")
RULE(vmxon, 14, "vmxon-outside", PF, ACCESS(PAGE_FAULT), "The operand's page can't be read")
RULE(vmxon, 15, "vmxon-address", INVALID, NOT(ADDRESS(OPERAND)),
     "The address has one of bits 11:0, or bits beyond the physical-address width")
RULE(vmxon, 16, "vmxon-revision", INVALID,
     ANY(NOT(REVISION_FITS(OPERAND)), SHADOW(OPERAND)),
     "The first 4 bytes of the region are not the VMCS revision identifier, with bit 31 0")
RULE(vmxon, 17, "vmxon-effect", SUCCEED, YES, "All else: it enters VMX operation")

RULES(vmxoff, OF(VMXOFF), "VMXOFF--Leave VMX Operation")
RULE(vmxoff, 1, "vmxoff-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(vmxoff, 2, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(vmxoff, 3, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(vmxoff, 4, "error-23", FAIL(23), DUAL_MONITOR,
     "The dual-monitor treatment of SMIs and SMM is active")
RULE(vmxoff, 5, "vmxoff-effect", SUCCEED, YES, "All else: it leaves VMX operation")

RULES(vmclear, OF(VMCLEAR), "VMCLEAR--Clear Virtual-Machine Control Structure")
RULE(vmclear, 1, "vmclear-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(vmclear, 2, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(vmclear, 3, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(vmclear, 4, "root-ss", SS, ACCESS(STACK_FAULT), "The operand's address can't be one in SS")
RULE(vmclear, 5, "vmclear-fault", GP, ACCESS(PROTECTION), "The operand's address can't be one")
RULE(vmclear, 6, "vmclear-fault", PF, ACCESS(PAGE_FAULT), "The operand's page can't be read")
RULE(vmclear, 7, "vmclear-address", FAIL(2), NOT(ADDRESS(OPERAND)),
     "The address has one of bits 11:0, or bits beyond the physical-address width")
RULE(vmclear, 8, "vmclear-address", FAIL(3), vc_same(OPERAND, VMXON_POINTER),
     "The address is the VMXON pointer")
RULE(vmclear, 9, "vmclear-effect", SUCCEED, YES, "All else: the launch state is clear")

RULES(vmptrld, OF(VMPTRLD), "VMPTRLD--Load Pointer to Virtual-Machine Control Structure")
RULE(vmptrld, 1, "vmptrld-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(vmptrld, 2, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(vmptrld, 3, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(vmptrld, 4, "root-ss", SS, ACCESS(STACK_FAULT), "The operand's address can't be one in SS")
RULE(vmptrld, 5, "vmptrld-fault", GP, ACCESS(PROTECTION), "The operand's address can't be one")
RULE(vmptrld, 6, "vmptrld-fault", PF, ACCESS(PAGE_FAULT), "The operand's page can't be read")
RULE(vmptrld, 7, "vmptrld-address", FAIL(9), NOT(ADDRESS(OPERAND)),
     "The address has one of bits 11:0, or bits beyond the physical-address width")
RULE(vmptrld, 8, "vmptrld-address", FAIL(10), vc_same(OPERAND, VMXON_POINTER),
     "The address is the VMXON pointer")
RULE(vmptrld, 9, "vmptrld-revision", FAIL(11), NOT(REVISION_FITS(OPERAND)),
     "Bits 30:0 of the region's first 4 bytes are not the VMCS revision identifier")
RULE(vmptrld, 10, "vmptrld-shadow", FAIL(11),
     ALL(SHADOW(OPERAND), NOT(SUPPORTS(proc2, vmcs_shadowing))),
     "Bit 31 of the region's first 4 bytes is 1, and the processor has no \"VMCS shadowing\"")
RULE(vmptrld, 11, "vmptrld-effect", SUCCEED, YES, "All else: the VMCS is current")

RULES(vmptrst, OF(VMPTRST), "VMPTRST--Store Pointer to Virtual-Machine Control Structure")
RULE(vmptrst, 1, "vmptrst-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(vmptrst, 2, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(vmptrst, 3, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(vmptrst, 4, "root-ss", SS, ACCESS(STACK_FAULT), "The operand's address can't be one in SS")
RULE(vmptrst, 5, "vmptrst-fault", GP, ACCESS(PROTECTION), "The operand's address can't be one")
RULE(vmptrst, 6, "vmptrst-fault", PF, ACCESS(PAGE_FAULT), "The operand's page can't be written")
RULE(vmptrst, 7, "vmptrst-value", SUCCEED, YES, "All else: it stores the current-VMCS pointer")

/* The operand is written last. */
RULES(vmread, OF(VMREAD), "VMREAD--Read Field from Virtual-Machine Control Structure")
RULE(vmread, 1, "vmread-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(vmread, 2, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(vmread, 3, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(vmread, 4, "vmread-no-current", INVALID, NO_CURRENT, "There is no current VMCS")
RULE(vmread, 5, "vmread-field", FAIL(12), NOT(vc_exists(d, OPERAND)),
     "The processor has no such field")
RULE(vmread, 6, "root-ss", SS, ACCESS(STACK_FAULT), "The destination's address can't be one in SS")
RULE(vmread, 7, "vmread-fault", GP, ACCESS(PROTECTION), "The destination's address can't be one")
RULE(vmread, 8, "vmread-fault", PF, ACCESS(PAGE_FAULT), "The destination's page can't be written")
RULE(vmread, 9, "vmread-value", SUCCEED, YES, "All else: it stores the field's value")

/* Faults of the operand come before a look at the field. */
RULES(vmwrite, OF(VMWRITE), "VMWRITE--Write Field to Virtual-Machine Control Structure")
RULE(vmwrite, 1, "vmwrite-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(vmwrite, 2, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(vmwrite, 3, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(vmwrite, 4, "vmwrite-no-current", INVALID, NO_CURRENT, "There is no current VMCS")
RULE(vmwrite, 5, "root-ss", SS, ACCESS(STACK_FAULT), "The source's address can't be one in SS")
RULE(vmwrite, 6, "vmwrite-fault", GP, ACCESS(PROTECTION), "The source's address can't be one")
RULE(vmwrite, 7, "vmwrite-fault", PF, ACCESS(PAGE_FAULT), "The source's page can't be read")
RULE(vmwrite, 8, "vmwrite-field", FAIL(12), NOT(vc_exists(d, OPERAND)),
     "The processor has no such field")
RULE(vmwrite, 9, "vmwrite-read-only", FAIL(13),
     ALL(IS(BITS(OPERAND, 10, 11), VMX_TYPE_READ_ONLY), NOT(CAN(misc, vmwrite_any_field))),
     "The field is a VM-exit information field, and the processor can't write these")
RULE(vmwrite, 10, "vmwrite-value", SUCCEED, YES, "All else: the field is written")

RULES(invept, OF(INVEPT), "INVEPT--Invalidate Translations Derived from EPT")
RULE(invept, 1, "invept-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(invept, 2, "invept-absent", UD, NOT(ALL(SUPPORTS(proc2, enable_ept), CAN(ept, invept))),
     "The processor has no EPT, or no INVEPT")
RULE(invept, 3, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(invept, 4, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(invept, 5, "invept-type", FAIL(28), NOT(INVEPT_TYPE),
     "The processor does not have this INVEPT type")
RULE(invept, 6, "root-ss", SS, ACCESS(STACK_FAULT), "The descriptor's address can't be one in SS")
RULE(invept, 7, "invept-fault", GP, ACCESS(PROTECTION), "The descriptor's address can't be one")
RULE(invept, 8, "invept-fault", PF, ACCESS(PAGE_FAULT), "The descriptor's page can't be read")
/* They must be 0; what comes if they are not, the SDM does not say. */
RULE(invept, 9, "invept-reserved", FAIL(28), ALL(NOT(IS(HIGH, 0)), UNKNOWN),
     "Bits 127:64 of the descriptor are not 0, which a processor may refuse")
RULE(invept, 10, "invept-eptp", FAIL(28), ALL(IS(OPERAND, 1), NOT(EPTP_IS_RIGHT(LOW))),
     "Of type 1 (single-context), the EPT pointer is one that VM entry fails with")
RULE(invept, 11, "invept-succeed", SUCCEED, YES, "All else: it invalidates")

RULES(invvpid, OF(INVVPID), "INVVPID--Invalidate Translations Based on VPID")
RULE(invvpid, 1, "invvpid-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(invvpid, 2, "invvpid-absent", UD, NOT(ALL(SUPPORTS(proc2, enable_vpid), CAN(vpid, invvpid))),
     "The processor has no VPIDs, or no INVVPID")
RULE(invvpid, 3, "root-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(invvpid, 4, "root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(invvpid, 5, "invvpid-type", FAIL(28), NOT(INVVPID_TYPE),
     "The processor does not have this INVVPID type")
RULE(invvpid, 6, "root-ss", SS, ACCESS(STACK_FAULT), "The descriptor's address can't be one in SS")
RULE(invvpid, 7, "invvpid-fault", GP, ACCESS(PROTECTION), "The descriptor's address can't be one")
RULE(invvpid, 8, "invvpid-fault", PF, ACCESS(PAGE_FAULT), "The descriptor's page can't be read")
RULE(invvpid, 9, "invvpid-reserved", FAIL(28), NOT(CLEAR(LOW, 16, 63)),
     "Bits 63:16 of the descriptor are not 0")
RULE(invvpid, 10, "invvpid-zero", FAIL(28), ALL(NOT(IS(OPERAND, 2)), CLEAR(LOW, 0, 15)),
     "Of types 0, 1 and 3, the VPID is 0")
RULE(invvpid, 11, "invvpid-address", FAIL(28), ALL(IS(OPERAND, 0), NOT(CANONICAL_NOW(HIGH))),
     "Of type 0 (individual-address), the linear address is not canonical")
RULE(invvpid, 12, "invvpid-succeed", SUCCEED, YES, "All else: it invalidates")

RULES(vmcall, OF(VMCALL), "VMCALL--Call to VM Monitor")
RULE(vmcall, 1, "vmcall-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(vmcall, 2, "vmcall-root-mode", UD, WRONG_MODE,
     "The mode is virtual-8086 or compatibility mode")
RULE(vmcall, 3, "vmcall-root-mode", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(vmcall, 4, "vmcall-root", FAIL(1),
     ANY(IN_SMM, NOT(CAN(basic, dual_monitor)), NOT(BIT(MSR(SMM_MONITOR_CTL), 0))),
     "There is no SMM monitor to call, or it is executed in SMM")
RULE(vmcall, 5, "vmcall-monitor", SMM_EXIT, DUAL_MONITOR, "It calls the SMM monitor")
RULE(vmcall, 6, "vmcall-root", INVALID, NO_CURRENT, "There is no current VMCS")
RULE(vmcall, 7, "error-19", FAIL(19), NOT(LAUNCH_STATE_IS(CURRENT, CLEAR)),
     "The launch state is not clear")
RULE(vmcall, 8, "error-20", FAIL(20),
     NOT(ALL(vc_reserved(d, VMCS_EXIT_CONTROLS, 0x483, 0x48f),
	     IF_COUNT(EXIT_MSR_STORE_COUNT,
		      ALL(CLEAR(FIELD(EXIT_MSR_STORE_ADDRESS), 0, 3),
			  LIST_FITS(EXIT_MSR_STORE_ADDRESS, EXIT_MSR_STORE_COUNT, 16))))),
     "The VM-exit controls, or the VM-exit MSR-store address, are not valid")
RULE(vmcall, 9, "error-22", FAIL(22), NOT(vc_same(MSEG(0), BITS(MSR(0x485), 32, 63))),
     "MSEG has another revision identifier than IA32_VMX_MISC")
RULE(vmcall, 10, "error-24", FAIL(24),
     ANY(NOT(CLEAR(MSEG(4), 1, 31)),
	 ALL(BIT(MSEG(4), 0), NOT(BIT(CPUID(0x80000001, EDX), 29)))),
     "The SMM-monitor features in MSEG are not valid")
RULE(vmcall, 11, "vmcall-monitor", SMM_EXIT, YES, "All else: it activates the SMM monitor")

RULES(vmfunc, OF(VMFUNC), "VMFUNC--Invoke VM function")
RULE(vmfunc, 1, "vmfunc-root", UD, YES, "It is executed outside VMX non-root operation")

RULES(entry, OF(VMLAUNCH) | OF(VMRESUME), "Basic VM-Entry Checks")
RULE(entry, 1, "entry-outside", UD, OUTSIDE, "It is executed outside VMX operation")
RULE(entry, 2, "entry-mode", UD, WRONG_MODE, "The mode is virtual-8086 or compatibility mode")
RULE(entry, 3, "entry-cpl", GP, CPL_ABOVE_0, "CPL is not 0")
RULE(entry, 4, "entry-no-current", INVALID, NO_CURRENT, "There is no current VMCS")
RULE(entry, 5, "entry-shadow", INVALID, SHADOW(CURRENT), "The current VMCS is a shadow VMCS")
RULE(entry, 6, "entry-blocked", FAIL(26), BLOCKED, "Events are blocked by MOV SS")

RULES(vmlaunch, OF(VMLAUNCH), "Basic VM-Entry Checks")
RULE(vmlaunch, 1, "entry-launched", FAIL(4), NOT(LAUNCH_STATE_IS(CURRENT, CLEAR)),
     "The launch state is not clear")

RULES(vmresume, OF(VMRESUME), "Basic VM-Entry Checks")
/* When it is this and not error 5, the SDM does not say. */
RULE(vmresume, 1, "error-6", FAIL(6), ALL(MAY_BE_LEFT(CURRENT), UNKNOWN),
     "The VMCS was active at VMXOFF, and there was no VMCLEAR since")
RULE(vmresume, 2, "entry-clear", FAIL(5), NOT(LAUNCH_STATE_IS(CURRENT, LAUNCHED)),
     "The launch state is not launched")

RULES(executive, OF(VMLAUNCH) | OF(VMRESUME), "Checks on the Executive-VMCS Pointer Field")
RULE(executive, 1, "error-16", ANY_ORDER(16),
     ALL(FROM_SMM, NOT(ALL(ADDRESS(EXECUTIVE), REVISION_FITS(EXECUTIVE)))),
     "In SMM, the executive-VMCS pointer is not that of a region with the VMCS revision identifier")
RULE(executive, 2, "error-17", ANY_ORDER(17),
     ALL(FROM_SMM, NOT(ON(entry, deactivate_dual_monitor)), NOT(EXECUTIVE_IS_VMXON),
	 NOT(LAUNCH_STATE_IS(EXECUTIVE, LAUNCHED))),
     "In SMM, the executive-VMCS pointer is not the VMXON pointer, and that VMCS is not launched")
RULE(executive, 3, "error-18", ANY_ORDER(18),
     ALL(FROM_SMM, ON(entry, deactivate_dual_monitor), NOT(EXECUTIVE_IS_VMXON)),
     "In SMM, with \"deactivate dual-monitor treatment\" the executive-VMCS pointer is not the VMXON pointer")
/* The executive VMCS is not read. */
RULE(executive, 4, "error-25", ANY_ORDER(25), ALL(FROM_SMM, NOT(EXECUTIVE_IS_VMXON), UNKNOWN),
     "In SMM, the VM-execution controls of the executive VMCS may not be valid")
RULE(executive, 5, "launch-succeed", ENTER, YES, "All else: the checks of VM entry")

#undef RULES
#undef RULE
