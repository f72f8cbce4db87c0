// SPDX-License-Identifier: GPL-2.0
#include "expand.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
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

/* GROUP.NAME: a line of the caps file. Its length, or 0 if there is no dot. */
static size_t capability_length(const char *name)
{
	size_t length = name_length(name);
	size_t second = name[length] == '.' ? name_length(name + length + 1) : 0;

	return length && second ? length + 1 + second : 0;
}

/* The value of what *text begins with; moves it behind that. Returns what is wrong. */
static char *expand_name(const char **text, const struct guest *guest, uint64_t *value)
{
	size_t length = capability_length(*text);
	char *name;
	char *error = NULL;

	if (!length) {
		length = name_length(*text);
		if (!length)
			return xstrdup("'$' must begin a $label, or be $$");
		if (!guest_label(guest, *text, length, value))
			return xasprintf("the guest has no label '%.*s'", (int)length, *text);
		*text += length;
		return NULL;
	}
	name = xstrndup(*text, length);
	if (!caps_known(name))
		error = xasprintf("there is no capability '%s'", name);
	*value = guest->caps ? caps_value(guest->caps, name) : 0;
	free(name);
	*text += length;
	return error;
}

/* The number after an operator; moves *text behind it. */
static bool operand(const char **text, uint64_t *number)
{
	size_t length = strspn(*text, NUMBER_CHARACTERS);
	char *digits = xstrndup(*text, length);
	bool ok = parse_number(digits, number);

	free(digits);
	*text += length;
	return ok;
}

/* Whether an operator begins here; moves *text behind it. */
static char operator(const char **text)
{
	char first = **text;

	if (first && strchr("+-&", first)) {
		++*text;
		return first;
	}
	if (strncmp(*text, "<<", 2) == 0) {
		*text += 2;
		return '<';
	}
	return 0;
}

static uint64_t calculate(uint64_t value, char operator, uint64_t number)
{
	switch (operator) {
	case '+':
		return value + number;
	case '-':
		return value - number;
	case '&':
		return value & number;
	default:
		return number < 64 ? value << number : 0;
	}
}

/* Replaces one label, and moves *text behind it; returns what is wrong. */
static char *expand_label(struct string *out, const char **text,
			  const struct guest *guest)
{
	const char *name = *text;
	uint64_t value;
	uint64_t number;
	char *error = expand_name(text, guest, &value);
	size_t length = *text - name;
	char what;

	while (!error && (what = operator(text))) {
		if (operand(text, &number))
			value = calculate(value, what, number);
		else
			error = xasprintf("'%c' after $%.*s must begin a number",
					  what, (int)length, name);
	}
	if (!error)
		string_add_hex(out, value);
	return error;
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
	char *named = strchr(text, '{') ? expand_names(text, point, segment) : xstrdup(text);
	char *labelled = strchr(named, '$') ? expand_labels(named, guest, error) : named;
	char *line = labelled ? expand_interruptions(labelled, error) : NULL;

	if (labelled != named)
		free(labelled);
	free(named);
	return line;
}
