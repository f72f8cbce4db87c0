/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the processor and libvmxcheck are not of one mind: one VM entry, its fewest changes,
 * and a case that shows it.
 */
#ifndef DIFFERENCE_H
#define DIFFERENCE_H

#include "fuzz.h"

/* All that a VM entry needs, and what came of it */
struct trial {
	struct machine *machine;
	struct model *model;
	struct changes changes;
	struct state state;		/* that was entered */
	struct vmxcheck_outcome outcome;	/* that was predicted */
	struct came came;
	bool executed;			/* an instruction, although the timer is 0 */
	size_t wrong;			/* row of a field that was not saved rightly, or NO_ROW */
	uint64_t right, saved;		/* what would be, and what was */
};

/* Enters a state. What vmxfs refuses to change is taken out of the changes. */
enum verdict trial_run(struct trial *trial, struct known **reason);

/* Another vCPU, if this one can't go on; false if there is none. */
bool trial_renew(struct trial *trial);

/* Fewer changes, of fewer bits, that differ as well. */
void trial_shrink(struct trial *trial);

/*
 * The check that explains it, if it may be done or not, or NO_CHECK: it is wrong in some
 * other way.
 */
size_t trial_blame(const struct trial *trial);

/* Prints it as an item of a YAML list, with a case. */
void trial_print(const struct trial *trial, size_t blame);

#endif
