/* SPDX-License-Identifier: GPL-2.0 */
/* The points of the TAP: a base each, then all MSRs, then all sequences of instructions. */
#ifndef FUZZ_POINTS_H
#define FUZZ_POINTS_H

#include "fuzz.h"

/* The points after the bases */
#define MSRS "msrs"
#define SEQUENCES "instructions"

struct settings {
	const char *caps;
	unsigned long count;	/* of VM entries, of all bases together */
	uint64_t seed;
	unsigned long shard, shards;
	const char *only;	/* the name of a point, or NULL */
	bool unsafe, forget, trace;
};

bool is_point(const char *name);

/* Runs what the settings ask for, and prints the plan and a line of TAP for each. */
void run_points(const struct settings *settings);

#endif
