/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of a case as it is at one point: {NAME}, $label and intr() replaced.
 */
#ifndef EXPAND_H
#define EXPAND_H

#include "guest.h"
#include "points.h"

/* {seg} and the values of 'each'. */
char *expand_names(const char *text, const struct point *point,
		   const char *segment);

/*
 * $$, and $label or $GROUP.NAME, a line of the caps file; after these +N, -N, &N, <<N, from
 * left to right. Returns NULL and what is wrong in *error, which the caller frees, if it can't.
 */
char *expand_labels(const char *text, const struct guest *guest, char **error);

/* All of these, and the intr() of interruption.h; returns as expand_labels(). */
char *expand_line(const char *text, const struct point *point,
		  const char *segment, const struct guest *guest, char **error);

#endif
