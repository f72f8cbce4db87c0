/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Threads that do everything at once to vCPUs that they share.
 */
#ifndef LOAD_H
#define LOAD_H

#include <stdbool.h>
#include <stdint.h>

struct report;
struct load;

/* So many operations each; 0: until load_end(). */
struct load *load_begin(struct report *report, uint64_t seed,
			unsigned long operations);

/*
 * Interrupts one of them now and then, so that none waits for ever. Returns
 * false when all are done, or when they are stuck, which fails the point.
 */
bool load_tick(struct load *load);

/* Waits for all of them; says what they did. */
void load_end(struct load *load);

#endif
