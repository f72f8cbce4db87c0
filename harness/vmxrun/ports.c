// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* strchrnul */
#include "ports.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "words.h"

#define LAST_PORT 0xffff
#define WINDOW "PCI Bus"

bool ports_parse(struct ports *ports, const char *text)
{
	const char *dash = strchr(text, '-');
	uint64_t first;
	uint64_t last;
	char *word;
	bool ok;

	if (!dash)
		return false;
	word = xstrndup(text, dash - text);
	ok = parse_number(word, &first) && parse_number(dash + 1, &last) &&
	     first <= last && last && last <= LAST_PORT;
	if (ok)
		*ports = (struct ports){ first, last };
	free(word);
	return ok;
}

/* A line: "  0cf8-0cff : PCI conf1" */
static bool line_has(const char *line, const struct ports *ports, const char **name)
{
	unsigned int first;
	unsigned int last;
	int length = 0;

	if (sscanf(line, " %x-%x : %n", &first, &last, &length) != 2 || !length)
		return false;
	*name = line + length;
	return first <= ports->last && last >= ports->first &&
	       strncmp(*name, WINDOW, strlen(WINDOW)) != 0;
}

char *ports_user(const struct ports *ports, const char *ioports)
{
	const char *name;

	while (*ioports) {
		const char *end = strchrnul(ioports, '\n');

		if (line_has(ioports, ports, &name))
			return xstrndup(name, name < end ? end - name : 0);
		ioports = end + (*end == '\n');
	}
	return NULL;
}
