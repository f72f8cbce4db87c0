/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is wrong with a line.
 */
#ifndef MUTATE_H
#define MUTATE_H

#include "random.h"
#include "text.h"

/* Makes one change, or a few. */
void mutate(struct random *random, struct text *text);

#endif
