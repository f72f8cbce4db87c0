// SPDX-License-Identifier: GPL-2.0
#include "values.h"

#include <stdlib.h>

#include "util.h"
#include "vmx.h"

uint64_t full_mask(enum vmxcheck_kind kind, uint64_t number)
{
	if (kind != VMXCHECK_FIELD)
		return kind == VMXCHECK_CPUID ? UINT32_MAX : UINT64_MAX;
	switch (VMX_FIELD_WIDTH(number)) {
	case VMX_WIDTH_16:
		return UINT16_MAX;
	case VMX_WIDTH_32:
		return UINT32_MAX;
	default:
		return UINT64_MAX;
	}
}

static struct known *find(const struct values *values, enum vmxcheck_kind kind, uint64_t number)
{
	if (kind == VMXCHECK_FIELD) {
		short slot = number / 2 < FIELD_SLOTS ? values->field[number / 2] : 0;

		return slot ? &values->known[slot - 1] : NULL;
	}
	for (size_t i = 0; i < values->knowns; i++)
		if (values->known[i].kind == kind && values->known[i].number == number)
			return &values->known[i];
	return NULL;
}

const struct known *values_find(const struct values *values, enum vmxcheck_kind kind,
				uint64_t number)
{
	return find(values, kind, number);
}

void values_add(struct values *values, struct claim claim)
{
	struct known *known = find(values, claim.kind, claim.number);

	if (claim.value & ~full_mask(claim.kind, claim.number))
		return;
	claim.mask &= full_mask(claim.kind, claim.number);
	claim.value &= claim.mask;
	if (!known) {
		struct known new = { .kind = claim.kind, .number = claim.number };

		/* A text that has more is none. */
		if (values->knowns == INT16_MAX)
			return;
		APPEND(values->known, values->knowns, new);
		known = &values->known[values->knowns - 1];
		if (claim.kind == VMXCHECK_FIELD)
			values->field[claim.number / 2] = (short)values->knowns;
	}
	known->conflict |= (known->value ^ claim.value) & known->mask & claim.mask;
	known->again |= known->mask & claim.mask;
	known->value |= claim.value & ~known->mask;
	known->mask |= claim.mask;
	APPEND(values->claim, values->claims, claim);
}

/* Exit reason and qualification are said by others, too, and stand in one line. */
static bool is_state(const struct known *known)
{
	return known->kind == VMXCHECK_MEMORY ||
	       (known->kind == VMXCHECK_FIELD &&
		VMX_FIELD_TYPE(known->number) != VMX_TYPE_READ_ONLY);
}

void values_settle(struct values *values, bool mixed)
{
	unsigned int conflicts = 0;

	for (size_t i = 0; i < values->knowns; i++)
		conflicts += values->known[i].conflict && is_state(&values->known[i]);
	values->mixed = mixed || conflicts > 1;
	for (size_t i = 0; values->mixed && i < values->knowns; i++)
		values->known[i].one_of = is_state(&values->known[i]) &&
					  values->known[i].again != values->known[i].mask;
}

bool known_counts(const struct known *known)
{
	return !known->conflict && !known->one_of;
}

bool values_read(const struct values *values, enum vmxcheck_kind kind, uint64_t number,
		 uint64_t *value)
{
	const struct known *known = find(values, kind, number);

	if (!known || !known_counts(known) || known->mask != full_mask(kind, number))
		return false;
	*value = known->value;
	return true;
}

void values_free(struct values *values)
{
	free(values->claim);
	free(values->known);
	*values = (struct values){ .claim = NULL };
}
