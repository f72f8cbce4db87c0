// SPDX-License-Identifier: GPL-2.0
#include <cpuid.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "fuzz.h"

/* The capability MSRs, from IA32_VMX_BASIC on */
#define MSR_FIRST 0x480
#define MSR_COUNT 0x14

static struct {
	bool known;
	uint64_t value;
} msrs[MSR_COUNT];

void model_init(const char *caps)
{
	static const struct {
		uint32_t index;
		uint32_t width;
		const char *name;
	} rows[] = {
#define VMX_CAPABILITY(group, msr, bit, width, ident) { msr, width, #group "." #ident },
#include "vmx_capabilities.h"
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].width == 64 && rows[i].index - MSR_FIRST < MSR_COUNT) {
			msrs[rows[i].index - MSR_FIRST].known = true;
			msrs[rows[i].index - MSR_FIRST].value = caps_value(caps, rows[i].name);
		}
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

static bool read_cpuid(uint64_t number, uint64_t *value)
{
	uint32_t leaf = number >> 32, subleaf = (uint32_t)number >> 2;
	uint32_t reg[4] = { 0 };

	__get_cpuid_count(leaf, subleaf, &reg[0], &reg[1], &reg[2], &reg[3]);
	*value = reg[number & 3];
	return true;
}

static bool read_value(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	switch (kind) {
	case VMXCHECK_FIELD:
		return read_field(opaque, number, value);
	case VMXCHECK_MSR:
		if (number - MSR_FIRST >= MSR_COUNT)
			return false;
		*value = msrs[number - MSR_FIRST].value;
		return msrs[number - MSR_FIRST].known;
	case VMXCHECK_CPUID:
		return read_cpuid(number, value);
	default:
		/* Linux is in IA-32e mode and not in SMM. Nothing else is known. */
		*value = number == VMXCHECK_HOST_IA32E;
		return number == VMXCHECK_HOST_IA32E || number == VMXCHECK_IN_SMM;
	}
}

void model_begin(struct model *model, const struct state *base)
{
	const struct vmxcheck_state state = { model, read_value, NULL };

	memset(model->readers, 0, sizeof(model->readers));
	vmxcheck_checks(&model->count);
	if (model->count > CHECKS_MAX)
		abort();
	model->base = base;
	model->now = base;
	model->learning = true;
	for (model->check = 0; model->check < model->count; model->check++)
		model->of_base[model->check] = vmxcheck_decide(&state, model->check, NULL);
	model->learning = false;
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

	model->now = state;
	for (size_t i = 0; i < changes->count; i++)
		for (size_t n = 0; n < CHECKS_MAX / 64; n++)
			again[n] |= model->readers[changes->change[i].row][n];
	memcpy(model->verdict, model->of_base, sizeof(model->verdict));
	for (size_t n = 0; n < CHECKS_MAX / 64; n++)
		for (; again[n]; again[n] &= again[n] - 1) {
			size_t check = n * 64 + __builtin_ctzll(again[n]);

			model->verdict[check] = vmxcheck_decide(&all, check, NULL);
		}
	vmxcheck_conclude(model->verdict, outcome);
	add_msrs(state, outcome);
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
	if (outcome->enters && n < size)
		snprintf(text + n, size - n, "%sVM entry", n ? " or " : "");
}
