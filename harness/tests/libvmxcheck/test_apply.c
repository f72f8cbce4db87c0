// SPDX-License-Identifier: GPL-2.0
/*
 * What instructions leave behind, one after the other. SDM, "Software Use of Virtual-Machine
 * Control Structures" and "VMX Instruction Reference".
 */
#include "../unit/unit.h"
#include "vmxcheck.h"

#define ONE 0x5000
#define TWO 0x6000
#define UNKNOWN_ADDRESS 1	/* an operand that is not known */
#define NONE (~0ULL)
#define UNKNOWN_POINTER 2	/* a pointer that is not known */

enum came { SUCCEEDS = 1, FAILS, ENTERS, GUEST_FAILS, MSR_FAILS, FAULTS, INVALID, EXITS };

/* CLEAR and so on */
#define L(what) VMXCHECK_LAUNCH_##what

struct step {
	enum vmxcheck_opcode opcode;
	uint64_t operand;
	enum came came, or;
	/* then */
	int in_vmx;	/* -1: not known */
	uint64_t vmxon_pointer, current_vmcs;
	enum vmxcheck_launch one, two;
};

static struct vmxcheck_region region[2];
static struct vmxcheck_vmx vmx;

static int begin(void **arg)
{
	(void)arg;
	region[0] = (struct vmxcheck_region){ ONE, L(UNKNOWN) };
	region[1] = (struct vmxcheck_region){ TWO, L(UNKNOWN) };
	vmx = (struct vmxcheck_vmx){
		.in_vmx = { 0, true }, .current_vmcs = { NONE, true },
		.region = region, .regions = COUNT(region),
	};
	return 0;
}

static void add(struct vmxcheck_result *result, enum came came)
{
	result->succeeds |= came == SUCCEEDS;
	result->errors |= came == FAILS;
	result->entry.enters |= came == ENTERS;
	result->entry.guest |= came == GUEST_FAILS;
	result->entry.msr_first |= came == MSR_FAILS;
	result->faults |= came == FAULTS;
	result->fails_invalid |= came == INVALID;
	result->smm_exit |= came == EXITS;
}

static void assert_value(const struct vmxcheck_value *value, uint64_t expected)
{
	assert_int_equal(value->known, expected != UNKNOWN_POINTER);
	if (value->known)
		assert_int_equal(value->value, expected);
}

static void play(const struct step *step, size_t count)
{
	for (size_t i = 0; i < count; i++, step++) {
		const struct vmxcheck_instruction insn = {
			.opcode = step->opcode,
			.operand = { step->operand, step->operand != UNKNOWN_ADDRESS },
		};
		struct vmxcheck_result result = { .succeeds = false };

		add(&result, step->came);
		add(&result, step->or);
		vmxcheck_apply(&vmx, &insn, &result);
		assert_value(&vmx.in_vmx, step->in_vmx < 0 ? UNKNOWN_POINTER : step->in_vmx);
		if (step->in_vmx == 1)
			assert_value(&vmx.vmxon_pointer, step->vmxon_pointer);
		assert_value(&vmx.current_vmcs, step->current_vmcs);
		assert_int_equal(region[0].launch, step->one);
		assert_int_equal(region[1].launch, step->two);
	}
}

#define PLAY(steps) play(steps, COUNT(steps))

static void test_life(void **arg)
{
	static const struct step steps[] = {
		{ VMXCHECK_VMXON, 0x1000, FAULTS, 0, 0, 0, NONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMXON, 0x1000, SUCCEEDS, 0, 1, 0x1000, NONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMXON, 0x2000, FAILS, 0, 1, 0x1000, NONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, ONE, SUCCEEDS, 0, 1, 0x1000, NONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMPTRLD, ONE, SUCCEEDS, 0, 1, 0x1000, ONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, TWO, INVALID, 0, 1, 0x1000, ONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, TWO, SUCCEEDS, 0, 1, 0x1000, ONE, L(CLEAR), L(CLEAR) },
		{ VMXCHECK_VMREAD, 0x681e, SUCCEEDS, 0, 1, 0x1000, ONE, L(CLEAR), L(CLEAR) },
		{ VMXCHECK_VMLAUNCH, 0, FAILS, 0, 1, 0x1000, ONE, L(CLEAR), L(CLEAR) },
		{ VMXCHECK_VMLAUNCH, 0, GUEST_FAILS, 0, 1, 0x1000, ONE, L(CLEAR), L(CLEAR) },
		{ VMXCHECK_VMLAUNCH, 0, MSR_FAILS, 0, 1, 0x1000, ONE, L(CLEAR), L(CLEAR) },
		{ VMXCHECK_VMLAUNCH, 0, ENTERS, 0, 1, 0x1000, ONE, L(LAUNCHED), L(CLEAR) },
		{ VMXCHECK_VMRESUME, 0, ENTERS, 0, 1, 0x1000, ONE, L(LAUNCHED), L(CLEAR) },
		{ VMXCHECK_VMPTRLD, TWO, FAILS, 0, 1, 0x1000, ONE, L(LAUNCHED), L(CLEAR) },
		{ VMXCHECK_VMPTRLD, TWO, SUCCEEDS, 0, 1, 0x1000, TWO, L(LAUNCHED), L(CLEAR) },
		{ VMXCHECK_VMCLEAR, TWO, SUCCEEDS, 0, 1, 0x1000, NONE, L(LAUNCHED), L(CLEAR) },
		{ VMXCHECK_VMXOFF, 0, FAILS, 0, 1, 0x1000, NONE, L(LAUNCHED), L(CLEAR) },
		{ VMXCHECK_VMXOFF, 0, SUCCEEDS, 0, 0, 0, NONE, L(LEFT), L(CLEAR) },
		{ VMXCHECK_VMXON, 0x2000, SUCCEEDS, 0, 1, 0x2000, NONE, L(LEFT), L(CLEAR) },
		{ VMXCHECK_VMCLEAR, ONE, SUCCEEDS, 0, 1, 0x2000, NONE, L(CLEAR), L(CLEAR) },
	};

	(void)arg;
	PLAY(steps);
}

/* What may be so or so is not known, unless it is the same either way. */
static void test_perhaps(void **arg)
{
	static const struct step steps[] = {
		{ VMXCHECK_VMXON, 0x1000, SUCCEEDS, 0, 1, 0x1000, NONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, ONE, SUCCEEDS, 0, 1, 0x1000, NONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, TWO, SUCCEEDS, FAILS, 1, 0x1000, NONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMPTRLD, ONE, SUCCEEDS, 0, 1, 0x1000, ONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMPTRLD, ONE, SUCCEEDS, FAILS, 1, 0x1000, ONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMLAUNCH, 0, ENTERS, GUEST_FAILS, 1, 0x1000, ONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMLAUNCH, 0, ENTERS, 0, 1, 0x1000, ONE, L(LAUNCHED), L(UNKNOWN) },
		{ VMXCHECK_VMLAUNCH, 0, ENTERS, FAILS, 1, 0x1000, ONE, L(LAUNCHED), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, ONE, SUCCEEDS, FAULTS, 1, 0x1000, UNKNOWN_POINTER, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMPTRLD, ONE, SUCCEEDS, 0, 1, 0x1000, ONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, TWO, SUCCEEDS, 0, 1, 0x1000, ONE, L(UNKNOWN), L(CLEAR) },
		{ VMXCHECK_VMPTRLD, TWO, SUCCEEDS, INVALID, 1, 0x1000, UNKNOWN_POINTER, L(UNKNOWN), L(CLEAR) },
		{ VMXCHECK_VMLAUNCH, 0, ENTERS, 0, 1, 0x1000, UNKNOWN_POINTER, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMXOFF, 0, SUCCEEDS, FAILS, -1, 0, UNKNOWN_POINTER, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMXON, 0x2000, SUCCEEDS, FAILS, -1, 0, UNKNOWN_POINTER, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMXON, 0x2000, SUCCEEDS, 0, 1, 0x2000, NONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMXON, UNKNOWN_ADDRESS, SUCCEEDS, 0, 1, UNKNOWN_POINTER, NONE, L(UNKNOWN), L(UNKNOWN) },
	};

	(void)arg;
	PLAY(steps);
}

/* An address that is not known may be any. */
static void test_unknown_address(void **arg)
{
	static const struct step steps[] = {
		{ VMXCHECK_VMXON, 0x1000, SUCCEEDS, 0, 1, 0x1000, NONE, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, ONE, SUCCEEDS, 0, 1, 0x1000, NONE, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMCLEAR, TWO, SUCCEEDS, 0, 1, 0x1000, NONE, L(CLEAR), L(CLEAR) },
		{ VMXCHECK_VMPTRLD, TWO, SUCCEEDS, 0, 1, 0x1000, TWO, L(CLEAR), L(CLEAR) },
		{ VMXCHECK_VMLAUNCH, 0, ENTERS, 0, 1, 0x1000, TWO, L(CLEAR), L(LAUNCHED) },
		{ VMXCHECK_VMCLEAR, UNKNOWN_ADDRESS, SUCCEEDS, 0, 1, 0x1000, UNKNOWN_POINTER, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMPTRLD, UNKNOWN_ADDRESS, SUCCEEDS, 0, 1, 0x1000, UNKNOWN_POINTER, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMPTRLD, TWO, SUCCEEDS, 0, 1, 0x1000, TWO, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMCALL, 0, FAILS, 0, 1, 0x1000, TWO, L(CLEAR), L(UNKNOWN) },
		{ VMXCHECK_VMCALL, 0, EXITS, 0, 1, 0x1000, UNKNOWN_POINTER, L(UNKNOWN), L(UNKNOWN) },
		{ VMXCHECK_VMXOFF, 0, SUCCEEDS, 0, 0, 0, NONE, L(UNKNOWN), L(UNKNOWN) },
	};

	(void)arg;
	PLAY(steps);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_life, begin),
		cmocka_unit_test_setup(test_perhaps, begin),
		cmocka_unit_test_setup(test_unknown_address, begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
