/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guest memory: files in the folder "segment". mount is as in vcpu.h.
 */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <stdint.h>

/* Opens one that is there. */
int segment_file(int mount, const char *name, int flags);

/* Makes one of this size, or has one that is there get it; flags: O_EXCL, or 0. */
int segment_make(int mount, const char *name, int flags, uint64_t size);

int segment_remove(int mount, const char *name);

#endif
