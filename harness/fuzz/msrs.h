/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random entries of the VM-entry MSR-load area. The first is the one that is tried; the module's
 * own come after it.
 */
#ifndef MSRS_H
#define MSRS_H

#include "fuzz.h"

/* All that a VM entry with one needs, and what came of it */
struct msr_trial {
	struct machine *machine;
	struct model *model;
	struct msr_entry entry;
	struct vmxcheck_outcome outcome;	/* that was predicted */
	struct came came;
	size_t check;				/* that says what is right, or NO_CHECK */
};

/* Once, with a machine in its base: the area has an entry from now on. False if it can't. */
bool msr_begin(struct msr_trial *trial);

void msr_random(struct random *random, struct msr_entry *entry);

/* Says what is tried, before it is. */
void msr_trace(const struct msr_entry *entry, unsigned long number);

/* Enters with the entry in the area. */
enum verdict msr_run(struct msr_trial *trial, struct known **reason);

/* Another vCPU, if this one can't go on; false if there is none. */
bool msr_renew(struct msr_trial *trial);

/* Fewer bits of the value that differ as well. */
void msr_shrink(struct msr_trial *trial);

/* Prints it as an item of a YAML list, with a case. */
void msr_print(const struct msr_trial *trial);

#endif
