/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lines as words separated by blanks, and words as numbers.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct words {
	size_t count;
	char **word;
	char *copy;
};

struct words words_split(const char *text);
void words_free(struct words *words);

/* A number as C writes it: decimal, 0x hexadecimal, 0 octal; 64 bits. */
bool parse_number(const char *word, uint64_t *value);

/* A number, or VALUE/MASK: only the bits of the mask count. */
bool parse_masked(const char *word, uint64_t *value, uint64_t *mask);

/* Whether the first length characters of text are this name, and all of it. */
bool name_is(const char *name, const char *text, size_t length);

/* How many characters of text are a name: a letter or _, then digits too. */
size_t name_length(const char *text);

#endif
