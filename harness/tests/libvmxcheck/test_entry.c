// SPDX-License-Identifier: GPL-2.0
/*
 * What may come of a VM entry. SDM, "VM Entries": the checks on controls and host state are
 * in any order; then those on guest state, in any order; then MSRs are loaded, one by one.
 */
#include "../unit/unit.h"
#include "state.h"
#include "vmx.h"

static struct state state;
static struct vmxcheck_outcome outcome;

static void set(enum vmx_field field, uint64_t value)
{
	state_set(&state, VMXCHECK_FIELD, field, value);
}

/* From the verdicts the same comes, but for MSRs. */
static void conclude(void)
{
	static enum vmxcheck_verdict verdicts[512];
	struct vmxcheck_outcome other;
	size_t count;

	vmxcheck_checks(&count);
	assert_in_range(count, 1, 512);
	for (size_t i = 0; i < count; i++)
		verdicts[i] = vmxcheck_decide(&state.state, i, NULL);
	vmxcheck_conclude(verdicts, &other);
	assert_int_equal(other.enters, outcome.enters || outcome.msr_first);
	assert_int_equal(other.errors, outcome.errors);
	assert_int_equal(other.guest, outcome.guest);
	assert_int_equal(other.msr_first, 0);
	assert_int_equal(other.msr_last, 0);
}

static void enter(bool enters, uint32_t errors, uint32_t guest, uint32_t first, uint32_t last)
{
	vmxcheck_entry(&state.state, &outcome);
	assert_int_equal(outcome.enters, enters);
	assert_int_equal(outcome.errors, errors);
	assert_int_equal(outcome.guest, guest);
	assert_int_equal(outcome.msr_first, first);
	assert_int_equal(outcome.msr_last, last);
	conclude();
}

static int begin(void **arg)
{
	(void)arg;
	state_begin(&state, LONG);
	return 0;
}

static void test_enters(void **arg)
{
	(void)arg;
	enter(true, 0, 0, 0, 0);
}

static void test_controls_and_host(void **arg)
{
	(void)arg;
	set(VMCS_GUEST_RFLAGS, 0);
	set(VMCS_PIN_BASED_CONTROLS, 0);
	enter(false, 1 << 7, 0, 0, 0);
	set(VMCS_HOST_TR_SELECTOR, 0);
	enter(false, 1 << 7 | 1 << 8, 0, 0, 0);
	set(VMCS_PIN_BASED_CONTROLS, 0x16);
	enter(false, 1 << 8, 0, 0, 0);
}

/* Each exit qualification, alone and together */
static void test_guest(void **arg)
{
	(void)arg;
	set(VMCS_VMCS_LINK_POINTER, 1);
	enter(false, 0, 1 << 4, 0, 0);
	set(VMCS_GUEST_RFLAGS, 0);
	enter(false, 0, 1 << 4 | 1, 0, 0);
	set(VMCS_VMCS_LINK_POINTER, ~0ULL);
	enter(false, 0, 1, 0, 0);
	state_begin(&state, PAE);
	set(VMCS_SECONDARY_CONTROLS, 2);
	set(VMCS_GUEST_PDPTE2, 3);
	enter(false, 0, 1 << 2, 0, 0);
}

/* A processor may let an NMI be injected with blocking by STI. */
static void test_optional(void **arg)
{
	(void)arg;
	set(VMCS_GUEST_RFLAGS, 0x202);
	set(VMCS_GUEST_INTERRUPTIBILITY_STATE, 1);
	set(VMCS_ENTRY_INTERRUPTION_INFORMATION, 0x80000202);
	enter(true, 0, 1 << 3, 0, 0);
}

static void load(unsigned int entry, uint32_t index, uint64_t value)
{
	uint64_t at = 0x10000 + 16 * (entry - 1);

	state_set(&state, VMXCHECK_MEMORY, at, index);
	state_set(&state, VMXCHECK_MEMORY, at + 4, 0);
	state_set(&state, VMXCHECK_MEMORY, at + 8, (uint32_t)value);
	state_set(&state, VMXCHECK_MEMORY, at + 12, value >> 32);
	set(VMCS_ENTRY_MSR_LOAD_COUNT, entry);
}

static void test_msrs(void **arg)
{
	(void)arg;
	load(1, 0x174, 0);
	enter(true, 0, 0, 0, 0);
	/* IA32_BIOS_UPDT_TRIG: a processor may refuse to load it. */
	load(1, 0x79, 0);
	enter(true, 0, 0, 1, 1);
	load(1, 0x174, 0);
	load(2, 0xc0000100, 0);
	load(3, 0xc0000101, 0);
	enter(false, 0, 0, 2, 2);
	/* Whether this one is loaded is not known. */
	load(1, 0x12345, 0);
	load(3, 0xc0000101, 0);
	enter(false, 0, 0, 1, 2);
	load(2, 0x175, 0);
	load(3, 0x176, 0);
	enter(true, 0, 0, 1, 1);
	set(VMCS_ENTRY_MSR_LOAD_COUNT, 0);
	enter(true, 0, 0, 0, 0);
}

/* Longer lists than IA32_VMX_MISC has need not work. */
static void test_long_list(void **arg)
{
	unsigned int i;

	(void)arg;
	for (i = 1; i <= 512; i++) {
		uint64_t at = 0x10000 + 16 * (i - 1);

		state_set(&state, VMXCHECK_MEMORY, at, 0x174);
		state_set(&state, VMXCHECK_MEMORY, at + 4, 0);
		state_set(&state, VMXCHECK_MEMORY, at + 8, 0);
		state_set(&state, VMXCHECK_MEMORY, at + 12, 0);
	}
	set(VMCS_ENTRY_MSR_LOAD_COUNT, 512);
	enter(true, 0, 0, 0, 0);
	set(VMCS_ENTRY_MSR_LOAD_COUNT, 513);
	enter(true, 0, 0, 513, ~0u);
}

static void test_not_known(void **arg)
{
	(void)arg;
	state_forget(&state, VMXCHECK_FIELD, VMCS_PIN_BASED_CONTROLS);
	enter(true, 1 << 7, 0, 0, 0);
	state_forget(&state, VMXCHECK_FIELD, VMCS_HOST_RIP);
	state_forget(&state, VMXCHECK_FIELD, VMCS_GUEST_RIP);
	state_forget(&state, VMXCHECK_FIELD, VMCS_ENTRY_MSR_LOAD_COUNT);
	enter(true, 1 << 7 | 1 << 8, 1, 1, ~0u);
	set(VMCS_GUEST_RFLAGS, 0);
	enter(false, 1 << 7 | 1 << 8, 1, 0, 0);
}

/* Nothing is known: everything may be, and nothing is violated. */
static void test_nothing_known(void **arg)
{
	(void)arg;
	state.values = 0;
	enter(true, 1 << 7 | 1 << 8, 1 | 1 << 2 | 1 << 3 | 1 << 4, 1, ~0u);
	state.state.memory = NULL;
	enter(true, 1 << 7 | 1 << 8, 1 | 1 << 2 | 1 << 3 | 1 << 4, 1, ~0u);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_enters, begin),
		cmocka_unit_test_setup(test_controls_and_host, begin),
		cmocka_unit_test_setup(test_guest, begin),
		cmocka_unit_test_setup(test_optional, begin),
		cmocka_unit_test_setup(test_msrs, begin),
		cmocka_unit_test_setup(test_long_list, begin),
		cmocka_unit_test_setup(test_not_known, begin),
		cmocka_unit_test_setup(test_nothing_known, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
