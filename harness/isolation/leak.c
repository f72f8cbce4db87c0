// SPDX-License-Identifier: GPL-2.0
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "isolation.h"

#define KINDS 100

static struct {
	char name[60];
	unsigned long count;
} kinds[KINDS];
static unsigned int count;

void leak(struct report *report, const char *where, const char *kind, const char *format, ...)
{
	char text[100];
	va_list args;
	unsigned int i;

	for (i = 0; i < count; i++)
		if (!strcmp(kinds[i].name, kind))
			break;
	if (i == KINDS)
		i--;
	if (i == count)
		snprintf(kinds[count++].name, sizeof(kinds[0].name), "%s", kind);
	if (kinds[i].count++)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	report_fail(report, "%s: %s: %s", kind, text, where);
}

void leaks_note(struct report *report)
{
	for (unsigned int i = 0; i < count; i++)
		report_note(report, "%lu times %s", kinds[i].count, kinds[i].name);
	memset(kinds, 0, sizeof(kinds));
	count = 0;
}
