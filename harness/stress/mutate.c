// SPDX-License-Identifier: GPL-2.0
#include "mutate.h"

#include <string.h>

#include "grammar.h"
#include "names.h"

#define TOKENS 16

/* One more than the token's last byte is where the next may begin. */
struct token {
	size_t at;
	size_t length;
};

static size_t split(const struct text *text, struct token token[TOKENS])
{
	size_t count = 0;
	size_t at = 0;

	while (at < text->length && count < TOKENS) {
		size_t start;

		while (at < text->length && strchr(" \n;,", text->data[at]))
			at++;
		start = at;
		while (at < text->length && !strchr(" \n;,", text->data[at]))
			at++;
		if (at > start)
			token[count++] = (struct token){ start, at - start };
	}
	return count;
}

static size_t somewhere(struct random *random, const struct text *text)
{
	return random_below(random, text->length + 1);
}

/* ---- bytes ---- */

static void flip_bit(struct random *random, struct text *text)
{
	if (text->length)
		text->data[random_below(random, text->length)] ^=
			1 << random_below(random, 8);
}

static void insert_byte(struct random *random, struct text *text)
{
	char byte = random_next(random) >> 32;

	text_replace(text, somewhere(random, text), 0, &byte, 1);
}

static void insert_nul(struct random *random, struct text *text)
{
	text_replace(text, somewhere(random, text), 0, "", 1);
}

static void remove_bytes(struct random *random, struct text *text)
{
	text_replace(text, somewhere(random, text),
		     1 + random_below(random, 4), "", 0);
}

static void cut(struct random *random, struct text *text)
{
	text->length = somewhere(random, text);
}

static void drop_newline(struct random *random, struct text *text)
{
	(void)random;
	if (text->length && text->data[text->length - 1] == '\n')
		text->length--;
}

static void garbage(struct random *random, struct text *text)
{
	text->length = 0;
	line_bytes(random, text);
}

/* ---- tokens ---- */

static void with_token(struct random *random, struct text *text,
		       const char *word, size_t length)
{
	struct token token[TOKENS];
	size_t count = split(text, token);
	size_t i;

	if (!count)
		return;
	i = random_below(random, count);
	text_replace(text, token[i].at, token[i].length, word, length);
}

static void number_token(struct random *random, struct text *text)
{
	const char *word = pick_name(random, &edges);

	with_token(random, text, word, strlen(word));
}

static void remove_token(struct random *random, struct text *text)
{
	with_token(random, text, "", 0);
}

static void long_token(struct random *random, struct text *text)
{
	static char word[600];

	memset(word, 'a' + random_below(random, 26), sizeof(word));
	with_token(random, text, word, 1 + random_below(random, sizeof(word)));
}

static void double_token(struct random *random, struct text *text)
{
	struct token token[TOKENS];
	size_t count = split(text, token);
	char copy[128];
	size_t i;

	if (!count)
		return;
	i = random_below(random, count);
	if (token[i].length >= sizeof(copy) - 1)
		return;
	memcpy(copy, text->data + token[i].at, token[i].length);
	copy[token[i].length] = ' ';
	text_replace(text, token[i].at, 0, copy, token[i].length + 1);
}

static void swap_tokens(struct random *random, struct text *text)
{
	struct token token[TOKENS];
	size_t count = split(text, token);
	char first[128], second[128];
	size_t i, k;

	if (count < 2)
		return;
	i = random_below(random, count - 1);
	k = i + 1 + random_below(random, count - i - 1);
	if (token[i].length > sizeof(first) || token[k].length > sizeof(second))
		return;
	memcpy(first, text->data + token[i].at, token[i].length);
	memcpy(second, text->data + token[k].at, token[k].length);
	text_replace(text, token[k].at, token[k].length, first,
		     token[i].length);
	text_replace(text, token[i].at, token[i].length, second,
		     token[k].length);
}

static void insert_blank(struct random *random, struct text *text)
{
	static const char *const blanks[] = { " ", "\t", "\n", "\r", "  ", ";",
					      "=", ",", "\n\n", "\v", "#" };
	const char *blank = PICK(random, blanks);

	text_replace(text, somewhere(random, text), 0, blank, strlen(blank));
}

/* ---- lines ---- */

static void other_line(struct random *random, struct text *text)
{
	text->length = 0;
	line_any(random, text);
}

/* Some more lines, most often few: each costs as much as a write. */
static void more_lines(struct random *random, struct text *text)
{
	size_t times = one_in(random, 200) ? 1000 : random_below(random, 8);
	size_t length = text->length;
	char line[512];

	if (length > sizeof(line))
		return;
	memcpy(line, text->data, length);
	while (times-- && text->length < 65536 - 512)
		text_add_bytes(text, line, length);
}

/* Blanks before the newline, up to a length of interest. */
static void pad(struct random *random, struct text *text)
{
	static const size_t lengths[] = { 510, 511, 512, 513, 4095, 4096, 4097,
					  511, 512, 65535, 65536, 65537 };
	size_t length = PICK(random, lengths);
	bool blanks = one_in(random, 2);

	drop_newline(random, text);
	if (text->length >= length)
		return;
	memset(text->data + text->length, blanks ? ' ' : 'z',
	       length - text->length);
	text->data[length - 1] = '\n';
	text->length = length;
}

static void (*const mutations[])(struct random *, struct text *) = {
	flip_bit, flip_bit, insert_byte, insert_nul, remove_bytes, cut,
	drop_newline, garbage, number_token, number_token, number_token,
	remove_token, long_token, double_token, swap_tokens, swap_tokens,
	insert_blank, other_line, more_lines, pad,
};

void mutate(struct random *random, struct text *text)
{
	size_t times = one_in(random, 3) ? 1 + random_below(random, 3) : 1;

	while (times--)
		PICK(random, mutations)(random, text);
}
