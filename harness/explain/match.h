/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Patterns of what is printed. A character stands for itself, but for:
 *
 * ' '		blanks or, but for between words, none; among them one end of a line: mail
 *		programs break lines
 * %4		a hexadecimal number of 4 digits, not more and not less: what is cut off is no
 *		number. %4+ of 4 or more. %x of any number of digits, with 0x or without
 * %d		a decimal number
 * %n		a number as C writes it
 * ?		"0x" or nothing
 * !		what comes before it is needed; of the rest as much counts as there is
 */
#ifndef MATCH_H
#define MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "text.h"

#define NUMBERS 12

/* A number of the text, and where it stands. */
struct number {
	uint64_t value;
	size_t offset, length;
};

struct match {
	struct number number[NUMBERS];
	size_t numbers;
	size_t end;	/* what comes behind it */
};

bool match(const struct text *text, size_t at, const char *pattern, struct match *match);

/*
 * The number at an offset: hexadecimal of @least to @most digits, and no more; decimal if
 * @least is 0. Where the text ends in it, it may be cut off: then it must be of one length.
 */
bool read_number(const struct text *text, size_t at, unsigned int least, unsigned int most,
		 struct number *number);

#endif
