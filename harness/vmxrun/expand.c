// SPDX-License-Identifier: GPL-2.0
#include "expand.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "interruption.h"
#include "util.h"
#include "words.h"

#define NUMBER_CHARACTERS "0123456789abcdefABCDEFxX"

char *expand_names(const char *text, const struct point *point,
		   const char *segment)
{
	struct string out = { 0 };

	while (*text) {
		size_t length = strcspn(text, "{");
		const char *value;

		string_append(&out, text, length);
		text += length;
		if (!*text)
			break;
		/* casefile.c knows that all names exist and end in '}' */
		length = name_length(++text);
		value = point_value(point, text, length);
		string_add(&out, value ? value : segment);
		text += length + 1;
	}
	return string_end(&out);
}

/* Replaces one label, and moves *text behind it; returns what is wrong. */
static char *expand_label(struct string *out, const char **text,
			  const struct guest *guest)
{
	const char *name = *text;
	size_t length = name_length(name);
	const char *rest = name + length;
	uint64_t value;
	uint64_t number;
	char *digits;
	bool ok;

	if (!length)
		return xstrdup("'$' must begin a $label, or be $$");
	if (!guest_label(guest, name, length, &value))
		return xasprintf("the guest has no label '%.*s'", (int)length,
				 name);
	if (*rest == '+' || *rest == '-') {
		size_t n = strspn(rest + 1, NUMBER_CHARACTERS);

		digits = xstrndup(rest + 1, n);
		ok = parse_number(digits, &number);
		free(digits);
		if (!ok)
			return xasprintf("'%c' after $%.*s must begin a number",
					 *rest, (int)length, name);
		value = *rest == '+' ? value + number : value - number;
		rest += 1 + n;
	}
	string_print(out, "0x%" PRIx64, value);
	*text = rest;
	return NULL;
}

char *expand_labels(const char *text, const struct guest *guest, char **error)
{
	struct string out = { 0 };
	char *result;

	*error = NULL;
	while (*text && !*error) {
		size_t length = strcspn(text, "$");

		string_append(&out, text, length);
		text += length;
		if (!*text)
			break;
		if (*++text == '$')
			string_append(&out, text++, 1);
		else
			*error = expand_label(&out, &text, guest);
	}
	result = string_end(&out);
	if (*error) {
		free(result);
		return NULL;
	}
	return result;
}

char *expand_line(const char *text, const struct point *point,
		  const char *segment, const struct guest *guest, char **error)
{
	char *named = expand_names(text, point, segment);
	char *labelled = expand_labels(named, guest, error);
	char *line = labelled ? expand_interruptions(labelled, error) : NULL;

	free(named);
	free(labelled);
	return line;
}
