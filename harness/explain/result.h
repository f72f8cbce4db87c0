/* SPDX-License-Identifier: GPL-2.0 */
/* How the VM entry ended, by what a dump says of it. */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stdint.h>

#include "judge.h"
#include "util.h"

enum end {
	END_UNKNOWN,
	END_EXIT,	/* a VM exit that is no failure */
	END_FAILED,	/* it failed; how is not said */
	END_ERROR,	/* VMfailValid */
	END_STATE,	/* exit reason 33 */
	END_LOADING,	/* exit reason 34 */
	END_MACHINE_CHECK,	/* exit reason 41 */
};

struct result {
	enum end end;
	bool has_reason, has_qualification;
	uint64_t reason, qualification, error;
	/* reason and qualification are those of an earlier VM exit */
	bool stale;
	/* so they are, or the VM-instruction error is an old one */
	bool either;
};

struct result result_of(const struct dump *dump);

/* Whether this check, violated, ends a VM entry so. */
bool result_explained_by(const struct result *result, size_t check,
			 const struct judgement *judgement);

/* A line or more for people */
void say_result(struct string *out, const struct dump *dump, const struct result *result);

#endif
