// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "profile.h"

#define HAS "proc2.enable_pml 01\nmisc.cr3_target_values 0x4\ncpuid.smep 0x1\n"
#define HAS_NOT "proc2.enable_pml 0\nmisc.cr3_target_values 0x2\ncpuid.smep 0x0\n"

/* What a line and the processors make of its point. */
static const struct {
	const char *line;
	const char *point;
	const char *caps;
	const char *below;
	enum outcome outcome;
	const char *message;
	const char *where;	/* whether the processor below has it */
	const char *todo;
} checks[] = {
	{ "proc2.enable_pml\t\tits source\t", "profile/proc2.enable_pml", HAS, NULL, PASS, NULL, NULL, NULL },
	{ "proc2.enable_pml\t\tits source\t", "profile/proc2.enable_pml", HAS_NOT, NULL, FAILURE,
	  "the processor does not offer proc2.enable_pml", NULL, NULL },
	{ "proc2.enable_pml\t\tits source\t", "profile/proc2.enable_pml", HAS_NOT, HAS, FAILURE,
	  "the processor does not offer proc2.enable_pml", "has it", NULL },
	{ "proc2.enable_pml\t\tits source\t", "profile/proc2.enable_pml", HAS_NOT, HAS_NOT, FAILURE,
	  "the processor does not offer proc2.enable_pml", "does not have it", NULL },
	/* A number, of which the point has only the name */
	{ "misc.cr3_target_values>3\t\tits source\t", "profile/misc.cr3_target_values", HAS, NULL, PASS, NULL, NULL, NULL },
	{ "misc.cr3_target_values>3\t\tits source\t", "profile/misc.cr3_target_values", HAS_NOT, NULL,
	  FAILURE, "the processor does not offer misc.cr3_target_values>3", NULL, NULL },
	/* Conditions */
	{ "proc2.enable_pml\tcpuid.smep\tits source\t", "profile/proc2.enable_pml",
	  "proc2.enable_pml 0\ncpuid.smep 0x1\n", NULL, FAILURE,
	  "the processor does not offer proc2.enable_pml", NULL, NULL },
	{ "proc2.enable_pml\tcpuid.smep\tits source\t", "profile/proc2.enable_pml", HAS_NOT, NULL,
	  SKIP, "needs cpuid.smep", NULL, NULL },
	{ "proc2.enable_pml\tbelow.cpuid.smep\tits source\t", "profile/proc2.enable_pml", HAS_NOT, HAS,
	  FAILURE, "the processor does not offer proc2.enable_pml", "has it", NULL },
	{ "proc2.enable_pml\tbelow.cpuid.smep\tits source\t", "profile/proc2.enable_pml", HAS_NOT,
	  HAS_NOT, SKIP, "the processor below does not have cpuid.smep", NULL, NULL },
	{ "proc2.enable_pml\tbelow.cpuid.smep\tits source\t", "profile/proc2.enable_pml", HAS_NOT, NULL,
	  SKIP, "whether the processor below has cpuid.smep is not known", NULL, NULL },
	/* Known to be missing */
	{ "proc2.enable_pml\t\tits source\ta mistake", "profile/proc2.enable_pml", HAS_NOT, NULL,
	  FAILURE, "the processor does not offer proc2.enable_pml", NULL, "a mistake" },
	{ "proc2.enable_pml\t\tits source\ta mistake", "profile/proc2.enable_pml", HAS, NULL, FAILURE,
	  "the processor offers proc2.enable_pml, which the profile says is missing", NULL, NULL },
};

static void test_checks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(checks); i++) {
		struct result result = { .outcome = PASS };
		struct profile profile;
		const struct offer *offer;

		assert_null(profile_parse(&profile, checks[i].line));
		offer = profile_find(&profile, checks[i].point);
		assert_non_null(offer);
		if (checks[i].todo)
			assert_string_equal(profile_check(offer, checks[i].caps, checks[i].below, &result),
					    checks[i].todo);
		else
			assert_null(profile_check(offer, checks[i].caps, checks[i].below, &result));
		assert_int_equal(result.outcome, checks[i].outcome);
		assert_text(result.message, checks[i].message);
		assert_text(result.below, checks[i].where);
		free(result.because);
		profile_free(&profile);
	}
}

static void test_find(void **state)
{
	struct profile profile;

	(void)state;
	assert_null(profile_parse(&profile, "proc2.enable_pml\t\ta\t\nproc2.enable_ept\t\tb\t\n"));
	assert_int_equal(profile.count, 2);
	assert_ptr_equal(profile_find(&profile, "profile/proc2.enable_ept"), &profile.offer[1]);
	assert_null(profile_find(&profile, "profile/proc2.enable_vpid"));
	assert_null(profile_find(&profile, "profile/proc2.enable_ep"));
	assert_null(profile_find(&profile, "proc2.enable_ept"));
	profile_free(&profile);
}

static const char *const wrong[] = {
	"proc2.enable_pml", "proc2.enable_pml\t\tits source", "proc2.enable_pml\t\t\t\t",
	"proc2.enabel_pml\t\tits source\t",
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		struct profile profile;
		char *error = profile_parse(&profile, wrong[i]);

		assert_non_null(error);
		assert_non_null(strstr(error, wrong[i]));
		free(error);
		profile_free(&profile);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_checks),
		cmocka_unit_test(test_find),
		cmocka_unit_test(test_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
