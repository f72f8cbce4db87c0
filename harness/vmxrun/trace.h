/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A point as it runs, line by line, as comments of TAP, for a program that shows them. Each
 * begins with "# trace: ":
 *
 *	> LINE FILE OP TEXT	a change that the case makes
 *	< LINE FILE OP TEXT	what a file said, or after OP '!' how an access failed
 *	reg VCPU NAME OLD NEW	a register that has changed
 *	code VCPU BITS ADDRESS BYTES	what is at pc: linear address; 16, 32 or 64 bits
 *	first WAIT		after a triple fault: an exception that led to it, as wait has it
 *	during EXCEPTION	while that was being delivered
 *
 * LINE is a line of the case, VCPU the prefix of its files: -, b/ or c/.
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdio.h>

#include "access.h"
#include "casefile.h"
#include "files.h"

struct trace {
	FILE *out;
	char *registers[MAX_VCPUS];	/* as they were last; NULL: not known */
};

void trace_change(struct trace *trace, const struct step *step);
void trace_said(struct trace *trace, const struct step *step, char op, const char *text);

/* What a vCPU has changed since the last time, unless this is the first, and where it is. */
void trace_registers(struct trace *trace, unsigned int vcpu, struct access *access);

/*
 * A vCPU that will have a triple fault when it goes on: lets all exceptions exit, and delivers
 * them again, as the processor would.
 */
void trace_exceptions(struct trace *trace, struct access *access, const char *go);

void trace_end(struct trace *trace);

#endif
