// SPDX-License-Identifier: GPL-2.0
/*
 * Each rule of libvmxcheck for VMX instructions: on both sides of its edge. A row is an
 * instruction, what is changed of a processor in VMX root operation, and what comes of it. The
 * expectations come from the SDM, "VMX Instruction Reference" and "Basic VM-Entry Checks".
 */
#include <stdio.h>

#include "../unit/unit.h"
#include "state.h"
#include "vmx.h"

/* Regions */
#define VMXON_REGION 0x7000
#define CURRENT_VMCS 0x5000
#define OTHER 0x8000
#define SHADOW_VMCS 0x9000
#define LEFT 0xa000
#define BAD_REVISION 0xb000
#define ELSEWHERE 0xc000
#define MSEG 0x40000

#define CHANGES 5

struct row {
	const char *rule;
	const char *comes;
	struct vmxcheck_instruction insn;
	struct value_of change[CHANGES];
	bool outside;
	bool blocked;
	uint64_t current;	/* CURRENT_VMCS if 0 */
	const char *also;	/* another rule that this row is about */
};

#define KNOWN(value) { value, true }
#define I(which, ...) { .opcode = VMXCHECK_##which, __VA_ARGS__ }
#define OPERAND(value) .operand = KNOWN(value)
#define FIELD_OPERAND(ident) OPERAND(VMCS_##ident)
#define ACCESS(what) .access = VMXCHECK_ACCESS_##what
#define DESCRIPTOR(bits_63_0, bits_127_64) .low = KNOWN(bits_63_0), .high = KNOWN(bits_127_64)
#define F(ident, value) { VMXCHECK_FIELD, VMCS_##ident, value }
#define M(index, value) { VMXCHECK_MSR, index, value }
#define C(leaf, reg, value) { VMXCHECK_CPUID, (uint64_t)(leaf) << 32 | VMXCHECK_##reg, value }
#define FACT(ident, value) { VMXCHECK_FACT, VMXCHECK_##ident, value }
#define MEMORY(address, value) { VMXCHECK_MEMORY, address, value }
#define NONE .current = ~0ULL

#define V86 FACT(VIRTUAL_8086, 1)
#define COMPATIBILITY FACT(CS_L, 0)
#define PROTECTED_32 FACT(HOST_IA32E, 0), FACT(CS_L, 0)
#define RING(n) FACT(CPL, n)

/* Outside VMX operation, in other modes, and at CPL 3: the same for most */
#define RECOGNIZED(outside_id, mode_id, cpl_id, ...) \
	{ .rule = outside_id, "#UD", __VA_ARGS__, { RING(0) }, .outside = true }, \
	{ .rule = outside_id, "#UD", __VA_ARGS__, { RING(3) }, .outside = true }, \
	{ .rule = mode_id, "#UD", __VA_ARGS__, { V86, RING(3) } }, \
	{ .rule = mode_id, "#UD", __VA_ARGS__, { COMPATIBILITY, RING(3) } }, \
	{ .rule = cpl_id, "#GP", __VA_ARGS__, { RING(3) } }, \
	{ .rule = cpl_id, "#GP", __VA_ARGS__, { RING(1) } }

#define FAULTS(stack_id, protection_id, page_id, opcode, ...) \
	{ .rule = stack_id, "#SS", I(opcode, ACCESS(STACK_FAULT), __VA_ARGS__) }, \
	{ .rule = protection_id, "#GP", I(opcode, ACCESS(PROTECTION), __VA_ARGS__) }, \
	{ .rule = page_id, "#PF", I(opcode, ACCESS(PAGE_FAULT), __VA_ARGS__) }

/* Each bit on both sides: the lowest, the highest, and those at the width of 46 bits */
#define ADDRESSES(id, fails, succeeds_id, opcode, ...) \
	{ .rule = id, fails, I(opcode, OPERAND(OTHER + 1)), __VA_ARGS__ }, \
	{ .rule = id, fails, I(opcode, OPERAND(OTHER + 0x800)), __VA_ARGS__ }, \
	{ .rule = id, fails, I(opcode, OPERAND(1ULL << 46)), __VA_ARGS__ }, \
	{ .rule = id, fails, I(opcode, OPERAND(OTHER | 1ULL << 63)), __VA_ARGS__ }, \
	{ .rule = id, fails, I(opcode, OPERAND(1ULL << 32)), { M(0x480, 0x12 | 1ULL << 48) }, __VA_ARGS__ }, \
	{ .rule = succeeds_id, "succeeds", I(opcode, OPERAND(0x3ffffffff000)), \
	  { MEMORY(0x3ffffffff000, 0x12) }, __VA_ARGS__ }, \
	{ .rule = succeeds_id, "succeeds", I(opcode, OPERAND(0xfffff000)), \
	  { MEMORY(0xfffff000, 0x12), M(0x480, 0x12 | 1ULL << 48) }, __VA_ARGS__ }

static const struct row rows[] = {
	/* VMXON */
	{ .rule = "vmxon-17", "succeeds", I(VMXON, OPERAND(OTHER)), {}, .outside = true },
	{ .rule = "vmxon-1", "#UD", I(VMXON, OPERAND(OTHER)), { FACT(CR4, 0x20) }, .outside = true },
	{ .rule = "vmxon-2", "#UD", I(VMXON, OPERAND(OTHER)), { FACT(CR0, 0x80000020) }, .outside = true },
	{ .rule = "vmxon-2", "#UD", I(VMXON, OPERAND(OTHER)), { V86, RING(3) }, .outside = true },
	{ .rule = "vmxon-2", "#UD", I(VMXON, OPERAND(OTHER)), { COMPATIBILITY, RING(3) } },
	{ .rule = "vmxon-17", "succeeds", I(VMXON, OPERAND(OTHER)), { PROTECTED_32 }, .outside = true },
	{ .rule = "vmxon-3", "#GP", I(VMXON, OPERAND(OTHER)), { RING(3) } },
	{ .rule = "vmxon-4", "15", I(VMXON, OPERAND(OTHER)) },
	{ .rule = "vmxon-4", "15", I(VMXON, OPERAND(1), ACCESS(PAGE_FAULT)), { FACT(A20M, 1) } },
	{ .rule = "vmxon-4", "invalid", I(VMXON, OPERAND(OTHER)), NONE },
	{ .rule = "vmxon-5", "#GP", I(VMXON, OPERAND(OTHER)), { RING(1) }, .outside = true },
	{ .rule = "vmxon-6", "#GP", I(VMXON, OPERAND(OTHER)), { FACT(A20M, 1) }, .outside = true },
	{ .rule = "vmxon-7", "#GP", I(VMXON, OPERAND(OTHER)), { FACT(CR0, 0x80000001) }, .outside = true },
	{ .rule = "vmxon-7", "#GP", I(VMXON, OPERAND(OTHER)), { FACT(CR0, 0x180000021) }, .outside = true },
	{ .rule = "vmxon-17", "succeeds", I(VMXON, OPERAND(OTHER)), { FACT(CR0, 0xe0050033) }, .outside = true },
	{ .rule = "vmxon-8", "#GP", I(VMXON, OPERAND(OTHER)), { FACT(CR4, 0xa000) }, .outside = true },
	{ .rule = "vmxon-8", "#GP", I(VMXON, OPERAND(OTHER)), { M(0x488, 0x2020), FACT(CR4, 0x2000) }, .outside = true },
	{ .rule = "vmxon-9", "#GP", I(VMXON, OPERAND(OTHER)), { M(0x3a, 6) }, .outside = true },
	{ .rule = "vmxon-10", "#GP", I(VMXON, OPERAND(OTHER)), { M(0x3a, 5), FACT(IN_SMX, 1) }, .outside = true },
	{ .rule = "vmxon-17", "succeeds", I(VMXON, OPERAND(OTHER)), { M(0x3a, 3), FACT(IN_SMX, 1) }, .outside = true },
	{ .rule = "vmxon-11", "#GP", I(VMXON, OPERAND(OTHER)), { M(0x3a, 3) }, .outside = true },
	{ .rule = "vmxon-17", "succeeds", I(VMXON, OPERAND(OTHER)), { M(0x3a, 5) }, .outside = true },
	{ .rule = "vmxon-12", "#SS", I(VMXON, ACCESS(STACK_FAULT), OPERAND(1)), {}, .outside = true },
	{ .rule = "vmxon-13", "#GP", I(VMXON, ACCESS(PROTECTION), OPERAND(1)), {}, .outside = true },
	{ .rule = "vmxon-14", "#PF", I(VMXON, ACCESS(PAGE_FAULT), OPERAND(1)), {}, .outside = true },
	ADDRESSES("vmxon-15", "invalid", "vmxon-17", VMXON, .outside = true),
	{ .rule = "vmxon-16", "invalid", I(VMXON, OPERAND(BAD_REVISION)), {}, .outside = true },
	{ .rule = "vmxon-16", "invalid", I(VMXON, OPERAND(SHADOW_VMCS)), {}, .outside = true },
	{ .rule = "vmxon-16", "invalid", I(VMXON, OPERAND(OTHER)), { MEMORY(OTHER, 0x40000012) }, .outside = true },

	/* VMXOFF */
	{ .rule = "vmxoff-5", "succeeds", I(VMXOFF) },
	{ .rule = "vmxoff-5", "succeeds", I(VMXOFF), { PROTECTED_32 }, NONE },
	RECOGNIZED("vmxoff-1", "vmxoff-2", "vmxoff-3", I(VMXOFF)),
	{ .rule = "vmxoff-4", "23", I(VMXOFF), { FACT(DUAL_MONITOR, 1) } },
	{ .rule = "vmxoff-4", "invalid", I(VMXOFF), { FACT(DUAL_MONITOR, 1) }, NONE },

	/* VMCLEAR */
	{ .rule = "vmclear-9", "succeeds", I(VMCLEAR, OPERAND(OTHER)) },
	{ .rule = "vmclear-9", "succeeds", I(VMCLEAR, OPERAND(BAD_REVISION)), { PROTECTED_32 } },
	{ .rule = "vmclear-9", "succeeds", I(VMCLEAR, OPERAND(OTHER)), {}, NONE },
	RECOGNIZED("vmclear-1", "vmclear-2", "vmclear-3", I(VMCLEAR, ACCESS(PAGE_FAULT), OPERAND(1))),
	FAULTS("vmclear-4", "vmclear-5", "vmclear-6", VMCLEAR, OPERAND(1)),
	ADDRESSES("vmclear-7", "2", "vmclear-9", VMCLEAR, .outside = false),
	{ .rule = "vmclear-7", "invalid", I(VMCLEAR, OPERAND(OTHER + 8)), {}, NONE },
	{ .rule = "vmclear-7", "2", I(VMCLEAR, OPERAND(VMXON_REGION + 8)) },
	{ .rule = "vmclear-8", "3", I(VMCLEAR, OPERAND(VMXON_REGION)) },
	{ .rule = "vmclear-8", "invalid", I(VMCLEAR, OPERAND(VMXON_REGION)), {}, NONE },

	/* VMPTRLD */
	{ .rule = "vmptrld-11", "succeeds", I(VMPTRLD, OPERAND(OTHER)) },
	{ .rule = "vmptrld-11", "succeeds", I(VMPTRLD, OPERAND(OTHER)), { PROTECTED_32 }, NONE },
	RECOGNIZED("vmptrld-1", "vmptrld-2", "vmptrld-3", I(VMPTRLD, ACCESS(PAGE_FAULT), OPERAND(1))),
	FAULTS("vmptrld-4", "vmptrld-5", "vmptrld-6", VMPTRLD, OPERAND(1)),
	ADDRESSES("vmptrld-7", "9", "vmptrld-11", VMPTRLD, .outside = false),
	{ .rule = "vmptrld-7", "9", I(VMPTRLD, OPERAND(BAD_REVISION + 8)) },
	{ .rule = "vmptrld-7", "9", I(VMPTRLD, OPERAND(VMXON_REGION + 8)) },
	{ .rule = "vmptrld-7", "invalid", I(VMPTRLD, OPERAND(OTHER + 8)), {}, NONE },
	{ .rule = "vmptrld-8", "10", I(VMPTRLD, OPERAND(VMXON_REGION)) },
	{ .rule = "vmptrld-8", "10", I(VMPTRLD, OPERAND(VMXON_REGION)), { MEMORY(VMXON_REGION, 0x13) } },
	{ .rule = "vmptrld-8", "invalid", I(VMPTRLD, OPERAND(VMXON_REGION)), {}, NONE },
	{ .rule = "vmptrld-9", "11", I(VMPTRLD, OPERAND(BAD_REVISION)) },
	{ .rule = "vmptrld-9", "11", I(VMPTRLD, OPERAND(OTHER)), { MEMORY(OTHER, 0xc0000012) } },
	{ .rule = "vmptrld-9", "invalid", I(VMPTRLD, OPERAND(BAD_REVISION)), {}, NONE },
	{ .rule = "vmptrld-11", "succeeds", I(VMPTRLD, OPERAND(SHADOW_VMCS)) },
	{ .rule = "vmptrld-10", "11", I(VMPTRLD, OPERAND(SHADOW_VMCS)), { M(0x48b, 0xffffbfff00000000) } },
	{ .rule = "vmptrld-10", "11", I(VMPTRLD, OPERAND(SHADOW_VMCS)), { M(0x482, 0x7ffbfffe0401e172) } },
	{ .rule = "vmptrld-11", "succeeds", I(VMPTRLD, OPERAND(OTHER)), { M(0x48b, 0) } },

	/* VMPTRST */
	{ .rule = "vmptrst-7", "succeeds 0x5000", I(VMPTRST) },
	{ .rule = "vmptrst-7", "succeeds 0xffffffffffffffff", I(VMPTRST), { PROTECTED_32 }, NONE },
	RECOGNIZED("vmptrst-1", "vmptrst-2", "vmptrst-3", I(VMPTRST, ACCESS(PAGE_FAULT))),
	FAULTS("vmptrst-4", "vmptrst-5", "vmptrst-6", VMPTRST),

	/* VMREAD */
	{ .rule = "vmread-9", "succeeds 0x1000", I(VMREAD, FIELD_OPERAND(GUEST_RIP)) },
	{ .rule = "vmread-9", "succeeds 0x80001234", I(VMREAD, FIELD_OPERAND(TSC_OFFSET)),
	  { F(TSC_OFFSET, 0x4180001234), PROTECTED_32 } },
	{ .rule = "vmread-9", "succeeds 0x4180001234", I(VMREAD, FIELD_OPERAND(TSC_OFFSET)),
	  { F(TSC_OFFSET, 0x4180001234) } },
	{ .rule = "vmread-9", "succeeds 0x41", I(VMREAD, OPERAND(VMCS_TSC_OFFSET + 1)),
	  { F(TSC_OFFSET, 0x4180001234) } },
	{ .rule = "vmread-9", "succeeds 0xc", I(VMREAD, FIELD_OPERAND(EXIT_REASON)), {}, .current = SHADOW_VMCS },
	RECOGNIZED("vmread-1", "vmread-2", "vmread-3", I(VMREAD, ACCESS(PAGE_FAULT), OPERAND(0x6ffe))),
	{ .rule = "vmread-4", "invalid", I(VMREAD, FIELD_OPERAND(GUEST_RIP)), {}, NONE },
	{ .rule = "vmread-4", "invalid", I(VMREAD, ACCESS(PAGE_FAULT), OPERAND(0x6ffe)), {}, NONE },
	/* Reserved bits, a high part that there is not, an index above the highest; before faults */
	{ .rule = "vmread-5", "12", I(VMREAD, OPERAND(0x781e)) },
	{ .rule = "vmread-5", "12", I(VMREAD, OPERAND(0xe81e)) },
	{ .rule = "vmread-5", "12", I(VMREAD, OPERAND(0x10000681e)) },
	{ .rule = "vmread-5", "12", I(VMREAD, OPERAND(0x681f)) },
	{ .rule = "vmread-5", "12", I(VMREAD, OPERAND(0x4001)) },
	{ .rule = "vmread-5", "12", I(VMREAD, OPERAND(0x0801)) },
	{ .rule = "vmread-5", "12", I(VMREAD, ACCESS(PAGE_FAULT), OPERAND(0x6ffe)) },
	{ .rule = "vmread-5", "12", I(VMREAD, OPERAND(0x682e)), { M(0x48a, 0x16 << 1) } },
	{ .rule = "vmread-9", "12 succeeds", I(VMREAD, OPERAND(0x682e)), { M(0x48a, 0x17 << 1) } },
	/* What needs a feature may be there without it. */
	{ .rule = "vmread-9", "12 succeeds 0x1", I(VMREAD, FIELD_OPERAND(TSC_MULTIPLIER)), { M(0x48b, 0xfdffffff00000000) } },
	{ .rule = "vmread-9", "succeeds 0x1", I(VMREAD, FIELD_OPERAND(TSC_MULTIPLIER)), { M(0x48b, 0x0200000000000000) } },
	{ .rule = "vmread-9", "12 succeeds 0x1", I(VMREAD, FIELD_OPERAND(TSC_MULTIPLIER)),
	  { M(0x48b, 0xfdffffff00000000), M(0x48a, 0x18 << 1) } },
	FAULTS("vmread-6", "vmread-7", "vmread-8", VMREAD, FIELD_OPERAND(GUEST_RIP)),

	/* VMWRITE */
	{ .rule = "vmwrite-10", "succeeds", I(VMWRITE, FIELD_OPERAND(GUEST_RIP)) },
	{ .rule = "vmwrite-10", "succeeds", I(VMWRITE, OPERAND(VMCS_TSC_OFFSET + 1)), { PROTECTED_32 } },
	RECOGNIZED("vmwrite-1", "vmwrite-2", "vmwrite-3", I(VMWRITE, ACCESS(PAGE_FAULT), OPERAND(0x6ffe))),
	{ .rule = "vmwrite-4", "invalid", I(VMWRITE, FIELD_OPERAND(GUEST_RIP)), {}, NONE },
	{ .rule = "vmwrite-4", "invalid", I(VMWRITE, ACCESS(PAGE_FAULT), OPERAND(0x6ffe)), {}, NONE },
	FAULTS("vmwrite-5", "vmwrite-6", "vmwrite-7", VMWRITE, OPERAND(0x6ffe)),
	{ .rule = "vmwrite-8", "12", I(VMWRITE, OPERAND(0x6ffe)) },
	{ .rule = "vmwrite-8", "12", I(VMWRITE, OPERAND(0x76fe)) },
	{ .rule = "vmwrite-9", "13", I(VMWRITE, FIELD_OPERAND(EXIT_REASON)) },
	{ .rule = "vmwrite-9", "13", I(VMWRITE, FIELD_OPERAND(IO_RIP)) },
	{ .rule = "vmwrite-9", "13", I(VMWRITE, FIELD_OPERAND(GUEST_PHYSICAL_ADDRESS)) },
	{ .rule = "vmwrite-10", "succeeds", I(VMWRITE, FIELD_OPERAND(EXIT_REASON)), { M(0x485, 0x200401c0) } },

	/* VMLAUNCH, VMRESUME */
	{ .rule = "executive-5", "enters", I(VMLAUNCH) },
	{ .rule = "executive-5", "enters", I(VMRESUME), {}, .current = OTHER },
	RECOGNIZED("entry-1", "entry-2", "entry-3", I(VMLAUNCH)),
	RECOGNIZED("entry-1", "entry-2", "entry-3", I(VMRESUME)),
	{ .rule = "entry-4", "invalid", I(VMLAUNCH), {}, NONE, .blocked = true },
	{ .rule = "entry-4", "invalid", I(VMRESUME), {}, NONE, .blocked = true },
	{ .rule = "entry-5", "invalid", I(VMLAUNCH), {}, .current = SHADOW_VMCS, .blocked = true },
	{ .rule = "entry-5", "invalid", I(VMRESUME), {}, .current = SHADOW_VMCS },
	{ .rule = "entry-6", "26", I(VMLAUNCH), {}, .current = OTHER, .blocked = true },
	{ .rule = "entry-6", "26", I(VMRESUME), .blocked = true },
	{ .rule = "vmlaunch-1", "4", I(VMLAUNCH), { F(CR3_TARGET_COUNT, 5) }, .current = OTHER },
	{ .rule = "vmresume-2", "5", I(VMRESUME), { F(CR3_TARGET_COUNT, 5) } },
	{ .rule = "executive-5", "4 enters", I(VMLAUNCH), {}, .current = LEFT },
	{ .rule = "executive-5", "5 6 enters", I(VMRESUME), {}, .current = LEFT, .also = "vmresume-1" },
	{ .rule = "executive-5", "5 6 enters", I(VMRESUME), { MEMORY(ELSEWHERE, 0x12) }, .current = ELSEWHERE },
	{ .rule = "executive-5", "7", I(VMLAUNCH), { F(CR3_TARGET_COUNT, 5) } },
	{ .rule = "executive-5", "8", I(VMRESUME), { F(HOST_TR_SELECTOR, 0) }, .current = OTHER },
	{ .rule = "executive-5", "guest 0x1", I(VMLAUNCH), { F(GUEST_RFLAGS, 0) } },
	{ .rule = "executive-5", "guest 0x10", I(VMLAUNCH), { F(VMCS_LINK_POINTER, 1) } },
	/* The VMCS may not be its own link. */
	{ .rule = "executive-5", "guest 0x10", I(VMRESUME), { F(VMCS_LINK_POINTER, OTHER) }, .current = OTHER },
	{ .rule = "executive-5", "enters", I(VMLAUNCH), { F(VMCS_LINK_POINTER, OTHER) } },
	{ .rule = "executive-5", "msr 1", I(VMLAUNCH), { F(ENTRY_MSR_LOAD_COUNT, 1), MEMORY(0x10000, 0xc0000100),
	  MEMORY(0x10004, 0), MEMORY(0x10008, 0), MEMORY(0x1000c, 0) } },

#define SMM_ANY "enters guest 0x1d msr 1"
#define FROM_SMM FACT(IN_SMM, 1), F(ENTRY_CONTROLS, 0x13ff)
#define DEACTIVATE FACT(IN_SMM, 1), F(ENTRY_CONTROLS, 0x1bff)
	{ .rule = "executive-5", "7 8 " SMM_ANY, I(VMLAUNCH), { FROM_SMM, F(EXECUTIVE_VMCS_POINTER, VMXON_REGION) } },
	{ .rule = "executive-5", "enters", I(VMLAUNCH), { FACT(IN_SMM, 1), F(ENTRY_CONTROLS, 0x17ff),
	  F(GUEST_INTERRUPTIBILITY_STATE, 4), F(EXECUTIVE_VMCS_POINTER, 1) } },
	{ .rule = "executive-5", "7 8 16 17 25", I(VMLAUNCH), { FROM_SMM, F(EXECUTIVE_VMCS_POINTER, CURRENT_VMCS + 8) },
	  .also = "executive-1" },
	{ .rule = "executive-5", "7 8 16", I(VMRESUME), { FROM_SMM, F(EXECUTIVE_VMCS_POINTER, VMXON_REGION),
	  MEMORY(VMXON_REGION, 0x13) }, .current = OTHER },
	{ .rule = "executive-5", "7 8 17 25", I(VMLAUNCH), { FROM_SMM, F(EXECUTIVE_VMCS_POINTER, CURRENT_VMCS) },
	  .also = "executive-2" },
	{ .rule = "executive-5", "7 8 25 " SMM_ANY, I(VMLAUNCH), { FROM_SMM, F(EXECUTIVE_VMCS_POINTER, OTHER) },
	  .also = "executive-4" },
	{ .rule = "executive-5", "7 8 18 25", I(VMLAUNCH), { DEACTIVATE, F(EXECUTIVE_VMCS_POINTER, OTHER) },
	  .also = "executive-3" },
	{ .rule = "executive-5", "7 8 " SMM_ANY, I(VMLAUNCH), { DEACTIVATE, F(EXECUTIVE_VMCS_POINTER, VMXON_REGION) } },

	/* INVEPT */
#define EPT_CAP(bits) M(0x48c, 0x204040 | (bits))
	{ .rule = "invept-11", "succeeds", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2601e, 0)) },
	{ .rule = "invept-11", "succeeds", I(INVEPT, OPERAND(2), DESCRIPTOR(~0ULL, 0)) },
	{ .rule = "invept-11", "succeeds", I(INVEPT, OPERAND(2), DESCRIPTOR(0, 0)), { PROTECTED_32 }, NONE },
	RECOGNIZED("invept-1", "invept-3", "invept-4",
		   I(INVEPT, ACCESS(PAGE_FAULT), OPERAND(3), DESCRIPTOR(0, 0))),
	{ .rule = "invept-2", "#UD", I(INVEPT, OPERAND(2), DESCRIPTOR(0, 0)), { M(0x48b, 0xfffffffd00000000) } },
	{ .rule = "invept-2", "#UD", I(INVEPT, OPERAND(2), DESCRIPTOR(0, 0)), { EPT_CAP(1 << 25 | 1 << 26), RING(3) } },
	{ .rule = "invept-5", "28", I(INVEPT, ACCESS(PAGE_FAULT), OPERAND(0), DESCRIPTOR(0x2601e, 0)) },
	{ .rule = "invept-5", "28", I(INVEPT, OPERAND(3), DESCRIPTOR(0x2601e, 0)) },
	{ .rule = "invept-5", "28", I(INVEPT, OPERAND(1ULL << 32 | 1), DESCRIPTOR(0x2601e, 0)) },
	{ .rule = "invept-5", "28", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2601e, 0)), { EPT_CAP(1 << 20 | 1 << 26) } },
	{ .rule = "invept-5", "28", I(INVEPT, OPERAND(2), DESCRIPTOR(0x2601e, 0)), { EPT_CAP(1 << 20 | 1 << 25) } },
	{ .rule = "invept-11", "succeeds", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2601e, 0)), { EPT_CAP(1 << 20 | 1 << 25) } },
	{ .rule = "invept-11", "succeeds", I(INVEPT, OPERAND(2), DESCRIPTOR(0, 0)), { EPT_CAP(1 << 20 | 1 << 26) } },
	{ .rule = "invept-5", "invalid", I(INVEPT, OPERAND(3), DESCRIPTOR(0x2601e, 0)), {}, NONE },
	FAULTS("invept-6", "invept-7", "invept-8", INVEPT, OPERAND(1), DESCRIPTOR(0, 1)),
	{ .rule = "invept-11", "28 succeeds", I(INVEPT, OPERAND(2), DESCRIPTOR(0, 1)), .also = "invept-9" },
	{ .rule = "invept-11", "28 succeeds", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2601e, 1ULL << 63)) },
	{ .rule = "invept-10", "28", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2601d, 0)) },
	{ .rule = "invept-10", "28", I(INVEPT, OPERAND(1), DESCRIPTOR(0x26016, 0)) },
	{ .rule = "invept-10", "28", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2605e, 0)), { M(0x48c, 0x6104040) } },
	{ .rule = "invept-10", "28", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2609e, 0)) },
	{ .rule = "invept-10", "28", I(INVEPT, OPERAND(1), DESCRIPTOR(0x2681e, 0)) },
	{ .rule = "invept-10", "28", I(INVEPT, OPERAND(1), DESCRIPTOR(0x4000000002601e, 0)) },
	{ .rule = "invept-10", "invalid", I(INVEPT, OPERAND(1), DESCRIPTOR(0, 0)), {}, NONE },

	/* INVVPID */
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0x7fffffffffff)) },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(0), DESCRIPTOR(0xffff, 0xffff800000000000)) },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(1), DESCRIPTOR(1, 1ULL << 63)) },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(2), DESCRIPTOR(0, 1ULL << 63)), { PROTECTED_32 }, NONE },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(3), DESCRIPTOR(1, 1ULL << 63)) },
	RECOGNIZED("invvpid-1", "invvpid-3", "invvpid-4",
		   I(INVVPID, ACCESS(PAGE_FAULT), OPERAND(4), DESCRIPTOR(0, 0))),
	{ .rule = "invvpid-2", "#UD", I(INVVPID, OPERAND(2), DESCRIPTOR(0, 0)), { M(0x48b, 0xffffffdf00000000) } },
	{ .rule = "invvpid-2", "#UD", I(INVVPID, OPERAND(2), DESCRIPTOR(0, 0)), { EPT_CAP(0xfULL << 40), RING(3) } },
	{ .rule = "invvpid-5", "28", I(INVVPID, ACCESS(PAGE_FAULT), OPERAND(4), DESCRIPTOR(1, 0)) },
	{ .rule = "invvpid-5", "28", I(INVVPID, OPERAND(1ULL << 32 | 2), DESCRIPTOR(1, 0)) },
	{ .rule = "invvpid-5", "28", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0)), { EPT_CAP(0xe01ULL << 32) } },
	{ .rule = "invvpid-5", "28", I(INVVPID, OPERAND(1), DESCRIPTOR(1, 0)), { EPT_CAP(0xd01ULL << 32) } },
	{ .rule = "invvpid-5", "28", I(INVVPID, OPERAND(2), DESCRIPTOR(1, 0)), { EPT_CAP(0xb01ULL << 32) } },
	{ .rule = "invvpid-5", "28", I(INVVPID, OPERAND(3), DESCRIPTOR(1, 0)), { EPT_CAP(0x701ULL << 32) } },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0)), { EPT_CAP(0x101ULL << 32) } },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(1), DESCRIPTOR(1, 0)), { EPT_CAP(0x201ULL << 32) } },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(2), DESCRIPTOR(1, 0)), { EPT_CAP(0x401ULL << 32) } },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(3), DESCRIPTOR(1, 0)), { EPT_CAP(0x801ULL << 32) } },
	{ .rule = "invvpid-5", "invalid", I(INVVPID, OPERAND(4), DESCRIPTOR(1, 0)), {}, NONE },
	FAULTS("invvpid-6", "invvpid-7", "invvpid-8", INVVPID, OPERAND(0), DESCRIPTOR(0x10000, 1ULL << 63)),
	{ .rule = "invvpid-9", "28", I(INVVPID, OPERAND(1), DESCRIPTOR(0x10001, 0)) },
	{ .rule = "invvpid-9", "28", I(INVVPID, OPERAND(2), DESCRIPTOR(1ULL << 63, 0)) },
	{ .rule = "invvpid-10", "28", I(INVVPID, OPERAND(0), DESCRIPTOR(0, 0)) },
	{ .rule = "invvpid-10", "28", I(INVVPID, OPERAND(1), DESCRIPTOR(0, 0)) },
	{ .rule = "invvpid-10", "28", I(INVVPID, OPERAND(3), DESCRIPTOR(0, 0)) },
	{ .rule = "invvpid-11", "28", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0x800000000000)) },
	{ .rule = "invvpid-11", "28", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0xffff7fffffffffff)) },
	/* A processor with 57 bits; whether CR4.LA57 counts, the SDM does not say. */
	{ .rule = "invvpid-12", "28 succeeds", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0x800000000000)),
	  { C(0x80000008, EAX, 0x392e) } },
	{ .rule = "invvpid-12", "succeeds", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0x800000000000)),
	  { C(0x80000008, EAX, 0x392e), FACT(CR4, 0x3020) } },
	{ .rule = "invvpid-11", "28", I(INVVPID, OPERAND(0), DESCRIPTOR(1, 0x100000000000000)),
	  { C(0x80000008, EAX, 0x392e), FACT(CR4, 0x3020) } },

	/* VMCALL */
#define MONITOR M(0x480, 0x12 | 0x1000ULL << 32 | 6ULL << 50 | 1ULL << 55 | 1ULL << 49), M(0x9b, MSEG | 1)
	{ .rule = "vmcall-4", "1", I(VMCALL) },
	RECOGNIZED("vmcall-1", "vmcall-2", "vmcall-3", I(VMCALL)),
	{ .rule = "vmcall-4", "1", I(VMCALL), { FACT(DUAL_MONITOR, 1) }, .current = OTHER },
	{ .rule = "vmcall-4", "invalid", I(VMCALL), {}, NONE },
	{ .rule = "vmcall-4", "1", I(VMCALL), { MONITOR, FACT(IN_SMM, 1) } },
	{ .rule = "vmcall-4", "1", I(VMCALL), { MONITOR, M(0x9b, MSEG) } },
	{ .rule = "vmcall-4", "1", I(VMCALL), { M(0x9b, MSEG | 1), M(0x480, 0x12) } },
	{ .rule = "vmcall-5", "exits", I(VMCALL), { MONITOR, FACT(DUAL_MONITOR, 1) }, NONE },
	{ .rule = "vmcall-6", "invalid", I(VMCALL), { MONITOR }, NONE },
	{ .rule = "vmcall-7", "19", I(VMCALL), { MONITOR, F(EXIT_CONTROLS, 0) }, .current = OTHER },
	{ .rule = "vmcall-8", "20", I(VMCALL), { MONITOR, F(EXIT_CONTROLS, 0), MEMORY(MSEG, 0) } },
	{ .rule = "vmcall-8", "20", I(VMCALL), { MONITOR, F(EXIT_MSR_STORE_COUNT, 1), F(EXIT_MSR_STORE_ADDRESS, 8) } },
	{ .rule = "vmcall-8", "20", I(VMCALL),
	  { MONITOR, F(EXIT_MSR_STORE_COUNT, 2), F(EXIT_MSR_STORE_ADDRESS, 0x3ffffffffff0) } },
	{ .rule = "vmcall-11", "exits", I(VMCALL),
	  { MONITOR, F(EXIT_MSR_STORE_COUNT, 1), F(EXIT_MSR_STORE_ADDRESS, 0x3ffffffffff0) } },
	{ .rule = "vmcall-9", "22", I(VMCALL), { MONITOR, MEMORY(MSEG, 0x22), MEMORY(MSEG + 4, ~0u) } },
	{ .rule = "vmcall-10", "24", I(VMCALL), { MONITOR, MEMORY(MSEG + 4, 2) } },
	{ .rule = "vmcall-10", "24", I(VMCALL), { MONITOR, MEMORY(MSEG + 4, 0x80000001) } },
	{ .rule = "vmcall-10", "24", I(VMCALL), { MONITOR, MEMORY(MSEG + 4, 1), C(0x80000001, EDX, 1 << 20) } },
	{ .rule = "vmcall-11", "exits", I(VMCALL), { MONITOR, MEMORY(MSEG + 4, 0), C(0x80000001, EDX, 1 << 20) } },
	{ .rule = "vmcall-11", "exits", I(VMCALL), { MONITOR } },

	/* VMFUNC */
	{ .rule = "vmfunc-1", "#UD", I(VMFUNC) }, { .rule = "vmfunc-1", "#UD", I(VMFUNC), {}, .outside = true },
};

static const struct vmxcheck_rule *rules;
static size_t count;

/* What is known of a processor, and an instruction */
struct scene {
	struct state state;
	struct vmxcheck_vmx vmx;
	struct vmxcheck_region region[4];
	struct vmxcheck_instruction insn;
	struct vmxcheck_result result;
};

/* 64-bit mode at CPL 0, on a processor that VMX is enabled on; without an SMM monitor. */
static const struct value_of common[] = {
	M(0x3a, 5), M(0x48a, 0x50), M(0x48c, 0x204040 | 3 << 25 | 1 << 20 | 0xf01ULL << 32),
	M(0x9b, 0), M(0x485, 0x21000401c0), C(0x80000001, EDX, 1 << 20 | 1 << 29),
	FACT(CR0, 0x80000021), FACT(CR4, 0x2020), FACT(CPL, 0), FACT(CS_L, 1), FACT(VIRTUAL_8086, 0),
	FACT(A20M, 0), FACT(IN_SMX, 0), FACT(DUAL_MONITOR, 0),
	F(GUEST_EFER, 0xd01), F(EXIT_REASON, 12),
	MEMORY(VMXON_REGION, 0x12), MEMORY(CURRENT_VMCS, 0x12), MEMORY(OTHER, 0x12),
	MEMORY(SHADOW_VMCS, 0x80000012), MEMORY(LEFT, 0x12), MEMORY(BAD_REVISION, 0x13),
	MEMORY(MSEG, 0x21), MEMORY(MSEG + 4, 1),
};

static void begin(struct scene *scene, const struct row *row)
{
	static const struct vmxcheck_region regions[] = {
		{ CURRENT_VMCS, VMXCHECK_LAUNCH_CLEAR }, { OTHER, VMXCHECK_LAUNCH_LAUNCHED },
		{ SHADOW_VMCS, VMXCHECK_LAUNCH_CLEAR }, { LEFT, VMXCHECK_LAUNCH_LEFT },
	};
	size_t i;

	state_begin(&scene->state, LONG);
	for (i = 0; i < COUNT(common); i++)
		state_set(&scene->state, common[i].kind, common[i].number, common[i].value);
	for (i = 0; i < CHANGES && row->change[i].kind; i++)
		state_set(&scene->state, row->change[i].kind, row->change[i].number,
			  row->change[i].value);
	memcpy(scene->region, regions, sizeof(regions));
	scene->vmx = (struct vmxcheck_vmx){
		.in_vmx = { !row->outside, true }, .vmxon_pointer = KNOWN(VMXON_REGION),
		.current_vmcs = { row->current ? row->current : CURRENT_VMCS, true },
		.region = scene->region, .regions = COUNT(regions),
	};
	scene->insn = row->insn;
	scene->insn.blocked = (struct vmxcheck_value){ row->blocked, true };
}

static void execute(struct scene *scene)
{
	/* It may have been copied. */
	scene->state.state.opaque = &scene->state;
	scene->vmx.region = scene->region;
	vmxcheck_execute(&scene->state.state, &scene->vmx, &scene->insn, &scene->result);
}

/* "12 invalid succeeds 0x1": all that may come */
static void say(const struct vmxcheck_result *result, char *text)
{
	static const struct {
		unsigned int vector;
		const char *name;
	} faults[] = { { 6, " #UD" }, { 12, " #SS" }, { 13, " #GP" }, { 14, " #PF" } };
	char *at = text;
	size_t i;

	*at = 0;
	for (i = 0; i < COUNT(faults); i++)
		if (result->faults >> faults[i].vector & 1)
			at += sprintf(at, "%s", faults[i].name);
	if (result->fails_invalid)
		at += sprintf(at, " invalid");
	for (i = 0; i < 32; i++)
		if (result->errors >> i & 1)
			at += sprintf(at, " %zu", i);
	if (result->smm_exit)
		at += sprintf(at, " exits");
	if (result->succeeds)
		at += sprintf(at, " succeeds");
	if (result->value.known)
		at += sprintf(at, " %#llx", (unsigned long long)result->value.value);
	if (result->entry.enters)
		at += sprintf(at, " enters");
	if (result->entry.guest)
		at += sprintf(at, " guest %#x", result->entry.guest);
	if (result->entry.msr_first)
		at += sprintf(at, " msr %u", result->entry.msr_first);
	memmove(text, text + !!*text, strlen(text) + !*text);
}

static void test_rows(void **arg)
{
	static struct scene scene;
	unsigned int failed = 0;
	char text[256];
	size_t i;

	(void)arg;
	for (i = 0; i < COUNT(rows); i++) {
		begin(&scene, &rows[i]);
		execute(&scene);
		say(&scene.result, text);
		if (!strcmp(text, rows[i].comes) && !strcmp(rules[scene.result.rule].id, rows[i].rule))
			continue;
		print_error("row %zu, %s: '%s' by %s instead of '%s'\n", i, rows[i].rule, text,
			    rules[scene.result.rule].id, rows[i].comes);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* A rule that no row is about would not be tested. */
static void test_each_rule_has_a_row(void **arg)
{
	uint32_t of;
	size_t i, row;

	(void)arg;
	for (i = 0; i < count; i++) {
		bool seen = false;

		for (row = 0; row < COUNT(rows) && !seen; row++) {
			of = 1u << rows[row].insn.opcode;
			seen = !strcmp(rows[row].rule, rules[i].id) ||
			       (rows[row].also && !strcmp(rows[row].also, rules[i].id));
			seen = seen && rules[i].opcodes & of;
		}
		if (!seen)
			print_error("%s\n", rules[i].id);
		assert_true(seen);
	}
}

/* All that could come before still can. */
static bool is_superset(const struct vmxcheck_result *more, const struct vmxcheck_result *less)
{
	const struct vmxcheck_outcome *a = &more->entry, *b = &less->entry;

	return (more->succeeds || !less->succeeds) && (more->smm_exit || !less->smm_exit) &&
	       (more->fails_invalid || !less->fails_invalid) && !(less->errors & ~more->errors) &&
	       !(less->faults & ~more->faults) && (a->enters || !b->enters) &&
	       !(b->errors & ~a->errors) && !(b->guest & ~a->guest) &&
	       (!b->msr_first || (a->msr_first && a->msr_first <= b->msr_first)) &&
	       a->msr_last >= b->msr_last &&
	       (!more->value.known || !less->succeeds ||
		(less->value.known && more->value.value == less->value.value));
}

static void check_less(struct scene *less, const struct scene *scene, const struct row *row)
{
	char before[256], after[256];

	execute(less);
	if (!is_superset(&less->result, &scene->result)) {
		say(&scene->result, before);
		say(&less->result, after);
		print_error("%s: '%s' of '%s'\n", row->rule, after, before);
	}
	assert_true(is_superset(&less->result, &scene->result));
	*less = *scene;
}

/* Of what is not known nothing is claimed: with anything forgotten, no result is missing. */
static void test_what_is_not_known(void **arg)
{
	static struct scene scene, less;
	size_t i, k;

	(void)arg;
	for (i = 0; i < COUNT(rows); i++) {
		bool entry = rows[i].insn.opcode == VMXCHECK_VMLAUNCH;

		begin(&scene, &rows[i]);
		execute(&scene);
		less = scene;
		/* The fields of VM entry are in test_checks.c. */
		for (k = 0; k < scene.state.values; k++) {
			const struct value_of *gone = &scene.state.value[k];

			if (gone->kind == VMXCHECK_FIELD && entry && i % 8)
				continue;
			state_forget(&less.state, gone->kind, gone->number);
			check_less(&less, &scene, &rows[i]);
		}
		less.vmx.in_vmx.known = false;
		check_less(&less, &scene, &rows[i]);
		less.vmx.vmxon_pointer.known = false;
		check_less(&less, &scene, &rows[i]);
		less.vmx.current_vmcs.known = false;
		check_less(&less, &scene, &rows[i]);
		less.vmx.regions = 0;
		check_less(&less, &scene, &rows[i]);
		less.insn.operand.known = false;
		check_less(&less, &scene, &rows[i]);
		less.insn.low.known = false;
		check_less(&less, &scene, &rows[i]);
		less.insn.high.known = false;
		check_less(&less, &scene, &rows[i]);
		less.insn.blocked.known = false;
		check_less(&less, &scene, &rows[i]);
		less.insn.access = VMXCHECK_ACCESS_UNKNOWN;
		check_less(&less, &scene, &rows[i]);
	}
}

/* Nothing is known: all that the SDM has of an instruction may come, and nothing else. */
static void test_nothing_known(void **arg)
{
	static const struct {
		enum vmxcheck_opcode opcode;
		const char *comes;
	} all[] = {
		{ VMXCHECK_VMXON, "#UD #SS #GP #PF invalid 15 succeeds" },
		{ VMXCHECK_VMXOFF, "#UD #GP invalid 23 succeeds" },
		{ VMXCHECK_VMCLEAR, "#UD #SS #GP #PF invalid 2 3 succeeds" },
		{ VMXCHECK_VMPTRLD, "#UD #SS #GP #PF invalid 9 10 11 succeeds" },
		{ VMXCHECK_VMPTRST, "#UD #SS #GP #PF succeeds" },
		{ VMXCHECK_VMREAD, "#UD #SS #GP #PF invalid 12 succeeds" },
		{ VMXCHECK_VMWRITE, "#UD #SS #GP #PF invalid 12 13 succeeds" },
		{ VMXCHECK_VMLAUNCH,
		  "#UD #GP invalid 4 7 8 16 17 18 25 26 enters guest 0x1d msr 1" },
		{ VMXCHECK_VMRESUME,
		  "#UD #GP invalid 5 6 7 8 16 17 18 25 26 enters guest 0x1d msr 1" },
		{ VMXCHECK_INVEPT, "#UD #SS #GP #PF invalid 28 succeeds" },
		{ VMXCHECK_INVVPID, "#UD #SS #GP #PF invalid 28 succeeds" },
		{ VMXCHECK_VMCALL, "#UD #GP invalid 1 19 20 22 24 exits" },
		{ VMXCHECK_VMFUNC, "#UD" },
	};
	static struct scene scene;
	char text[256];
	size_t i;

	(void)arg;
	scene.state.state = (struct vmxcheck_state){ 0 };
	state_begin(&scene.state, LONG);
	scene.state.values = 0;
	for (i = 0; i < COUNT(all); i++) {
		scene.vmx = (struct vmxcheck_vmx){ .regions = 0 };
		scene.insn = (struct vmxcheck_instruction){
			.opcode = all[i].opcode, .access = VMXCHECK_ACCESS_UNKNOWN,
		};
		execute(&scene);
		say(&scene.result, text);
		assert_string_equal(text, all[i].comes);
		scene.state.state.memory = i % 2 ? scene.state.state.memory : NULL;
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_each_rule_has_a_row),
		cmocka_unit_test(test_what_is_not_known),
		cmocka_unit_test(test_nothing_known),
	};

	rules = vmxcheck_rules(&count);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
