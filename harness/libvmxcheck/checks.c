// SPDX-License-Identifier: GPL-2.0
/* The table of checks, and what comes of all of them. */
#include "words.h"

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

static enum truth (*const rows[])(struct decision *d) = {
#define CHECK(group, number, section, condition, text) group##_##number,
#include "checks.h"
};

enum { CHECKS = sizeof(rows) / sizeof(rows[0]) };

static const struct vmxcheck_check checks[CHECKS] = {
#define ROW(group, number, section, text, optional) \
	{ #group "-" #number, (enum vmxcheck_stage)stage_##section, title_##section, text, optional, \
	  result_##section },
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
	return rows[check](d);
}

/* Of a longer list of MSRs nothing is known. SDM, appendix "Miscellaneous Data" */
struct list {
	uint32_t count;
	bool known;	/* all of it is checked */
};

static struct list find_list(struct decision *d, const struct vmxcheck_state *state)
{
	struct value count, misc;
	struct list list;
	uint32_t most;

	d->state = state;
	d->entry = 0;
	d->items = 0;
	misc = MSR(0x485);
	/* If it is known it is of no interest. */
	if (misc.known)
		d->items = 0;
	count = FIELD(ENTRY_MSR_LOAD_COUNT);
	most = 512 * ((uint32_t)BITS(misc, 25, 27).n + 1);
	list.known = count.known && count.n <= most;
	list.count = count.n < most ? (uint32_t)count.n : most;
	return list;
}

/* One of the whole list: @d is of the entry that says so. */
static enum truth decide_list(const struct vmxcheck_state *state, size_t check, struct decision *d)
{
	struct list list = find_list(d, state);
	uint32_t entry, open = 0;

	for (entry = 1; entry <= list.count; entry++) {
		enum truth loads = decide(state, check, entry, d);

		if (loads == NO)
			return NO;
		if (loads == UNKNOWN && !open)
			open = entry;
	}
	if (open)
		return decide(state, check, open, d);
	if (list.known)
		return YES;
	find_list(d, state);
	return UNKNOWN;
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

	d.room = finding ? VMXCHECK_ITEMS : 0;
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
 * The rows are in the order of the stages: guest state is checked only if all before may pass.
 * Of what may fail the results are bits.
 */
struct conclusion {
	struct vmxcheck_outcome *outcome;
	bool before, guest;	/* may pass */
};

/* A check that may fail */
static void may_not_pass(struct conclusion *so_far, size_t check, enum vmxcheck_verdict verdict)
{
	const struct vmxcheck_check *row = &checks[check];
	bool of_guest = row->stage == VMXCHECK_GUEST;

	if (row->stage == VMXCHECK_MSRS || (of_guest && !so_far->before))
		return;
	*(of_guest ? &so_far->outcome->guest : &so_far->outcome->errors) |= 1u << row->result;
	if (verdict == VMXCHECK_VIOLATED && !row->optional)
		*(of_guest ? &so_far->guest : &so_far->before) = false;
}

void vmxcheck_conclude(const enum vmxcheck_verdict *verdicts, struct vmxcheck_outcome *outcome)
{
	struct conclusion so_far = { outcome, true, true };
	size_t i;

	*outcome = (struct vmxcheck_outcome){ .enters = false };
	for (i = 0; i < CHECKS; i++)
		if (verdicts[i] != VMXCHECK_PASSED)
			may_not_pass(&so_far, i, verdicts[i]);
	outcome->enters = so_far.before && so_far.guest;
}

/* All but what depends on the list of MSRs */
static void conclude_state(const struct vmxcheck_state *state, struct vmxcheck_outcome *outcome)
{
	struct conclusion so_far = { outcome, true, true };
	size_t i;

	*outcome = (struct vmxcheck_outcome){ .enters = false };
	for (i = 0; i < CHECKS && checks[i].stage != VMXCHECK_MSRS; i++) {
		enum vmxcheck_verdict verdict;

		if (checks[i].stage == VMXCHECK_GUEST && !so_far.before)
			return;
		verdict = vmxcheck_decide(state, i, NULL);
		if (verdict != VMXCHECK_PASSED)
			may_not_pass(&so_far, i, verdict);
	}
	outcome->enters = so_far.before && so_far.guest;
}

/* Whether an MSR of the list may be loaded. */
static enum truth entry_loads(const struct vmxcheck_state *state, uint32_t entry)
{
	enum truth all = YES;
	struct decision d;
	size_t i;

	d.room = 0;
	for (i = 0; i < CHECKS && all != NO; i++) {
		enum truth loads;

		if (checks[i].stage != VMXCHECK_MSRS)
			continue;
		loads = decide(state, i, entry, &d);
		if (loads == NO && checks[i].optional)
			loads = UNKNOWN;
		all = ALL(all, loads);
	}
	return all;
}

static void msr_may_fail(struct vmxcheck_outcome *outcome, uint32_t entry)
{
	if (!outcome->msr_first)
		outcome->msr_first = entry;
	outcome->msr_last = entry;
}

void vmxcheck_entry(const struct vmxcheck_state *state, struct vmxcheck_outcome *outcome)
{
	struct decision d;
	struct list list;
	uint32_t entry;

	conclude_state(state, outcome);
	if (!outcome->enters)
		return;
	d.room = 0;
	list = find_list(&d, state);
	/* They are loaded in order: the first that can't be ends it. */
	for (entry = 1; entry <= list.count && outcome->enters; entry++) {
		enum truth loads = entry_loads(state, entry);

		if (loads != YES)
			msr_may_fail(outcome, entry);
		outcome->enters = loads != NO;
	}
	if (!list.known && outcome->enters) {
		msr_may_fail(outcome, list.count + 1);
		outcome->msr_last = ~0u;
	}
}
