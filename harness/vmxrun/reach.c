// SPDX-License-Identifier: GPL-2.0
#include "reach.h"

#include <string.h>

const char *const reach_names[REACHES] = { "safe", "unsafe", "reset" };

bool reach_parse(const char *text, enum reach *reach)
{
	for (int i = 0; i < REACHES; i++) {
		if (strcmp(text, reach_names[i]) == 0) {
			*reach = i;
			return true;
		}
	}
	return false;
}
