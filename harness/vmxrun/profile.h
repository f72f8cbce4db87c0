/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A platform's profile: the capabilities that it must offer, each a point of its own.
 */
#ifndef PROFILE_H
#define PROFILE_H

#include <stdbool.h>
#include <stddef.h>

#include "result.h"
#include "words.h"

/* How the names of these points begin. */
#define PROFILE "profile/"

struct offer {
	char *capability;	/* as 'need' has it */
	struct words conditions;	/* only if all of them hold: NAME, or below.NAME */
	char *because;
	char *known;		/* why it is missing, if that is known; or NULL */
};

struct profile {
	size_t count;
	struct offer *offer;
};

/*
 * Lines of CAPABILITY, CONDITION..., BECAUSE and KNOWN with tabs between. Returns NULL, or what
 * is wrong, which the caller frees.
 */
char *profile_parse(struct profile *profile, const char *text);
void profile_free(struct profile *profile);

/* What a point is about; NULL if it is none of the profile's. */
const struct offer *profile_find(const struct profile *profile, const char *point);

/*
 * Whether the processor offers it, whose caps this is; those of the processor below, which a
 * hypervisor runs on, can be NULL: then they are not known. Returns why it is missing, if that
 * is known, or NULL.
 */
const char *profile_check(const struct offer *offer, const char *caps, const char *below,
			  struct result *result);

#endif
