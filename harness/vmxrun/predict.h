/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What libvmxcheck says of a vCPU's VM entry: what may come of it, and why one failed.
 */
#ifndef PREDICT_H
#define PREDICT_H

#include <stdbool.h>

#include "access.h"
#include "casefile.h"
#include "vmxcheck.h"

/* Whether this change of ctl makes a VM entry; whether it has the module inject an event. */
bool is_entry(const struct step *step);
bool is_event(const struct step *step);

/*
 * Of the VM entry that @step makes, with the registers that it gives, which are written;
 * false if the VMCS can't be read. caps is the text of vmxfs's caps file. @pending: the
 * module injects an event, which is not in the VMCS yet.
 */
bool predict_entry(struct access *access, const char *caps, const struct step *step,
		   bool pending, struct vmxcheck_outcome *outcome);

/*
 * Whether one of the things that @step expects after a VM entry, which it need not be about,
 * may come; if not, the caller frees the text that says what may.
 */
char *predict_compare(const struct vmxcheck_outcome *outcome, const struct step *step);

/*
 * If @got, a line of wait or of insn, is a VM entry that failed: which checks its VMCS
 * violates, one a line, which the caller frees; else NULL.
 */
char *predict_why(struct access *access, const char *caps, const char *got);

#endif
