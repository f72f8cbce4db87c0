/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel says meanwhile.
 */
#ifndef LOG_H
#define LOG_H

struct report;

/* From here on. */
void log_open(void);

/* Takes what came; often enough that nothing is overwritten. */
void log_read(void);

/* Each line that should not be there is a comment, and a failure. */
void log_check(struct report *report);

#endif
