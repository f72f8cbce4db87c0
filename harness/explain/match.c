// SPDX-License-Identifier: GPL-2.0
#include "match.h"

#include <ctype.h>
#include <string.h>

/* Blanks between two words of a pattern; a dump has fewer. */
#define BLANKS 64

static int digit(char c, unsigned int base)
{
	int value = isdigit((unsigned char)c) ? c - '0' :
		    c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : 16;

	return value < (int)base ? value : -1;
}

static bool read_digits(const struct text *text, size_t at, unsigned int base,
			struct number *number)
{
	size_t first = at;

	*number = (struct number){ .offset = at };
	for (int d; (d = digit(text->bytes[at], base)) >= 0; at++) {
		if (number->value > (UINT64_MAX - (unsigned int)d) / base)
			return false;
		number->value = number->value * base + (unsigned int)d;
	}
	number->length = at - first;
	return number->length && !is_word(text->bytes[at]);
}

static bool has_0x(const struct text *text, size_t at)
{
	return text->bytes[at] == '0' && (text->bytes[at + 1] | 0x20) == 'x';
}

bool read_number(const struct text *text, size_t at, unsigned int least, unsigned int most,
		 struct number *number)
{
	if (!least)
		return read_digits(text, at, 10, number) && text->bytes[at + number->length];
	return read_digits(text, at, 16, number) && number->length >= least &&
	       number->length <= most && (least == most || text->bytes[at + number->length]);
}

/* What stands behind '%'; @pattern is moved behind it. */
static bool read_kind(const struct text *text, size_t at, const char **pattern,
		      struct number *number)
{
	const char *p = *pattern;
	unsigned int least = 0, most;

	if (*p == 'd' || *p == 'n' || *p == 'x') {
		*pattern = p + 1;
		if (*p != 'd' && has_0x(text, at))
			return read_number(text, at + 2, 1, 16, number);
		return read_number(text, at, *p == 'x', 16, number);
	}
	while (isdigit((unsigned char)*p))
		least = 10 * least + (unsigned int)(*p++ - '0');
	most = least;
	if (*p == '+') {
		most = 16;
		p++;
	}
	*pattern = p;
	return read_number(text, at, least, most, number);
}

static size_t skip_blanks(const struct text *text, size_t at)
{
	size_t n = 0, ends = 0;

	for (; n < BLANKS; n++) {
		if (text->bytes[at + n] == '\n' && !ends)
			ends++;
		else if (text->bytes[at + n] != ' ')
			break;
	}
	return at + n;
}

bool match(const struct text *text, size_t at, const char *pattern, struct match *match)
{
	bool enough = !strchr(pattern, '!');

	match->numbers = 0;
	match->end = at;
	while (*pattern) {
		char c = *pattern++;

		if (c == ' ') {
			size_t from = at;

			at = skip_blanks(text, at);
			/* Between two words there is one. */
			if (at == from && at && is_word(text->bytes[at - 1]) &&
			    is_word(text->bytes[at]))
				return enough && match->numbers;
		} else if (c == '?') {
			at += has_0x(text, at) ? 2 : 0;
		} else if (c == '!') {
			enough = true;
		} else if (c == '%') {
			struct number *number = &match->number[match->numbers];

			if (!read_kind(text, at, &pattern, number))
				return enough && match->numbers;
			match->numbers++;
			at = number->offset + number->length;
			match->end = at;
		} else if (text->bytes[at] == c) {
			at++;
		} else {
			return enough && match->numbers;
		}
	}
	match->end = at;
	return true;
}
