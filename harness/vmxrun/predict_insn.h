/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What libvmxcheck says of a line of insn, and so of each answer that a case expects.
 */
#ifndef PREDICT_INSN_H
#define PREDICT_INSN_H

#include "access.h"
#include "casefile.h"
#include "facts.h"
#include "vmxcheck.h"

/* What a case expects of a line; NULL where it expects nothing. */
struct insn_answers {
	const struct step *answer;	/* the first of steps that follow each other */
	size_t count;
	const struct step *wait;	/* of the VM entry at its end */
	bool error;			/* the line is refused */
	bool pending;			/* an event of the module's, which is in the VMCS later */
};

/*
 * Compares the answers with what may come of the line @step, before it is written. *launch is
 * the launch state of the vCPU's VMCS, before and after it. The caller frees what it returns:
 * what differs, with *where the step that expects it; or NULL.
 */
char *predict_insn(struct access *access, const char *caps, const struct step *step,
		   const struct insn_answers *answers, enum vmxcheck_launch *launch,
		   const struct step **where);

/* The same in two steps: before a line is written, and when its answers are there. */
struct insn_prediction;

/* @vmcs: the vCPU's VMCS. NULL if the line has something that vmxfs refuses. */
struct insn_prediction *predict_insn_begin(const struct facts *vmcs, const char *line,
					   enum vmxcheck_launch launch);
char *predict_insn_end(struct insn_prediction *prediction, const struct insn_answers *answers,
		       enum vmxcheck_launch *launch, const struct step **where);
void predict_insn_free(struct insn_prediction *prediction);

/* The answers that may come of the instruction compared last, as a case expects them. */
char *predict_insn_answers(const struct insn_prediction *prediction);

/* The rule that says so: of vmxcheck_rules(). */
size_t predict_insn_rule(const struct insn_prediction *prediction);

/* What is known of the vCPU's VMCS now. */
const struct facts *predict_insn_vmcs(const struct insn_prediction *prediction);

#endif
