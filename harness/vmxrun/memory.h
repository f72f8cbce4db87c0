/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The memory of a point's guest, which is a segment of vmxfs.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>

#include "guest.h"

/* The name of this process' segment for a point; the caller frees it. */
char *memory_name(size_t number);

/*
 * Makes a segment of size bytes that holds a guest which fits into it; what
 * the guest doesn't fill is zero. Returns NULL, or what is wrong, which the
 * caller frees. To be called under a limit.
 */
char *memory_make(int mount, const char *name, const struct guest *guest,
		  uint64_t size);

/* Removes those that a killed vmxrun has left. */
void memory_remove_stale(int mount);

#endif
