/* SPDX-License-Identifier: GPL-2.0 */
/* What is said about a dump, for people. */
#ifndef REPORT_H
#define REPORT_H

#include "judge.h"
#include "result.h"
#include "util.h"

void report_dump(struct string *out, const struct reading *reading, const struct dump *dump);

/* What was not decided, and what would decide it: undecided.c */
void report_undecided(struct string *out, const struct dump *dump, const struct result *result,
		      const struct judgement *judgements, bool found);

#endif
