// SPDX-License-Identifier: GPL-2.0
#include "quirks.h"

#include <stdlib.h>
#include <string.h>

#include "util.h"

#define MAX_QUIRKS_SIZE (1 << 20)

static char *parse_line(struct quirks *quirks, const char *place,
			const char *line)
{
	struct quirk quirk = { 0 };
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
		return xasprintf("%s: expected: POINT-OR-PATTERN REASON",
				 place);
	quirk.place = xstrdup(place);
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

	while (!error && (line = strsep(&rest, "\n"))) {
		char *place = xasprintf("%s:%u", name, ++number);

		error = parse_line(quirks, place, line);
		free(place);
	}
	free(copy);
	return error;
}

char *quirks_read(struct quirks *quirks, const char *path)
{
	size_t length;
	char *text;
	char *wrong;
	int error;

	error = read_whole_file(path, MAX_QUIRKS_SIZE, &text, &length);
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
			return xasprintf("%s: there is no point '%s'",
					 quirk->place, quirk->pattern);
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
		result->message = xasprintf("passes, but is listed in %s",
					    quirk->place);
	}
	return NULL;
}

void quirks_free(struct quirks *quirks)
{
	for (size_t i = 0; i < quirks->count; i++) {
		free(quirks->quirk[i].place);
		free(quirks->quirk[i].pattern);
		free(quirks->quirk[i].reason);
	}
	free(quirks->quirk);
	*quirks = (struct quirks){ 0 };
}
