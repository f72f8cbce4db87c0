/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What libvmxcheck says of a line of insn, and so of each answer that a case expects.
 */
#ifndef PREDICT_INSN_H
#define PREDICT_INSN_H

#include "access.h"
#include "casefile.h"
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

#endif
