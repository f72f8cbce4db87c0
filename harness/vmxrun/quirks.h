/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A platform's known deviations: which line of which point they concern, and
 * what comes instead of it. cases/quirks/README.md says how they are written.
 */
#ifndef QUIRKS_H
#define QUIRKS_H

#include "points.h"
#include "quirkfile.h"
#include "result.h"
#include "script.h"

/*
 * That there are the points and the lines that they are about. Returns NULL, or
 * what is wrong, which the caller frees.
 */
char *quirks_check(const struct quirks *quirks, const struct points *points);

/*
 * Of the errata, those of the processor that this text of vmxfs' caps file is of. Until then
 * none are.
 */
void quirks_choose(struct quirks *quirks, const char *caps);

/*
 * Returns why the machine is known not to survive the point, and in *place where that is
 * written; or NULL. sometimes: it may survive; else the point is not to be tried.
 */
const char *quirks_dies(struct quirks *quirks, const struct point *point, bool sometimes,
			const char **place);

/*
 * Returns why the point is known to fail in this way, or NULL. A point that is
 * known to fail and passes becomes a failure, unless it fails only sometimes. What may
 * be an erratum of the processor but was seen under a hypervisor stays a failure: there VMX
 * is the hypervisor's.
 * result->quirk says which line of the quirks it was.
 */
const char *quirks_apply(struct quirks *quirks, const struct point *point,
			 const struct script *script, struct result *result);

#endif
