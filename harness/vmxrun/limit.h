/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A time limit for system calls that may block. From start_limit() on they are to be
 * repeated as long as try_again() says so. It may start again, for the next call, as often as
 * one likes; a call of another kind comes after stop_limit().
 */
#ifndef LIMIT_H
#define LIMIT_H

#include <stdbool.h>

void start_limit(unsigned int milliseconds);
void stop_limit(void);

/* Whether a call that failed was only interrupted, and there is time left. */
bool try_again(void);

/* Whether the limit is over. */
bool limit_is_over(void);

/* Why a call failed, by its negative errno: that, or the limit. The caller frees it. */
char *error_text(int error);

#endif
