/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case as it is at one point: every {NAME} and $label replaced, the guest
 * read, all that can be checked without a vCPU checked.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "guest.h"
#include "points.h"
#include "result.h"
#include "words.h"

struct script {
	const struct casefile *file;
	struct guest guest;
	uint64_t start;
	uint64_t memory;
	unsigned int limit;	/* in milliseconds */
	struct words needs;
	size_t nsteps;
	struct step *step;
};

/* False, and an error in *result, if the case is wrong. */
bool script_make(struct script *script, const struct point *point,
		 const char *guest_dir, unsigned int limit,
		 const char *segment, struct result *result);
void script_free(struct script *script);

#endif
