/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random sequences of VMX instructions in root operation, by the file insn: each answer, and
 * what is in the VMCS afterwards, compared with libvmxcheck.
 */
#ifndef SEQUENCE_H
#define SEQUENCE_H

#include "fuzz.h"
#include "insn_line.h"

#define SEQUENCE_MAX 8

/* A line of insn */
struct sequence {
	bool clear;		/* the launch state of the VMCS before it; otherwise launched */
	size_t count;
	char insn[SEQUENCE_MAX][80];
};

/* What came of it */
struct answers {
	bool refused;		/* by vmxfs, which does not go on then */
	size_t count;
	char answer[SEQUENCE_MAX][32];
	char wait[200];		/* the VM exit, or empty */
};

struct sequence_trial {
	struct machine *machine;
	const char *caps;
	enum vmxcheck_launch launch;	/* of the machine's VMCS, now */
	struct sequence sequence;
	struct answers came;
	uint64_t region[INSN_REGIONS];	/* where they are, or 0 */
	size_t wrong;		/* index of the answer that differs; or the count of answers, */
				/* if the VM exit does; or SEQUENCE_MAX */
	size_t rule;		/* that says what is right, of vmxcheck_rules() */
	size_t row;		/* or the field that is not as it should be; else NO_ROW */
	char right[200];	/* what is right, as a case expects it */
};

/* Once, with a machine: asks where the regions are. */
void sequence_begin(struct sequence_trial *trial);

void sequence_random(struct random *random, struct sequence *sequence);

/* Says what is tried, before it is. */
void sequence_trace(const struct sequence *sequence, unsigned long number);

/* Executes it; DIFFERS, AGREED, or IS_KNOWN with the reason. */
enum verdict sequence_run(struct sequence_trial *trial, struct known **reason);

/* Fewer instructions that differ as well. */
void sequence_shrink(struct sequence_trial *trial);

/* Prints it as an item of a YAML list, with a case. */
void sequence_print(const struct sequence_trial *trial);

#endif
