// SPDX-License-Identifier: GPL-2.0
#include "quirks.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

#define MAX_QUIRKS_SIZE (1 << 20)

static char *parse_line(struct quirks *quirks, unsigned int number,
			const char *line)
{
	struct quirk quirk = { .line = number };
	size_t length;
	const char *reason;

	line += strspn(line, " \t");
	if (!*line || *line == '#')
		return NULL;
	quirk.sometimes = *line == '~';
	line += quirk.sometimes;
	length = strcspn(line, " \t");
	reason = line + length + strspn(line + length, " \t");
	if (!*reason)
		return xasprintf("%s:%u: expected: POINT-OR-PATTERN REASON",
				 quirks->name, number);
	quirk.pattern = xstrndup(line, length);
	length = strlen(reason);
	while (strchr(" \t\r", reason[length - 1]))
		length--;
	quirk.reason = xstrndup(reason, length);
	APPEND(quirks->quirk, quirks->count, quirk);
	return NULL;
}

char *quirks_parse(struct quirks *quirks, const char *name, const char *text)
{
	char *copy = xstrdup(text);
	char *rest = copy;
	char *error = NULL;
	unsigned int number = 0;
	char *line;

	*quirks = (struct quirks){ .name = xstrdup(name) };
	while (!error && (line = strsep(&rest, "\n")))
		error = parse_line(quirks, ++number, line);
	free(copy);
	return error;
}

char *quirks_read(struct quirks *quirks, const char *path)
{
	size_t length;
	char *text;
	char *wrong;
	int error;

	*quirks = (struct quirks){ 0 };
	error = read_file(path, MAX_QUIRKS_SIZE, &text, &length);
	if (error)
		return xasprintf("%s: %s", path, strerror(-error));
	wrong = quirks_parse(quirks, path, text);
	free(text);
	return wrong;
}

char *quirks_check(const struct quirks *quirks, const struct points *points)
{
	for (size_t i = 0; i < quirks->count; i++) {
		const struct quirk *quirk = &quirks->quirk[i];
		bool found = false;

		for (size_t k = 0; k < points->count && !found; k++)
			found = point_matches(&points->point[k],
					      quirk->pattern);
		if (!found)
			return xasprintf("%s:%u: there is no point '%s'",
					 quirks->name, quirk->line,
					 quirk->pattern);
	}
	return NULL;
}

const char *quirks_apply(const struct quirks *quirks,
			 const struct point *point, struct result *result)
{
	const struct quirk *quirk = NULL;

	for (size_t i = 0; i < quirks->count && !quirk; i++)
		if (point_matches(point, quirks->quirk[i].pattern))
			quirk = &quirks->quirk[i];
	if (!quirk)
		return NULL;
	if (result->outcome == FAILURE)
		return quirk->reason;
	if (result->outcome == PASS && !quirk->sometimes) {
		result->outcome = FAILURE;
		result->message = xasprintf("passes, but is listed in %s:%u",
					    quirks->name, quirk->line);
	}
	return NULL;
}

void quirks_free(struct quirks *quirks)
{
	for (size_t i = 0; i < quirks->count; i++) {
		free(quirks->quirk[i].pattern);
		free(quirks->quirk[i].reason);
	}
	free(quirks->quirk);
	free(quirks->name);
	*quirks = (struct quirks){ 0 };
}
