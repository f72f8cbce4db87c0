// SPDX-License-Identifier: GPL-2.0
/* The table of checks, and what comes of all of them. */
#include "words.h"

/* Longer lists of MSRs need not work. SDM, appendix "Miscellaneous Data" */
#define MSR_ENTRIES 4096

/* What is known at compile time, so that the table needs no code. */
#define SECTION(ident, stage, result, title) \
	static const char title_##ident[] = title; \
	enum { stage_##ident = VMXCHECK_##stage, result_##ident = result };
#include "sections.h"

#define CHECK(group, number, section, condition, text) \
	static enum truth group##_##number(struct decision *d) \
	{ \
		return condition; \
	}
#include "checks.h"

/* @result: the VM-instruction error, or the exit qualification */
static const struct {
	enum truth (*holds)(struct decision *d);
	unsigned int result;
} rows[] = {
#define CHECK(group, number, section, condition, text) { group##_##number, result_##section },
#include "checks.h"
};

enum { CHECKS = sizeof(rows) / sizeof(rows[0]) };

static const struct vmxcheck_check checks[CHECKS] = {
#define ROW(group, number, section, text, optional) \
	{ #group "-" #number, (enum vmxcheck_stage)stage_##section, title_##section, text, optional },
#define CHECK(group, number, section, condition, text) ROW(group, number, section, text, false)
#define OPTIONAL_CHECK(group, number, section, condition, text) \
	ROW(group, number, section, text, true)
#include "checks.h"
};

const struct vmxcheck_check *vmxcheck_checks(size_t *count)
{
	*count = CHECKS;
	return checks;
}

static enum truth decide(const struct vmxcheck_state *state, size_t check, uint32_t entry,
			 struct decision *d)
{
	d->state = state;
	d->entry = entry;
	d->items = 0;
	return rows[check].holds(d);
}

/* How many entries the VM-entry MSR-load area has; false if that is not known. */
static bool count_entries(struct decision *d, const struct vmxcheck_state *state, uint32_t *count)
{
	struct value value;

	d->state = state;
	d->entry = 0;
	d->items = 0;
	value = FIELD(ENTRY_MSR_LOAD_COUNT);
	*count = value.n < MSR_ENTRIES ? (uint32_t)value.n : MSR_ENTRIES;
	return value.known;
}

/* One of the whole list: @d is of the entry that says so. */
static enum truth decide_list(const struct vmxcheck_state *state, size_t check, struct decision *d)
{
	enum truth all = YES;
	uint32_t count, entry, open = 0;

	if (!count_entries(d, state, &count))
		return UNKNOWN;
	for (entry = 1; entry <= count && all != NO; entry++) {
		all = decide(state, check, entry, d);
		if (all == UNKNOWN && !open)
			open = entry;
	}
	if (all != NO && open)
		return decide(state, check, open, d);
	return all;
}

enum vmxcheck_verdict vmxcheck_decide(const struct vmxcheck_state *state, size_t check,
				      struct vmxcheck_finding *finding)
{
	static const enum vmxcheck_verdict verdicts[] = {
		[NO] = VMXCHECK_VIOLATED, [YES] = VMXCHECK_PASSED, [UNKNOWN] = VMXCHECK_UNDECIDED,
	};
	struct decision d;
	enum truth holds;
	size_t i;

	if (checks[check].stage == VMXCHECK_MSRS)
		holds = decide_list(state, check, &d);
	else
		holds = decide(state, check, 0, &d);
	if (finding) {
		finding->verdict = verdicts[holds];
		finding->entry = holds == YES ? 0 : d.entry;
		finding->items = d.items;
		for (i = 0; i < d.items; i++)
			finding->item[i] = d.item[i];
	}
	return verdicts[holds];
}

/*
 * All checks of some stages: the results of those that may fail are bits of @failures.
 * Returns whether they may all pass.
 */
static bool stages_may_pass(const struct vmxcheck_state *state, enum vmxcheck_stage first,
			    enum vmxcheck_stage last, uint32_t *failures)
{
	bool pass = true;
	size_t i;

	for (i = 0; i < CHECKS; i++) {
		enum vmxcheck_verdict verdict;

		if (checks[i].stage < first || checks[i].stage > last)
			continue;
		verdict = vmxcheck_decide(state, i, NULL);
		if (verdict != VMXCHECK_PASSED)
			*failures |= 1u << rows[i].result;
		if (verdict == VMXCHECK_VIOLATED && !checks[i].optional)
			pass = false;
	}
	return pass;
}

/* Whether an MSR of the list may be loaded. */
static enum truth entry_loads(const struct vmxcheck_state *state, uint32_t entry)
{
	enum truth all = YES;
	struct decision d;
	size_t i;

	for (i = 0; i < CHECKS && all != NO; i++)
		if (checks[i].stage == VMXCHECK_MSRS)
			all = ALL(all, decide(state, i, entry, &d));
	return all;
}

void vmxcheck_entry(const struct vmxcheck_state *state, struct vmxcheck_outcome *outcome)
{
	struct decision d;
	uint32_t count, entry;

	*outcome = (struct vmxcheck_outcome){ .enters = false };
	if (!stages_may_pass(state, VMXCHECK_CONTROLS, VMXCHECK_HOST, &outcome->errors))
		return;
	if (!stages_may_pass(state, VMXCHECK_GUEST, VMXCHECK_GUEST, &outcome->guest))
		return;
	outcome->enters = true;
	if (!count_entries(&d, state, &count)) {
		outcome->msr_first = 1;
		outcome->msr_last = MSR_ENTRIES;
		return;
	}
	/* They are loaded in order: the first that can't be ends it. */
	for (entry = 1; entry <= count && outcome->enters; entry++) {
		enum truth loads = entry_loads(state, entry);

		if (loads == YES)
			continue;
		if (!outcome->msr_first)
			outcome->msr_first = entry;
		outcome->msr_last = entry;
		outcome->enters = loads == UNKNOWN;
	}
}
