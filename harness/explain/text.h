/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What people have, as text: logs and mails. What log daemons and mail programs put around
 * the lines is taken away; each byte that is left knows the line it stood in.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* From this offset on it is this line of the input, counted from 1. */
struct mark {
	size_t offset;
	unsigned int line;
};

struct text {
	char *bytes;	/* a NUL after length bytes, and no other */
	size_t length;
	struct mark *mark;
	size_t marks;
};

struct text text_clean(const char *bytes, size_t length);
void text_free(struct text *text);

/* The line of the input that a byte stood in. */
unsigned int text_line(const struct text *text, size_t offset);

/* Whether a character is part of a word: what is next to a number or a name is not. */
bool is_word(char c);

#endif
