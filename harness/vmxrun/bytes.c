// SPDX-License-Identifier: GPL-2.0
#include "bytes.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "words.h"

#define HEX_DIGITS "0123456789abcdefABCDEF"

static unsigned char byte_of(const char *digits)
{
	const char byte[] = { digits[0], digits[1], '\0' };

	return strtoul(byte, NULL, 16);
}

static char *parse_words(struct bytes *bytes, const struct words *words)
{
	const char *digits;
	size_t length;

	if (words->count != 2)
		return xstrdup("bytes are an offset and hexadecimal digits");
	if (!parse_number(words->word[0], &bytes->offset) ||
	    bytes->offset > INT64_MAX)
		return xasprintf("'%s' is not an offset", words->word[0]);
	digits = words->word[1];
	length = strlen(digits);
	if (length % 2 || strspn(digits, HEX_DIGITS) != length)
		return xasprintf("'%s' is not an even number of hexadecimal digits",
				 digits);
	bytes->length = length / 2;
	bytes->data = xreallocarray(NULL, bytes->length, 1);
	for (size_t i = 0; i < bytes->length; i++)
		bytes->data[i] = byte_of(digits + 2 * i);
	return NULL;
}

char *bytes_parse(struct bytes *bytes, const char *text)
{
	struct words words = words_split(text);
	char *error;

	*bytes = (struct bytes){ 0 };
	error = parse_words(bytes, &words);
	words_free(&words);
	return error;
}

void bytes_free(struct bytes *bytes)
{
	free(bytes->data);
	*bytes = (struct bytes){ 0 };
}

char *bytes_format(const struct bytes *bytes)
{
	struct string out = { 0 };

	string_print(&out, "0x%" PRIx64 " ", bytes->offset);
	for (size_t i = 0; i < bytes->length; i++)
		string_print(&out, "%02x", bytes->data[i]);
	return string_end(&out);
}
