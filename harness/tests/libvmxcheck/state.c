// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "state.h"
#include "vmx.h"

#define F(ident, value) { VMXCHECK_FIELD, VMCS_##ident, value }
#define M(index, value) { VMXCHECK_MSR, index, value }
#define C(leaf, subleaf, reg, value) \
	{ VMXCHECK_CPUID, (uint64_t)(leaf) << 32 | (subleaf) << 2 | VMXCHECK_##reg, value }
#define SEGMENT(reg, selector, base, limit, rights) \
	F(GUEST_##reg##_SELECTOR, selector), F(GUEST_##reg##_BASE, base), \
	F(GUEST_##reg##_LIMIT, limit), F(GUEST_##reg##_ACCESS_RIGHTS, rights)
#define SIX(selector, base, limit, rights) \
	SEGMENT(CS, selector, base, limit, rights), SEGMENT(SS, selector, base, limit, rights), \
	SEGMENT(DS, selector, base, limit, rights), SEGMENT(ES, selector, base, limit, rights), \
	SEGMENT(FS, selector, base, limit, rights), SEGMENT(GS, selector, base, limit, rights)
#define END { VMXCHECK_FACT, ~0ULL, 0 }

static const struct value_of processor[] = {
	M(0x480, 0x12 | 0x1000ULL << 32 | 6ULL << 50 | 1ULL << 55),
	M(0x481, 0x000000ff00000016), M(0x48d, 0x000000ff00000016),
	M(0x482, 0xfffbfffe0401e172), M(0x48e, 0xfffbfffe04006172),
	M(0x48b, 0xffffffff00000000), M(0x492, 0x1df), M(0x491, 1),
	M(0x483, 0xffffffff00036dff), M(0x48f, 0xffffffff00036dfb), M(0x493, 0xf),
	M(0x484, 0x01ffffff000011ff), M(0x490, 0x01ffffff000011fb),
	M(0x485, 0x401c0), M(0x48c, 0x204040),
	M(0x486, 0x80000021), M(0x487, 0xffffffff), M(0x488, 0x2000), M(0x489, 0x11bff7fff),
	M(0x345, 0),
	C(0x80000008, 0, EAX, 0x302e), C(1, 0, ECX, 1 << 4), C(1, 0, EDX, 1 << 21),
	C(7, 0, EBX, 1 << 11), C(7, 0, ECX, 1 << 7), C(7, 0, EDX, 1 << 20 | 1 << 26 | 1u << 31),
	C(7, 1, EAX, 0), C(7, 2, EDX, 0), C(0x1c, 0, EBX, 7), C(0x80000001, 0, EDX, 1 << 20),
	C(0xa, 0, EAX, 0x08300805), C(0xa, 0, ECX, 0x7), C(0xa, 0, EDX, 0x603),
	{ VMXCHECK_FACT, VMXCHECK_HOST_IA32E, 1 },
	{ VMXCHECK_FACT, VMXCHECK_IN_SMM, 0 },
	{ VMXCHECK_FACT, VMXCHECK_CURRENT_VMCS, 0x5000 },
	{ VMXCHECK_FACT, VMXCHECK_TRACING, 0 },
	END
};

/* A host of 64 bits, and what all guests have. */
static const struct value_of common[] = {
	F(PIN_BASED_CONTROLS, 0x16), F(PROC_BASED_CONTROLS, 0x84006172),
	F(SECONDARY_CONTROLS, 0), F(TERTIARY_CONTROLS, 0), F(VM_FUNCTION_CONTROLS, 0),
	F(EXIT_CONTROLS, 0x36ffb), F(SECONDARY_EXIT_CONTROLS, 0), F(ENTRY_CONTROLS, 0x11ff),
	F(ENTRY_INTERRUPTION_INFORMATION, 0), F(ENTRY_EXCEPTION_ERROR_CODE, 0),
	F(ENTRY_INSTRUCTION_LENGTH, 0), F(CR3_TARGET_COUNT, 0), F(TPR_THRESHOLD, 0),
	F(EXIT_MSR_STORE_COUNT, 0), F(EXIT_MSR_LOAD_COUNT, 0), F(ENTRY_MSR_LOAD_COUNT, 0),
	F(EXIT_MSR_STORE_ADDRESS, 0x10000), F(EXIT_MSR_LOAD_ADDRESS, 0x10000),
	F(ENTRY_MSR_LOAD_ADDRESS, 0x10000), F(IO_BITMAP_A, 0x20000), F(IO_BITMAP_B, 0x21000),
	F(MSR_BITMAPS, 0x22000), F(VIRTUAL_APIC_ADDRESS, 0x23000), F(APIC_ACCESS_ADDRESS, 0x24000),
	F(POSTED_INTERRUPT_DESCRIPTOR, 0x25040), F(POSTED_INTERRUPT_VECTOR, 0xf2),
	F(VIRTUAL_PROCESSOR_ID, 1), F(EPT_POINTER, 0x2601e), F(PML_ADDRESS, 0x27000),
	F(SPPT_POINTER, 0x28000), F(EPTP_LIST_ADDRESS, 0x29000), F(VMREAD_BITMAP_ADDRESS, 0x2a000),
	F(VMWRITE_BITMAP_ADDRESS, 0x2b000), F(VE_INFORMATION_ADDRESS, 0x2c000),
	F(TSC_MULTIPLIER, 1), F(VIRTUAL_TIMER_VECTOR, 0xec), F(HLAT_POINTER, 0x2d018), F(LOW_PASID_DIRECTORY_ADDRESS, 0x2e000),
	F(HIGH_PASID_DIRECTORY_ADDRESS, 0x2f000), F(PID_POINTER_TABLE_ADDRESS, 0x30008),
	F(LAST_PID_POINTER_INDEX, 3), F(EXECUTIVE_VMCS_POINTER, 0x6000),

	F(HOST_CR0, 0x80050033), F(HOST_CR4, 0x3726f0), F(HOST_CR3, 0x1234000),
	F(HOST_SYSENTER_ESP, 0xfffffe0000000000), F(HOST_SYSENTER_EIP, 0xffffffff81000000),
	F(HOST_PERF_GLOBAL_CTRL, 0x7000000ff), F(HOST_PAT, 0x0407050600070106),
	F(HOST_EFER, 0xd01), F(HOST_S_CET, 0), F(HOST_SSP, 0xffff888000001000),
	F(HOST_INTERRUPT_SSP_TABLE_ADDRESS, 0xffff888000002000), F(HOST_PKRS, 0xffffffff),
	F(HOST_SPEC_CTRL, 5), F(HOST_FRED_CONFIG, 0xffffffff81001000 | 1 << 3 | 7 << 6 | 3 << 9 | 3),
	F(HOST_FRED_RSP1, 0xffff888000003040), F(HOST_FRED_RSP2, 0), F(HOST_FRED_RSP3, 0),
	F(HOST_FRED_SSP1, 0xffff888000003008), F(HOST_FRED_SSP2, 0), F(HOST_FRED_SSP3, 0),
	F(HOST_ES_SELECTOR, 0), F(HOST_CS_SELECTOR, 0x10), F(HOST_SS_SELECTOR, 0),
	F(HOST_DS_SELECTOR, 0), F(HOST_FS_SELECTOR, 0), F(HOST_GS_SELECTOR, 0),
	F(HOST_TR_SELECTOR, 0x40), F(HOST_FS_BASE, 0x7fffffffffff), F(HOST_GS_BASE, 0xffff800000000000),
	F(HOST_TR_BASE, 0xfffffe0000001000), F(HOST_GDTR_BASE, 0xfffffe0000002000),
	F(HOST_IDTR_BASE, 0xfffffe0000003000), F(HOST_RIP, 0xffffffff81002000),

	F(GUEST_DEBUGCTL, 0), F(GUEST_DR7, 0x400), F(GUEST_SYSENTER_ESP, 0), F(GUEST_SYSENTER_EIP, 0),
	F(GUEST_PERF_GLOBAL_CTRL, 0), F(GUEST_PAT, 0x0007040600070406), F(GUEST_BNDCFGS, 3),
	F(GUEST_RTIT_CTL, 0), F(GUEST_LBR_CTL, 0x7f000f), F(GUEST_PKRS, 0), F(GUEST_UINV, 0xff),
	F(GUEST_SPEC_CTRL, 0), F(GUEST_S_CET, 0x43f), F(GUEST_SSP, 0x8004),
	F(GUEST_INTERRUPT_SSP_TABLE_ADDRESS, 0), F(GUEST_FRED_CONFIG, 0), F(GUEST_FRED_RSP1, 0),
	F(GUEST_FRED_RSP2, 0x40), F(GUEST_FRED_RSP3, 0), F(GUEST_FRED_SSP1, 0),
	F(GUEST_FRED_SSP2, 8), F(GUEST_FRED_SSP3, 0), F(GUEST_EFER, 0),
	SEGMENT(LDTR, 0, 0, 0, 0x10000), SEGMENT(TR, 8, 0, 0x67, 0x8b),
	F(GUEST_GDTR_BASE, 0), F(GUEST_IDTR_BASE, 0), F(GUEST_GDTR_LIMIT, 0xffff),
	F(GUEST_IDTR_LIMIT, 0xffff), F(GUEST_RIP, 0x1000), F(GUEST_RFLAGS, 2),
	F(GUEST_ACTIVITY_STATE, 0), F(GUEST_INTERRUPTIBILITY_STATE, 0),
	F(GUEST_PENDING_DEBUG_EXCEPTIONS, 0), F(VMCS_LINK_POINTER, ~0ULL),
	F(GUEST_PDPTE0, 0), F(GUEST_PDPTE1, 0), F(GUEST_PDPTE2, 0), F(GUEST_PDPTE3, 0),
	F(GUEST_CR3, 0x2000),
	END
};

static const struct value_of modes[MODES][32] = {
	[LONG] = {
		F(ENTRY_CONTROLS, 0x13ff), F(GUEST_CR0, 0x80000021), F(GUEST_CR4, 0x2020),
		F(GUEST_EFER, 0xd01), SEGMENT(CS, 0x8, 0, ~0u, 0xa09b), SEGMENT(SS, 0x10, 0, ~0u, 0xc093),
		SEGMENT(DS, 0x10, 0, ~0u, 0xc093), SEGMENT(ES, 0, 0, 0, 0x10000),
		SEGMENT(FS, 0x13, 0x7fffffffffff, ~0u, 0xc0f3),
		SEGMENT(GS, 0, 0xffff800000000000, 0, 0x10000), END
	},
	[COMPATIBILITY] = {
		F(ENTRY_CONTROLS, 0x13ff), F(GUEST_CR0, 0x80000021), F(GUEST_CR4, 0x2020),
		F(GUEST_EFER, 0xd01), SEGMENT(CS, 0xb, 0, ~0u, 0xc0fb), SEGMENT(SS, 0x13, 0, ~0u, 0xc0f3),
		SEGMENT(DS, 0x13, 0, ~0u, 0xc0f3), SEGMENT(ES, 0x13, 0, ~0u, 0xc0f3),
		SEGMENT(FS, 0, 0, 0, 0x10000), SEGMENT(GS, 0, 0, 0, 0x10000), END
	},
	[PAE] = {
		F(GUEST_CR0, 0x80000021), F(GUEST_CR4, 0x2020),
		SEGMENT(CS, 0x8, 0, ~0u, 0xc09f), SEGMENT(SS, 0x10, 0, ~0u, 0xc097),
		SEGMENT(DS, 0x8, 0, 0xfffff, 0x409b), SEGMENT(ES, 0, 0, 0, 0x10000),
		SEGMENT(FS, 0, 0, 0, 0x10000), SEGMENT(GS, 0, 0, 0, 0x10000), END
	},
	[PROTECTED] = {
		F(GUEST_CR0, 0x80000021), F(GUEST_CR4, 0x2000), SIX(0x10, 0, ~0u, 0xc093),
		F(GUEST_CS_ACCESS_RIGHTS, 0xc09b), F(GUEST_TR_ACCESS_RIGHTS, 0x83), END
	},
	[VIRTUAL_8086] = {
		F(GUEST_CR0, 0x80000021), F(GUEST_CR4, 0x2000), F(GUEST_RFLAGS, 0x20002),
		SIX(0x1234, 0x12340, 0xffff, 0xf3), END
	},
	/* "Enable EPT" and "unrestricted guest" */
	[REAL] = {
		F(SECONDARY_CONTROLS, 0x82), F(GUEST_CR0, 0x20), F(GUEST_CR4, 0x2000),
		SIX(0x1234, 0x12340, 0xffff, 0x93), END
	},
};

static struct value_of *find(struct state *state, enum vmxcheck_kind kind, uint64_t number)
{
	unsigned int i;

	for (i = 0; i < state->values; i++)
		if (state->value[i].kind == kind && state->value[i].number == number)
			return &state->value[i];
	return NULL;
}

static bool read_value(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	struct value_of *found = find(opaque, kind, number);

	if (found)
		*value = found->value;
	return found;
}

/* Memory is what was set, 4 bytes each. */
static bool read_memory(void *opaque, uint64_t address, void *to, size_t size)
{
	uint64_t value;
	uint32_t word;

	if (size != 4 || !read_value(opaque, VMXCHECK_MEMORY, address, &value))
		return false;
	word = value;
	memcpy(to, &word, 4);
	return true;
}

void state_set(struct state *state, enum vmxcheck_kind kind, uint64_t number, uint64_t value)
{
	struct value_of *found = find(state, kind, number);

	if (!found) {
		found = &state->value[state->values++];
		*found = (struct value_of){ kind, number, value };
	}
	found->value = value;
}

void state_forget(struct state *state, enum vmxcheck_kind kind, uint64_t number)
{
	struct value_of *found = find(state, kind, number);

	if (found)
		*found = state->value[--state->values];
}

void state_move_to_end(struct state *state, const struct value_of *rows, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		struct value_of moved = *find(state, rows[i].kind, rows[i].number);

		state_forget(state, moved.kind, moved.number);
		state->value[state->values++] = moved;
	}
}

static void set_all(struct state *state, const struct value_of *values)
{
	for (; values->number != ~0ULL; values++)
		state_set(state, values->kind, values->number, values->value);
}

void state_begin(struct state *state, enum mode mode)
{
	*state = (struct state){ .state = { state, read_value, read_memory } };
	set_all(state, processor);
	set_all(state, common);
	set_all(state, modes[mode]);
}
