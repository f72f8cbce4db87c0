/* SPDX-License-Identifier: GPL-2.0 */
/* From a text to what is said about it. */
#ifndef EXPLAIN_H
#define EXPLAIN_H

#include <stdbool.h>

#include "reader.h"
#include "util.h"

/* Longer texts are refused. */
#define EXPLAIN_LONGEST (16u << 20)

/* Why there is nothing to explain, in a line; NULL if there is something. */
const char *explain_refuses(const struct reading *reading);

/* All dumps of the text, one after the other */
void explain(struct string *out, const struct reading *reading);

#endif
