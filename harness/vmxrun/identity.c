// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* sched_getcpu() */
#include "identity.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "affinity.h"
#include "cores.h"
#include "util.h"

#define CPUINFO "/proc/cpuinfo"
#define MAX_SIZE (16 << 20)

/*
 * The value of a key in the lines that begin at text, up to an empty line; NULL if there is
 * none. "cpu family\t: 6": tabs, then a colon.
 */
static char *value_of(const char *text, const char *key)
{
	size_t length = strlen(key);

	for (const char *end; *text && *text != '\n'; text = end + (*end == '\n')) {
		const char *after = text + length;

		end = text + strcspn(text, "\n");
		if (strncmp(text, key, length) != 0)
			continue;
		after += strspn(after, "\t");
		if (*after++ != ':')
			continue;
		after += strspn(after, " ");
		return xstrndup(after, after < end ? end - after : 0);
	}
	return NULL;
}

/* As a number; 0 if there is none. */
static unsigned long number_of(const char *text, const char *key)
{
	char *value = value_of(text, key);
	unsigned long number = value ? strtoul(value, NULL, 0) : 0;

	free(value);
	return number;
}

/* Where the lines of this processor begin; NULL if there are none. */
static const char *lines_of(const char *cpuinfo, int processor)
{
	for (const char *text = cpuinfo; text; text = strstr(text, "\n\n")) {
		char *value;
		bool found;

		text += strspn(text, "\n");
		value = value_of(text, "processor");
		found = value && atoi(value) == processor;
		free(value);
		if (found)
			return text;
	}
	return NULL;
}

char *identity_of(const char *cpuinfo, int processor, const char *kind)
{
	const char *lines = lines_of(cpuinfo, processor);
	char *microcode;
	char *text;
	char *name;

	if (!lines)
		return NULL;
	name = value_of(lines, "model name");
	microcode = value_of(lines, "microcode");
	text = xasprintf("%s, %02lx-%02lx-%02lx, microcode %s%s%s", name ? name : "?",
			 number_of(lines, "cpu family"), number_of(lines, "model"),
			 number_of(lines, "stepping"),
			 microcode ? microcode : "unknown", kind ? ", core " : "",
			 kind ? kind : "");
	free(name);
	free(microcode);
	return text;
}

char *identity_here(const char *kind)
{
	char *own = kind ? xstrdup(kind) : NULL;
	char *identity = NULL;
	uint32_t id;
	char *cpuinfo;
	size_t length;

	if (!own && affinity_core_of_all(&id))
		own = core_type_name(id);
	if (!read_whole_file(CPUINFO, MAX_SIZE, &cpuinfo, &length)) {
		identity = identity_of(cpuinfo, sched_getcpu(), own);
		free(cpuinfo);
	}
	free(own);
	return identity;
}
