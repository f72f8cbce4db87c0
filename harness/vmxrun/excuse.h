/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which lines of a case a difference is about, and whether what came is what it
 * says.
 */
#ifndef EXCUSE_H
#define EXCUSE_H

#include "points.h"
#include "quirkfile.h"
#include "result.h"
#include "script.h"

/* NULL, or what is wrong with a difference of this case; the caller frees it. */
char *difference_check(const struct difference *difference,
		       const struct casefile *file);

/*
 * Whether the way in which the point failed is that of these differences, and
 * where it says so, or NULL. A line that can't be understood makes the result an
 * error.
 */
const char *differences_excuse(const struct difference *differences,
			       size_t count, const struct point *point,
			       const struct script *script,
			       struct result *result);

#endif
