/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A platform's known deviations: POINT-OR-PATTERN REASON, one a line. After a
 * "~" they depend on what the platform did before.
 */
#ifndef QUIRKS_H
#define QUIRKS_H

#include <stdbool.h>
#include <stddef.h>

#include "points.h"
#include "result.h"

struct quirk {
	char *place;		/* FILE:LINE */
	char *pattern;
	char *reason;
	bool sometimes;
};

struct quirks {
	size_t count;
	struct quirk *quirk;
};

/*
 * Add those of a file, and return NULL; or what is wrong, which the caller frees.
 */
char *quirks_read(struct quirks *quirks, const char *path);
char *quirks_parse(struct quirks *quirks, const char *name, const char *text);
/* That every line is about a point there is; returns as they do. */
char *quirks_check(const struct quirks *quirks, const struct points *points);

/*
 * Returns why the point is known to fail, or NULL. A point that is known to
 * fail and passes becomes a failure, unless it fails only sometimes.
 */
const char *quirks_apply(const struct quirks *quirks,
			 const struct point *point, struct result *result);

void quirks_free(struct quirks *quirks);

#endif
