// SPDX-License-Identifier: GPL-2.0
#include "disturb.h"

#include <string.h>

bool disturbed_parse(const char *text, enum disturbed *disturbed)
{
	if (strcmp(text, "host") == 0)
		*disturbed = DISTURBED_BY_HOST;
	else if (strcmp(text, "any") == 0)
		*disturbed = DISTURBED_BY_ANY;
	else
		return false;
	return true;
}

bool disturbed_between(const char *before, const char *after)
{
	return before && after && strcmp(before, after) != 0;
}
