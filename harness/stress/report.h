/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a phase has to say, and its TAP point.
 */
#ifndef REPORT_H
#define REPORT_H

#include <pthread.h>
#include <stdbool.h>

#define REPORT_FAILURES 12	/* that are printed; the others are counted */
#define REPORT_WIDTH 200

struct report {
	const char *name;
	unsigned int number;
	pthread_mutex_t lock;
	unsigned long failures;
	char failure[REPORT_FAILURES][REPORT_WIDTH];
	char skip[REPORT_WIDTH];	/* why, or empty */
	bool give_up;			/* what comes after this can't run */
};

#define PRINTF(text, first) __attribute__((format(printf, text, first)))

/* A comment, printed at once. */
void report_note(struct report *report, const char *format, ...) PRINTF(2, 3);

/* The point is "not ok"; any thread may say so. */
void report_fail(struct report *report, const char *format, ...) PRINTF(2, 3);

void report_skip(struct report *report, const char *format, ...) PRINTF(2, 3);

/* Prints the point; returns whether it is "ok". */
bool report_print(struct report *report);

#endif
