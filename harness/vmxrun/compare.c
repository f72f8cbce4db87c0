// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* strchrnul */
#include "compare.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "util.h"
#include "words.h"


/* The bit in which a letter's upper and lower case differ */
#define CASE 0x20

static bool words_equal(const char *expected, const char *got)
{
	uint64_t want;
	uint64_t mask;
	uint64_t have;

	if (strcmp(expected, ANY_WORD) == 0)
		return true;
	if (parse_number(got, &have) && parse_masked(expected, &want, &mask))
		return (have & mask) == want;
	return strcmp(expected, got) == 0;
}

/* The first word that differs, or -1. */
static ssize_t first_difference(const struct words *expected,
				const struct words *got)
{
	size_t i;

	for (i = 0; i < expected->count; i++) {
		if (i == expected->count - 1 &&
		    strcmp(expected->word[i], ANY_REST) == 0)
			return -1;
		if (i == got->count ||
		    !words_equal(expected->word[i], got->word[i]))
			return i;
	}
	return i == got->count ? -1 : (ssize_t)i;
}

static const char *word_or_end(const struct words *words, size_t i)
{
	return i < words->count ? words->word[i] : NOTHING;
}

/*
 * What a word of the wait file is: the exit reason, the exit qualification,
 * then names and their values; or "*ack" and a vector.
 */
static char *name_wait_word(const struct words *expected, size_t i)
{
	if (i == 0)
		return xstrdup("exit reason");
	if (i == 1 && strcmp(expected->word[0], "*ack") == 0)
		return xstrdup("vector");
	if (i == 1)
		return xstrdup("exit qualification");
	if (i % 2 == 1 && i <= expected->count)
		return xstrdup(expected->word[i - 1]);
	return xasprintf("word %zu", i + 1);
}

static char *describe(const char *name, const struct words *expected,
		      const struct words *got, size_t i)
{
	return xasprintf("%s: expected %s, got %s", name,
			 word_or_end(expected, i), word_or_end(got, i));
}

char *next_alternative(const char **rest)
{
	const char *text = *rest;
	const char *bar;
	size_t length;

	if (!text)
		return NULL;
	bar = strstr(text, ALTERNATIVE);
	length = bar ? (size_t)(bar - text) : strlen(text);
	*rest = bar ? bar + strlen(ALTERNATIVE) : NULL;
	return xstrndup(text, length);
}

/* How the first alternative differs, if all do. */
static char *compare_alternatives(const char *name, const char *expected, const char *got,
				  char *(*compare)(const char *name, const char *expected,
						   const char *got))
{
	char *first = NULL;
	char *text;

	while ((text = next_alternative(&expected))) {
		char *message = compare(name, text, got);

		free(text);
		if (!message) {
			free(first);
			return NULL;
		}
		if (!first)
			first = message;
		else
			free(message);
	}
	return first;
}

static char *compare_wait_line(const char *unused, const char *expected, const char *got)
{
	struct words want = words_split(expected);
	struct words have = words_split(got);
	ssize_t i = first_difference(&want, &have);
	char *message = NULL;

	if (i >= 0) {
		char *name = name_wait_word(&want, i);

		message = describe(name, &want, &have, i);
		free(name);
	}
	words_free(&want);
	words_free(&have);
	(void)unused;
	return message;
}

char *compare_wait(const char *expected, const char *got)
{
	return compare_alternatives(NULL, expected, got, compare_wait_line);
}

static char *compare_line(const char *name, const char *expected,
			  const char *got)
{
	struct words want = words_split(expected);
	struct words have = words_split(got);
	ssize_t i = first_difference(&want, &have);
	char *message = NULL;

	if (i >= 0 && want.count <= 1 && have.count <= 1) {
		message = describe(name, &want, &have, i);
	} else if (i >= 0) {
		char *word = xasprintf("%s: word %zd", name, i + 1);

		message = describe(word, &want, &have, i);
		free(word);
	}
	words_free(&want);
	words_free(&have);
	return message;
}

/* The number of lines; the last one needs no newline. */
static size_t count_lines(const char *text)
{
	size_t count = 0;

	while (*text) {
		text += strcspn(text, "\n");
		text += *text == '\n';
		count++;
	}
	return count;
}

/* Cuts off the first line and returns it, "" if there is none. */
static char *next_line(char **text)
{
	char *line = strsep(text, "\n");

	return line ? line : "";
}

char *compare_text(const char *file, const char *expected, const char *got)
{
	size_t nwant = count_lines(expected);
	size_t nhave = count_lines(got);
	size_t count = nwant > nhave ? nwant : nhave;
	char *want = xstrdup(expected);
	char *have = xstrdup(got);
	char *want_rest = want;
	char *have_rest = have;
	char *message = NULL;

	for (size_t i = 1; i <= count && !message; i++) {
		char *name = count > 1 ? xasprintf("%s: line %zu", file, i) :
					 xstrdup(file);

		message = compare_alternatives(name, next_line(&want_rest),
					       next_line(&have_rest), compare_line);
		free(name);
	}
	free(want);
	free(have);
	return message;
}

/* What follows a name in a line, or NULL if the line has another name. */
static const char *value_of(enum file_kind kind, const char *line,
			    const char *name)
{
	size_t length = strlen(name);
	uint64_t have;
	uint64_t want;
	char *word;
	bool same;

	if (kind != FILE_OFFSETS)
		return (*line | CASE) == (*name | CASE) &&
		       strncasecmp(line, name, length) == 0 &&
		       line[length] == ' ' ? line + length + 1 : NULL;
	length = strcspn(line, " \n");
	word = xstrndup(line, length);
	same = parse_number(word, &have) && parse_number(name, &want) &&
	       have == want;
	free(word);
	return same && line[length] == ' ' ? line + length + 1 : NULL;
}

char *find_value(enum file_kind kind, const char *text, const char *name)
{
	while (*text) {
		const char *value = value_of(kind, text, name);

		if (value)
			return xstrndup(value, strcspn(value, "\n"));
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return kind == FILE_OFFSETS ? xstrdup("0x0") : NULL;
}

static char *missing_in(enum file_kind kind, const char *expected, const char *got)
{
	struct words want = words_split(expected);
	char *missing = NULL;

	for (size_t i = 0; i < want.count && !missing; i += 2) {
		char *value = find_value(kind, got, want.word[i]);

		if (!value)
			missing = xstrdup(want.word[i]);
		free(value);
	}
	words_free(&want);
	return missing;
}

char *missing_name(enum file_kind kind, const char *expected, const char *got)
{
	char *missing = NULL;
	char *text;

	while (!missing && (text = next_alternative(&expected))) {
		missing = missing_in(kind, text, got);
		free(text);
	}
	return missing;
}

static char *compare_pairs(enum file_kind kind, const char *expected,
			   const char *got, char **found)
{
	struct words want = words_split(expected);
	struct string out = { 0 };
	char *message = NULL;

	for (size_t i = 0; i + 1 < want.count; i += 2) {
		const char *name = want.word[i];
		char *value = find_value(kind, got, name);

		string_print(&out, "%s%s %s", i ? " " : "", name,
			value ? value : NOTHING);
		if (!message &&
		    (!value || !words_equal(want.word[i + 1], value)))
			message = xasprintf("%s: expected %s, got %s", name,
					    want.word[i + 1],
					    value ? value : NOTHING);
		free(value);
	}
	*found = string_end(&out);
	words_free(&want);
	return message;
}

char *compare_values(enum file_kind kind, const char *expected,
		     const char *got, char **found)
{
	char *first = NULL;
	char *text;

	*found = NULL;
	while ((text = next_alternative(&expected))) {
		char *there;
		char *message = compare_pairs(kind, text, got, &there);

		free(text);
		if (first && message) {
			free(there);
			free(message);
			continue;
		}
		free(*found);
		*found = there;
		free(first);
		first = message;
		if (!message)
			break;
	}
	return first;
}
