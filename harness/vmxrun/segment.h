/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest memory: files in vmxfs' folder "segment".
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stddef.h>

#include "guest.h"

/* The name of this process' segment for a point; the caller frees it. */
char *segment_name(size_t number);

/* Its path below vmxfs; the caller frees it. */
char *segment_path(const char *name);

/*
 * Makes a segment of size bytes that holds a guest which fits into it; what
 * the guest doesn't fill is zero. Returns NULL, or what is wrong, which the
 * caller frees. To be called under a limit.
 */
char *segment_make(int mount, const char *name, const struct guest *guest,
		   uint64_t size);

/* As unlink(2). */
int segment_remove(int mount, const char *name);

/* Removes those that a killed vmxrun has left. */
void segment_remove_stale(int mount);

#endif
