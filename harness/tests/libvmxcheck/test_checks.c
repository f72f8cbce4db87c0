// SPDX-License-Identifier: GPL-2.0
/*
 * Each check of libvmxcheck: on both sides of its edges. A row says which checks are
 * violated, by a guest that may run but for what the row changes; "" is none. The
 * expectations come from the SDM, "Checks on VMX Controls and Host-State Area" and
 * "Checking and Loading Guest State".
 */
#include "../unit/unit.h"
#include "state.h"
#include "vmx.h"

#define CHANGES 8

struct row {
	const char *violated;
	enum mode mode;
	struct value_of change[CHANGES];
};

#define F(ident, value) { VMXCHECK_FIELD, VMCS_##ident, value }
#define M(index, value) { VMXCHECK_MSR, index, value }
#define C(leaf, reg, value) { VMXCHECK_CPUID, (uint64_t)(leaf) << 32 | VMXCHECK_##reg, value }
#define FACT(ident, value) { VMXCHECK_FACT, VMXCHECK_##ident, value }
#define MEMORY(address, value) { VMXCHECK_MEMORY, address, value }

#define PROC(bits) F(PROC_BASED_CONTROLS, 0x84006172 | (bits))
#define PROC2(bits) F(SECONDARY_CONTROLS, bits)
#define PROC3(bits) PROC(1 << 17), F(TERTIARY_CONTROLS, bits)
#define EXIT(bits) F(EXIT_CONTROLS, 0x36ffb | (bits))
#define EXIT2(bits) EXIT(1u << 31), F(SECONDARY_EXIT_CONTROLS, bits)
#define ENTRY(bits) F(ENTRY_CONTROLS, 0x11ff | (bits))
#define ENTRY_64(bits) F(ENTRY_CONTROLS, 0x13ff | (bits))
#define EVENT(bits) F(ENTRY_INTERRUPTION_INFORMATION, 0x80000000 | (bits))
#define RFLAGS(bits) F(GUEST_RFLAGS, 2 | (bits))
#define BLOCKING(bits) F(GUEST_INTERRUPTIBILITY_STATE, bits)
#define ACTIVITY(value) F(GUEST_ACTIVITY_STATE, value)
#define PENDING(value) F(GUEST_PENDING_DEBUG_EXCEPTIONS, value)

/* An address of a page that a control turns on */
#define ADDRESS(id, field, ...) \
	{ id, LONG, { F(field, 0x1001), __VA_ARGS__ } }, { id, LONG, { F(field, 0x1800), __VA_ARGS__ } }, \
	{ id, LONG, { F(field, 1ULL << 46), __VA_ARGS__ } }, \
	{ id, LONG, { F(field, 1ULL << 63), __VA_ARGS__ } }, \
	{ "", LONG, { F(field, 0x3ffffffff000), __VA_ARGS__ } }, { "", LONG, { F(field, ~0ULL) } }

/* A list of MSRs: its address and its count */
#define MSR_LIST(low, beyond, last, address, count) \
	{ low, LONG, { F(address, 0x1001), F(count, 1) } }, { low, LONG, { F(address, 0x1008), F(count, 1) } }, \
	{ "", LONG, { F(address, 0x1001), F(count, 0) } }, \
	{ beyond " " last, LONG, { F(address, 1ULL << 46), F(count, 1) } }, \
	{ beyond " " last, LONG, { F(address, 1ULL << 63), F(count, 1) } }, \
	{ last, LONG, { F(address, 0x3ffffffffff0), F(count, 2) } }, \
	{ "", LONG, { F(address, 0x3ffffffffff0), F(count, 1) } }

#define NOT_CANONICAL(id, field, ...) \
	{ id, LONG, { F(field, 0x800000000000), __VA_ARGS__ } }, \
	{ id, LONG, { F(field, 0xffff7fffffffffff), __VA_ARGS__ } }, \
	{ "", LONG, { F(field, 0xffff800000000000), __VA_ARGS__ } }, \
	{ "", LONG, { F(field, 0x7ffffffff000), __VA_ARGS__ } }, \
	{ "", LONG, { F(field, 0x800000000000), __VA_ARGS__ , C(0x80000008, EAX, 0x392e) } }

static const struct row rows[] = {
	{ "", LONG, {} }, { "", COMPATIBILITY, {} }, { "", PAE, {} }, { "", PROTECTED, {} },
	{ "", VIRTUAL_8086, {} }, { "", REAL, {} },

	/* Capabilities: one that must be 1 is 0, one that must be 0 is 1; TRUE or not */
	{ "controls-1", LONG, { F(PIN_BASED_CONTROLS, 0x14) } },
	{ "controls-1", LONG, { F(PIN_BASED_CONTROLS, 0x116) } },
	{ "controls-2", LONG, { F(PROC_BASED_CONTROLS, 0x84006170) } },
	{ "controls-2", LONG, { PROC(1 << 18) } },
	{ "controls-2", LONG, { M(0x480, 0x12), F(EXIT_CONTROLS, 0x36fff) } },
	{ "", LONG, { M(0x480, 0x12), PROC(0x0401e172), F(EXIT_CONTROLS, 0x36fff) } },
	{ "", LONG, { PROC(0) } },
	{ "controls-3", LONG, { PROC2(1 << 2), M(0x48b, 0xfffffffb00000000) } },
	{ "controls-3", LONG, { PROC2(0), M(0x48b, 0xffffffff00000004) } },
	{ "", LONG, { F(PROC_BASED_CONTROLS, 0x04006172), PROC2(1 << 2), M(0x48b, 0xfffffffb00000000) } },
	{ "controls-4", LONG, { PROC3(1 << 5) } },
	{ "controls-4", LONG, { PROC3(1ULL << 63) } },
	{ "", LONG, { F(TERTIARY_CONTROLS, 1 << 5) } },
	{ "controls-5", LONG, { F(CR3_TARGET_COUNT, 5) } },
	{ "", LONG, { F(CR3_TARGET_COUNT, 4) } },
	{ "", LONG, { F(CR3_TARGET_COUNT, 5), M(0x485, 0x801c0) } },
	{ "controls-39", LONG, { PROC2(1 << 13), F(VM_FUNCTION_CONTROLS, 2) } },
	{ "", LONG, { F(VM_FUNCTION_CONTROLS, 2) } },
	{ "controls-50", LONG, { F(EXIT_CONTROLS, 0x36ffa) } },
	{ "controls-50", LONG, { EXIT(1 << 30), M(0x48f, 0xbfffffff00036dfb) } },
	{ "controls-51", LONG, { EXIT2(1 << 4) } },
	{ "", LONG, { F(SECONDARY_EXIT_CONTROLS, 1 << 4) } },
	{ "controls-59", LONG, { F(ENTRY_CONTROLS, 0x13fe) } },
	{ "controls-59", LONG, { ENTRY_64(1 << 25) } },

	ADDRESS("controls-6", IO_BITMAP_A, PROC(1 << 25)),
	ADDRESS("controls-7", IO_BITMAP_B, PROC(1 << 25)),
	ADDRESS("controls-8", MSR_BITMAPS, PROC(1 << 28)),
	ADDRESS("controls-9", VIRTUAL_APIC_ADDRESS, PROC(1 << 21)),
	ADDRESS("controls-14", APIC_ACCESS_ADDRESS, PROC2(1 << 0)),
	ADDRESS("controls-34", PML_ADDRESS, PROC2(1 << 17 | 2)),
	ADDRESS("controls-38", SPPT_POINTER, PROC2(1 << 23 | 2)),
	ADDRESS("controls-41", EPTP_LIST_ADDRESS, PROC2(1 << 13 | 2), F(VM_FUNCTION_CONTROLS, 1)),
	ADDRESS("controls-42", VMREAD_BITMAP_ADDRESS, PROC2(1 << 14)),
	ADDRESS("controls-43", VMWRITE_BITMAP_ADDRESS, PROC2(1 << 14)),
	ADDRESS("controls-44", VE_INFORMATION_ADDRESS, PROC2(1 << 18)),
	ADDRESS("controls-48", LOW_PASID_DIRECTORY_ADDRESS, PROC2(1 << 21)),
	ADDRESS("controls-48", HIGH_PASID_DIRECTORY_ADDRESS, PROC2(1 << 21)),

	{ "controls-10", LONG, { PROC(1 << 21), F(TPR_THRESHOLD, 0x10) } },
	{ "controls-10", LONG, { PROC(1 << 21), F(TPR_THRESHOLD, 0x80000000) } },
	{ "", LONG, { PROC(1 << 21), PROC2(1 << 9), F(TPR_THRESHOLD, 0x10), F(PIN_BASED_CONTROLS, 0x17) } },
	{ "", LONG, { F(TPR_THRESHOLD, 0x10) } },
	{ "controls-11", LONG, { PROC(1 << 21), F(TPR_THRESHOLD, 5), MEMORY(0x23080, 0x4f) } },
	{ "", LONG, { PROC(1 << 21), F(TPR_THRESHOLD, 5), MEMORY(0x23080, 0x50) } },
	{ "", LONG, { PROC(1 << 21), PROC2(1), F(TPR_THRESHOLD, 5), MEMORY(0x23080, 0x4f) } },
	{ "", LONG, { PROC(1 << 21), PROC2(1 << 9), F(TPR_THRESHOLD, 5), MEMORY(0x23080, 0x4f),
		      F(PIN_BASED_CONTROLS, 0x17) } },
	{ "", LONG, { F(TPR_THRESHOLD, 5), MEMORY(0x23080, 0x4f) } },
	{ "controls-12", LONG, { F(PIN_BASED_CONTROLS, 0x36) } },
	{ "", LONG, { F(PIN_BASED_CONTROLS, 0x3e) } },
	{ "controls-13", LONG, { PROC(1 << 22), F(PIN_BASED_CONTROLS, 0x1e) } },
	{ "", LONG, { PROC(1 << 22), F(PIN_BASED_CONTROLS, 0x3e) } },
	{ "controls-15", LONG, { PROC2(1 << 4) } },
	{ "", LONG, { PROC2(1 << 4), PROC(1 << 21) } },
	{ "controls-16", LONG, { PROC2(1 << 8) } },
	{ "", LONG, { PROC2(1 << 8), PROC(1 << 21) } },
	{ "controls-17", LONG, { PROC2(1 << 9), F(PIN_BASED_CONTROLS, 0x17) } },
	{ "controls-18", LONG, { PROC3(1 << 4) } },
	{ "", LONG, { PROC(1 << 17 | 1 << 21), F(TERTIARY_CONTROLS, 1 << 4) } },
	{ "controls-19", LONG, { PROC2(1 << 4 | 1), PROC(1 << 21) } },
	{ "controls-20", LONG, { PROC2(1 << 9), PROC(1 << 21) } },
	{ "", LONG, { PROC2(1 << 9), PROC(1 << 21), F(PIN_BASED_CONTROLS, 0x17) } },
#define POSTED PROC2(1 << 9), PROC(1 << 21), F(PIN_BASED_CONTROLS, 0x97), EXIT(1 << 15)
	{ "", LONG, { POSTED } },
	{ "controls-21", LONG, { POSTED, PROC2(0) } },
	{ "controls-22", LONG, { POSTED, F(EXIT_CONTROLS, 0x36ffb & ~(1 << 15)), M(0x48f, 0xffffffff00036dfb) } },
	{ "controls-23", LONG, { POSTED, F(POSTED_INTERRUPT_VECTOR, 0x100) } },
	{ "controls-23", LONG, { POSTED, F(POSTED_INTERRUPT_VECTOR, 0x8000) } },
	{ "controls-24", LONG, { POSTED, F(POSTED_INTERRUPT_DESCRIPTOR, 0x25001) } },
	{ "controls-24", LONG, { POSTED, F(POSTED_INTERRUPT_DESCRIPTOR, 0x25020) } },
	{ "controls-25", LONG, { POSTED, F(POSTED_INTERRUPT_DESCRIPTOR, 1ULL << 46) } },
	{ "", LONG, { F(POSTED_INTERRUPT_VECTOR, 0x100), F(POSTED_INTERRUPT_DESCRIPTOR, ~0ULL) } },
	{ "controls-26", LONG, { PROC2(1 << 5), F(VIRTUAL_PROCESSOR_ID, 0) } },
	{ "", LONG, { PROC2(1 << 5) } }, { "", LONG, { F(VIRTUAL_PROCESSOR_ID, 0) } },
#define EPTP(value) PROC2(2), F(EPT_POINTER, 0x26000 | (value))
	{ "", LONG, { EPTP(0x1e) } }, { "", LONG, { EPTP(0x5e) } },
	{ "controls-27", LONG, { EPTP(0x18) } },
	{ "", LONG, { EPTP(0x18), M(0x48c, 0x204040 | 1 << 8) } },
	{ "controls-27", LONG, { EPTP(0x1d) } }, { "controls-27", LONG, { EPTP(0x1f) } },
	{ "controls-27", LONG, { EPTP(0x1e), M(0x48c, 0x200040) } },
	{ "controls-28", LONG, { EPTP(0x16) } }, { "controls-28", LONG, { EPTP(0x26) } },
	{ "", LONG, { EPTP(0x26), M(0x48c, 0x2040c0) } },
	{ "controls-28", LONG, { EPTP(0x1e), M(0x48c, 0x204080) } },
	{ "controls-28", LONG, { EPTP(0x3e) } },
	{ "controls-29", LONG, { EPTP(0x5e), M(0x48c, 0x004040) } },
	{ "controls-30", LONG, { EPTP(0x9e) } },
	{ "", LONG, { EPTP(0x9e), M(0x48c, 0x204040 | 1 << 23) } },
	{ "controls-31", LONG, { EPTP(0x11e) } }, { "controls-31", LONG, { EPTP(0x81e) } },
	{ "controls-32", LONG, { EPTP(1ULL << 46 | 0x1e) } },
	{ "", LONG, { F(EPT_POINTER, ~0ULL) } },
	{ "controls-33", LONG, { PROC2(1 << 17) } },
	{ "controls-35", LONG, { PROC2(1 << 7) } },
	{ "controls-36", LONG, { PROC2(1 << 22) } }, { "", LONG, { PROC2(1 << 22 | 2) } },
	{ "controls-37", LONG, { PROC2(1 << 23) } },
	{ "controls-40", LONG, { PROC2(1 << 13), F(VM_FUNCTION_CONTROLS, 1) } },
	{ "controls-45", LONG, { PROC2(1 << 24), ENTRY_64(1 << 18), EXIT(1 << 25) } },
	{ "controls-45", LONG, { PROC2(1 << 24 | 2), EXIT(1 << 25) } },
	{ "controls-45", LONG, { PROC2(1 << 24 | 2), ENTRY_64(1 << 18) } },
	{ "", LONG, { PROC2(1 << 24 | 2), ENTRY_64(1 << 18), EXIT(1 << 25) } },
	{ "controls-46", LONG, { PROC2(1 << 25), F(TSC_MULTIPLIER, 0) } },
	{ "", LONG, { PROC2(1 << 25) } }, { "", LONG, { F(TSC_MULTIPLIER, 0) } },
	{ "controls-47", LONG, { PROC3(1 << 1) } }, { "controls-47", LONG, { PROC3(1 << 2) } },
	{ "controls-47", LONG, { PROC3(1 << 3) } },
	{ "", LONG, { PROC3(7 << 1), PROC2(2) } },
	{ "controls-47", LONG, { PROC3(1 << 1), PROC2(2), F(HLAT_POINTER, 0x2d004) } },
	{ "controls-47", LONG, { PROC3(1 << 1), PROC2(2), F(HLAT_POINTER, 0x2d020) } },
	{ "controls-47", LONG, { PROC3(1 << 1), PROC2(2), F(HLAT_POINTER, 0x2d800) } },
	{ "controls-47", LONG, { PROC3(1 << 1), PROC2(2), F(HLAT_POINTER, 1ULL << 46) } },
#define IPI PROC(1 << 17 | 1 << 21), F(TERTIARY_CONTROLS, 1 << 4)
	{ "controls-49", LONG, { IPI, F(PID_POINTER_TABLE_ADDRESS, 0x30004) } },
	{ "controls-49", LONG, { IPI, F(PID_POINTER_TABLE_ADDRESS, 1ULL << 46) } },
	{ "controls-49", LONG, { IPI, F(PID_POINTER_TABLE_ADDRESS, 0x3fffffffffe8) } },
	{ "", LONG, { IPI, F(PID_POINTER_TABLE_ADDRESS, 0x3fffffffffe0) } },
	{ "controls-49", LONG, { IPI, F(PID_POINTER_TABLE_ADDRESS, 0x3fffffffffe8), F(LAST_PID_POINTER_INDEX, 3) } },

#define TIMER PROC(1 << 17 | 1 << 21), F(TERTIARY_CONTROLS, 1 << 8), PROC2(1 << 9), F(PIN_BASED_CONTROLS, 0x17)
	{ "", LONG, { TIMER } },
	{ "controls-80", LONG, { TIMER, PROC2(0) } },
	{ "controls-80", LONG, { TIMER, F(PROC_BASED_CONTROLS, 0x84006172 | 1 << 17 | 1 << 21 | 1 << 12) } },
	{ "controls-80", LONG, { TIMER, F(VIRTUAL_TIMER_VECTOR, 0x100) } },
	{ "", LONG, { F(VIRTUAL_TIMER_VECTOR, 0x100) } },
	{ "controls-81", LONG, { ENTRY_64(1 << 18), FACT(TRACING, 1) } },
	{ "", LONG, { ENTRY_64(1 << 18) } }, { "", LONG, { FACT(TRACING, 1) } },
	/* Addresses of 32 bits only; widths that no processor has are not known */
	{ "controls-8", LONG, { PROC(1 << 28), F(MSR_BITMAPS, 1ULL << 32), M(0x480, 0x12 | 3ULL << 48 | 1ULL << 55) } },
	{ "", LONG, { PROC(1 << 28), F(MSR_BITMAPS, 1ULL << 40), C(0x80000008, EAX, 0x3040) } },
	{ "controls-8", LONG, { PROC(1 << 28), F(MSR_BITMAPS, 1ULL << 52), C(0x80000008, EAX, 0x3040) } },
	{ "", LONG, { F(GUEST_RIP, 1ULL << 50), C(0x80000008, EAX, 0x2e) } },
	{ "", LONG, { F(HOST_FS_BASE, 0xc0000000), C(0x80000008, EAX, 0x2020), F(HOST_IDTR_BASE, 1ULL << 60) } },

	{ "controls-52", LONG, { EXIT(1 << 22) } },
	{ "", LONG, { EXIT(1 << 22), F(PIN_BASED_CONTROLS, 0x56) } },
	MSR_LIST("controls-53", "controls-54", "controls-55", EXIT_MSR_STORE_ADDRESS, EXIT_MSR_STORE_COUNT),
	MSR_LIST("controls-56", "controls-57", "controls-58", EXIT_MSR_LOAD_ADDRESS, EXIT_MSR_LOAD_COUNT),
	MSR_LIST("controls-73", "controls-74", "controls-75", ENTRY_MSR_LOAD_ADDRESS, ENTRY_MSR_LOAD_COUNT),

	/* Events */
	{ "controls-60", LONG, { EVENT(0x120) } },
	{ "", LONG, { F(ENTRY_INTERRUPTION_INFORMATION, 0x7fffffff) } },
	{ "controls-61", LONG, { EVENT(0x700), M(0x482, 0xf7fbfffe0401e172), M(0x48e, 0xf7fbfffe04006172) } },
	{ "", LONG, { EVENT(0x700) } },
	{ "controls-62", LONG, { EVENT(0x203) } }, { "", LONG, { EVENT(0x202) } },
	{ "controls-63", LONG, { EVENT(0x320) } }, { "", LONG, { EVENT(0x31f) } },
	{ "controls-64", LONG, { EVENT(0x701), F(ENTRY_INSTRUCTION_LENGTH, 2) } },
	{ "", LONG, { EVENT(0x702), F(GUEST_CR4, 0x100002020), F(ENTRY_INSTRUCTION_LENGTH, 2) } },
	{ "controls-64", LONG, { EVENT(0x703), F(GUEST_CR4, 0x100002020) } },
	{ "controls-65 rip-8", LONG, { EVENT(0x80e) } },
	{ "controls-65", LONG, { EVENT(0xc0e), F(ENTRY_INSTRUCTION_LENGTH, 1) } },
	{ "", LONG, { EVENT(0xb0e) } },
	{ "guest-2", PROTECTED, { EVENT(0xb0d), F(GUEST_CR0, 0x20) } },
	{ "guest-2", PROTECTED, { EVENT(0x30d), F(GUEST_CR0, 0x20) } },
	{ "controls-66", REAL, { EVENT(0xb0e) } }, { "", REAL, { EVENT(0x30e) } },
	{ "controls-67", LONG, { EVENT(0x308) } }, { "controls-67", LONG, { EVENT(0x30a) } },
	{ "controls-67", LONG, { EVENT(0x30d) } }, { "controls-67", LONG, { EVENT(0x311) } },
	{ "controls-68", LONG, { EVENT(0xb00) } }, { "controls-68", LONG, { EVENT(0xb09) } },
	{ "controls-68", LONG, { EVENT(0xb0f) } }, { "controls-68", LONG, { EVENT(0xb12) } },
	{ "", LONG, { EVENT(0x30e), M(0x480, 0x12 | 1ULL << 55 | 1ULL << 56) } },
	{ "", LONG, { EVENT(0xb00), M(0x480, 0x12 | 1ULL << 55 | 1ULL << 56) } },
	{ "controls-69", LONG, { EVENT(0x1202) } }, { "controls-69", LONG, { EVENT(0x2300) } },
	{ "controls-69", LONG, { EVENT(0x40000300) } }, { "controls-69", LONG, { EVENT(0x4300) } },
	{ "", LONG, { EVENT(0x2300), M(0x480, 0x12 | 1ULL << 55 | 1ULL << 58) } },
	{ "controls-69", LONG, { EVENT(0x2202), M(0x480, 0x12 | 1ULL << 55 | 1ULL << 58) } },
	{ "controls-70", LONG, { EVENT(0xb0e), F(ENTRY_EXCEPTION_ERROR_CODE, 0x10000) } },
	{ "controls-70", LONG, { EVENT(0xb0e), F(ENTRY_EXCEPTION_ERROR_CODE, 0x80000000) } },
	{ "", LONG, { EVENT(0x300), F(ENTRY_EXCEPTION_ERROR_CODE, 0x10000) } },
	{ "", LONG, { EVENT(0xb0e), F(ENTRY_EXCEPTION_ERROR_CODE, 0xffff) } },
	{ "controls-71", LONG, { EVENT(0x480), F(ENTRY_INSTRUCTION_LENGTH, 16) } },
	{ "controls-71", LONG, { EVENT(0x501), F(ENTRY_INSTRUCTION_LENGTH, 0x80000001) } },
	{ "controls-71", LONG, { EVENT(0x603), F(ENTRY_INSTRUCTION_LENGTH, 16) } },
	{ "", LONG, { EVENT(0x480), F(ENTRY_INSTRUCTION_LENGTH, 15) } },
	{ "", LONG, { EVENT(0x300), F(ENTRY_INSTRUCTION_LENGTH, 16) } },
	{ "controls-72", LONG, { EVENT(0x480) } }, { "controls-72", LONG, { EVENT(0x603) } },
	{ "", LONG, { EVENT(0x480), M(0x485, 0x401c0 | 1 << 30) } },
	{ "controls-76 state-15", LONG, { ENTRY_64(1 << 10) } },
	{ "controls-77", LONG, { ENTRY_64(1 << 11) } },
	{ "controls-78", LONG, { ENTRY_64(3 << 10), FACT(IN_SMM, 1), BLOCKING(4) } },
	{ "", LONG, { ENTRY_64(1 << 10), FACT(IN_SMM, 1), BLOCKING(4) } },
	{ "", LONG, { ENTRY_64(1 << 11), FACT(IN_SMM, 1) } },

	/* The host */
	{ "host-1", LONG, { F(HOST_CR0, 0x80050013) } }, { "host-1", LONG, { F(HOST_CR0, 1ULL << 32 | 0x80050033) } },
	{ "host-1", LONG, { F(HOST_CR0, 0x00050033) } },
	{ "", LONG, { F(HOST_CR0, 0xe0050033), M(0x487, 0x9fffffff) } },
	{ "host-2", LONG, { F(HOST_CR4, 0x3706f0) } }, { "host-2", LONG, { F(HOST_CR4, 0x3726f0 | 1 << 15) } },
	{ "host-3", LONG, { F(HOST_CR4, 0xb726f0), F(HOST_CR0, 0x80040033) } },
	{ "", LONG, { F(HOST_CR4, 0xb726f0) } },
	{ "host-4", LONG, { F(HOST_CR3, 1ULL << 46) } }, { "host-4", LONG, { F(HOST_CR3, 1ULL << 63) } },
	{ "", LONG, { F(HOST_CR3, (1ULL << 46) - 1) } },
	NOT_CANONICAL("host-5", HOST_SYSENTER_ESP, PROC(0)),
	NOT_CANONICAL("host-6", HOST_SYSENTER_EIP, PROC(0)),
	{ "host-7", LONG, { EXIT(1 << 12), F(HOST_PERF_GLOBAL_CTRL, 0x100) } },
	{ "host-7", LONG, { EXIT(1 << 12), F(HOST_PERF_GLOBAL_CTRL, 1ULL << 35) } },
	{ "host-7", LONG, { EXIT(1 << 12), F(HOST_PERF_GLOBAL_CTRL, 1ULL << 48) } },
	{ "host-7", LONG, { EXIT(1 << 12), F(HOST_PERF_GLOBAL_CTRL, 1ULL << 63) } },
	{ "", LONG, { EXIT(1 << 12) } }, { "", LONG, { F(HOST_PERF_GLOBAL_CTRL, ~0ULL) } },
	{ "", LONG, { EXIT(1 << 12), F(HOST_PERF_GLOBAL_CTRL, 1ULL << 48), M(0x345, 1 << 15) } },
	{ "host-8", LONG, { EXIT(1 << 19), F(HOST_PAT, 2) } },
	{ "host-8", LONG, { EXIT(1 << 19), F(HOST_PAT, 3ULL << 56) } },
	{ "host-8", LONG, { EXIT(1 << 19), F(HOST_PAT, 8 << 8) } },
	{ "", LONG, { EXIT(1 << 19) } }, { "", LONG, { F(HOST_PAT, 2) } },
	{ "host-9", LONG, { EXIT(1 << 21), F(HOST_EFER, 0xd03) } },
	{ "host-9", LONG, { EXIT(1 << 21), F(HOST_EFER, 0xd01 | 1 << 12) } },
	{ "host-9", LONG, { EXIT(1 << 21), F(HOST_EFER, 0xd01 | 1 << 9) } },
	{ "", LONG, { EXIT(1 << 21) } }, { "", LONG, { F(HOST_EFER, 0xd03) } },
	{ "host-10", LONG, { EXIT(1 << 21), F(HOST_EFER, 0x901) } },
	{ "host-10", LONG, { EXIT(1 << 21), F(HOST_EFER, 0xc01) } },
	{ "host-11", LONG, { EXIT(1 << 28), F(HOST_S_CET, 1 << 6) } },
	{ "host-11", LONG, { EXIT(1 << 28), F(HOST_S_CET, 1 << 9) } },
	{ "host-11", LONG, { EXIT(1 << 28), F(HOST_S_CET, 3 << 10) } },
	{ "", LONG, { EXIT(1 << 28), F(HOST_S_CET, 1 << 11 | 0x3f) } },
	{ "host-12", LONG, { EXIT(1 << 28), F(HOST_S_CET, 0x800000000000) } },
	{ "host-12", LONG, { EXIT(1 << 28), F(HOST_S_CET, 0xffff7ffffffff000) } },
	NOT_CANONICAL("host-12", HOST_INTERRUPT_SSP_TABLE_ADDRESS, EXIT(1 << 28)),
	NOT_CANONICAL("host-13", HOST_SSP, EXIT(1 << 28)),
	{ "host-13", LONG, { EXIT(1 << 28), F(HOST_SSP, 1) } }, { "host-13", LONG, { EXIT(1 << 28), F(HOST_SSP, 2) } },
	{ "", LONG, { EXIT(1 << 28), F(HOST_SSP, 4) } },
	{ "", LONG, { F(HOST_SSP, 1ULL << 60 | 1), F(HOST_S_CET, 1 << 6) } },
	{ "host-14", LONG, { EXIT(1 << 29), F(HOST_PKRS, 1ULL << 32) } },
	{ "", LONG, { EXIT(1 << 29) } }, { "", LONG, { F(HOST_PKRS, 1ULL << 63) } },
	{ "host-15", LONG, { EXIT2(1 << 2), F(HOST_SPEC_CTRL, 1 << 9) } },
	{ "host-15", LONG, { EXIT2(1 << 2), F(HOST_SPEC_CTRL, 1 << 11) } },
	{ "", LONG, { EXIT2(1 << 2), F(HOST_SPEC_CTRL, 2) } },
	{ "host-15", LONG, { EXIT2(1 << 2), F(HOST_SPEC_CTRL, 1 << 10) } },
	{ "", LONG, { EXIT2(1 << 2) } }, { "", LONG, { F(HOST_SPEC_CTRL, 1 << 9) } },
	{ "host-16", LONG, { EXIT2(2), F(HOST_FRED_CONFIG, 4) } },
	{ "host-16", LONG, { EXIT2(2), F(HOST_FRED_CONFIG, 1 << 4) } },
	{ "host-16", LONG, { EXIT2(2), F(HOST_FRED_CONFIG, 1 << 11) } },
	NOT_CANONICAL("host-16", HOST_FRED_CONFIG, EXIT2(2)),
	NOT_CANONICAL("host-16", HOST_FRED_RSP1, EXIT2(2)),
	NOT_CANONICAL("host-16", HOST_FRED_SSP3, EXIT2(2)),
	{ "host-16", LONG, { EXIT2(2), F(HOST_FRED_RSP2, 0x20) } },
	{ "host-16", LONG, { EXIT2(2), F(HOST_FRED_RSP3, 1) } },
	{ "host-16", LONG, { EXIT2(2), F(HOST_FRED_SSP1, 4) } },
	{ "host-16", LONG, { EXIT2(2), F(HOST_FRED_SSP2, 1) } },
	{ "", LONG, { EXIT2(2) } }, { "", LONG, { F(HOST_FRED_RSP2, 0x20) } },
#define SELECTOR_BITS(reg, base) \
	{ "host-17", LONG, { F(HOST_##reg##_SELECTOR, base | 1) } }, \
	{ "host-17", LONG, { F(HOST_##reg##_SELECTOR, base | 2) } }, \
	{ "host-17", LONG, { F(HOST_##reg##_SELECTOR, base | 4) } }, \
	{ "", LONG, { F(HOST_##reg##_SELECTOR, base | 8) } }
	SELECTOR_BITS(ES, 0x10), SELECTOR_BITS(CS, 0x10), SELECTOR_BITS(SS, 0x10),
	SELECTOR_BITS(DS, 0x10), SELECTOR_BITS(FS, 0x10), SELECTOR_BITS(GS, 0x10),
	SELECTOR_BITS(TR, 0x40),
	{ "host-18", LONG, { F(HOST_CS_SELECTOR, 0) } }, { "host-19", LONG, { F(HOST_TR_SELECTOR, 0) } },
	NOT_CANONICAL("host-21", HOST_FS_BASE, PROC(0)), NOT_CANONICAL("host-21", HOST_GS_BASE, PROC(0)),
	NOT_CANONICAL("host-22", HOST_TR_BASE, PROC(0)),
	NOT_CANONICAL("host-23", HOST_GDTR_BASE, PROC(0)), NOT_CANONICAL("host-23", HOST_IDTR_BASE, PROC(0)),
	{ "host-28", LONG, { F(HOST_RIP, 0x800000000000) } }, { "host-28", LONG, { F(HOST_RIP, 1ULL << 57), C(0x80000008, EAX, 0x392e) } },
	{ "", LONG, { F(HOST_RIP, 0x800000000000), C(0x80000008, EAX, 0x392e) } },
	{ "", LONG, { F(HOST_RIP, 0x800000000000), C(0x80000008, EAX, 0x392e), F(HOST_CR4, 0x3736f0) } },
	{ "host-24", LONG, { FACT(HOST_IA32E, 0) } },
#define HOST_32 FACT(HOST_IA32E, 0), F(EXIT_CONTROLS, 0x36dfb), F(HOST_SS_SELECTOR, 0x18), F(HOST_RIP, 0xc0001000), \
	F(HOST_CR4, 0x26f0)
	{ "", PROTECTED, { HOST_32 } },
	{ "host-24 host-26", LONG, { HOST_32 } },
	{ "host-20", PROTECTED, { HOST_32, F(HOST_SS_SELECTOR, 0) } },
	{ "host-26", PROTECTED, { HOST_32, F(HOST_RIP, 1ULL << 32) } },
	{ "host-26", PROTECTED, { HOST_32, F(HOST_CR4, 0x226f0) } },
	{ "host-26", PROTECTED, { HOST_32, F(HOST_CR4, 0x1000026f0) } },
	{ "host-26", PROTECTED, { HOST_32, F(EXIT_CONTROLS, 0x36dfb | 1 << 28), F(HOST_SSP, 1ULL << 32) } },
	{ "host-26", PROTECTED, { HOST_32, F(EXIT_CONTROLS, 0x36dfb | 1 << 28), F(HOST_SSP, 0), F(HOST_S_CET, 1ULL << 32) } },
	{ "", PROTECTED, { HOST_32, F(EXIT_CONTROLS, 0x36dfb | 1 << 28), F(HOST_SSP, 0xfffffffc) } },
	{ "host-25", PROTECTED, { HOST_32, FACT(HOST_IA32E, 1) } },
	{ "host-27", LONG, { F(HOST_CR4, 0x3726d0) } },

	/* The guest's registers */
	{ "guest-1", LONG, { F(GUEST_CR0, 0x80000001) } },
	{ "guest-1", LONG, { F(GUEST_CR0, 1ULL << 32 | 0x80000021) } },
	{ "", LONG, { F(GUEST_CR0, 0xe0000021), M(0x487, 0x9fffffff) } },
	{ "guest-2", PROTECTED, { F(GUEST_CR0, 0x21) } },
	{ "guest-2 segment-28 segment-30", COMPATIBILITY,
	  { ENTRY(0), F(GUEST_CR0, 0x20), F(GUEST_EFER, 0), F(GUEST_SS_ACCESS_RIGHTS, 0xc0f3),
	    F(GUEST_SS_SELECTOR, 0x10), F(GUEST_CS_SELECTOR, 0x10) } },
	{ "guest-3", REAL, { F(GUEST_CR0, 0x80000020) } },
	{ "", REAL, { F(GUEST_CR0, 0x80000021) } }, { "", REAL, { F(GUEST_CR0, 0x21) } },
	{ "guest-4", LONG, { F(GUEST_CR4, 0x20) } }, { "guest-4", LONG, { F(GUEST_CR4, 0xa020) } },
	{ "guest-4", LONG, { F(GUEST_CR4, 1ULL << 33 | 0x2020) } },
	{ "guest-5", LONG, { F(GUEST_CR4, 0x802020) } },
	{ "", LONG, { F(GUEST_CR4, 0x802020), F(GUEST_CR0, 0x80010021) } },
	{ "guest-6", LONG, { F(GUEST_DEBUGCTL, 8) } }, { "guest-6", LONG, { F(GUEST_DEBUGCTL, 1 << 5) } },
	{ "guest-6", LONG, { F(GUEST_DEBUGCTL, 1 << 16) } }, { "guest-6", LONG, { F(GUEST_DEBUGCTL, 4) } },
	{ "guest-6", LONG, { F(GUEST_DEBUGCTL, 1ULL << 63) } },
	{ "", LONG, { F(GUEST_DEBUGCTL, 0x87c3) } },
	{ "guest-6", LONG, { F(GUEST_DEBUGCTL, 0x8000), C(7, EBX, 0) } },
	{ "", LONG, { F(GUEST_DEBUGCTL, 0x7fc3) } },
	{ "", LONG, { F(GUEST_DEBUGCTL, 8), ENTRY_64(0), F(ENTRY_CONTROLS, 0x13fb) } },
	{ "guest-7", REAL, { ENTRY(1 << 9 | 1 << 15), F(GUEST_CR0, 0x21), F(GUEST_CR4, 0x2020),
			     F(GUEST_EFER, 0x400) } },
	{ "guest-8", LONG, { F(GUEST_CR4, 0x2000) } },
	{ "guest-9", PROTECTED, { F(GUEST_CR4, 0x22000) } }, { "", LONG, { F(GUEST_CR4, 0x22020) } },
	{ "guest-10", LONG, { F(GUEST_CR3, 1ULL << 46) } }, { "guest-10", LONG, { F(GUEST_CR3, 1ULL << 63) } },
	{ "guest-10", LONG, { F(GUEST_CR3, 1ULL << 61) } }, { "guest-10", LONG, { F(GUEST_CR3, 1ULL << 62) } },
	{ "", LONG, { F(GUEST_CR3, 3ULL << 61), { VMXCHECK_CPUID, 7ULL << 32 | 1 << 2, 1 << 26 } } },
	{ "guest-10", LONG, { F(GUEST_CR3, 7ULL << 61), { VMXCHECK_CPUID, 7ULL << 32 | 1 << 2, 1 << 26 } } },
	{ "", LONG, { F(GUEST_CR3, (1ULL << 46) - 1) } },
	{ "guest-11", LONG, { F(GUEST_DR7, 1ULL << 32) } }, { "guest-11", LONG, { F(GUEST_DR7, 1ULL << 63) } },
	{ "", LONG, { F(GUEST_DR7, 0xffffffff) } },
	{ "", LONG, { F(GUEST_DR7, 1ULL << 63), F(ENTRY_CONTROLS, 0x13fb) } },
	NOT_CANONICAL("guest-12", GUEST_SYSENTER_ESP, PROC(0)),
	NOT_CANONICAL("guest-13", GUEST_SYSENTER_EIP, PROC(0)),
	{ "guest-14", LONG, { ENTRY_64(1 << 13), F(GUEST_PERF_GLOBAL_CTRL, 0x100) } },
	{ "", LONG, { ENTRY_64(1 << 13), F(GUEST_PERF_GLOBAL_CTRL, 0x7000000ff) } },
	{ "", LONG, { F(GUEST_PERF_GLOBAL_CTRL, 0x100) } },
	{ "guest-15", LONG, { ENTRY_64(1 << 14), F(GUEST_PAT, 2) } }, { "", LONG, { ENTRY_64(1 << 14) } },
	{ "", LONG, { F(GUEST_PAT, 2) } },
	{ "guest-16", LONG, { ENTRY_64(1 << 15), F(GUEST_EFER, 0xd03) } }, { "", LONG, { ENTRY_64(1 << 15) } },
	{ "guest-16", LONG, { ENTRY_64(1 << 15), F(GUEST_EFER, 0xd01 | 1ULL << 63) } },
	{ "guest-16", LONG, { ENTRY_64(1 << 15), C(0x80000001, EDX, 0) } },
	{ "", LONG, { ENTRY_64(1 << 15), F(GUEST_EFER, 0x501), C(0x80000001, EDX, 0) } },
	{ "guest-17 guest-18", LONG, { ENTRY_64(1 << 15), F(GUEST_EFER, 0x901) } },
	{ "guest-17", PROTECTED, { ENTRY(1 << 15), F(GUEST_EFER, 0x500) } },
	{ "guest-18", LONG, { ENTRY_64(1 << 15), F(GUEST_EFER, 0xc01) } },
	{ "", REAL, { ENTRY(1 << 15), F(GUEST_EFER, 0x100) } },
	{ "", LONG, { F(GUEST_EFER, 0) } },
	{ "guest-19", LONG, { ENTRY_64(1 << 16), F(GUEST_BNDCFGS, 4) } },
	{ "guest-19", LONG, { ENTRY_64(1 << 16), F(GUEST_BNDCFGS, 1 << 11) } },
	NOT_CANONICAL("guest-19", GUEST_BNDCFGS, ENTRY_64(1 << 16)),
	{ "", LONG, { F(GUEST_BNDCFGS, 4) } },
	{ "guest-21", LONG, { ENTRY_64(1 << 20), F(GUEST_S_CET, 1 << 7) } },
	{ "guest-21", LONG, { ENTRY_64(1 << 20), F(GUEST_S_CET, 3 << 10) } },
	{ "", LONG, { ENTRY_64(1 << 20) } }, { "", LONG, { F(GUEST_S_CET, 1 << 7) } },
	{ "", LONG, { ENTRY_64(1 << 20), F(GUEST_S_CET, 0x800000000000) } },
	{ "guest-21", LONG, { ENTRY_64(1 << 20), F(GUEST_S_CET, 1 << 2), C(7, EDX, 0) } },
	{ "guest-21", LONG, { ENTRY_64(1 << 20), F(GUEST_S_CET, 0x1000), C(7, EDX, 0) } },
	{ "guest-21", LONG, { ENTRY_64(1 << 20), F(GUEST_S_CET, 2), C(7, ECX, 0) } },
	NOT_CANONICAL("guest-22", GUEST_INTERRUPT_SSP_TABLE_ADDRESS, ENTRY_64(1 << 20)),
	{ "guest-23", LONG, { ENTRY_64(1 << 21), F(GUEST_LBR_CTL, 1 << 4) } },
	{ "guest-23", LONG, { ENTRY_64(1 << 21), F(GUEST_LBR_CTL, 1 << 15) } },
	{ "guest-23", LONG, { ENTRY_64(1 << 21), F(GUEST_LBR_CTL, 1 << 23) } },
	{ "guest-23", LONG, { ENTRY_64(1 << 21), C(0x1c, EBX, 3) } }, { "guest-23", LONG, { ENTRY_64(1 << 21), C(0x1c, EBX, 5) } },
	{ "guest-23", LONG, { ENTRY_64(1 << 21), C(0x1c, EBX, 6) } },
	{ "", LONG, { ENTRY_64(1 << 21) } }, { "", LONG, { F(GUEST_LBR_CTL, 1 << 4) } },
	{ "guest-24", LONG, { ENTRY_64(1 << 22), F(GUEST_PKRS, 1ULL << 32) } },
	{ "", LONG, { ENTRY_64(1 << 22), F(GUEST_PKRS, 0xffffffff) } }, { "", LONG, { F(GUEST_PKRS, ~0ULL) } },
	{ "guest-25", LONG, { ENTRY_64(1 << 19), F(GUEST_UINV, 0x100) } },
	{ "guest-25", LONG, { ENTRY_64(1 << 19), F(GUEST_UINV, 0x8000) } },
	{ "", LONG, { ENTRY_64(1 << 19) } }, { "", LONG, { F(GUEST_UINV, 0x100) } },
	{ "guest-26", LONG, { ENTRY_64(1 << 24), F(GUEST_SPEC_CTRL, 1ULL << 63) } },
	{ "", LONG, { ENTRY_64(1 << 24), F(GUEST_SPEC_CTRL, 5) } }, { "", LONG, { F(GUEST_SPEC_CTRL, 1ULL << 63) } },
	{ "guest-27", LONG, { ENTRY_64(1 << 23), F(GUEST_FRED_RSP2, 1) } },
	{ "guest-27", LONG, { ENTRY_64(1 << 23), F(GUEST_FRED_CONFIG, 1 << 5) } },
	{ "", LONG, { ENTRY_64(1 << 23) } }, { "", LONG, { F(GUEST_FRED_RSP2, 1) } },

	/* FRED */
#define FRED_64 F(GUEST_CR4, 0x100002020)
	{ "", LONG, { FRED_64 } }, { "guest-28", PAE, { FRED_64, F(GUEST_CS_ACCESS_RIGHTS, 0xa09f) } },
	{ "segment-53", LONG, { FRED_64, F(GUEST_CS_ACCESS_RIGHTS, 0xa0bb), F(GUEST_SS_ACCESS_RIGHTS, 0xc0b3),
				F(GUEST_CS_SELECTOR, 9), F(GUEST_SS_SELECTOR, 0x11), F(GUEST_DS_ACCESS_RIGHTS, 0x10000) } },
	{ "segment-54", LONG, { FRED_64, F(GUEST_CS_ACCESS_RIGHTS, 0xc09b) } },
	{ "", COMPATIBILITY, { FRED_64 } },
	{ "rip-11", COMPATIBILITY, { FRED_64, RFLAGS(1 << 12) } }, { "rip-11", COMPATIBILITY, { FRED_64, RFLAGS(1 << 13) } },
	{ "", LONG, { FRED_64, RFLAGS(3 << 12) } },
	{ "state-33", COMPATIBILITY, { FRED_64, RFLAGS(1 << 9), BLOCKING(1) } },
	{ "", COMPATIBILITY, { FRED_64, RFLAGS(1 << 9), BLOCKING(2) } }, { "", LONG, { FRED_64, RFLAGS(1 << 9), BLOCKING(1) } },

	/* Segments */
#define RIGHTS(reg, value) F(GUEST_##reg##_ACCESS_RIGHTS, value)
#define LIMIT(reg, value) F(GUEST_##reg##_LIMIT, value)
#define SELECTOR(reg, value) F(GUEST_##reg##_SELECTOR, value)
#define BASE(reg, value) F(GUEST_##reg##_BASE, value)
#define LDTR RIGHTS(LDTR, 0x82), LIMIT(LDTR, 0xffff)
	{ "segment-1", LONG, { SELECTOR(TR, 0xc) } },
	{ "segment-2", LONG, { LDTR, SELECTOR(LDTR, 0xc) } }, { "", LONG, { SELECTOR(LDTR, 0xc) } },
	{ "", LONG, { LDTR, SELECTOR(LDTR, 8) } },
	{ "segment-3", PROTECTED, { SELECTOR(CS, 0x11) } }, { "", REAL, { SELECTOR(CS, 0x11) } },
	{ "", VIRTUAL_8086, { SELECTOR(CS, 0x1235), BASE(CS, 0x12350) } },
#define BASE_86(id, reg) \
	{ id, VIRTUAL_8086, { BASE(reg, 0x12350) } }, { id, VIRTUAL_8086, { SELECTOR(reg, 0x1235) } }
	BASE_86("segment-4", CS), BASE_86("segment-5", SS), BASE_86("segment-6", DS),
	BASE_86("segment-7", ES), BASE_86("segment-8", FS), BASE_86("segment-9", GS),
	NOT_CANONICAL("segment-10", GUEST_FS_BASE, PROC(0)), NOT_CANONICAL("segment-10", GUEST_GS_BASE, PROC(0)),
	NOT_CANONICAL("segment-11", GUEST_TR_BASE, PROC(0)),
	NOT_CANONICAL("segment-12", GUEST_LDTR_BASE, LDTR), { "", LONG, { BASE(LDTR, 1ULL << 60) } },
	{ "segment-13", LONG, { BASE(CS, 1ULL << 32) } }, { "segment-13", LONG, { BASE(CS, 1ULL << 63) } },
	{ "", LONG, { BASE(CS, 0xffffffff) } },
	{ "segment-14", LONG, { BASE(SS, 1ULL << 32) } }, { "", LONG, { BASE(SS, 1ULL << 32), RIGHTS(SS, 0x10000) } },
	{ "segment-15", LONG, { BASE(DS, 1ULL << 32) } }, { "", LONG, { BASE(ES, 1ULL << 32) } },
	{ "segment-16", COMPATIBILITY, { BASE(ES, 1ULL << 63) } },
#define REG_86(reg) \
	{ "segment-17", VIRTUAL_8086, { LIMIT(reg, 0xfffe) } }, \
	{ "segment-17", VIRTUAL_8086, { LIMIT(reg, 0x1ffff) } }, \
	{ "segment-18", VIRTUAL_8086, { RIGHTS(reg, 0xf7) } }, \
	{ "segment-18", VIRTUAL_8086, { RIGHTS(reg, 0x93) } }, \
	{ "segment-18", VIRTUAL_8086, { RIGHTS(reg, 0x100f3) } }
	REG_86(CS), REG_86(DS), REG_86(ES), REG_86(FS), REG_86(GS),
	{ "segment-17", VIRTUAL_8086, { LIMIT(SS, 0xfffe) } },
	{ "segment-18", VIRTUAL_8086, { RIGHTS(SS, 0x10000) } },
	{ "segment-19", PROTECTED, { RIGHTS(CS, 0xc09a) } }, { "segment-19", PROTECTED, { RIGHTS(CS, 0xc093) } },
	{ "segment-19", PROTECTED, { RIGHTS(CS, 0xc09c) } }, { "segment-19", PROTECTED, { RIGHTS(CS, 0xc097) } },
	{ "", PROTECTED, { RIGHTS(CS, 0xc099) } }, { "", PROTECTED, { RIGHTS(CS, 0xc09d) } },
	{ "", REAL, { RIGHTS(CS, 0x9b) } }, { "segment-19", REAL, { RIGHTS(CS, 0x97) } },
	{ "segment-20", PROTECTED, { RIGHTS(SS, 0xc09b) } }, { "segment-20", PROTECTED, { RIGHTS(SS, 0xc092) } },
	{ "segment-20", PROTECTED, { RIGHTS(SS, 0xc091) } }, { "", PROTECTED, { RIGHTS(SS, 0x10000) } },
	{ "segment-21", PROTECTED, { RIGHTS(DS, 0xc092) } }, { "segment-21", PROTECTED, { RIGHTS(ES, 0xc092) } },
	{ "segment-21", PROTECTED, { RIGHTS(FS, 0xc09a) } }, { "segment-21", PROTECTED, { RIGHTS(GS, 0xc096) } },
	{ "", PROTECTED, { RIGHTS(DS, 0xc091), RIGHTS(ES, 0xc095), RIGHTS(FS, 0x10000), RIGHTS(GS, 0xc09b) } },
	{ "segment-22", PROTECTED, { RIGHTS(DS, 0xc099) } }, { "segment-22", PROTECTED, { RIGHTS(ES, 0xc09d) } },
	{ "segment-22", PROTECTED, { RIGHTS(FS, 0xc099) } }, { "segment-22", PROTECTED, { RIGHTS(GS, 0xc09d) } },
	{ "segment-23", PROTECTED, { RIGHTS(CS, 0xc08b) } },
	{ "segment-24", PROTECTED, { RIGHTS(SS, 0xc083) } }, { "segment-24", PROTECTED, { RIGHTS(DS, 0xc083) } },
	{ "segment-24", PROTECTED, { RIGHTS(ES, 0xc083) } }, { "segment-24", PROTECTED, { RIGHTS(FS, 0xc083) } },
	{ "segment-24", PROTECTED, { RIGHTS(GS, 0xc083) } },
	{ "segment-25", REAL, { RIGHTS(CS, 0xb3) } },
	{ "segment-26", PROTECTED, { RIGHTS(CS, 0xc0bb) } }, { "segment-26", PROTECTED, { RIGHTS(CS, 0xc0f9) } },
	{ "segment-27", PROTECTED, { RIGHTS(CS, 0xc0bf) } }, { "segment-27", PROTECTED, { RIGHTS(CS, 0xc0fd) } },
	{ "", COMPATIBILITY, { RIGHTS(CS, 0xc09f) } }, { "", COMPATIBILITY, { RIGHTS(CS, 0xc0fd) } },
	{ "segment-28", COMPATIBILITY, { RIGHTS(SS, 0xc093), RIGHTS(CS, 0xc09b) } },
	{ "segment-28", PROTECTED, { RIGHTS(SS, 0xc0b3), RIGHTS(CS, 0xc0bb) } },
	{ "segment-29 segment-30", REAL, { RIGHTS(SS, 0xf3) } },
	{ "segment-30", REAL, { RIGHTS(SS, 0xf3), RIGHTS(CS, 0xfb) } },
	{ "", REAL, { RIGHTS(SS, 0xf3), RIGHTS(CS, 0xfb), F(GUEST_CR0, 0x21) } },
	{ "segment-31", PROTECTED, { SELECTOR(DS, 0x11) } }, { "segment-31", PROTECTED, { SELECTOR(ES, 0x13) } },
	{ "segment-31", PROTECTED, { SELECTOR(FS, 0x11) } },
	{ "segment-31", PROTECTED, { SELECTOR(GS, 0x12), RIGHTS(GS, 0xc0bb) } },
	{ "", PROTECTED, { SELECTOR(GS, 0x12), RIGHTS(GS, 0xc0d3), SELECTOR(DS, 0x13), RIGHTS(DS, 0xc09f),
			   SELECTOR(FS, 0x13), RIGHTS(FS, 0x10000) } },
	{ "", REAL, { SELECTOR(DS, 0x13) } },
	{ "segment-32", PROTECTED, { RIGHTS(CS, 0xc01b) } },
	{ "segment-33", PROTECTED, { RIGHTS(SS, 0xc013) } }, { "segment-33", PROTECTED, { RIGHTS(DS, 0xc013) } },
	{ "segment-33", PROTECTED, { RIGHTS(ES, 0xc013) } }, { "segment-33", PROTECTED, { RIGHTS(FS, 0xc013) } },
	{ "segment-33", PROTECTED, { RIGHTS(GS, 0xc013) } },
#define EACH_86(id, or, reg, rights) \
	{ id, PROTECTED, { RIGHTS(reg, rights | (or)) } }, { id, REAL, { RIGHTS(reg, 0x93 | (or)) } }
#define EACH_RESERVED(reg, rights) \
	EACH_86("segment-34", 1 << 8, reg, rights), EACH_86("segment-34", 1 << 11, reg, rights), \
	EACH_86("segment-38", 1 << 17, reg, rights), EACH_86("segment-38", 1u << 31, reg, rights), \
	{ "segment-36", PROTECTED, { LIMIT(reg, 0xffffe) } }, \
	{ "segment-36", PROTECTED, { LIMIT(reg, 0xfffff7ff) } }, \
	{ "segment-37", PROTECTED, { LIMIT(reg, 0x100fff), RIGHTS(reg, rights & ~0x8000) } }, \
	{ "segment-37", PROTECTED, { LIMIT(reg, 0x80000000), RIGHTS(reg, rights & ~0x8000) } }, \
	{ "", PROTECTED, { LIMIT(reg, 0xfffff), RIGHTS(reg, rights & ~0x8000) } }, \
	{ "", PROTECTED, { LIMIT(reg, 0xffffe), RIGHTS(reg, rights & ~0x8000) } }, \
	{ "", PROTECTED, { LIMIT(reg, 0xfff) } }
	EACH_RESERVED(CS, 0xc09b), EACH_RESERVED(SS, 0xc093), EACH_RESERVED(DS, 0xc093),
	EACH_RESERVED(ES, 0xc093), EACH_RESERVED(FS, 0xc093), EACH_RESERVED(GS, 0xc093),
	{ "", PROTECTED, { RIGHTS(GS, 0xfffffc12), LIMIT(GS, 1u << 31), RIGHTS(FS, 0x10f00), LIMIT(FS, 1u << 20) } },
	{ "segment-35", LONG, { RIGHTS(CS, 0xe09b) } }, { "", COMPATIBILITY, { RIGHTS(CS, 0xc0fb) } },
	{ "", PROTECTED, { RIGHTS(CS, 0xe09b) } },
	{ "segment-39", PROTECTED, { RIGHTS(TR, 0x89) } }, { "segment-39", PROTECTED, { RIGHTS(TR, 0x82) } },
	{ "", PROTECTED, { RIGHTS(TR, 0x8b) } },
	{ "segment-40", LONG, { RIGHTS(TR, 0x83) } }, { "segment-40", LONG, { RIGHTS(TR, 0x89) } },
	{ "segment-41", LONG, { RIGHTS(TR, 0x9b) } }, { "segment-42", LONG, { RIGHTS(TR, 0x0b) } },
	{ "segment-43", LONG, { RIGHTS(TR, 0x18b) } }, { "segment-43", LONG, { RIGHTS(TR, 0x88b) } },
	{ "segment-44", LONG, { RIGHTS(TR, 0x808b) } }, { "segment-44", LONG, { LIMIT(TR, 0x100fff) } },
	{ "", LONG, { RIGHTS(TR, 0x808b), LIMIT(TR, 0xfff) } },
	{ "", LONG, { RIGHTS(TR, 0x808b), LIMIT(TR, 0x100fff) } },
	{ "segment-45", LONG, { RIGHTS(TR, 0x1008b) } },
	{ "segment-46", LONG, { RIGHTS(TR, 0x2008b) } }, { "segment-46", LONG, { RIGHTS(TR, 0x8000008b) } },
	{ "segment-47", LONG, { LDTR, RIGHTS(LDTR, 0x83) } }, { "segment-47", LONG, { LDTR, RIGHTS(LDTR, 0x80) } },
	{ "segment-48", LONG, { LDTR, RIGHTS(LDTR, 0x92) } }, { "segment-49", LONG, { LDTR, RIGHTS(LDTR, 0x02) } },
	{ "segment-50", LONG, { LDTR, RIGHTS(LDTR, 0x182) } }, { "segment-50", LONG, { LDTR, RIGHTS(LDTR, 0x882) } },
	{ "segment-51", LONG, { LDTR, RIGHTS(LDTR, 0x8082), LIMIT(LDTR, 0) } },
	{ "segment-51", LONG, { LDTR, LIMIT(LDTR, 0x100000) } },
	{ "segment-52", LONG, { LDTR, RIGHTS(LDTR, 0x20082) } },
	{ "segment-52", LONG, { LDTR, RIGHTS(LDTR, 0x80000082) } },
	{ "", LONG, { RIGHTS(LDTR, 0xffffff9f), LIMIT(LDTR, 0x100000) } },

	NOT_CANONICAL("table-1", GUEST_GDTR_BASE, PROC(0)), NOT_CANONICAL("table-2", GUEST_IDTR_BASE, PROC(0)),
	{ "table-3", LONG, { LIMIT(GDTR, 0x10000) } }, { "table-3", LONG, { LIMIT(GDTR, 0x80000000) } },
	{ "table-4", LONG, { LIMIT(IDTR, 0x10000) } }, { "table-4", LONG, { LIMIT(IDTR, 0x80000000) } },

	{ "rip-1", PROTECTED, { F(GUEST_RIP, 1ULL << 32) } }, { "rip-1", PROTECTED, { F(GUEST_RIP, 1ULL << 63) } },
	{ "", PROTECTED, { F(GUEST_RIP, 0xffffffff) } },
	{ "rip-2", COMPATIBILITY, { F(GUEST_RIP, 1ULL << 32) } }, { "", LONG, { F(GUEST_RIP, 1ULL << 32) } },
	{ "rip-3", LONG, { F(GUEST_RIP, 1ULL << 48) } }, { "rip-3", LONG, { F(GUEST_RIP, 0xfffe800000000000) } },
	{ "", LONG, { F(GUEST_RIP, 1ULL << 47) } }, { "", LONG, { F(GUEST_RIP, 0xffff000000000000) } },
	{ "", LONG, { F(GUEST_RIP, 1ULL << 48), C(0x80000008, EAX, 0x392e) } },
	{ "rip-4", LONG, { RFLAGS(1 << 3) } }, { "rip-4", LONG, { RFLAGS(1 << 5) } },
	{ "rip-4", LONG, { RFLAGS(1 << 15) } }, { "rip-4", LONG, { RFLAGS(1 << 22) } },
	{ "rip-4", LONG, { RFLAGS(1ULL << 63) } }, { "", LONG, { RFLAGS(0x1d7fd7) } },
	{ "", LONG, { RFLAGS(1 << 21) } },
	{ "rip-5", LONG, { F(GUEST_RFLAGS, 0) } },
	{ "rip-6", VIRTUAL_8086, { ENTRY_64(0), F(GUEST_CR4, 0x2020) } },
	{ "rip-7", REAL, { RFLAGS(1 << 17), RIGHTS(CS, 0xf3), RIGHTS(SS, 0xf3), RIGHTS(DS, 0xf3),
			   RIGHTS(ES, 0xf3), RIGHTS(FS, 0xf3), RIGHTS(GS, 0xf3) } },
	{ "rip-8", LONG, { EVENT(0x20) } }, { "", LONG, { EVENT(0x20), RFLAGS(1 << 9) } },
	{ "rip-9", LONG, { ENTRY_64(1 << 20), F(GUEST_SSP, 1) } }, { "rip-9", LONG, { ENTRY_64(1 << 20), F(GUEST_SSP, 2) } },
	{ "rip-10", LONG, { ENTRY_64(1 << 20), F(GUEST_SSP, 1ULL << 48) } },
	{ "", LONG, { ENTRY_64(1 << 20), F(GUEST_SSP, 1ULL << 47) } },
	{ "", LONG, { F(GUEST_SSP, 1ULL << 48 | 3) } },

	/* Non-register state */
	{ "state-1", LONG, { ACTIVITY(4) } }, { "state-1", LONG, { ACTIVITY(0x80000000) } },
	{ "", LONG, { ACTIVITY(1) } }, { "", LONG, { ACTIVITY(2) } }, { "", LONG, { ACTIVITY(3) } },
	{ "state-2", LONG, { ACTIVITY(1), M(0x485, 0x40180) } }, { "state-2", LONG, { ACTIVITY(2), M(0x485, 0x40140) } },
	{ "state-2", LONG, { ACTIVITY(3), M(0x485, 0x400c0) } },
	{ "state-3", COMPATIBILITY, { ACTIVITY(1) } }, { "", COMPATIBILITY, { ACTIVITY(2) } },
	{ "state-4", LONG, { ACTIVITY(1), BLOCKING(1), RFLAGS(1 << 9) } },
	{ "state-4", LONG, { ACTIVITY(2), BLOCKING(2) } }, { "", LONG, { ACTIVITY(1), BLOCKING(8) } },
	{ "state-5", LONG, { ACTIVITY(1), EVENT(0x303) } }, { "state-5", LONG, { ACTIVITY(1), EVENT(0xb0e) } },
	{ "state-5", LONG, { ACTIVITY(1), EVENT(0x480), F(ENTRY_INSTRUCTION_LENGTH, 2) } },
	{ "", LONG, { ACTIVITY(1), EVENT(0x20), RFLAGS(1 << 9) } }, { "", LONG, { ACTIVITY(1), EVENT(0x202) } },
	{ "", LONG, { ACTIVITY(1), EVENT(0x301) } }, { "", LONG, { ACTIVITY(1), EVENT(0x312) } },
	{ "", LONG, { ACTIVITY(1), EVENT(0x700) } },
	{ "state-6", LONG, { ACTIVITY(2), EVENT(0x301) } }, { "state-6", LONG, { ACTIVITY(2), EVENT(0x20), RFLAGS(1 << 9) } },
	{ "state-6", LONG, { ACTIVITY(2), EVENT(0x700) } },
	{ "", LONG, { ACTIVITY(2), EVENT(0x202) } }, { "", LONG, { ACTIVITY(2), EVENT(0x312) } },
	{ "state-7", LONG, { ACTIVITY(3), EVENT(0x202) } }, { "state-7", LONG, { ACTIVITY(3), EVENT(0x700) } },
	{ "state-8", LONG, { ACTIVITY(3), ENTRY_64(1 << 10), FACT(IN_SMM, 1), BLOCKING(4) } },
	{ "state-9", LONG, { BLOCKING(1 << 5) } }, { "state-9", LONG, { BLOCKING(0x80000000) } },
	{ "", LONG, { BLOCKING(8) } },
	{ "state-10", LONG, { BLOCKING(3), RFLAGS(1 << 9) } },
	{ "state-11", LONG, { BLOCKING(1) } }, { "", LONG, { BLOCKING(1), RFLAGS(1 << 9) } },
	{ "state-12", LONG, { BLOCKING(1), RFLAGS(1 << 9), EVENT(0x20) } },
	{ "state-12", LONG, { BLOCKING(2), RFLAGS(1 << 9), EVENT(0x20) } },
	{ "", LONG, { BLOCKING(8), RFLAGS(1 << 9), EVENT(0x20) } },
	{ "state-13", LONG, { BLOCKING(2), EVENT(0x202) } }, { "", LONG, { BLOCKING(2), EVENT(0x312) } },
	{ "state-14", LONG, { BLOCKING(4) } }, { "", LONG, { BLOCKING(4), FACT(IN_SMM, 1) } },
	{ "state-15", LONG, { ENTRY_64(1 << 10), FACT(IN_SMM, 1) } },
	{ "state-16", LONG, { BLOCKING(1), RFLAGS(1 << 9), EVENT(0x202) } },
	{ "state-17", LONG, { BLOCKING(8), EVENT(0x202), F(PIN_BASED_CONTROLS, 0x3e) } },
	{ "", LONG, { BLOCKING(8), EVENT(0x202) } }, { "", LONG, { BLOCKING(8), EVENT(0x312), F(PIN_BASED_CONTROLS, 0x3e) } },
	{ "state-18", LONG, { BLOCKING(16) } }, { "", LONG, { BLOCKING(16), C(7, EBX, 4) } },
	{ "state-18", LONG, { BLOCKING(18), C(7, EBX, 4) } },
	{ "state-19", LONG, { PENDING(1 << 4) } }, { "state-19", LONG, { PENDING(1 << 10) } },
	{ "state-19", LONG, { PENDING(1 << 13) } }, { "state-19", LONG, { PENDING(1 << 15) } },
	{ "state-19", LONG, { PENDING(1 << 17) } }, { "state-19", LONG, { PENDING(1u << 31) } },
	{ "state-20", LONG, { PENDING(1ULL << 32) } }, { "state-20", LONG, { PENDING(1ULL << 63) } },
	{ "", LONG, { PENDING(0x500f) } },
	{ "state-21", LONG, { PENDING(1 << 11) } }, { "", LONG, { PENDING(1 << 11), C(7, ECX, 1 << 24) } },
#define BTF F(GUEST_DEBUGCTL, 2)
	{ "state-22", LONG, { BLOCKING(2), RFLAGS(1 << 8) } }, { "state-22", LONG, { ACTIVITY(1), RFLAGS(1 << 8) } },
	{ "state-22", LONG, { BLOCKING(1), RFLAGS(3 << 8) } },
	{ "", LONG, { BLOCKING(2), RFLAGS(1 << 8), PENDING(0x4000) } }, { "", LONG, { RFLAGS(1 << 8) } },
	{ "", LONG, { BLOCKING(2), RFLAGS(1 << 8), BTF } }, { "", LONG, { ACTIVITY(2), RFLAGS(1 << 8) } },
	{ "state-23", LONG, { BLOCKING(2), PENDING(0x4000) } }, { "state-23", LONG, { ACTIVITY(1), PENDING(0x4000) } },
	{ "", LONG, { PENDING(0x4000) } },
	{ "state-24", LONG, { BLOCKING(2), RFLAGS(1 << 8), PENDING(0x4000), BTF } },
	{ "", LONG, { PENDING(0x11000) } },
	{ "state-25", LONG, { PENDING(0x10000) } }, { "state-25", LONG, { PENDING(0x11001) } },
	{ "state-25", LONG, { PENDING(0x15000) } }, { "state-25", LONG, { PENDING(0x11000), BLOCKING(2) } },
	{ "state-25", LONG, { PENDING(0x11000), C(7, EBX, 0) } },
	{ "state-19 state-25", LONG, { PENDING(0x31000) } },
#define LINK(address, first) F(VMCS_LINK_POINTER, address), MEMORY((address), first)
	{ "", LONG, { LINK(0x7000, 0x12) } },
	{ "state-26", LONG, { LINK(0x7001, 0x12) } }, { "state-26", LONG, { LINK(0x7800, 0x12) } },
	{ "state-27", LONG, { LINK(1ULL << 46, 0x12) } }, { "state-27", LONG, { LINK(1ULL << 63, 0x12) } },
	{ "state-28", LONG, { LINK(0x7000, 0x13) } }, { "state-28", LONG, { LINK(0x7000, 0x40000012) } },
	{ "state-29", LONG, { LINK(0x7000, 0x80000012) } },
	{ "state-29", LONG, { LINK(0x7000, 0x12), PROC2(1 << 14) } },
	{ "", LONG, { LINK(0x7000, 0x80000012), PROC2(1 << 14) } },
	{ "state-30", LONG, { LINK(0x5000, 0x12) } },
	{ "", LONG, { LINK(0x5000, 0x12), FACT(IN_SMM, 1) } },
	{ "state-30", LONG, { LINK(0x5000, 0x12), FACT(IN_SMM, 1), ENTRY_64(1 << 10), BLOCKING(4) } },
	{ "state-31", LONG, { LINK(0x6000, 0x12), FACT(IN_SMM, 1) } }, { "", LONG, { LINK(0x6000, 0x12) } },

	/* PDPTEs: from the VMCS with EPT, otherwise from memory */
#define IN_VMCS(number, value) F(GUEST_PDPTE##number, value), PROC2(2)
#define IN_MEMORY(number, low, high) \
	MEMORY(0x2000 + 8 * (number), low), MEMORY(0x2004 + 8 * (number), high)
	{ "pdpte-1", PAE, { IN_VMCS(0, 3) } }, { "pdpte-2", PAE, { IN_VMCS(1, 0x21) } },
	{ "pdpte-3", PAE, { IN_VMCS(2, 0x101) } }, { "pdpte-4", PAE, { IN_VMCS(3, 1ULL << 46 | 1) } },
	{ "pdpte-4", PAE, { IN_VMCS(3, 1ULL << 63 | 1) } }, { "pdpte-1", PAE, { IN_VMCS(0, 5) } },
	{ "", PAE, { IN_VMCS(0, 0x3fffffff0e19 & ~0xe0) } }, { "", PAE, { IN_VMCS(0, ~1ULL) } },
	{ "", LONG, { IN_VMCS(0, ~0ULL) } }, { "", PROTECTED, { IN_VMCS(0, ~0ULL) } },
	{ "pdpte-1", PAE, { IN_MEMORY(0, 3, 0) } }, { "pdpte-2", PAE, { IN_MEMORY(1, 1, 0x4000) } },
	{ "pdpte-3", PAE, { IN_MEMORY(2, 0x81, 0) } }, { "pdpte-4", PAE, { IN_MEMORY(3, 0x101, 0) } },
	{ "", PAE, { IN_MEMORY(0, 0x3001, 0x3fff), F(GUEST_PDPTE0, ~0ULL) } },
	{ "pdpte-1", PAE, { IN_MEMORY(0, 3, 0), F(GUEST_CR3, 0x201f) } },

	/* A list of one MSR */
#define LOAD(index, reserved, low, high) F(ENTRY_MSR_LOAD_COUNT, 1), MEMORY(0x10000, index), \
	MEMORY(0x10004, reserved), MEMORY(0x10008, low), MEMORY(0x1000c, high)
	{ "", LONG, { LOAD(0xc0000082, 0, 0, 0xffff8000) } }, { "", LONG, { LOAD(0x277, 0, 0x00070406, 0) } },
	{ "msr-1", LONG, { LOAD(0xc0000100, 0, 0, 0) } }, { "msr-2", LONG, { LOAD(0xc0000101, 0, 0, 0) } },
	{ "msr-3", LONG, { LOAD(0x800, 0, 0, 0) } }, { "msr-3", LONG, { LOAD(0x8ff, 0, 0, 0) } },
	{ "", LONG, { LOAD(0x7ff, 0, 0, 0) } }, { "", LONG, { LOAD(0x900, 0, 0, 0) } },
	{ "msr-4", LONG, { LOAD(0x9b, 0, 0, 0) } }, { "", LONG, { LOAD(0x9b, 0, 0, 0), FACT(IN_SMM, 1) } },
	{ "msr-5", LONG, { LOAD(0x79, 0, 0, 0) } },
	{ "msr-6", LONG, { LOAD(0x174, 1, 0, 0) } }, { "msr-6", LONG, { LOAD(0x174, 0x80000000, 0, 0) } },
	{ "msr-7", LONG, { LOAD(0xc0000082, 0, 0, 0x8000) } }, { "msr-7", LONG, { LOAD(0x277, 0, 0, 2 << 24) } },
	{ "msr-7", LONG, { LOAD(0xc0000080, 0, 2, 0) } },
	{ "msr-8", LONG, { LOAD(0x480, 0, 0, 0) } },
};

static size_t count;
static const struct vmxcheck_check *checks;

static void begin(struct state *state, const struct row *row)
{
	unsigned int i;

	state_begin(state, row->mode);
	for (i = 0; i < CHANGES && row->change[i].kind; i++)
		state_set(state, row->change[i].kind, row->change[i].number, row->change[i].value);
}

/* The ids of the checks that are violated, in their order. */
static void list_violated(struct state *state, char *ids)
{
	size_t i;

	*ids = 0;
	for (i = 0; i < count; i++)
		if (vmxcheck_decide(&state->state, i, NULL) == VMXCHECK_VIOLATED) {
			strcat(ids, *ids ? " " : "");
			strcat(ids, checks[i].id);
		}
}

static void test_rows(void **arg)
{
	static struct state state;
	unsigned int failed = 0;
	char ids[8192];
	size_t i;

	(void)arg;
	for (i = 0; i < COUNT(rows); i++) {
		begin(&state, &rows[i]);
		list_violated(&state, ids);
		if (!strcmp(ids, rows[i].violated))
			continue;
		print_error("row %zu: '%s' instead of '%s'\n", i, ids, rows[i].violated);
		failed++;
	}
	assert_int_equal(failed, 0);
}

/* A check that no row violates, or that nothing passes, would not be tested. */
static void test_each_check_has_a_row(void **arg)
{
	static struct state state;
	size_t i, row;

	(void)arg;
	for (i = 0; i < count; i++) {
		bool seen = false;

		for (row = 0; row < COUNT(rows) && !seen; row++) {
			const char *at = strstr(rows[row].violated, checks[i].id);

			seen = at && strchr(" ", at[strlen(checks[i].id)]);
		}
		/* Of IA32_RTIT_CTL nothing is known for sure but that 0 is right. */
		if (!strcmp(checks[i].id, "guest-20"))
			continue;
		if (!seen)
			print_error("%s\n", checks[i].id);
		assert_true(seen);
		state_begin(&state, LONG);
		assert_int_equal(vmxcheck_decide(&state.state, i, NULL), VMXCHECK_PASSED);
	}
}

/*
 * Of what is not known nothing is claimed: with any value forgotten, each check says what
 * it said, or that it is undecided, and which value is missing.
 */
static void forget_each(struct state *state, const enum vmxcheck_verdict *before, unsigned int from)
{
	static struct state less;
	struct vmxcheck_finding finding;
	unsigned int i;
	size_t check;

	for (i = from; i < state->values; i++) {
		const struct value_of *gone = &state->value[i];

		less = *state;
		less.state.opaque = &less;
		state_forget(&less, gone->kind, gone->number);
		for (check = 0; check < count; check++) {
			enum vmxcheck_verdict now = vmxcheck_decide(&less.state, check, &finding);
			size_t item;

			assert_int_equal(now, finding.verdict);
			if (now == before[check])
				continue;
			assert_int_equal(now, VMXCHECK_UNDECIDED);
			for (item = 0; item < finding.items; item++)
				if (!finding.item[item].known)
					break;
			/* What the SDM leaves open is no value. */
			assert_true(item < finding.items);
			assert_int_equal(finding.item[item].kind, gone->kind);
			assert_int_equal(finding.item[item].number, gone->number);
		}
	}
}

static void test_what_is_not_known(void **arg)
{
	static struct state state;
	static enum vmxcheck_verdict before[512];
	size_t i, check;

	(void)arg;
	assert_true(count <= COUNT(before));
	for (i = 0; i < COUNT(rows); i++) {
		unsigned int changes;

		begin(&state, &rows[i]);
		for (check = 0; check < count; check++)
			before[check] = vmxcheck_decide(&state.state, check, NULL);
		/* Each value of the guests as they are; what makes the difference, of others. */
		for (changes = 0; changes < CHANGES && rows[i].change[changes].kind; changes++)
			;
		if (changes)
			state_move_to_end(&state, rows[i].change, changes);
		forget_each(&state, before, changes ? state.values - changes : 0);
	}
}

/* What a violated check has looked at is what is wrong: no segment that is right. */
static void test_finding_names_what_is_wrong(void **arg)
{
	static const struct row row = { "segment-34", PROTECTED, { RIGHTS(ES, 0xc193) } };
	static struct state state;
	struct vmxcheck_finding finding;
	size_t i;

	(void)arg;
	begin(&state, &row);
	for (i = 0; strcmp(checks[i].id, row.violated); i++)
		;
	vmxcheck_decide(&state.state, i, &finding);
	assert_int_equal(finding.items, 2);
	assert_int_equal(finding.item[0].number, VMCS_GUEST_RFLAGS);
	assert_int_equal(finding.item[1].number, VMCS_GUEST_ES_ACCESS_RIGHTS);
	assert_int_equal(finding.item[1].value, 0xc193);
	assert_int_equal(finding.entry, 0);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_each_check_has_a_row),
		cmocka_unit_test(test_what_is_not_known),
		cmocka_unit_test(test_finding_names_what_is_wrong),
	};

	checks = vmxcheck_checks(&count);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
