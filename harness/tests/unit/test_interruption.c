// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <stdint.h>

#include "interruption.h"

static const struct {
	const char *words;
	const char *number;
} expanded[] = {
	{ "intr(#np,hw,code)", "0x80000b0b" },
	{ "intr(0x40,ext)", "0x80000040" },
	{ "intr(2,nmi)", "0x80000202" },
	{ "intr(64,swint)", "0x80000440" },
	{ "intr(#db,privsw)", "0x80000501" },
	{ "intr(#bp,swexc)", "0x80000603" },
	{ "intr(0,other)", "0x80000700" },
	{ "intr(#pf,hw,code,iret)", "0x80001b0e" },
	{ "info intr(#bp,swexc)/0xffffefff ax 1 intr(255,ext)",
	  "info 0x80000603/0xffffefff ax 1 0x800000ff" },
	{ "nothing of the kind", "nothing of the kind" },
	{ "", "" },
};

static void test_expand(void **state)
{
	char *error;

	(void)state;
	for (size_t i = 0; i < COUNT(expanded); i++) {
		assert_text(expand_interruptions(expanded[i].words, &error),
			    expanded[i].number);
		assert_null(error);
	}
}

static const struct {
	const char *words;
	const char *error;
} bad[] = {
	{ "intr(", "intr( needs its ')'" },
	{ "intr(#np,hw code)", "intr( needs its ')'" },
	{ "intr()", "intr: '' is neither an exception nor a vector" },
	{ "intr(#np)",
	  "intr takes a vector, a type and flags: intr(#np,hw,code)" },
	{ "intr(#zz,hw)", "intr: '#zz' is neither an exception nor a vector" },
	{ "intr(256,ext)", "intr: '256' is neither an exception nor a vector" },
	{ "intr(-1,ext)", "intr: '-1' is neither an exception nor a vector" },
	{ "intr(3,soft)", "intr: there is no interruption type 'soft'" },
	{ "intr(3,hw,)", "intr: there is no flag ''" },
	{ "intr(3,hw) intr(3,hw,valid)", "intr: there is no flag 'valid'" },
};

static void test_errors(void **state)
{
	char *error;

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_null(expand_interruptions(bad[i].words, &error));
		assert_text(error, bad[i].error);
	}
}

static const struct {
	uint64_t value;
	uint64_t mask;
	const char *words;
} words[] = {
	{ 0x80000b0b, UINT64_MAX, "intr(#np,hw,code)" },
	{ 0x80000b0b, UINT32_MAX, "intr(#np,hw,code)" },
	{ 0x80001b0b, UINT64_MAX, "intr(#np,hw,code,iret)" },
	{ 0x80001b0b, 0xffffefff, "intr(#np,hw,code)" },
	{ 0x80000003, UINT64_MAX, "intr(0x3,ext)" },
	{ 0x80000603, UINT64_MAX, "intr(#bp,swexc)" },
	{ 0x80000309, UINT64_MAX, "intr(0x9,hw)" },
	{ 0x800003ff, UINT64_MAX, "intr(0xff,hw)" },
	{ 0x80000103, UINT64_MAX, NULL },
	{ 0x80002303, UINT64_MAX, NULL },
	{ 0x180000303, UINT64_MAX, NULL },
	{ 0x80000303, 0x800007ff, NULL },
	{ 0x303, UINT64_MAX, NULL },
	{ 0, UINT64_MAX, NULL },
};

static void test_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		assert_text(interruption_words(words[i].value, words[i].mask),
			    words[i].words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_expand),
		cmocka_unit_test(test_errors),
		cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
