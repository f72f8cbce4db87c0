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
		fputs("vmxrun: out of memory\n", stderr);
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

void string_begin(struct string *string)
{
	string->text = NULL;
	string->length = 0;
	string->file = check(open_memstream(&string->text, &string->length));
}

char *string_end(struct string *string)
{
	if (fclose(string->file) != 0)
		check(NULL);
	return string->text;
}

int read_file(const char *path, size_t limit, char **text, size_t *length)
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
