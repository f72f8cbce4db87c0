// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "vmx.h"

static struct facts facts;

/*
 * What is known of the processor, once asked for: to look for it in a text, or by CPUID, takes
 * its time. If there is no row left, it is asked for each time.
 */
#define ASKED 256

static struct asked {
	bool is_asked, known;
	enum vmxcheck_kind kind;
	uint64_t number, value;
} asked[ASKED];

void model_init(const char *caps)
{
	facts.caps = caps;
}

static bool read_processor(enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	size_t first = number ^ number >> 32 ^ (size_t)kind << 6;

	for (size_t i = 0; i < ASKED; i++) {
		struct asked *row = &asked[(first + i) % ASKED];

		if (!row->is_asked) {
			*row = (struct asked){ true, false, kind, number, 0 };
			row->known = facts_value(&facts, kind, number, &row->value);
		}
		if (row->kind == kind && row->number == number) {
			*value = row->value;
			return row->known;
		}
	}
	return facts_value(&facts, kind, number, value);
}

static bool read_field(struct model *model, uint64_t encoding, uint64_t *value)
{
	size_t row = field_row(encoding);

	if (row == NO_ROW)
		return false;
	if (model->learning)
		model->readers[row][model->check / 64] |= 1ULL << model->check % 64;
	*value = model->now->value[row];
	return model->now->have[row];
}

static bool read_value(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	if (kind == VMXCHECK_FIELD)
		return read_field(opaque, number, value);
	return read_processor(kind, number, value);
}

void model_begin(struct model *model, const struct state *base)
{
	const struct vmxcheck_state state = { model, read_value, NULL };
	const struct vmxcheck_check *checks = vmxcheck_checks(&model->count);

	memset(model->readers, 0, sizeof(model->readers));
	if (model->count > CHECKS_MAX)
		abort();
	model->base = base;
	model->now = base;
	model->learning = true;
	/* The module's list of MSRs is no part of the state. */
	for (model->check = 0; model->check < model->count; model->check++)
		model->of_base[model->check] = checks[model->check].stage == VMXCHECK_MSRS ?
					       VMXCHECK_PASSED :
					       vmxcheck_decide(&state, model->check, NULL);
	model->learning = false;
	vmxcheck_conclude(model->of_base, &model->outcome_of_base);
}

/*
 * Entries of the MSR-load area are the module's own, whose values it does not show: any of
 * them may be refused.
 */
static void add_msrs(const struct state *state, struct vmxcheck_outcome *outcome)
{
	if (!outcome->enters || !state->value[ROW_ENTRY_MSR_LOAD_COUNT])
		return;
	outcome->msr_first = 1;
	outcome->msr_last = state->value[ROW_ENTRY_MSR_LOAD_COUNT];
}

void model_predict(struct model *model, const struct state *state, const struct changes *changes,
		   struct vmxcheck_outcome *outcome)
{
	const struct vmxcheck_state all = { model, read_value, NULL };
	uint64_t again[CHECKS_MAX / 64] = { 0 };
	bool is_as_base = true;

	model->now = state;
	for (size_t i = 0; i < changes->count; i++)
		for (size_t n = 0; n < CHECKS_MAX / 64; n++)
			again[n] |= model->readers[changes->change[i].row][n];
	memcpy(model->verdict, model->of_base, sizeof(model->verdict));
	for (size_t n = 0; n < CHECKS_MAX / 64; n++)
		for (; again[n]; again[n] &= again[n] - 1) {
			size_t check = n * 64 + __builtin_ctzll(again[n]);

			model->verdict[check] = vmxcheck_decide(&all, check, NULL);
			is_as_base &= model->verdict[check] == model->of_base[check];
		}
	if (is_as_base)
		*outcome = model->outcome_of_base;
	else
		vmxcheck_conclude(model->verdict, outcome);
	add_msrs(state, outcome);
}

/* What the module has after the entry any processor loads. */
static bool read_area(void *opaque, uint64_t address, void *to, size_t size)
{
	const struct msr_entry others = { .index = VMX_MSR_KERNEL_GS_BASE };
	struct model *model = opaque;
	const uint64_t *now = model->now->value;
	uint64_t offset = address - now[ROW_ENTRY_MSR_LOAD_ADDRESS];
	const struct msr_entry *entry = offset < sizeof(*entry) ? model->entry : &others;

	if (address < now[ROW_ENTRY_MSR_LOAD_ADDRESS] ||
	    offset >= now[ROW_ENTRY_MSR_LOAD_COUNT] * sizeof(*entry))
		return false;
	memcpy(to, (const char *)entry + offset % sizeof(*entry), size);
	return true;
}

size_t model_predict_msr(struct model *model, const struct state *state,
			 const struct msr_entry *entry, struct vmxcheck_outcome *outcome)
{
	const struct vmxcheck_state all = { model, read_value, read_area };
	size_t count;
	const struct vmxcheck_check *checks = vmxcheck_checks(&count);

	model->now = state;
	model->entry = entry;
	vmxcheck_entry(&all, outcome);
	for (size_t i = 0; i < count; i++)
		if (checks[i].stage == VMXCHECK_MSRS && !checks[i].optional &&
		    vmxcheck_decide(&all, i, NULL) == VMXCHECK_VIOLATED)
			return i;
	return NO_CHECK;
}

bool outcome_has(const struct vmxcheck_outcome *outcome, const struct came *came)
{
	switch (came->what) {
	case CAME_ENTERED:
		return outcome->enters;
	case CAME_ERROR:
		return came->number < 32 && outcome->errors >> came->number & 1;
	case CAME_GUEST:
		return came->number < 32 && outcome->guest >> came->number & 1;
	case CAME_MSR:
		return outcome->msr_first && came->number >= outcome->msr_first &&
		       came->number <= outcome->msr_last;
	default:
		return false;
	}
}

void outcome_say(const struct vmxcheck_outcome *outcome, char *text, size_t size)
{
	size_t n = 0;

	*text = '\0';
	for (unsigned int i = 0; i < 32 && n < size; i++)
		if (outcome->errors >> i & 1)
			n += snprintf(text + n, size - n, "%sfailvalid %u", n ? " or " : "", i);
	for (unsigned int i = 0; i < 32 && n < size; i++)
		if (outcome->guest >> i & 1)
			n += snprintf(text + n, size - n, "%s!entrystate 0x%x", n ? " or " : "", i);
	if (outcome->msr_first && !outcome->enters && n < size)
		n += snprintf(text + n, size - n, "%s!entrymsr %u", n ? " or " : "",
			      outcome->msr_first);
	if (outcome->enters && n < size)
		snprintf(text + n, size - n, "%sVM entry", n ? " or " : "");
}
