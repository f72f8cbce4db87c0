/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came of a point.
 */
#ifndef RESULT_H
#define RESULT_H

#include <stdbool.h>
#include <stdint.h>

enum outcome {
	PASS,
	SKIP,		/* message: what is missing */
	FAILURE,	/* the processor or the module did something else */
	ERROR,		/* the case or the harness is at fault */
};

/* The texts are NULL where there is nothing to say. */
struct result {
	enum outcome outcome;
	unsigned int disturbed;	/* how many times it was, before this try */
	unsigned int line;	/* of the case, that failed; 0 if none did */
	char *core;		/* the kind of core it ran on, of a hybrid processor */
	char *values;		/* "reg=ax code=0x0", what 'each' gave */
	char *at;		/* "exits/hlt.case:9" */
	char *message;
	char *expected;
	char *got;
	bool refused;		/* a VM entry of it failed, or VMLAUNCH or VMRESUME */
	uint64_t begun, ended;	/* the time-stamp counter when the point began, and ended */
	bool error;		/* got is that of an access that failed */
	char *expected_means;
	char *got_means;
	char *because;		/* of a profile: why the processor must offer it */
	char *below;		/* whether the processor below has it */
	char *why;		/* a VM entry failed: the checks that it violates */
	uint64_t tsc;		/* with it: the time-stamp counter then */
	char *quirk;		/* what the quirks say of it, and where */
	char *transcript;	/* as transcript.h has it */
	char *registers;
};

void result_free(struct result *result);

#endif
