/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What can disturb a point, though neither the processor nor the guest does anything wrong.
 * Such a point is tried again if it fails, a bounded number of times.
 */
#ifndef DISTURB_H
#define DISTURB_H

#include <stdbool.h>

#define MAX_TRIES 10

enum disturbed {
	DISTURBED_BY_NOTHING,
	DISTURBED_BY_HOST,	/* its interrupts, NMIs and SMIs, which vmxfs counts */
	DISTURBED_BY_ANY,	/* what leaves no trace */
};

/* "host" or "any" */
bool disturbed_parse(const char *text, enum disturbed *disturbed);

/*
 * Whether what the file `interrupts` said at first and says now are different, so that the
 * host had to do something.
 */
bool disturbed_between(const char *before, const char *after);

#endif
