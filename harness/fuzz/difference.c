// SPDX-License-Identifier: GPL-2.0
#include "difference.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"
#include "vmx.h"

/* Whether the guest may have a change. */
static bool is_contained(const struct trial *trial, const struct change *change)
{
	return !((change->value ^ trial->machine->start.value[change->row]) &
		 ~fields[change->row].contained);
}

/*
 * What is not the guest's must make VM entry fail, and before guest state is checked unless it
 * is guest state: host state and MSRs are loaded then. @but: fields that may be as they are; one
 * of which some bits are the guest's, only by itself.
 */
static bool reaches_host(const struct trial *trial, const struct vmxcheck_outcome *outcome,
			 const bool *but)
{
	size_t reaching = 0, shared = 0;

	if (!outcome->enters && !outcome->guest)
		return false;
	for (size_t i = 0; i < trial->changes.count; i++) {
		const struct change *change = &trial->changes.change[i];

		if (!outcome->enters &&
		    VMX_FIELD_TYPE(fields[change->row].encoding) == VMX_TYPE_GUEST)
			continue;
		if (is_contained(trial, change))
			continue;
		if (!but || !but[change->row])
			return true;
		reaching++;
		shared += !!fields[change->row].contained;
	}
	return shared && reaching > 1;
}

static void drop_refused(struct trial *trial)
{
	struct changes kept = { 0 };

	for (size_t i = 0; i < trial->changes.count; i++) {
		const struct change *change = &trial->changes.change[i];

		if (trial->state.value[change->row] == change->value)
			changes_add(&kept, change->row, change->value);
	}
	trial->changes = kept;
}

/*
 * By the SDM, or on this platform. The machine survives what a check looks at that is known not
 * to be done, or the check is fatal.
 */
static bool is_dangerous(const struct trial *trial)
{
	struct vmxcheck_outcome missed;
	bool rows[FIELDS];

	if (reaches_host(trial, &trial->outcome, NULL) || known_fatal(trial->model))
		return true;
	/* vmxfs refuses the rest. */
	if (!trial->machine->unsafe)
		return false;
	known_missed(trial->model, &missed, rows);
	/* Nothing but a SIPI ends this. */
	if ((trial->outcome.enters || missed.enters) &&
	    trial->state.value[ROW_GUEST_ACTIVITY_STATE] == VMX_ACTIVITY_WAIT_FOR_SIPI)
		return true;
	return reaches_host(trial, &missed, rows);
}

/* What VM entry and VM exit have left in the VMCS */
static enum verdict compare_saved(struct trial *trial, struct known **reason)
{
	const struct state *now = &trial->machine->now;
	size_t row = 0;

	*reason = NULL;
	/* A guest that has executed something is in another state. */
	if (executed_wrongly(&trial->state, now, &trial->came)) {
		*reason = known_execution(&trial->state);
		trial->executed = !*reason;
		return *reason ? IS_KNOWN : DIFFERS;
	}
	while ((row = saved_wrong(row, &trial->state, now, &trial->came, &trial->right)) != NO_ROW) {
		struct known *field = known_field(row, &trial->state, &trial->came);

		if (!field) {
			trial->wrong = row;
			trial->saved = now->value[row];
			return DIFFERS;
		}
		*reason = field;
		row++;
	}
	return *reason ? IS_KNOWN : AGREED;
}

enum verdict trial_run(struct trial *trial, struct known **reason)
{
	trial->state = trial->machine->start;
	trial->wrong = NO_ROW;
	trial->executed = false;
	trial->came = (struct came){ .what = CAME_NOTHING };
	for (size_t i = 0; i < trial->changes.count; i++)
		trial->state.value[trial->changes.change[i].row] = trial->changes.change[i].value;
	model_predict(trial->model, &trial->state, &trial->changes, &trial->outcome);
	if (is_dangerous(trial))
		return NOT_TRIED;
	if (machine_write(trial->machine, &trial->state)) {
		drop_refused(trial);
		model_predict(trial->model, &trial->state, &trial->changes, &trial->outcome);
		if (is_dangerous(trial))
			return NOT_TRIED;
	}
	machine_enter(trial->machine, &trial->came);
	if (outcome_has(&trial->outcome, &trial->came))
		return compare_saved(trial, reason);
	*reason = known_reason(trial->model, &trial->came);
	return *reason ? IS_KNOWN : DIFFERS;
}

bool trial_renew(struct trial *trial)
{
	struct machine *machine = trial->machine;

	return !machine->spoiled || !machine_begin(machine, machine->base, machine->unsafe);
}

/* Whether other changes differ in the same way; then they are taken. */
static bool try_instead(struct trial *trial, const struct changes *changes)
{
	struct trial other = *trial;
	struct known *reason;

	other.changes = *changes;
	if (!trial_renew(&other))
		return false;
	if (trial_run(&other, &reason) != DIFFERS || other.came.what != trial->came.what ||
	    other.wrong != trial->wrong || other.executed != trial->executed)
		return false;
	*trial = other;
	return true;
}

static void drop_changes(struct trial *trial)
{
	for (size_t i = trial->changes.count; i-- > 0;) {
		struct changes fewer = trial->changes;

		fewer.count--;
		memmove(&fewer.change[i], &fewer.change[i + 1],
			(fewer.count - i) * sizeof(fewer.change[0]));
		try_instead(trial, &fewer);
		if (i > trial->changes.count)
			i = trial->changes.count;
	}
}

static void drop_bits(struct trial *trial, size_t i)
{
	for (unsigned int bit = 0; bit < 64 && i < trial->changes.count; bit++) {
		struct changes fewer = trial->changes;
		uint64_t base = trial->machine->start.value[fewer.change[i].row];
		uint64_t different = fewer.change[i].value ^ base;

		if (!(different >> bit & 1) || !(different & (different - 1)))
			continue;
		fewer.change[i].value ^= 1ULL << bit;
		try_instead(trial, &fewer);
	}
}

void trial_shrink(struct trial *trial)
{
	drop_changes(trial);
	for (size_t i = 0; i < trial->changes.count; i++)
		drop_bits(trial, i);
	drop_changes(trial);
	/* What the model and the machine have is of another that was tried. */
	try_instead(trial, &trial->changes);
}

size_t trial_blame(const struct trial *trial)
{
	enum vmxcheck_verdict verdicts[CHECKS_MAX];

	if (trial->wrong != NO_ROW)
		return NO_CHECK;
	memcpy(verdicts, trial->model->verdict, sizeof(verdicts));
	for (size_t i = 0; i < trial->model->count; i++) {
		struct vmxcheck_outcome outcome;

		/* One that fails is not done; one that passes is done wrongly. */
		verdicts[i] = VMXCHECK_UNDECIDED;
		vmxcheck_conclude(verdicts, &outcome);
		verdicts[i] = trial->model->verdict[i];
		if (verdicts[i] != VMXCHECK_PASSED && outcome_has(&outcome, &trial->came))
			return i;
	}
	return NO_CHECK;
}

static void print_changes(const struct trial *trial, const char *before)
{
	for (size_t i = 0; i < trial->changes.count; i++)
		printf("%svmcs: %s %#" PRIx64 "\n", before,
		       fields[trial->changes.change[i].row].name, trial->changes.change[i].value);
}

/* What a processor that is right does */
static void print_expected(const struct trial *trial, const char *before)
{
	struct string all = { 0 };
	char *text;

	outcome_expect(&all, &trial->outcome, before);
	text = string_end(&all);
	fputs(text, stdout);
	free(text);
}

static void print_case(const struct trial *trial, const char *section)
{
	static const char before[] = "        ";
	const char *line = trial->machine->base->lines;

	printf("      case: |\n");
	printf("%s# SPDX-License-Identifier: GPL-2.0\n", before);
	printf("%s# Found by make fuzz.\n", before);
	if (section)
		printf("%s# SDM, \"%s\"\n", before, section);
	printf("%sguest %s\n", before, trial->machine->base->guest);
	printf(trial->machine->unsafe ? "%sreach unsafe\n\n%sctl: unsafe\n" : "\n", before, before);
	printf("%sctl: go\n%swait? .hlt 0x0 ...\n%sctl: report preempt\n", before, before, before);
	printf("%svmcs: preemption_timer_value 0\n", before);
	for (; *line; line = strchr(line, '\n') + 1)
		printf("%svmcs: %.*s\n", before, (int)strcspn(line, "\n"), line);
	print_changes(trial, before);
	printf("%sinsn: vmresume\n", before);
	print_expected(trial, before);
	if (trial->wrong != NO_ROW)
		printf("%svmcs? %s %#" PRIx64 "\n", before, fields[trial->wrong].name, trial->right);
}

void trial_print(const struct trial *trial, size_t blame)
{
	size_t count;
	const struct vmxcheck_check *checks = vmxcheck_checks(&count);
	char text[200];

	outcome_say(&trial->outcome, text, sizeof(text));
	if (trial->executed)
		snprintf(text, sizeof(text), "no instruction, since the timer is 0");
	printf("    - expected: %s\n      got: \"%s\"\n", text, trial->came.text);
	if (trial->wrong != NO_ROW)
		printf("      field: %s, saved %#" PRIx64 ", must be %#" PRIx64 "\n",
		       fields[trial->wrong].name, trial->saved, trial->right);
	if (blame < count)
		printf("      check: %s\n      text: >-\n        %s\n", checks[blame].id,
		       checks[blame].text);
	print_case(trial, blame < count ? checks[blame].section : NULL);
}
