// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "identity.h"

/* As Linux prints it; processor 1 is another core, and of another microcode */
#define TWO								\
	"processor\t: 0\n"						\
	"vendor_id\t: GenuineIntel\n"					\
	"cpu family\t: 6\n"						\
	"model\t\t: 151\n"						\
	"model name\t: 12th Gen Intel(R) Core(TM) i9-12900K\n"		\
	"stepping\t: 2\n"						\
	"microcode\t: 0x2e\n"						\
	"flags\t\t: fpu vmx\n"						\
	"\n"								\
	"processor\t: 1\n"						\
	"cpu family\t: 6\n"						\
	"model\t\t: 190\n"						\
	"model name\t: Intel(R) N100\n"					\
	"stepping\t: 0\n"						\
	"microcode\t: 0x12\n"						\
	"\n"

static void test_each_processor(void **state)
{
	(void)state;
	assert_text(identity_of(TWO, 0, NULL),
		    "12th Gen Intel(R) Core(TM) i9-12900K, 06-97-02, microcode 0x2e");
	assert_text(identity_of(TWO, 1, "atom"),
		    "Intel(R) N100, 06-be-00, microcode 0x12, core atom");
	assert_null(identity_of(TWO, 2, NULL));
	assert_null(identity_of("", 0, NULL));
}

/* What is not said of a processor is not taken from the next one. */
static void test_what_is_missing(void **state)
{
	static const char text[] = "processor\t: 0\nmodel name\t: \nmodel\t\t: 26\n"
				   "cpu family\t: 15\n\n"
				   "processor\t: 1\nmicrocode\t: 0x1\nstepping\t: 9\n";

	(void)state;
	assert_text(identity_of(text, 0, NULL), ", 0f-1a-00, microcode unknown");
	assert_text(identity_of("processor\t: 0\nmodel", 0, NULL), "?, 00-00-00, microcode unknown");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_processor),
		cmocka_unit_test(test_what_is_missing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
