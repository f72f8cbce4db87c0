/* SPDX-License-Identifier: GPL-2.0 */
/* What cmocka needs before it, and arrays as test tables. */
#ifndef UNIT_H
#define UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* Compares two strings, either of which may be NULL, and frees the first. */
static inline void assert_text(char *got, const char *expected)
{
	if (!expected) {
		if (got)
			print_error("got: %s\n", got);
		assert_null(got);
		return;
	}
	assert_non_null(got);
	assert_string_equal(got, expected);
	free(got);
}

#endif
