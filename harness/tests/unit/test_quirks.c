// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "quirks.h"

static struct casefile *file;
static struct points points;
static struct quirks quirks;

static int setup(void **state)
{
	static const char text[] = "guest g\neach x in a b\nctl: go\n";

	(void)state;
	file = casefile_parse("ept/fetch", text, strlen(text));
	points_add(&points, file);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	points_free(&points);
	casefile_free(file);
	return 0;
}

static void parse(const char *text, const char *error)
{
	assert_text(quirks_parse(&quirks, "quirks/q", text), error);
}

static void test_parse(void **state)
{
	(void)state;
	parse("# why\n\n  ept/* \t page walks  differ \n"
	      "ept/fetch[a] a # b", NULL);
	assert_int_equal(quirks.count, 2);
	assert_string_equal(quirks.quirk[0].pattern, "ept/*");
	assert_string_equal(quirks.quirk[0].reason, "page walks  differ");
	assert_string_equal(quirks.quirk[0].place, "quirks/q:3");
	assert_string_equal(quirks.quirk[1].pattern, "ept/fetch[a]");
	assert_string_equal(quirks.quirk[1].reason, "a # b");
	assert_null(quirks_check(&quirks, &points));
	parse("ept/fetch[b] c", NULL);
	assert_int_equal(quirks.count, 3);
	assert_string_equal(quirks.quirk[2].reason, "c");
	quirks_free(&quirks);
	parse("", NULL);
	assert_int_equal(quirks.count, 0);
	assert_null(quirks_check(&quirks, &points));
	quirks_free(&quirks);
}

static void test_wrong(void **state)
{
	(void)state;
	parse("# x\nept/fetch\n",
	      "quirks/q:2: expected: POINT-OR-PATTERN REASON");
	quirks_free(&quirks);
	parse("ept/fetch  \t\n",
	      "quirks/q:1: expected: POINT-OR-PATTERN REASON");
	quirks_free(&quirks);
	parse("ept/* yes\nept/fetch[c] no\n", NULL);
	assert_text(quirks_check(&quirks, &points),
		    "quirks/q:2: there is no point 'ept/fetch[c]'");
	quirks_free(&quirks);
	assert_text(quirks_read(&quirks, "/nonexistent"),
		    "/nonexistent: No such file or directory");
	quirks_free(&quirks);
}

static void apply(size_t point, enum outcome before, enum outcome after,
		  const char *message, const char *todo)
{
	struct result result = { .outcome = before };
	const char *got = quirks_apply(&quirks, &points.point[point], &result);

	if (todo)
		assert_string_equal(got, todo);
	else
		assert_null(got);
	assert_int_equal(result.outcome, after);
	assert_text(result.message, message);
}

static void test_apply(void **state)
{
	(void)state;
	parse("\nept/fetch[a] known\n", NULL);
	apply(0, FAILURE, FAILURE, NULL, "known");
	apply(0, PASS, FAILURE, "passes, but is listed in quirks/q:2", NULL);
	quirks_free(&quirks);
	parse("~ept/fetch[a] known\n", NULL);
	apply(0, FAILURE, FAILURE, NULL, "known");
	apply(0, PASS, PASS, NULL, NULL);
	apply(0, ERROR, ERROR, NULL, NULL);
	quirks_free(&quirks);
	parse("\nept/fetch[a] known\n", NULL);
	apply(0, SKIP, SKIP, NULL, NULL);
	apply(0, ERROR, ERROR, NULL, NULL);
	apply(1, FAILURE, FAILURE, NULL, NULL);
	apply(1, PASS, PASS, NULL, NULL);
	quirks_free(&quirks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_apply),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
