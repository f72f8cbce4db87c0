/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Expected texts against those read. Words are equal as numbers if both are
 * numbers, else as strings; VALUE/MASK is any number with these bits, * any
 * word, and a last ... any rest.
 *
 * Each returns NULL if they agree, or the first difference in words, which the
 * caller frees: "pc: expected 0x1005, got 0x1007".
 */
#ifndef COMPARE_H
#define COMPARE_H

#include "files.h"

#define ANY_WORD "*"
#define ALTERNATIVE " | "	/* between what may come, too */
#define ANY_REST "..."
#define NOTHING "nothing"	/* that nothing exits in time */

/*
 * The next of several expectations, which the caller frees, or NULL; *rest is what is left of
 * them, NULL if there is none.
 */
char *next_alternative(const char **rest);

/* A line of the wait file. */
char *compare_wait(const char *expected, const char *got);

/* A whole file. */
char *compare_text(const char *file, const char *expected, const char *got);

/*
 * Names and values, or offsets and values, against a file of that kind. *found,
 * which the caller frees, is those names with the values they have.
 */
char *compare_values(enum file_kind kind, const char *expected,
		     const char *got, char **found);

/* The first name that the file lacks, which the caller frees, or NULL. */
char *missing_name(enum file_kind kind, const char *expected, const char *got);

/*
 * The value of a name, in upper or lower case, or of an offset, which is 0 if
 * there is no such line; NULL if there is no such name. The caller frees it.
 */
char *find_value(enum file_kind kind, const char *text, const char *name);

#endif
