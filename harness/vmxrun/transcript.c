// SPDX-License-Identifier: GPL-2.0
#include "transcript.h"

#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "decode.h"
#include "words.h"

#define OPEN "*="	/* before a value */

static void add_word(struct string *out, const char *expected, const char *got)
{
	const char *mask = expected ? strchr(expected, '/') : NULL;
	uint64_t value;
	uint64_t bits;

	string_add(out, " ");
	if (expected && strcmp(expected, ANY_WORD) == 0)
		string_add(out, OPEN);
	string_add(out, got);
	if (mask && parse_masked(expected, &value, &bits) &&
	    parse_number(got, &value))
		string_add(out, mask);
}

static void add_line(struct string *out, const char *expected, const char *got)
{
	struct words want = words_split(expected);
	struct words have = words_split(got);
	size_t rest = SIZE_MAX;

	if (want.count && strcmp(want.word[want.count - 1], ANY_REST) == 0)
		rest = want.count - 1;
	for (size_t i = 0; i < have.count; i++) {
		if (i == rest)
			string_add(out, " " ANY_REST);
		add_word(out, i < rest && i < want.count ? want.word[i] : NULL,
			 have.word[i]);
	}
	words_free(&want);
	words_free(&have);
}

void transcript_add(struct string *transcript, const char *file, char op,
		    const char *expected, const char *got)
{
	char *want = xstrdup(expected);
	char *have = xstrdup(got);
	char *want_rest = want;
	char *have_rest = have;

	while (have_rest && (*have_rest || have_rest == have)) {
		char *line = strsep(&want_rest, "\n");

		string_print(transcript, "%s%c", file, op);
		add_line(transcript, line ? line : "",
			 strsep(&have_rest, "\n"));
		string_add(transcript, "\n");
	}
	free(want);
	free(have);
}

/* The words without what says that they are open. */
static char *plain_words(const char *text)
{
	struct words words = words_split(text);
	struct string out = { 0 };

	for (size_t i = 0; i < words.count; i++) {
		const char *word = words.word[i];

		if (strcmp(word, ANY_REST) == 0)
			continue;
		if (strncmp(word, OPEN, strlen(OPEN)) == 0)
			word += strlen(OPEN);
		string_print(&out, "%s ", word);
	}
	words_free(&words);
	return string_end(&out);
}

/* As the regs file would have them. */
static char *one_a_line(const char *pairs)
{
	struct words words = words_split(pairs);
	struct string out = { 0 };

	for (size_t i = 0; i + 1 < words.count; i += 2)
		string_print(&out, "%s %s\n", words.word[i], words.word[i + 1]);
	words_free(&words);
	return string_end(&out);
}

char *transcript_decode(const char *line)
{
	const char *mark = strchr(line, '?');
	char *text;
	char *regs;
	char *means = NULL;

	if (!mark)
		return NULL;
	text = plain_words(mark + 1);
	if (name_is("wait", line, mark - line)) {
		means = decode_wait(text);
	} else if (name_is("regs", line, mark - line) ||
		   name_is("vmcs", line, mark - line)) {
		regs = one_a_line(text);
		means = decode_registers(text, regs);
		free(regs);
	}
	free(text);
	return means;
}
