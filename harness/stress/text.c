// SPDX-License-Identifier: GPL-2.0
#include "text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *text_avoid;

void text_add(struct text *text, const char *format, ...)
{
	size_t room = TEXT_SIZE - text->length;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->data + text->length, room, format, args);
	va_end(args);
	if (n > 0)
		text->length += (size_t)n < room ? (size_t)n : room - 1;
}

void text_add_bytes(struct text *text, const void *bytes, size_t size)
{
	text_replace(text, text->length, 0, bytes, size);
}

void text_replace(struct text *text, size_t at, size_t removed,
		  const void *bytes, size_t size)
{
	size_t rest;

	if (at > text->length)
		at = text->length;
	if (removed > text->length - at)
		removed = text->length - at;
	rest = text->length - at - removed;
	if (at + size + rest >= TEXT_SIZE)
		return;
	memmove(text->data + at + size, text->data + at + removed, rest);
	memcpy(text->data + at, bytes, size);
	text->length = at + size + rest;
}

static bool has(const struct text *text, const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i + length <= text->length; i++)
		if ((text->data[i] | 0x20) == *word &&
		    !strncasecmp(text->data + i, word, length))
			return true;
	return false;
}

bool text_is_forbidden(const struct text *text)
{
	return has(text, "unsafe") || (text_avoid && has(text, text_avoid));
}
