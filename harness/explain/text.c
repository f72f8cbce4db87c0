// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* memmem */
#include "text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "prefix.h"
#include "util.h"

bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

static int hex_digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Whether it is quoted-printable: '=' of a dump is written =3D there. RFC 2045, 6.7 */
static bool is_quoted_printable(const char *bytes, size_t length)
{
	return memmem(bytes, length, "=3D", 3) || memmem(bytes, length, "=C2=A0", 6);
}

/* "=3D", or "=" at the end of a line, which goes on; returns how many bytes that were. */
static size_t decode_one(const char *bytes, size_t length, char *c, bool *nothing)
{
	size_t n = 1;

	*nothing = false;
	if (length > 2 && hex_digit(bytes[1]) >= 0 && hex_digit(bytes[2]) >= 0) {
		*c = (char)(hex_digit(bytes[1]) << 4 | hex_digit(bytes[2]));
		return 3;
	}
	while (n < length && (bytes[n] == ' ' || bytes[n] == '\r'))
		n++;
	if (n < length && bytes[n] == '\n') {
		*nothing = true;
		return n + 1;
	}
	*c = '=';
	return 1;
}

static void add_mark(struct text *text, size_t offset, unsigned int line)
{
	struct mark mark = { offset, line };

	/* Of two lines without a byte between them the first is gone. */
	if (text->marks && text->mark[text->marks - 1].offset == offset)
		text->mark[text->marks - 1] = mark;
	else
		APPEND(text->mark, text->marks, mark);
}

/*
 * UTF-16 with its mark, as Windows' shells write it: its ASCII characters; all others are '?'.
 * Returns false if it is none.
 */
static bool narrow(const char *bytes, size_t length, char *to, size_t *count)
{
	bool little = length > 1 && memcmp(bytes, "\xff\xfe", 2) == 0;

	if (!little && (length < 2 || memcmp(bytes, "\xfe\xff", 2) != 0))
		return false;
	*count = 0;
	for (size_t i = 2; i + 1 < length; i += 2) {
		unsigned char low = bytes[i + !little], high = bytes[i + little];

		to[(*count)++] = high || low > 0x7f ? '?' : (char)low;
	}
	return true;
}

/* The transfer encoding is taken away; lines that it had broken are whole. */
static struct text decode(const char *bytes, size_t length)
{
	bool quoted = is_quoted_printable(bytes, length);
	struct text text = { .bytes = xreallocarray(NULL, length + 1, 1) };
	unsigned int line = 1;
	size_t i = 0;

	add_mark(&text, 0, line);
	while (i < length) {
		bool nothing = false;
		char c = bytes[i];
		size_t used = 1;

		if (quoted && c == '=')
			used = decode_one(bytes + i, length - i, &c, &nothing);
		if (!nothing)
			text.bytes[text.length++] = c;
		if (memchr(bytes + i, '\n', used))
			add_mark(&text, text.length, ++line);
		i += used;
	}
	text.bytes[text.length] = '\0';
	return text;
}

/* How many bytes of "\033[31m", which sets a colour of a terminal; 0 if it is none */
static size_t colour(const char *bytes, size_t length)
{
	size_t n = 2;

	if (length < 3 || bytes[0] != '\033' || bytes[1] != '[')
		return 0;
	while (n < length && (isdigit((unsigned char)bytes[n]) || bytes[n] == ';'))
		n++;
	return n < length && isalpha((unsigned char)bytes[n]) ? n + 1 : 0;
}

/*
 * How many bytes a blank takes: control characters, a no-break space in UTF-8 or Latin-1; 0 if
 * it is none.
 */
static size_t blank(const char *bytes, size_t length)
{
	unsigned char c = bytes[0];

	if (c == 0xc2 && length > 1 && (unsigned char)bytes[1] == 0xa0)
		return 2;
	return c <= ' ' || c == 0x7f || c == 0xa0 ? 1 : 0;
}

/* Takes the first bytes of a line away, which begins at @start. */
static void cut(struct text *text, size_t start, size_t count)
{
	memmove(text->bytes + start, text->bytes + start + count, text->length - start - count);
	text->length -= count;
	for (size_t i = text->marks; i-- && text->mark[i].offset > start;)
		text->mark[i].offset = text->mark[i].offset < start + count ?
				       start : text->mark[i].offset - count;
}

/* The bytes from @begin to @end of the decoded text, which are a line. */
static void clean_line(struct text *text, const struct text *decoded, size_t begin, size_t end,
		       size_t *mark)
{
	size_t start = text->length, used;

	for (size_t i = begin; i < end || i == begin; i += used) {
		used = i < end ? colour(decoded->bytes + i, end - i) : 0;
		if (used)
			continue;
		while (*mark < decoded->marks && decoded->mark[*mark].offset <= i)
			add_mark(text, text->length, decoded->mark[(*mark)++].line);
		if (i == end)
			break;
		used = blank(decoded->bytes + i, end - i);
		text->bytes[text->length++] = used ? ' ' : decoded->bytes[i];
		used = used ? used : 1;
	}
	while (text->length > start && text->bytes[text->length - 1] == ' ')
		text->length--;
	cut(text, start, prefix_length(text->bytes + start, text->length - start));
	if (end < decoded->length)
		text->bytes[text->length++] = '\n';
}

static struct text decode_any(const char *bytes, size_t length)
{
	char *narrowed = xreallocarray(NULL, length + 1, 1);
	struct text decoded;
	size_t count;

	if (narrow(bytes, length, narrowed, &count))
		decoded = decode(narrowed, count);
	else
		decoded = decode(bytes, length);
	free(narrowed);
	return decoded;
}

struct text text_clean(const char *bytes, size_t length)
{
	struct text decoded = decode_any(bytes, length);
	struct text text = { .bytes = xreallocarray(NULL, decoded.length + 2, 1) };
	size_t mark = 0;

	for (size_t i = 0; i < decoded.length;) {
		const char *end = memchr(decoded.bytes + i, '\n', decoded.length - i);
		size_t next = end ? (size_t)(end - decoded.bytes) : decoded.length;

		clean_line(&text, &decoded, i, next, &mark);
		i = next + 1;
	}
	if (!text.marks)
		add_mark(&text, 0, 1);
	text.bytes[text.length] = '\0';
	text_free(&decoded);
	return text;
}

void text_free(struct text *text)
{
	free(text->bytes);
	free(text->mark);
}

unsigned int text_line(const struct text *text, size_t offset)
{
	size_t low = 0, high = text->marks;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (text->mark[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return text->mark[low].line;
}
