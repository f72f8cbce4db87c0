// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "util.h"
#include "vmx.h"

struct known *known;
size_t known_count;

char *known_read(const char *path, const char *version)
{
	struct quirks quirks = { 0 };
	char *error = quirks_read(&quirks, path, version);

	for (size_t i = 0; !error && i < quirks.ndeviations; i++) {
		struct known row = { .what = quirks.deviation[i] };

		if (quirks.reason[row.what.reason].active)
			APPEND(known, known_count, row);
	}
	quirks_free(&quirks);
	return error;
}

void known_forget(void)
{
	for (size_t i = 0; i < known_count; i++)
		known[i].forgotten = !known[i].what.fatal;
}

static bool holds(const struct known *one, const struct state *state)
{
	for (size_t i = 0; i < one->what.nconditions; i++) {
		const struct condition *condition = &one->what.condition[i];

		if ((state->value[field_row(condition->field)] & condition->mask) !=
		    condition->value)
			return false;
	}
	return true;
}

/* Only a check that fails, or may, can be the reason if it is not done. */
static bool is_missed(const struct model *model, const struct known *one)
{
	return one->what.kind == DEVIATION_CHECK &&
	       model->verdict[one->what.number] != VMXCHECK_PASSED && holds(one, model->now);
}

/* What may come if the platform does not do this check */
static bool may_be_reason(const struct model *model, enum vmxcheck_verdict *verdicts,
			  const struct known *one)
{
	if (one->forgotten || !is_missed(model, one))
		return false;
	verdicts[one->what.number] = VMXCHECK_UNDECIDED;
	return true;
}

/* Whether what is right is refused: by guest state, or else with an error */
static bool refuses(const struct known *one, const struct state *state, const struct came *came)
{
	enum what what = CAME_ERROR;

	if (one->forgotten || one->what.kind != DEVIATION_REFUSES || !holds(one, state))
		return false;
	for (size_t i = 0; i < one->what.nconditions; i++)
		if (VMX_FIELD_TYPE(one->what.condition[i].field) == VMX_TYPE_GUEST)
			what = CAME_GUEST;
	return came->what == what;
}

struct known *known_reason(const struct model *model, const struct came *came)
{
	enum vmxcheck_verdict verdicts[CHECKS_MAX];
	struct vmxcheck_outcome outcome;
	struct known *reason = NULL;

	vmxcheck_conclude(model->verdict, &outcome);
	if (outcome.enters || outcome.guest)
		for (size_t i = 0; i < known_count; i++)
			if (refuses(&known[i], model->now, came))
				return &known[i];
	/* By one of them, or else by as many as it takes. */
	for (size_t i = 0; i < known_count; i++) {
		memcpy(verdicts, model->verdict, sizeof(verdicts));
		if (!may_be_reason(model, verdicts, &known[i]))
			continue;
		vmxcheck_conclude(verdicts, &outcome);
		if (outcome_has(&outcome, came))
			return &known[i];
	}
	memcpy(verdicts, model->verdict, sizeof(verdicts));
	for (size_t i = 0; i < known_count; i++)
		if (may_be_reason(model, verdicts, &known[i]))
			reason = &known[i];
	vmxcheck_conclude(verdicts, &outcome);
	return reason && outcome_has(&outcome, came) ? reason : NULL;
}

struct known *known_field(size_t row, const struct state *state, const struct came *came)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].what.kind == DEVIATION_FIELD && !known[i].forgotten &&
		    known[i].what.number == fields[row].encoding && holds(&known[i], state) &&
		    (!known[i].what.after_failure || came->what == CAME_GUEST))
			return &known[i];
	return NULL;
}

static struct known *find(enum deviation_kind kind, size_t number)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].what.kind == kind && !known[i].forgotten && known[i].what.number == number)
			return &known[i];
	return NULL;
}

struct known *known_execution(const struct state *state)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].what.kind == DEVIATION_EXECUTES && !known[i].forgotten &&
		    holds(&known[i], state))
			return &known[i];
	return NULL;
}

struct known *known_check(size_t check)
{
	return find(DEVIATION_CHECK, check);
}

struct known *known_rule(size_t rule)
{
	return find(DEVIATION_RULE, rule);
}

bool known_fatal_opcode(enum vmxcheck_opcode opcode)
{
	size_t count;
	const struct vmxcheck_rule *rules = vmxcheck_rules(&count);

	for (size_t i = 0; i < known_count; i++)
		if (known[i].what.fatal && known[i].what.kind == DEVIATION_RULE &&
		    rules[known[i].what.number].opcodes >> opcode & 1)
			return true;
	return false;
}

/* Whatever else is violated: the platform may not look at that, either. */
bool known_fatal(const struct model *model)
{
	for (size_t i = 0; i < known_count; i++)
		if (known[i].what.fatal && is_missed(model, &known[i]))
			return true;
	return false;
}

void known_missed(const struct model *model, struct vmxcheck_outcome *outcome, bool rows[FIELDS])
{
	enum vmxcheck_verdict verdicts[CHECKS_MAX];

	memcpy(verdicts, model->verdict, sizeof(verdicts));
	memset(rows, 0, FIELDS * sizeof(*rows));
	for (size_t i = 0; i < known_count; i++) {
		size_t check = known[i].what.number;

		if (!is_missed(model, &known[i]))
			continue;
		verdicts[check] = VMXCHECK_PASSED;
		for (size_t row = 0; row < FIELDS; row++)
			rows[row] |= model->readers[row][check / 64] >> check % 64 & 1;
	}
	vmxcheck_conclude(verdicts, outcome);
}
