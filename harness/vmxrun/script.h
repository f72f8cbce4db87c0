/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A case as it is at one point: every {NAME} and $label replaced, the guest
 * read, all that can be checked without a vCPU checked.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include "disturb.h"
#include "guest.h"
#include "points.h"
#include "ports.h"
#include "reach.h"
#include "result.h"
#include "words.h"

struct script {
	const struct casefile *file;
	struct guest guest;
	uint64_t start;
	unsigned int nvcpus;	/* 1 to MAX_VCPUS */
	uint64_t memory;
	unsigned int limit;	/* in milliseconds */
	enum reach reach;
	enum disturbed disturbed;
	struct ports ports;
	struct words needs;
	size_t nsteps;
	struct step *step;
};

/* What a script depends on besides its point. */
struct where {
	const char *guest_dir;
	const char *caps;	/* text of vmxfs' caps file */
	uint64_t phys_end;	/* caps_phys_end() of it: it takes a while */
	unsigned int limit;	/* in milliseconds */
};

/* False, and an error in *result, if the case is wrong. */
bool script_make(struct script *script, const struct point *point,
		 const struct where *where, const char *segment,
		 struct result *result);
void script_free(struct script *script);

#endif
