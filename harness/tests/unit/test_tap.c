// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <stdio.h>

#include "tap.h"

static char *print(const struct result *result, const char *todo)
{
	char *text;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	tap_point(out, 7, "exits/in[inb,0]", result, todo);
	fclose(out);
	return text;
}

static void test_head(void **state)
{
	char *text;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	tap_version(out);
	tap_core(out, "atom");
	tap_plan(out, 3);
	tap_bail_out(out, "no vCPU");
	fclose(out);
	assert_text(text, "TAP version 13\n# core: atom\n1..3\nBail out! no vCPU\n");
}

/* What follows from the MSRs, and what is not there, is left out. */
static void test_caps(void **state)
{
	char *text;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	(void)state;
	tap_caps(out, "caps", "proc.hlt_exiting 01\nmisc.activity_hlt 0x1\nmsr.vmx_misc 0x40\n"
		 "cr4.fixed0 0x2000\ncr4.smep 0x1\ncpuid.smep 0x1\ncpuid.la57 0x0\nhost.xss 0x0");
	fclose(out);
	assert_text(text, "# caps: msr.vmx_misc 0x40\n# caps: cr4.fixed0 0x2000\n"
		    "# caps: cpuid.smep 0x1\n");
}

static void test_pass(void **state)
{
	struct result result = { .outcome = PASS };

	(void)state;
	assert_text(print(&result, NULL), "ok 7 - exits/in[inb,0]\n");
}

static void test_disturbed(void **state)
{
	struct result result = { .outcome = PASS, .disturbed = 2 };

	(void)state;
	assert_text(print(&result, NULL),
		    "# exits/in[inb,0]: disturbed, and tried again: 2\n"
		    "ok 7 - exits/in[inb,0]\n");
}

static void test_skip(void **state)
{
	struct result result = { .outcome = SKIP, .message = "needs cpuid.rtm" };

	(void)state;
	assert_text(print(&result, NULL),
		    "ok 7 - exits/in[inb,0] # SKIP needs cpuid.rtm\n");
}

static void test_failure(void **state)
{
	struct result result = {
		.outcome = FAILURE,
		.core = "atom",
		.values = "insn=inb info=intr(#np,hw,code)",
		.at = "exits/in.case:9",
		.message = "pc: expected 0x1005, got 0x1007",
		.expected = ".hlt 0x0 ...",
		.got = "*ack 32",
		.expected_means = "HLT",
		.got_means = "no null",
		.registers = "pc 0x1\nsp 0x2\n",
	};

	(void)state;
	assert_text(print(&result, NULL),
		    "not ok 7 - exits/in[inb,0]\n"
		    "  ---\n"
		    "  core: \"atom\"\n"
		    "  values: \"insn=inb info=intr(#np,hw,code)\"\n"
		    "  severity: failure\n"
		    "  at: \"exits/in.case:9\"\n"
		    "  message: \"pc: expected 0x1005, got 0x1007\"\n"
		    "  expected: \".hlt 0x0 ...\"\n"
		    "  got: \"*ack 32\"\n"
		    "  expected_means: \"HLT\"\n"
		    "  got_means: no null\n"
		    "  registers: |\n"
		    "    pc 0x1\n"
		    "    sp 0x2\n"
		    "  ...\n");
}

static void test_todo(void **state)
{
	struct result result = {
		.outcome = FAILURE, .registers = "pc 0x1\n",
	};

	(void)state;
	assert_text(print(&result, "because"),
		    "not ok 7 - exits/in[inb,0] # TODO because\n"
		    "  ---\n"
		    "  severity: failure\n"
		    "  ...\n");
}

static void test_transcript(void **state)
{
	struct result result = {
		.outcome = PASS,
		.transcript = "wait? .hlt 0x0\nctl! busy\n",
	};

	(void)state;
	assert_text(print(&result, NULL),
		    "ok 7 - exits/in[inb,0]\n"
		    "  ---\n"
		    "  transcript: |\n"
		    "    wait? .hlt 0x0\n"
		    "    ctl! busy\n"
		    "  ...\n");
	result.outcome = FAILURE;
	assert_text(print(&result, "because"),
		    "not ok 7 - exits/in[inb,0] # TODO because\n"
		    "  ---\n"
		    "  severity: failure\n"
		    "  transcript: |\n"
		    "    wait? .hlt 0x0\n"
		    "    ctl! busy\n"
		    "  ...\n");
}

static void test_error(void **state)
{
	struct result result = { .outcome = ERROR };

	(void)state;
	assert_text(print(&result, NULL),
		    "not ok 7 - exits/in[inb,0]\n"
		    "  ---\n"
		    "  severity: error\n"
		    "  ...\n");
}

/* What a YAML parser would not read back if it were plain is quoted. */
static const struct {
	const char *text;
	const char *yaml;
} scalars[] = {
	{ "two words", "two words" },
	{ "there is no register foo", "there is no register foo" },
	{ "a - b, c (d) $e * f/g + h; i=j", "a - b, c (d) $e * f/g + h; i=j" },
	{ "", "\"\"" },
	{ "yes", "\"yes\"" },
	{ "null", "\"null\"" },
	{ "12", "\"12\"" },
	{ "0x10 0x20", "\"0x10 0x20\"" },
	{ "- a", "\"- a\"" },
	{ "*ack 32", "\"*ack 32\"" },
	{ "#ud 0x0", "\"#ud 0x0\"" },
	{ "!entrystate 0x0", "\"!entrystate 0x0\"" },
	{ "?99 0x0", "\"?99 0x0\"" },
	{ "a: b", "\"a: b\"" },
	{ "a b #c", "\"a b #c\"" },
	{ "a b ", "\"a b \"" },
	{ " a b", "\" a b\"" },
	{ "say \"a\\b\"", "\"say \\\"a\\\\b\\\"\"" },
	{ "tab\there", "\"tab\\x09here\"" },
	{ "caf\xe9", "\"caf\\xe9\"" },
	{ "a\nb", "|\n    a\n    b" },
	{ "a\nb\n", "|\n    a\n    b" },
	{ "a\n", "|\n    a" },
	{ "a\n\n", "\"a\\x0a\\x0a\"" },
	{ "\n", "\"\\x0a\"" },
	{ " a\nb\n", "\" a\\x0ab\\x0a\"" },
	{ "\na\n", "\"\\x0aa\\x0a\"" },
	{ "a\n\tb\n", "|\n    a\n    ?b" },
};

static void test_scalars(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(scalars); i++) {
		struct result result = { .outcome = FAILURE };
		char expected[256];

		result.message = (char *)scalars[i].text;
		snprintf(expected, sizeof(expected),
			 "not ok 7 - exits/in[inb,0]\n"
			 "  ---\n"
			 "  severity: failure\n"
			 "  message: %s\n"
			 "  ...\n", scalars[i].yaml);
		assert_text(print(&result, NULL), expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head),
		cmocka_unit_test(test_caps),
		cmocka_unit_test(test_pass),
		cmocka_unit_test(test_disturbed),
		cmocka_unit_test(test_skip),
		cmocka_unit_test(test_failure),
		cmocka_unit_test(test_todo),
		cmocka_unit_test(test_error),
		cmocka_unit_test(test_transcript),
		cmocka_unit_test(test_scalars),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
