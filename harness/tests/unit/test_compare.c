// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "compare.h"
#include "words.h"

static const struct {
	const char *word;
	bool is_number;
	uint64_t value;
} numbers[] = {
	{ "0", true, 0 },
	{ "0x0", true, 0 },
	{ "16", true, 16 },
	{ "0x10", true, 16 },
	{ "0X1f", true, 31 },
	{ "020", true, 16 },
	{ "0x0000000000001005", true, 0x1005 },
	{ "18446744073709551615", true, UINT64_MAX },
	{ "18446744073709551616", false, 0 },
	{ "0x10000000000000000", false, 0 },
	{ "", false, 0 },
	{ "-1", false, 0 },
	{ "+1", false, 0 },
	{ " 1", false, 0 },
	{ "1 ", false, 0 },
	{ "0x", false, 0 },
	{ "09", false, 0 },
	{ "12ab", false, 0 },
	{ "ab", false, 0 },
};

static void test_numbers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(numbers); i++) {
		uint64_t value = 0;

		if (parse_number(numbers[i].word, &value) !=
		    numbers[i].is_number)
			fail_msg("'%s'", numbers[i].word);
		if (numbers[i].is_number)
			assert_int_equal(value, numbers[i].value);
	}
}

static void test_split(void **state)
{
	struct words words = words_split("  a  b\tc\n");

	(void)state;
	assert_int_equal(words.count, 3);
	assert_string_equal(words.word[0], "a");
	assert_string_equal(words.word[2], "c");
	words_free(&words);
	words = words_split(" \t");
	assert_int_equal(words.count, 0);
	words_free(&words);
}

#define GOT ".hlt 0x0 pc 0x1007 sp 0x9000 ilen 0x1 iinfo 0x0"

static const struct {
	const char *expected;
	const char *got;
	const char *difference;
} waits[] = {
	{ GOT, GOT, NULL },
	{ ".hlt 0 pc 4103 sp 0x9000 ilen 01 iinfo 0x00", GOT, NULL },
	{ ".hlt 0x0 pc * sp * ilen 0x1 iinfo *", GOT, NULL },
	{ ".hlt ...", GOT, NULL },
	{ "...", GOT, NULL },
	{ GOT " ...", GOT, NULL },
	{ ".hlt 0x0 pc 0x1005 ...", GOT, "pc: expected 0x1005, got 0x1007" },
	{ ".hlt 0x0 pc 0x1005 sp 0x1 ilen 0x1 iinfo *", GOT,
	  "pc: expected 0x1005, got 0x1007" },
	{ ".cpuid 0x1 ...", GOT, "exit reason: expected .cpuid, got .hlt" },
	{ ".hlt 0x1 ...", GOT, "exit qualification: expected 0x1, got 0x0" },
	{ ".hlt 0x0 sp 0x9000 ...", GOT, "word 3: expected sp, got pc" },
	{ GOT " ax 0x1", GOT, "word 11: expected ax, got nothing" },
	{ GOT, GOT " ax 0x1", "word 11: expected nothing, got ax" },
	{ ".hlt 0x0 pc", GOT, "pc: expected nothing, got 0x1007" },
	{ "... 0x0", GOT, "exit reason: expected ..., got .hlt" },
	{ "*", GOT, "exit qualification: expected nothing, got 0x0" },
	{ "*ack 32", "*ack 32", NULL },
	{ "*ack 0x20", "*ack 32", NULL },
	{ "*ack 33", "*ack 32", "vector: expected 33, got 32" },
	{ "*ack 32", ".hlt 32", "exit reason: expected *ack, got .hlt" },
	{ "#ud 0x0", "#ud 0x0", NULL },
	{ "#gp ... | #df 0x0", "#df 0x0", NULL },
	{ "#gp ... | #df 0x0", "#gp 0x1", NULL },
	{ "#gp 0x0 | #df 0x0", "#gp 0x1",
	  "exit qualification: expected 0x0, got 0x1" },
	{ "#gp 0x0 | #df 0x0 | #ud 0x2", "#ud 0x2", NULL },
	{ "a|b", "a", "exit reason: expected a|b, got a" },
	{ ".hlt 0x0 pc 0x100f/0xff0", ".hlt 0x0 pc 0x1007",
	  "pc: expected 0x100f/0xff0, got 0x1007" },
	{ "io 0x181/0x1bf", "io 0x1c1", NULL },
	{ "io 0x181/0x1bf", "io 385", NULL },
	{ "io 0x181/0x1bf", "io 0x183",
	  "exit qualification: expected 0x181/0x1bf, got 0x183" },
	{ "io 0x181/0x1bf", "io 0x81",
	  "exit qualification: expected 0x181/0x1bf, got 0x81" },
	{ "io 0x181/0x1bf", "io none",
	  "exit qualification: expected 0x181/0x1bf, got none" },
	{ "a/b", "a/b", NULL },
	{ "0x10000000000000000", "0x10000000000000000", NULL },
	{ "0x10000000000000000", "0",
	  "exit reason: expected 0x10000000000000000, got 0" },
};

static void test_wait(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(waits); i++)
		assert_text(compare_wait(waits[i].expected, waits[i].got),
			    waits[i].difference);
}

static const struct {
	const char *expected;
	const char *got;
	const char *difference;
} texts[] = {
	{ "ready", "ready\n", NULL },
	{ "ready", "ready", NULL },
	{ "dead ...", "dead 'vmlaunch failed'\n", NULL },
	{ "ready", "running\n", "file: expected ready, got running" },
	{ "ready", "", "file: expected ready, got nothing" },
	{ "", "", NULL },
	{ "", "ready\n", "file: expected nothing, got ready" },
	{ "a b", "a c\n", "file: word 2: expected b, got c" },
	{ "a b\n0x10 d", "a b\n16 d\n", NULL },
	{ "a b\nc d", "a b\n", "file: line 2: word 1: expected c, got nothing" },
	{ "a b", "a b\nc d\n", "file: line 2: word 1: expected nothing, got c" },
	{ "a b\nc d", "a b\nc e\n", "file: line 2: word 2: expected d, got e" },
	{ "a\n...", "a\nb c\n", NULL },
	{ "a | b\nc", "b\nc\n", NULL },
	{ "a | b\nc | d e", "b\nf\n", "file: line 2: expected c, got f" },
};

static void test_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_text(compare_text("file", texts[i].expected,
					 texts[i].got), texts[i].difference);
}

#define REGS "pc 0x0000000000001005\nax 0x2\nax2 0x7\ncr0fake 0x31\n"

static const struct {
	const char *expected;
	const char *found;
	const char *difference;
} registers[] = {
	{ "pc 0x1005", "pc 0x0000000000001005", NULL },
	{ "ax 2 pc 0x1005", "ax 0x2 pc 0x0000000000001005", NULL },
	{ "ax *", "ax 0x2", NULL },
	{ "cr0fake 0x11/0x11", "cr0fake 0x31", NULL },
	{ "AX 0x2 CR0Fake 0x31", "AX 0x2 CR0Fake 0x31", NULL },
	{ "ax unsupported", "ax 0x2",
	  "ax: expected unsupported, got 0x2" },
	{ "ax 3", "ax 0x2", "ax: expected 3, got 0x2" },
	{ "ax 2 ax2 8 cr0fake 9", "ax 0x2 ax2 0x7 cr0fake 0x31",
	  "ax2: expected 8, got 0x7" },
	{ "a 1", "a nothing", "a: expected 1, got nothing" },
};

static void test_names(void **state)
{
	char *found;

	(void)state;
	for (size_t i = 0; i < COUNT(registers); i++) {
		assert_text(compare_values(FILE_NAMES, registers[i].expected,
					   REGS, &found),
			    registers[i].difference);
		assert_text(found, registers[i].found);
	}
}

static void test_find_name(void **state)
{
	(void)state;
	assert_text(find_value(FILE_NAMES, REGS, "ax"), "0x2");
	assert_text(find_value(FILE_NAMES, REGS, "cr0fake"), "0x31");
	assert_text(find_value(FILE_NAMES, REGS, "CR0fake"), "0x31");
	assert_text(find_value(FILE_NAMES, REGS, "cr0"), NULL);
	assert_text(find_value(FILE_NAMES, "", "ax"), NULL);
	assert_text(find_value(FILE_NAMES, "ax", "ax"), NULL);
	assert_text(missing_name(FILE_NAMES, "pc 1 ax 2", REGS), NULL);
	assert_text(missing_name(FILE_NAMES, "pc 1 bx 2 cx 3", REGS), "bx");
}

#define PAGE "0x80 0x20\n0x100 0xffffffff\n"

static const struct {
	const char *expected;
	const char *found;
	const char *difference;
} pages[] = {
	{ "0x80 32 256 *", "0x80 0x20 256 0xffffffff", NULL },
	{ "0x84 0", "0x84 0x0", NULL },
	{ "0 1", "0 0x0", "0: expected 1, got 0x0" },
	{ "0x80 0x21", "0x80 0x20", "0x80: expected 0x21, got 0x20" },
	{ "0x100 0xf0/0xff", "0x100 0xffffffff",
	  "0x100: expected 0xf0/0xff, got 0xffffffff" },
};

static void test_pages(void **state)
{
	char *found;

	(void)state;
	for (size_t i = 0; i < COUNT(pages); i++) {
		assert_text(compare_values(FILE_OFFSETS, pages[i].expected, PAGE,
					   &found), pages[i].difference);
		assert_text(found, pages[i].found);
		assert_text(missing_name(FILE_OFFSETS, pages[i].expected, PAGE),
			    NULL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_split),
		cmocka_unit_test(test_wait),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_find_name),
		cmocka_unit_test(test_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
