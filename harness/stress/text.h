/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is about to be written: bytes, most often lines.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

#define TEXT_SIZE (65536 + 4096)

struct text {
	size_t length;
	char data[TEXT_SIZE];
};

/* What does not fit is left out. */
void text_add(struct text *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void text_add_bytes(struct text *text, const void *bytes, size_t size);

/* Replaces so many bytes from here on. */
void text_replace(struct text *text, size_t at, size_t removed,
		  const void *bytes, size_t size);

/*
 * Whether it has the word unsafe, which would lift containment, or the one that
 * this machine can't stand. Case does not matter.
 */
extern const char *text_avoid;
bool text_is_forbidden(const struct text *text);

#endif
