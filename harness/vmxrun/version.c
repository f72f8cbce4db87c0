// SPDX-License-Identifier: GPL-2.0
#include "version.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS "0123456789"

bool is_version(const char *text)
{
	for (;;) {
		size_t digits = strspn(text, DIGITS);

		if (!digits)
			return false;
		text += digits;
		if (*text != '.')
			return !*text;
		text++;
	}
}

int compare_versions(const char *a, const char *b)
{
	while (*a || *b) {
		char *end_a;
		char *end_b;
		unsigned long x = strtoul(a, &end_a, 10);
		unsigned long y = strtoul(b, &end_b, 10);

		if (x != y)
			return x < y ? -1 : 1;
		a = end_a + (*end_a == '.');
		b = end_b + (*end_b == '.');
	}
	return 0;
}
