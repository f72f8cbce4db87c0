/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What came of a point.
 */
#ifndef RESULT_H
#define RESULT_H

enum outcome {
	PASS,
	SKIP,		/* message: what is missing */
	FAILURE,	/* the processor or the module did something else */
	ERROR,		/* the case or the harness is at fault */
};

/* The texts are NULL where there is nothing to say. */
struct result {
	enum outcome outcome;
	char *values;		/* "reg=ax code=0x0", what 'each' gave */
	char *at;		/* "exits/hlt.case:9" */
	char *message;
	char *expected;
	char *got;
	char *expected_means;
	char *got_means;
	char *transcript;	/* as transcript.h has it */
	char *registers;
};

void result_free(struct result *result);

#endif
