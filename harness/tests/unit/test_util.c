// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "util.h"

static char path[] = "/tmp/vmxrun-test-XXXXXX";

static int setup(void **state)
{
	(void)state;
	return mkstemp(path) < 0;
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void write_bytes(size_t count)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	for (size_t i = 0; i < count; i++)
		fputc('a' + i % 26, file);
	assert_int_equal(fclose(file), 0);
}

/* Around the sizes at which the buffer grows. */
static void test_read_file(void **state)
{
	static const size_t sizes[] = {
		0, 1, 4094, 4095, 4096, 4097, 8190, 8191, 8192, 100000,
	};

	(void)state;
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t length;
		char *text;

		write_bytes(sizes[i]);
		assert_int_equal(read_whole_file(path, sizes[i], &text, &length), 0);
		assert_int_equal(length, sizes[i]);
		assert_int_equal(strlen(text), length);
		if (length)
			assert_int_equal(text[length - 1],
					 'a' + (length - 1) % 26);
		free(text);
		if (!sizes[i])
			continue;
		assert_int_equal(read_whole_file(path, sizes[i] - 1, &text, &length),
				 -EFBIG);
		assert_null(text);
	}
}

static void test_read_file_errors(void **state)
{
	size_t length;
	char *text;

	(void)state;
	assert_int_equal(read_whole_file("/nonexistent", 1, &text, &length), -ENOENT);
	assert_null(text);
	assert_int_equal(read_whole_file("/", 1, &text, &length), -EISDIR);
	assert_null(text);
	assert_int_equal(read_whole_file("/dev/zero", 1 << 20, &text, &length),
			 -EFBIG);
	assert_null(text);
}

static void test_string(void **state)
{
	struct string string = { 0 };

	(void)state;
	assert_text(string_end(&string), "");
	string = (struct string){ 0 };
	string_print(&string, "%d", 1);
	string_add(&string, " b");
	assert_text(string_end(&string), "1 b");
}

static void test_append(void **state)
{
	size_t count = 0;
	int *array = NULL;

	(void)state;
	for (int i = 0; i < 100; i++)
		APPEND(array, count, i);
	assert_int_equal(count, 100);
	for (int i = 0; i < 100; i++)
		assert_int_equal(array[i], i);
	free(array);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read_file),
		cmocka_unit_test(test_read_file_errors),
		cmocka_unit_test(test_string),
		cmocka_unit_test(test_append),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
