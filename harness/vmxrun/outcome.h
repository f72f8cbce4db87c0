/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What libvmxcheck says of a VM entry, as a case says it.
 */
#ifndef OUTCOME_H
#define OUTCOME_H

#include "util.h"
#include "vmxcheck.h"

/*
 * What may come of 'insn: vmresume', with 0 in the VMX-preemption timer and 'report preempt', as
 * lines of a case, each of which begins with @before.
 */
void outcome_expect(struct string *out, const struct vmxcheck_outcome *outcome,
		    const char *before);

#endif
