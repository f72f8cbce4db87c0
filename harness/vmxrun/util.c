// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* vasprintf */
#include "util.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *check(void *memory)
{
	if (!memory) {
		fputs("out of memory\n", stderr);
		exit(2);
	}
	return memory;
}

void *xreallocarray(void *array, size_t count, size_t size)
{
	return check(reallocarray(array, count ? count : 1, size));
}

char *xstrdup(const char *text)
{
	return check(strdup(text));
}

char *xstrndup(const char *text, size_t length)
{
	return check(strndup(text, length));
}

char *xvasprintf(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		text = NULL;
	return check(text);
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

static void string_need(struct string *string, size_t room)
{
	if (string->room >= room)
		return;
	string->room = room < 64 ? 64 : 2 * room;
	string->text = xreallocarray(string->text, string->room, 1);
}

void string_append(struct string *string, const char *text, size_t length)
{
	string_need(string, string->length + length + 1);
	memcpy(string->text + string->length, text, length);
	string->length += length;
}

void string_add(struct string *string, const char *text)
{
	string_append(string, text, strlen(text));
}

void string_add_hex(struct string *string, uint64_t value)
{
	char text[] = "0x0123456789abcdef";
	char *end = text + strlen(text), *digit = end;

	do {
		*--digit = "0123456789abcdef"[value & 15];
		value >>= 4;
	} while (value);
	*--digit = 'x';
	*--digit = '0';
	string_append(string, digit, end - digit);
}

void string_print(struct string *string, const char *format, ...)
{
	va_list args;
	size_t room;
	int length;

	do {
		string_need(string, string->length + 1);
		room = string->room - string->length;
		va_start(args, format);
		length = vsnprintf(string->text + string->length, room, format,
				   args);
		va_end(args);
		if (length < 0)
			check(NULL);
		string_need(string, string->length + length + 1);
	} while ((size_t)length >= room);
	string->length += length;
}

char *string_end(struct string *string)
{
	string_need(string, string->length + 1);
	string->text[string->length] = '\0';
	return string->text;
}

int read_whole_file(const char *path, size_t limit, char **text, size_t *length)
{
	size_t room = 0;
	ssize_t n;
	int fd;
	int error;

	*text = NULL;
	*length = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	do {
		if (room - *length < 2) {
			room = room ? 2 * room : 4096;
			*text = xreallocarray(*text, room, 1);
		}
		n = read(fd, *text + *length, room - *length - 1);
		if (n > 0)
			*length += n;
	} while (*length <= limit && (n > 0 || (n < 0 && errno == EINTR)));
	error = n < 0 ? -errno : *length > limit ? -EFBIG : 0;
	close(fd);
	if (error) {
		free(*text);
		*text = NULL;
		return error;
	}
	(*text)[*length] = '\0';
	return 0;
}
