// SPDX-License-Identifier: GPL-2.0
#include "words.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"

#define DIGITS "0123456789"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

struct words words_split(const char *text)
{
	size_t most = strlen(text) / 2 + 1;
	struct words words = {
		.copy = xstrdup(text),
		.word = xreallocarray(NULL, most, sizeof(char *)),
	};
	char *c = words.copy;

	while (*c) {
		if (is_blank(*c)) {
			*c++ = '\0';
			continue;
		}
		words.word[words.count++] = c;
		while (*c && !is_blank(*c))
			c++;
	}
	return words;
}

void words_free(struct words *words)
{
	free(words->word);
	free(words->copy);
	*words = (struct words){ 0 };
}

bool parse_number(const char *word, uint64_t *value)
{
	char *end;

	/* strtoull would take leading blanks and a sign */
	if (!*word || !strchr(DIGITS, *word))
		return false;
	errno = 0;
	*value = strtoull(word, &end, 0);
	return !errno && !*end;
}

bool parse_masked(const char *word, uint64_t *value, uint64_t *mask)
{
	const char *slash = strchr(word, '/');
	char *first;
	bool ok;

	*mask = UINT64_MAX;
	if (!slash)
		return parse_number(word, value);
	first = xstrndup(word, slash - word);
	ok = parse_number(first, value) && parse_number(slash + 1, mask);
	free(first);
	return ok;
}

bool name_is(const char *name, const char *text, size_t length)
{
	if (length && *name != *text)
		return false;
	return strncmp(name, text, length) == 0 && !name[length];
}

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

size_t name_length(const char *text)
{
	size_t length = 0;

	while (is_letter(text[length]) ||
	       (length && text[length] >= '0' && text[length] <= '9'))
		length++;
	return length;
}
