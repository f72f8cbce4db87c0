/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guests: some bytes of code each, one after the other in one segment.
 */
#ifndef GUESTS_H
#define GUESTS_H

#include <stdbool.h>
#include <stddef.h>

#define GUEST_STEP 0x100	/* from one to the next, in the segment */

struct guest {
	const char *name;
	const char *code;
	size_t size;
	const char *regs;	/* more of go's register list */
	const char *line;	/* how its line of wait begins; NULL: runs on */
};

extern const struct guest guests[];
extern const size_t guests_count;

/* Writes all of them; returns 0 or a negative errno. */
int guests_write(int segment);

/* The command that starts this one. */
void guest_go(const struct guest *guest, char *text, size_t size);

/* The first that stops, and one that does not. */
extern const struct guest *const guest_hlt;
extern const struct guest *const guest_loop;

#endif
