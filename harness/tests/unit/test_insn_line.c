// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <stdbool.h>

#include "insn_line.h"

#define KNOWN(...) { __VA_ARGS__, true }
#define I(which, ...) { .opcode = VMXCHECK_##which, .blocked = KNOWN(0), __VA_ARGS__ }
#define REGION(which, offset) \
	{ 0x10000 + 0x1000 * (uint64_t)INSN_##which + (offset), true }
#define HIGH .high = KNOWN(0)
#define NOWHERE(what) .access = VMXCHECK_ACCESS_##what

static const struct {
	const char *text;
	bool outside;
	size_t count;
	struct vmxcheck_instruction insn[3];
} lines[] = {
	{ "vmxoff", false, 1, { I(VMXOFF) } },
	{ " outside  vmcall ;vmptrst; vmptrst unmapped", true, 3,
	  { I(VMCALL), I(VMPTRST), I(VMPTRST, NOWHERE(PAGE_FAULT)) } },
	{ "vmclear vmcs; vmptrld scratch+8; vmxon badrevision+0x8000000000000000", false, 3,
	  { I(VMCLEAR, .operand = REGION(VMCS, 0)), I(VMPTRLD, .operand = REGION(SCRATCH, 8)),
	    I(VMXON, .operand = REGION(BADREVISION, 1ULL << 63)) } },
	{ "vmclear vmxon+0xfff; vmclear shadow-0x8; vmclear noncanonical", false, 3,
	  { I(VMCLEAR, .operand = REGION(VMXON, 0xfff)), I(VMCLEAR, .operand = REGION(SHADOW, -8ULL)),
	    I(VMCLEAR, NOWHERE(PROTECTION)) } },
	/* What may be any region is not known. */
	{ "vmptrld 0x10000; vmptrld scratch+0x1000; vmptrld vapic", false, 3,
	  { I(VMPTRLD), I(VMPTRLD), I(VMPTRLD) } },
	{ "vmread guest_rip; vmread 0x10000681e unmapped; vmwrite cr3_target_count 4", false, 3,
	  { I(VMREAD, .operand = KNOWN(0x681e)),
	    I(VMREAD, NOWHERE(PAGE_FAULT), .operand = KNOWN(0x10000681e)),
	    I(VMWRITE, .operand = KNOWN(0x400a), .low = KNOWN(4)) } },
	{ "vmwrite guest_rip noncanonical; vmwrite ept_pointer map1", false, 2,
	  { I(VMWRITE, NOWHERE(PROTECTION), .operand = KNOWN(0x681e)),
	    I(VMWRITE, .operand = KNOWN(0x201a)) } },
	{ "invept 1 map; invvpid 0 1 0x1000; invept 2 unmapped", false, 3,
	  { I(INVEPT, .operand = KNOWN(1), .low = KNOWN(0x2001e), HIGH),
	    I(INVVPID, .operand = KNOWN(0), .low = KNOWN(1), .high = KNOWN(0x1000)),
	    I(INVEPT, NOWHERE(PAGE_FAULT), .operand = KNOWN(2), HIGH) } },
	{ "vmresume blocked; vmlaunch", false, 2,
	  { { .opcode = VMXCHECK_VMRESUME, .blocked = KNOWN(1) }, I(VMLAUNCH) } },
};

static void assert_value(struct vmxcheck_value got, struct vmxcheck_value expected)
{
	assert_int_equal(got.known, expected.known);
	if (expected.known)
		assert_int_equal(got.value, expected.value);
}

static void test_lines(void **state)
{
	struct insn_line line;

	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		assert_true(insn_line_parse(&line, lines[i].text));
		assert_int_equal(line.outside, lines[i].outside);
		assert_int_equal(line.count, lines[i].count);
		for (size_t k = 0; k < line.count; k++) {
			assert_int_equal(line.insn[k].opcode, lines[i].insn[k].opcode);
			assert_int_equal(line.insn[k].access, lines[i].insn[k].access);
			assert_value(line.insn[k].operand, lines[i].insn[k].operand);
			assert_value(line.insn[k].low, lines[i].insn[k].low);
			assert_value(line.insn[k].high, lines[i].insn[k].high);
			assert_value(line.insn[k].blocked, lines[i].insn[k].blocked);
		}
	}
}

/* What vmxfs refuses */
static const char *const bad[] = {
	"", "vmjump", "vmclear", "vmclear vmcs vmcs", "vmread guest_rap", "vmread", "vmptrst vmcs",
	"vmlaunch now", "invept 1", "invept 1 2 3 4", "vmxoff;", "vmxoff; outside vmxon vmxon",
	"vmcall; vmcall; vmcall; vmcall; vmcall; vmcall; vmcall; vmcall; vmcall; vmcall; vmcall; "
	"vmcall; vmcall; vmcall; vmcall; vmcall; vmcall",
};

static void test_refused(void **state)
{
	struct insn_line line;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_false(insn_line_parse(&line, bad[i]));
}

static void test_words(void **state)
{
	uint32_t word = 0x12;

	(void)state;
	assert_true(insn_region_word(insn_region(INSN_SCRATCH), &word));
	assert_int_equal(word, 0x12);
	assert_true(insn_region_word(insn_region(INSN_SHADOW), &word));
	assert_int_equal(word, 0x80000012);
	word = 0x12;
	assert_true(insn_region_word(insn_region(INSN_BADREVISION), &word));
	assert_int_not_equal(word, 0x12);
	assert_false(insn_region_word(insn_region(INSN_VMCS) + 8, &word));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
