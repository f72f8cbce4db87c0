# SPDX-License-Identifier: GPL-2.0
"""Mistakes in libvmxcheck, each of which its tests must find.

A fault replaces text that is once in a file: file, text, what is there instead.
"""

DROPPED = [
    *("controls, 5", "controls, 11", "controls, 22", "controls, 49", "controls, 64"),
    *("controls, 70", "host, 3", "host, 10", "host, 26", "guest, 5", "guest, 18"),
    *("segment, 3", "segment, 22", "segment, 30", "segment, 51", "rip, 2"),
    *("state, 8", "state, 24", "state, 31", "pdpte, 3", "msr, 6"),
]

DROPPED_RULES = [
    *("vmxon, 6", "vmxon, 11", "vmxoff, 4", "vmclear, 8", "vmptrld, 10", "vmread, 4"),
    *("vmwrite, 9", "invept, 2", "invept, 9", "invvpid, 11", "vmcall, 10", "entry, 5"),
    *("vmlaunch, 1", "vmresume, 1", "executive, 3"),
]

CHANGED = [
    ("checks.h", "CLEAR(FIELD(TPR_THRESHOLD), 4, 31)", "CLEAR(FIELD(TPR_THRESHOLD), 5, 31)"),
    ("words.h", "CLEAR(value, 8, 11)", "CLEAR(value, 8, 10)"),
    ("checks.h", "vc_at_most(VECTOR, NUMBER(31))", "vc_at_most(VECTOR, NUMBER(32))"),
    ("checks.h", "CLEAR(EVENT, 14, 30)", "CLEAR(EVENT, 15, 30)"),
    ("checks.h", "CLEAR(BLOCKING, 5, 31)", "CLEAR(BLOCKING, 6, 31)"),
    ("checks.h", "ONE_OF(TYPE(SS), 1 << 3 | 1 << 7)", "ONE_OF(TYPE(SS), 1 << 3 | 1 << 6)"),
    ("checks.h", "VMX_BITS(22, 63) | 1 << 15", "VMX_BITS(21, 63) | 1 << 15"),
    ("checks.h", "VMX_BITS(17, 31)),\n      \"Bits 10:4", "VMX_BITS(18, 31)),\n      \"Bits 10:4"),
    ("words.h", "#define BY_STI BIT(BLOCKING, 0)", "#define BY_STI BIT(BLOCKING, 1)"),
    ("words.h", "BIT(FIELD(GUEST_DEBUGCTL), 1)", "BIT(FIELD(GUEST_DEBUGCTL), 2)"),
    ("words.h", "IS(RIGHTS(reg), 0xf3)", "vc_zero(RIGHTS(reg), ~0xffULL)"),
    ("words.h", "#define SOFTWARE (1 << 4 | 1 << 5 | 1 << 6)", "#define SOFTWARE (1 << 4 | 1 << 6)"),
    ("processor.c", "case VMCS_TERTIARY_CONTROLS:", "case VMCS_EXIT_CONTROLS:"),
    ("processor.c", "value.n & ~(allowed.n >> 32) ||", "value.n & ~(allowed.n >> 31) ||"),
    ("processor.c", "address >> width.n ? NO : YES", "address >> width.n >> 1 ? NO : YES"),
    ("processor.c", "if (!last.known)\n\t\treturn fits(d, address.n) == NO ? NO : UNKNOWN;", ""),
    ("processor.c", "identical(d, address, 1)", "identical(d, address, 0)"),
    ("processor.c", "VMX_BITS(1, 2) | VMX_BITS(5, 8)", "VMX_BITS(1, 2) | VMX_BITS(6, 8)"),
    ("msrs.c", "i < 64; i += 8", "i < 56; i += 8"),
    ("truth.c", "if (*truths == deciding)\n\t\t\treturn deciding;", ""),
    ("sections.h", "SECTION(LINK_POINTER, GUEST, 4", "SECTION(LINK_POINTER, GUEST, 0"),
    ("sections.h", "SECTION(HOST_SEGMENTS, HOST, 8", "SECTION(HOST_SEGMENTS, HOST, 7"),
    ("sections.h", "SECTION(RIP, GUEST, 0", "SECTION(RIP, HOST, 8"),
    ("checks.h", "CHECK(host, 5, HOST_REGISTERS", "CHECK(host, 5, REGISTERS"),
    ("checks.h", "CHECK(table, 3, TABLES", "CHECK(table, 3, SEGMENTS"),
    ("checks.h", "OPTIONAL_CHECK(state, 16", "CHECK(state, 16"),
    ("checks.c", "outcome->enters = loads != NO", "outcome->enters = loads == YES"),
    ("msrs.c", "ALL(CLEAR(value, 6, 9)", "ALL(CLEAR(value, 7, 9)"),
    ("truth.c", "a.n = a.n * b - less", "a.n = a.n * b"),
    ("operands.h", "ALL(CLEAR(value, 0, 11), FITS(value))", "ALL(CLEAR(value, 0, 10), FITS(value))"),
    ("operands.h", "#define SHADOW(value) BIT(REVISION(value), 31)", "#define SHADOW(value) BIT(REVISION(value), 30)"),
    ("operands.h", "NOT(BIT(FACT(CS_L), 0))", "BIT(FACT(CS_L), 0)"),
    ("operands.h", "is == VMXCHECK_LAUNCH_LEFT)\n\t\treturn", "is == VMXCHECK_LAUNCH_CLEAR)\n\t\treturn"),
    ("operands.h", "ALL(IS(OPERAND, 3), CAN(vpid, invvpid_single_context_ret", "ALL(IS(OPERAND, 3), CAN(vpid, invvpid_single_context), CAN(vpid, invvpid_single_context_ret"),
    ("instructions.h", "NOT(CLEAR(LOW, 16, 63))", "NOT(CLEAR(LOW, 17, 63))"),
    ("instructions.h", "ALL(NOT(IS(OPERAND, 2)), CLEAR(LOW, 0, 15))", "CLEAR(LOW, 0, 15)"),
    ("instructions.h", "ANY(NOT(BIT(FACT(CR0), 0)), WRONG_MODE)", "WRONG_MODE"),
    ("existence.c", "encoding >> 15", "encoding >> 16"),
    ("existence.c", "conditional[i].with(d) == YES ? YES : UNKNOWN", "conditional[i].with(d)"),
    ("existence.c", "BITS(MSR(0x48a), 1, 9)", "BITS(MSR(0x48a), 0, 9)"),
    ("instructions.c", "if (none != NO)", "if (none == YES)"),
    ("instructions.c", "if (none != YES)", "if (none == NO)"),
    ("instructions.c", "field.n >>= 32;", "field.n >>= 31;"),
    ("instructions.c", "if (wide == UNKNOWN && field.n >> 32)\n\t\tfield.known = false;", ""),
    ("instructions.c", "return both->vmx->current_vmcs.known;", "return false;"),
    ("apply.c", "return !may ? NO : may_not ? UNKNOWN : YES;", "return may ? YES : NO;"),
    ("apply.c", "VMXCHECK_LAUNCH_LEFT, sure", "VMXCHECK_LAUNCH_CLEAR, sure"),
    ("apply.c", "if (!address.known || !vmx->current_vmcs.known)", "if (!vmx->current_vmcs.known)"),
]
