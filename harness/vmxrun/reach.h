/* SPDX-License-Identifier: GPL-2.0 */
/*
 * How far a case can reach, if the processor is wrong or has an erratum. Each reaches as
 * far as those before it, too.
 */
#ifndef REACH_H
#define REACH_H

#include <stdbool.h>

enum reach {
	REACH_SAFE,	/* nothing of the host's */
	REACH_UNSAFE,	/* what is the host's: its state, its memory, its ports */
	REACH_RESET,	/* only a reset may help then */
	REACHES
};

/* "safe", "unsafe", "reset" */
extern const char *const reach_names[REACHES];

bool reach_parse(const char *text, enum reach *reach);

#endif
