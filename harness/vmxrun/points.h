/* SPDX-License-Identifier: GPL-2.0 */
/*
 * TAP points: the cases, one point for each combination of their values.
 */
#ifndef POINTS_H
#define POINTS_H

#include <stdbool.h>
#include <stddef.h>

#include "casefile.h"

struct point {
	const struct casefile *file;
	char *name;		/* "exits/in[inb,0]" */
	size_t *row;		/* of each 'each' */
};

struct points {
	size_t count;
	struct point *point;
	size_t next;		/* behind what point_find() found: most are asked for in order */
};

/* Adds the points of a case; one if it can't be parsed. */
void points_add(struct points *points, struct casefile *file);
void points_free(struct points *points);

/* The value of {NAME}, or NULL. */
const char *point_value(const struct point *point, const char *name,
			size_t length);

/* "NAME=VALUE NAME=VALUE", which the caller frees; NULL if there are none. */
char *point_values(const struct point *point);

/* Whether a name and a pattern begin alike, as far as that is plain text. */
bool begins_alike(const char *pattern, const char *name);

/*
 * Whether a pattern means this point: its name, or a fnmatch(3) pattern that
 * fits its case's name. Brackets always belong to a name. A case that can't be
 * parsed has lost its values, so there the name of any of its points does.
 */
bool point_matches(const struct point *point, const char *pattern);

/*
 * The point of this name, or NULL. A case that can't be parsed has one point,
 * which has the names that all of its points had.
 */
const struct point *point_find(struct points *points, const char *name);

/*
 * The names of the cases below a directory, sorted. Returns NULL, or what is
 * wrong, which the caller frees.
 */
char *find_cases(const char *dir, char ***names, size_t *count);

#endif
