// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "expand.h"
#include "points.h"

#define TRANSCRIPT "ctl: go\n"

static struct casefile *parse(const char *text)
{
	return casefile_parse("exits/in", text, strlen(text));
}

static void assert_names(const char *text, const char *const *names,
			 size_t count)
{
	struct casefile *file = parse(text);
	struct points points = { 0 };

	points_add(&points, file);
	assert_int_equal(points.count, count);
	for (size_t i = 0; i < count; i++)
		assert_string_equal(points.point[i].name, names[i]);
	points_free(&points);
	casefile_free(file);
}

static void test_no_each(void **state)
{
	static const char *const names[] = { "exits/in" };

	(void)state;
	assert_names("guest g\n" TRANSCRIPT, names, COUNT(names));
}

static void test_one_name(void **state)
{
	static const char *const names[] = { "exits/in[b]", "exits/in[a]" };

	(void)state;
	assert_names("guest g\neach x in b a\n" TRANSCRIPT, names,
		     COUNT(names));
}

static void test_tuples(void **state)
{
	static const char *const names[] = {
		"exits/in[inb,0]", "exits/in[inw,1]",
	};

	(void)state;
	assert_names("guest g\neach x,y in inb,0 inw,1\n" TRANSCRIPT, names,
		     COUNT(names));
}

static void test_values_behind_the_colon(void **state)
{
	static const char *const names[] = {
		"exits/in[np,1,x]", "exits/in[np,2,x]",
	};

	(void)state;
	assert_names("guest g\n"
		     "each e,n:info,y in np,1:intr(#np,hw,code),2 np,2:#,2\n"
		     "each z:w in x:3\n" TRANSCRIPT, names, COUNT(names));
}

static void test_outer_first(void **state)
{
	static const char *const names[] = {
		"exits/in[a,1,2,x]", "exits/in[a,1,2,y]", "exits/in[a,3,4,x]",
		"exits/in[a,3,4,y]", "exits/in[b,1,2,x]", "exits/in[b,1,2,y]",
		"exits/in[b,3,4,x]", "exits/in[b,3,4,y]",
	};

	(void)state;
	assert_names("guest g\neach o in a b\neach m,n in 1,2 3,4\n"
		     "each i in x y\n" TRANSCRIPT, names, COUNT(names));
}

static void test_broken_case_is_one_point(void **state)
{
	static const char *const names[] = { "exits/in" };

	(void)state;
	assert_names("each x in 1 2\nnonsense\n", names, COUNT(names));
}

static void test_too_many_points(void **state)
{
	char text[4096] = "guest g\n";
	struct casefile *file;
	struct points points = { 0 };

	(void)state;
	for (char name = 'a'; name <= 'z'; name++) {
		char *end = text + strlen(text);

		sprintf(end, "each %c in 0 1 2 3 4 5 6 7 8 9\n", name);
	}
	strcat(text, TRANSCRIPT);
	file = parse(text);
	assert_null(file->error.text);
	points_add(&points, file);
	assert_int_equal(points.count, 1);
	assert_string_equal(file->error.text, "more than 4096 points");
	points_free(&points);
	casefile_free(file);
}

static void test_values(void **state)
{
	struct casefile *file = parse("guest g\neach a:bb in 1:2 3:4\n"
				      "each c in x y\n" TRANSCRIPT);
	struct points points = { 0 };
	const struct point *point;

	(void)state;
	points_add(&points, file);
	assert_int_equal(points.count, 4);
	point = &points.point[3];
	assert_string_equal(point_value(point, "bb}", 2), "4");
	assert_string_equal(point_value(point, "c", 1), "y");
	assert_null(point_value(point, "b", 1));
	assert_text(point_values(point), "a=3 bb=4 c=y");
	assert_text(expand_names("{a}{bb} {c}/{seg}", point, "s1"), "34 y/s1");
	assert_text(expand_names("no names", point, "s1"), "no names");
	assert_text(expand_names("", point, "s1"), "");
	points_free(&points);
	casefile_free(file);
}

static void test_selection(void **state)
{
	struct casefile *file = parse("guest g\neach a in 1 2\n" TRANSCRIPT);
	struct points points = { 0 };
	const struct point *point;

	(void)state;
	points_add(&points, file);
	point = &points.point[1];
	assert_true(point_matches(point, "exits/in[2]"));
	assert_true(point_matches(point, "exits/in"));
	assert_true(point_matches(point, "exits/*"));
	assert_true(point_matches(point, "*/i?"));
	assert_false(point_matches(point, "exits/in[1]"));
	assert_false(point_matches(point, "exits/in["));
	assert_false(point_matches(point, "exits/i[n]"));
	assert_false(point_matches(point, "*[2]"));
	assert_false(point_matches(point, "exits"));
	assert_false(point_matches(point, "exits/i"));
	assert_false(point_matches(point, "exits/inx"));
	assert_false(point_matches(point, ""));
	points_free(&points);
	casefile_free(file);
}

static void test_selection_of_a_broken_case(void **state)
{
	struct casefile *file = parse("nonsense\n");
	struct points points = { 0 };

	(void)state;
	points_add(&points, file);
	assert_null(point_values(points.point));
	assert_true(point_matches(points.point, "exits/in[inb,0]"));
	assert_true(point_matches(points.point, "exits/in"));
	assert_false(point_matches(points.point, "exits/ins[inb,0]"));
	assert_false(point_matches(points.point, "exits/i[inb,0]"));
	points_free(&points);
	casefile_free(file);
}

static void test_index(void **state)
{
	static const char text[] = "guest g\neach a in 2 1\n" TRANSCRIPT;
	struct casefile *whole = casefile_parse("b/in", text, strlen(text));
	struct casefile *broken = casefile_parse("a/no", "nonsense\n", 9);
	struct points points = { 0 };

	(void)state;
	points_add(&points, whole);
	points_add(&points, broken);
	assert_ptr_equal(point_find(&points, "b/in[2]"), &points.point[0]);
	assert_ptr_equal(point_find(&points, "b/in[1]"), &points.point[1]);
	assert_null(point_find(&points, "b/in[3]"));
	assert_null(point_find(&points, "b/in"));
	assert_null(point_find(&points, "b/*"));
	assert_null(point_find(&points, ""));
	assert_ptr_equal(point_find(&points, "a/no"), &points.point[2]);
	assert_ptr_equal(point_find(&points, "a/no[x,1]"), &points.point[2]);
	assert_null(point_find(&points, "a/n[x,1]"));
	points_free(&points);
	casefile_free(whole);
	casefile_free(broken);
}

/* A directory of empty files, by their paths. */
static char *make_directory(const char *const *paths, size_t count)
{
	char template[] = "/tmp/vmxrun-test-XXXXXX";
	char path[256];

	assert_non_null(mkdtemp(template));
	for (size_t i = 0; i < count; i++) {
		FILE *file;

		snprintf(path, sizeof(path), "%s/%s", template, paths[i]);
		*strrchr(path, '/') = '\0';
		mkdir(path, 0700);
		snprintf(path, sizeof(path), "%s/%s", template, paths[i]);
		file = fopen(path, "w");
		assert_non_null(file);
		fclose(file);
	}
	return strdup(template);
}

static void remove_directory(char *directory, const char *const *paths,
			     size_t count)
{
	char path[256];

	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, paths[i]);
		unlink(path);
		*strrchr(path, '/') = '\0';
		rmdir(path);
	}
	rmdir(directory);
	free(directory);
}

static void test_find_cases(void **state)
{
	static const char *const paths[] = {
		"top.case", "b/z.case", "b/a.case", "a/x.case", "a/x.txt",
		"a/.hidden.case", "a/x.case.orig",
	};
	static const char *const names[] = { "a/x", "b/a", "b/z", "top" };
	char *directory = make_directory(paths, COUNT(paths));
	char **found;
	size_t count;

	(void)state;
	assert_null(find_cases(directory, &found, &count));
	assert_int_equal(count, COUNT(names));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(found[i], names[i]);
		free(found[i]);
	}
	free(found);
	remove_directory(directory, paths, COUNT(paths));
}

static void assert_no_cases(const char *const *paths, size_t npaths,
			    const char *error)
{
	char *directory = make_directory(paths, npaths);
	char expected[256];
	char **found;
	size_t count;

	snprintf(expected, sizeof(expected), "%s%s", directory, error);
	assert_text(find_cases(directory, &found, &count), expected);
	assert_int_equal(count, 0);
	free(found);
	remove_directory(directory, paths, npaths);
}

static void test_find_no_cases(void **state)
{
	static const char *const none[] = { "a/README.md" };
	static const char *const blank[] = { "a/b c.case" };
	static const char *const bracket[] = { "a/b[1].case" };
	char **found;
	size_t count;

	(void)state;
	assert_no_cases(none, 1, ": no cases");
	assert_no_cases(blank, 1,
			"/a/b c.case: a case's name holds only letters, digits and ._-");
	assert_no_cases(bracket, 1,
			"/a/b[1].case: a case's name holds only letters, digits and ._-");
	assert_text(find_cases("/nonexistent", &found, &count),
		    "/nonexistent: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_each),
		cmocka_unit_test(test_one_name),
		cmocka_unit_test(test_tuples),
		cmocka_unit_test(test_values_behind_the_colon),
		cmocka_unit_test(test_outer_first),
		cmocka_unit_test(test_broken_case_is_one_point),
		cmocka_unit_test(test_too_many_points),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_selection),
		cmocka_unit_test(test_selection_of_a_broken_case),
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_find_cases),
		cmocka_unit_test(test_find_no_cases),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
