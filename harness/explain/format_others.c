// SPDX-License-Identifier: GPL-2.0
/*
 * NoirVisor, bhyve and xhyve, Windows; how people say it in words; lines about capabilities.
 */
#include "format.h"

#define SEGMENT(name, ident) \
	ROW("Guest " name " - Selector: ?%x! Access-Rights: ?%x Limit: ?%x Base: ?%16", 0, \
	    F(GUEST_##ident##_SELECTOR), F(GUEST_##ident##_ACCESS_RIGHTS), \
	    F(GUEST_##ident##_LIMIT), F(GUEST_##ident##_BASE))

static const struct row noirvisor[] = {
	ROW("Dumping VMCS Guest State Area", NAME | BEGINS | GUEST_PART),
	ROW("Failed at VM-Entry, Code=%d", FAILED, MEANING(M_ERROR, 0)),
	SEGMENT("CS Segment", CS), SEGMENT("DS Segment", DS), SEGMENT("ES Segment", ES),
	SEGMENT("FS Segment", FS), SEGMENT("GS Segment", GS), SEGMENT("SS Segment", SS),
	SEGMENT("Task Register", TR), SEGMENT("LDT Register", LDTR),
	ROW("Guest GDTR Limit: ?%x! Base: ?%16", 0, F(GUEST_GDTR_LIMIT), F(GUEST_GDTR_BASE)),
	ROW("Guest IDTR Limit: ?%x! Base: ?%16", 0, F(GUEST_IDTR_LIMIT), F(GUEST_IDTR_BASE)),
	/* %p has 16 digits, but some versions print CR0 otherwise. */
	ROW("Guest Control & Debug Registers - CR0: ?%8+! CR3: ?%16 CR4: ?%16 DR7: ?%16", 0,
	    F(GUEST_CR0), F(GUEST_CR3), F(GUEST_CR4), F(GUEST_DR7)),
};

static const struct row bhyve[] = {
	ROW("vm exit[", NAME),
	ROW("rip 0x%16", INSIDE, F(GUEST_RIP)),
	ROW("inst_length %d", INSIDE, F(EXIT_INSTRUCTION_LENGTH)),
	ROW("exit_reason %d", INSIDE, F(EXIT_REASON)),
	ROW("qualification 0x%16", INSIDE, F(EXIT_QUALIFICATION)),
	ROW("inst_error %d", INSIDE, MEANING(M_ERROR, 0)),
};

/* Bug check 20001H, as hypervisors for Windows raise it: 1, exit reason, qualification */
static const struct row windows[] = {
	ROW("HYPERVISOR_ERROR", NAME),
	ROW("Arg1: 0000000000000001 Arg2: %16! Arg3: %16", INSIDE | FAILED,
	    F(EXIT_REASON), F(EXIT_QUALIFICATION)),
};

static const struct row words[] = {
	ROW("exit reason ?%8)", FAILED, F(EXIT_REASON)),
	ROW("exit reason ?%8", 0, F(EXIT_REASON)),
	ROW("with reason 0x%8", 0, F(EXIT_REASON)),
	/* Ten digits without 0x are decimal. */
	ROW("exit reason: 0x%8+", 0, MEANING(M_LOW_HALF, VMCS_EXIT_REASON)),
	ROW("exit reason: %8", 0, F(EXIT_REASON)),
	ROW("exit reason: %16", 0, MEANING(M_LOW_HALF, VMCS_EXIT_REASON)),
	ROW("VM-entry failure 0x%8", FAILED, F(EXIT_REASON)),
	ROW("VM-entry failure", FAILED),
	ROW("due to invalid guest state", INVALID_STATE),
	ROW("(invalid guest state)", INVALID_STATE),
	ROW("VERR_VMX_INVALID_GUEST_STATE", FAILED | INVALID_STATE),
	ROW("exit_invalid_guest_state", FAILED | INVALID_STATE),
	ROW("EXIT_REASON_INVALID_GUEST_STATE", FAILED | INVALID_STATE),
	ROW("Instruction error = %d", FAILED, MEANING(M_ERROR, 0)),
	ROW("instruction error = %d", FAILED, MEANING(M_ERROR, 0)),
	ROW("VM-instruction error %d", FAILED, MEANING(M_ERROR, 0)),
	ROW("VM-instruction error number %d", FAILED, MEANING(M_ERROR, 0)),
	ROW("failed, instruction error %d", FAILED, MEANING(M_ERROR, 0)),
	ROW("vmlaunch failed, error %d", FAILED, MEANING(M_ERROR, 0)),
	ROW("vmresume failed, error %d", FAILED, MEANING(M_ERROR, 0)),
	ROW("error code ?%x after executing vm", FAILED, MEANING(M_ERROR, 0)),
};

#define MSR(index) MEANING(M_MSR, index)
#define HALVES(index) MEANING(M_MSR_LOW, index), MEANING(M_MSR_HIGH, index)

static const struct row capabilities[] = {
	ROW("rdmsr ?%x %x", 0, MEANING(M_MSR_INDEX, 0), 0),
	ROW("MSR ?%x = ?%x", 0, MEANING(M_MSR_INDEX, 0), 0),
	ROW("MSR ?%x: ?%x", 0, MEANING(M_MSR_INDEX, 0), 0),
	ROW("VMX basic info : 0x%16", 0, MSR(0x480)),
	ROW("VMX misc info : 0x%16", 0, MSR(0x485)),
	ROW("VMX exit ctls : 0x%x, 0x%x", 0, HALVES(0x483)),
	ROW("VMX entry ctls : 0x%x, 0x%x", 0, HALVES(0x484)),
	ROW("VMX pin ctls : 0x%x, 0x%x", 0, HALVES(0x481)),
	ROW("VMX cpu prim ctrls : 0x%x, 0x%x", 0, HALVES(0x482)),
	ROW("VMX cpu sec ctrl : 0x%x, 0x%x", 0, HALVES(0x48b)),
	ROW("VMX fixed CR0 bits : 0x%x, %x", 0, MSR(0x486), MSR(0x487)),
	ROW("VMX fixed CR4 bits : 0x%x, %x", 0, MSR(0x488), MSR(0x489)),
	ROW("VMX EPT/VPID caps : 0x%16", 0, MSR(0x48c)),
	ROW("address sizes : %d bits physical, %d bits virtual", 0,
	    MEANING(M_PHYSICAL, 0), MEANING(M_LINEAR, 0)),
	ROW("Basic VMX Information Hex: 0x%x", 0, MSR(0x480)),
	ROW("Miscellaneous data Hex: 0x%x", 0, MSR(0x485)),
	ROW("VPID and EPT capabilities Hex: 0x%x", 0, MSR(0x48c)),
};

#define FORMAT_OF(name, rows) { name, rows, sizeof(rows) / sizeof(*(rows)) }

const struct dump_format noirvisor_format = FORMAT_OF("NoirVisor's dump of a VMCS", noirvisor);
const struct dump_format bhyve_format = FORMAT_OF("a VM exit as bhyve or xhyve prints it", bhyve);
const struct dump_format windows_format = FORMAT_OF("a bug check of Windows", windows);
const struct dump_format words_format = FORMAT_OF("what somebody says of it", words);
const struct dump_format capability_format = FORMAT_OF("capabilities", capabilities);
