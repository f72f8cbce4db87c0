/* SPDX-License-Identifier: GPL-2.0 */
/* A case that makes the VM entry of a dump again. */
#ifndef REPLAY_H
#define REPLAY_H

#include "reader.h"
#include "util.h"

/*
 * Of the first dump whose VM entry fails by what is known of it, or else of the first one.
 * Returns why there is no case, in a line, or NULL.
 */
const char *replay(struct string *out, const struct reading *reading);

#endif
