/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that can't run out (vmxrun ends if it does), and whole files.
 */
#ifndef UTIL_H
#define UTIL_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

void *xreallocarray(void *array, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t length);
char *xvasprintf(const char *format, va_list args)
	__attribute__((format(printf, 1, 0)));
char *xasprintf(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Adds one item to an array that the caller frees. */
#define APPEND(array, count, item) do {					\
	(array) = xreallocarray((array), (count) + 1, sizeof(*(array)));	\
	(array)[(count)++] = (item);					\
} while (0)

/*
 * A string that grows. It begins as { 0 }; string_end() returns it, for the
 * caller to free. (A point makes dozens, and open_memstream() clears 8 KiB for
 * each, which an emulator does byte by byte.)
 */
struct string {
	char *text;	/* NULL, or length bytes */
	size_t length;
	size_t room;
};

/* In hexadecimal, after "0x" */
void string_add_hex(struct string *string, uint64_t value);
void string_add(struct string *string, const char *text);
void string_append(struct string *string, const char *text, size_t length);
void string_print(struct string *string, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
char *string_end(struct string *string);

/*
 * Reads a file to its end. *text, which the caller frees, has a NUL after
 * *length bytes. Returns 0 or a negative errno; -EFBIG if it holds more than
 * limit bytes.
 */
int read_whole_file(const char *path, size_t limit, char **text, size_t *length);

#endif
