// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "casefile.h"

#define GUEST "guest long/hlt\n"

static struct casefile *parse(const char *text)
{
	return casefile_parse("a/b", text, strlen(text));
}

static void test_whole_case(void **state)
{
	struct casefile *file = parse(
		"# HLT exits \xe2\x80\x94 always\n"
		"guest  {mode}/hlt \t\n"
		"  # an indented comment\n"
		"each mode in real long\n"
		"each a,b in\n"
		"\t1,2\n"
		"  3,4\n"
		"need proc.hlt_exiting  cpuid.rtm\n"
		"need {a}\n"
		"memory 0x20000\n"
		"limit 100\n"
		"\n"
		"ctl: go\n"
		"ctl! VM not ready\n"
		"wait? .hlt 0x0\n"
		"  pc $hlt\n"
		"map:\n"
		"regs? pc $hlt\n"
		"map1=\n"
		"map1! a\n"
		"ctl-\n"
		"ctl! b\n"
		"mem? 0 00");

	(void)state;
	assert_null(file->error.text);
	assert_string_equal(file->name, "a/b");
	assert_string_equal(file->guest.text, "{mode}/hlt");
	assert_int_equal(file->guest.number, 2);
	assert_string_equal(file->memory.text, "0x20000");
	assert_string_equal(file->limit.text, "100");
	assert_int_equal(file->nneeds, 2);
	assert_string_equal(file->need[0].text, "proc.hlt_exiting  cpuid.rtm");
	assert_int_equal(file->need[1].number, 9);
	assert_int_equal(file->neaches, 2);
	assert_int_equal(file->each[0].nrows, 2);
	assert_string_equal(file->each[0].value[1], "long");
	assert_int_equal(file->each[1].nnames, 2);
	assert_string_equal(file->each[1].name[1], "b");
	assert_int_equal(file->each[1].nrows, 2);
	assert_string_equal(file->each[1].value[3], "4");
	assert_int_equal(file->nsteps, 10);
	assert_string_equal(file->step[0].file->name, "ctl");
	assert_int_equal(file->step[0].op, ':');
	assert_string_equal(file->step[0].text, "go");
	assert_int_equal(file->step[0].line, 13);
	assert_int_equal(file->step[1].op, '!');
	assert_string_equal(file->step[1].text, "VM not ready");
	assert_string_equal(file->step[2].text, ".hlt 0x0 pc $hlt");
	assert_int_equal(file->step[2].line, 15);
	assert_string_equal(file->step[3].file->name, "map");
	assert_string_equal(file->step[3].text, "");
	assert_int_equal(file->step[4].op, '?');
	assert_int_equal(file->step[4].line, 18);
	assert_int_equal(file->step[5].op, '=');
	assert_string_equal(file->step[5].text, "");
	assert_int_equal(file->step[6].op, '!');
	assert_int_equal(file->step[7].op, '-');
	assert_int_equal(file->step[9].file->kind, FILE_BYTES);
	casefile_free(file);
}

static const struct {
	const char *text;
	unsigned int line;
	const char *error;
} bad[] = {
	{ "", 0, "no guest line" },
	{ "# nothing\n", 1, "no guest line" },
	{ GUEST, 1, "no transcript" },
	{ "guest\nctl: go\n", 1, "guest takes one name" },
	{ "guest a b\nctl: go\n", 1, "guest takes one name" },
	{ GUEST "\nguest b\n", 3, "line 1 says it already" },
	{ GUEST "limit 1\nlimit 2\n", 3, "line 2 says it already" },
	{ GUEST "memory 1\nmemory 2\n", 3, "line 2 says it already" },
	{ GUEST "reach safe\nreach safe\n", 3, "line 2 says it already" },
	{ GUEST "disturbed any\ndisturbed any\n", 3, "line 2 says it already" },
	{ GUEST "reach {x}\nctl: go\n", 2, "there is no 'each x'" },
	{ GUEST "need\n", 2, "need takes names of capabilities" },
	{ GUEST "ctl: go\nneed x\n", 3, "need must come before the transcript" },
	{ GUEST "ctl: go\neach a in b\n", 3,
	  "each must come before the transcript" },
	{ GUEST "gest x\n", 2,
	  "'gest' is neither a directive nor FILE and one of :?=-!" },
	{ GUEST "ctl:go\n", 2,
	  "'ctl:go' is neither a directive nor FILE and one of :?=-!" },
	{ GUEST "ctl : go\n", 2,
	  "'ctl' is neither a directive nor FILE and one of :?=-!" },
	{ GUEST "clt: go\n", 2, "a vCPU has no file 'clt'" },
	{ GUEST "map3? x\n", 2, "a vCPU has no file 'map3'" },
	{ GUEST "d/ctl: go\n", 2, "a vCPU has no file 'd/ctl'" },
	{ GUEST "b/clt: go\n", 2, "a vCPU has no file 'b/clt'" },
	{ GUEST "-\n", 2, "a vCPU has no file ''" },
	{ GUEST "ctl- now\n", 2, "ctl- takes no text" },
	{ GUEST "map= now\n", 2, "map= takes no text" },
	{ GUEST ": go\n", 2, "a vCPU has no file ''" },
	{ GUEST "ctl! x\n", 2, "ctl! must follow a line ctl: TEXT, ctl= or ctl-" },
	{ GUEST "ctl: go\nregs! x\n", 3, "regs! must follow a line regs: TEXT, regs= or regs-" },
	{ GUEST "ctl: go\nctl! x\nctl! y\n", 4,
	  "ctl! must follow a line ctl: TEXT, ctl= or ctl-" },
	{ GUEST "ctl? go\nctl! x\n", 3, "ctl! must follow a line ctl: TEXT, ctl= or ctl-" },
	{ GUEST "ctl-\nmap! x\n", 3,
	  "map! must follow a line map: TEXT, map= or map-" },
	{ GUEST "ctl: go\nctl!\n", 3, "ctl! needs the text of the error" },
	{ GUEST "ctl: go\r\n", 2,
	  "byte 0x0d: only comments may hold other than ASCII" },
	{ GUEST "wait? .hlt \xe2\x80\xa6\n", 2,
	  "byte 0xe2: only comments may hold other than ASCII" },
	{ "  guest x\n", 1,
	  "a blank at its start continues the line before it: there is none" },
	{ GUEST "\n  need x\n", 3,
	  "a blank at its start continues the line before it: there is none" },
	{ GUEST "ctl: go\n# a comment\n  regs\n", 4,
	  "a blank at its start continues the line before it: there is none" },
	{ GUEST "ctl: {x}\n", 2, "there is no 'each x'" },
	{ "guest {m}/hlt\neach n in a\nctl: go\n", 1, "there is no 'each m'" },
	{ GUEST "need {x}\nctl: go\n", 2, "there is no 'each x'" },
	{ GUEST "limit {x}\nctl: go\n", 2, "there is no 'each x'" },
	{ GUEST "memory {x}\nctl: go\n", 2, "there is no 'each x'" },
	{ GUEST "ctl: go\nctl: {seg}\nmap: {x}\n", 4,
	  "there is no 'each x'" },
	{ GUEST "need cpuid.a\nneed {x}\nctl: go\n", 3, "there is no 'each x'" },
	{ GUEST "ctl: {seg\n", 2, "'{' must begin a {NAME}" },
	{ GUEST "ctl: {}\n", 2, "'{' must begin a {NAME}" },
	{ GUEST "ctl: {1}\n", 2, "'{' must begin a {NAME}" },
	{ GUEST "each\n", 2, "expected: each NAME in VALUE..." },
	{ GUEST "each a in\n", 2, "expected: each NAME in VALUE..." },
	{ GUEST "each a of b\n", 2, "expected: each NAME in VALUE..." },
	{ GUEST "each 1 in b\n", 2, "'1' is not a name" },
	{ GUEST "each a,,b in c\n", 2, "'' is not a name" },
	{ GUEST "each seg in b\n", 2, "{seg} is the name of the vCPU's segment" },
	{ GUEST "each a,a in b,c\n", 2, "a second {a}" },
	{ GUEST "each a in b\neach a in c\n", 3, "a second {a}" },
	{ GUEST "each a in b,c\n", 2, "1 names need 1 values, not 2" },
	{ GUEST "each a,b in 1,2 3\n", 2, "2 names need 2 values, not 1" },
	{ GUEST "each a,b in 1,\n", 2, "an empty value" },
	{ GUEST "each a in b c b\n", 2, "'b' is there twice" },
	{ GUEST "each a,b in 1,2 2,1 1,2\n", 2, "'1,2' is there twice" },
	{ GUEST "each a:b in 1:2 2:1 1:3\n", 2, "'1' is there twice" },
	{ GUEST "each a: in b:\n", 2, "'' is not a name" },
	{ GUEST "each :a in :b\n", 2, "'' is not a name" },
	{ GUEST "each a:a in b:c\n", 2, "a second {a}" },
	{ GUEST "each a:b:c in d:e:f\n", 2, "'b:c' is not a name" },
	{ GUEST "each a:b in c,d\n", 2,
	  "1 values must be before the ':', not 2" },
	{ GUEST "each a,b in c:d\n", 2,
	  "2 values must be before the ':', not 1" },
	{ GUEST "each a:b in c:d,e\n", 2, "2 names need 2 values, not 3" },
	{ GUEST "each a:b in c:\n", 2, "an empty value" },
	{ GUEST "each a:b in c:{d}\n", 2, "a value can't hold '{'" },
	{ GUEST "each a in b[\n", 2,
	  "a value can't hold '[': it is part of the point's name" },
	{ GUEST "each a in intr(3,hw)\n", 2,
	  "a value can't hold '(': it is part of the point's name" },
	{ GUEST "each a in x #ud\n", 2,
	  "a value can't hold '#': it is part of the point's name" },
};

static void test_errors(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct casefile *file = parse(bad[i].text);

		if (!file->error.text)
			fail_msg("parses: %s", bad[i].text);
		assert_string_equal(file->error.text, bad[i].error);
		assert_int_equal(file->error.number, bad[i].line);
		casefile_free(file);
	}
}

static void test_vcpus(void **state)
{
	struct casefile *file = parse(GUEST "ctl: go\nb/ctl: go\nc/mem? 0 00\nb/cpu: 1\n");
	static const struct {
		const char *name, *own;
		unsigned int vcpu;
	} expected[] = {
		{ "ctl", "ctl", 0 }, { "b/ctl", "ctl", 1 }, { "c/mem", "mem", 2 },
		{ "b/cpu", "cpu", 1 },
	};

	(void)state;
	assert_null(file->error.text);
	assert_int_equal(file->nsteps, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_string_equal(file->step[i].file->name, expected[i].name);
		assert_string_equal(file->step[i].file->own, expected[i].own);
		assert_int_equal(file->step[i].file->vcpu, expected[i].vcpu);
	}
	casefile_free(file);
}

static void test_nul_is_an_error(void **state)
{
	static const char text[] = GUEST "ctl: g\0o\n";
	struct casefile *file = casefile_parse("a", text, sizeof(text) - 1);

	(void)state;
	assert_non_null(file->error.text);
	assert_int_equal(file->error.number, 2);
	casefile_free(file);
}

static void test_file_that_is_not_there(void **state)
{
	struct casefile *file = casefile_read("/nonexistent", "a/b");

	(void)state;
	assert_string_equal(file->error.text, "No such file or directory");
	assert_text(casefile_place(file, file->error.number), "a/b.case");
	assert_text(casefile_place(file, 7), "a/b.case:7");
	casefile_free(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole_case),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_vcpus),
		cmocka_unit_test(test_nul_is_an_error),
		cmocka_unit_test(test_file_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
