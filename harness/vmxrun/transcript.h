/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files said at a point, in the words of a case: FILE? and what was
 * read, FILE! and the error. Where the case leaves a value open, the transcript
 * says so: *=VALUE for a word that may be any, VALUE/MASK where only the bits of
 * MASK count, and ... before a rest that may be any.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "util.h"

/* Adds the lines of got; each line of expected is about one of them. */
void transcript_add(struct string *transcript, const char *file, char op,
		    const char *expected, const char *got);

/*
 * What such a line means, as decode.h says it; of values that are expected, too.
 * NULL if there is nothing to say, else a text that the caller frees.
 */
char *transcript_decode(const char *line);

#endif
