/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Runs a point: its script on a new vCPU.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>

#include "output.h"
#include "points.h"
#include "result.h"
#include "script.h"

struct target {
	int mount;		/* directory: where vmxfs is mounted */
	struct where where;
	enum reach reach;	/* what may run */
	bool transcript;	/* is to be recorded */
	bool refused;		/* is to be said of VM entries */
	bool trace;		/* is printed as it runs */
	bool predict;		/* what libvmxcheck says is compared with what is expected */
	struct output *output;
};

/*
 * Returns NULL, or why there are no vCPUs at all, which the caller frees.
 * number tells the points' segments apart. The script, which the caller frees,
 * is what ran. It is not tried if the machine would not survive it.
 */
char *run_point(const struct target *target, const struct point *point,
		size_t number, bool tried, struct script *script, struct result *result);

#endif
