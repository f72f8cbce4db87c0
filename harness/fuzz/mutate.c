// SPDX-License-Identifier: GPL-2.0
/*
 * A few fields get values near the edges. The first is any that a check reads; those after
 * it mostly are read by a check that has read the one before, too: what is wrong only
 * together is met like this.
 */
#include <string.h>

#include "fuzz.h"
#include "vmx.h"

#define PICK_OF(random, array, count) ((array)[random_below((random), (count))])

static uint64_t one_bit(struct random *random)
{
	return 1ULL << random_below(random, 64);
}

/* Both sides of a power of two */
static uint64_t near_power(struct random *random)
{
	return one_bit(random) + random_below(random, 3) - 1;
}

static uint64_t not_canonical(struct random *random)
{
	static const unsigned int bits[] = { 47, 48, 56, 57, 63 };
	uint64_t bit = 1ULL << PICK(random, bits);

	return one_in(random, 2) ? bit : -bit;
}

static uint64_t small(struct random *random)
{
	return random_below(random, 32);
}

static uint64_t any_number(struct random *random)
{
	return random_next(random) >> random_below(random, 64);
}

/* Selector, limit, event; the numbers that the SDM's checks have */
static uint64_t constant(struct random *random)
{
	static const uint64_t numbers[] = {
		0, 7, 0x0b, 0x67, 0x81, 0x82, 0x8b, 0x93, 0x9b, 0xf3, 0xff, 0xfff, 0x1000, 0xffff,
		0x10000, 0xfffff, 0x100000, 0xffffffff, 0xa09b, 0xc093, 0x20002, 0x80000202,
		0x80000306, 0x8000030d, 0x80000b0e, 0x80000420, 0x80000700, UINT64_MAX,
		0x0007040600070406,
	};

	return PICK(random, numbers);
}

static uint64_t (*const values[])(struct random *random) = {
	near_power, not_canonical, small, any_number, constant,
};

/* Half of the values differ from the old one by a bit. */
static uint64_t new_value(struct random *random, const struct model *model, size_t row)
{
	uint64_t old = model->base->value[row];
	uint64_t bits = fields[row].bits;

	switch (random_below(random, 8)) {
	case 0:
		return model->base->value[random_below(random, FIELDS)];
	case 1:
		return old + (one_in(random, 2) ? 1 : -1);
	case 2:
		return old ^ one_bit(random) ^ one_bit(random);
	case 3:
	case 4:
		return PICK(random, values)(random);
	default:
		/* Not all bits are as many as 64. */
		return old ^ (1ULL << random_below(random, __builtin_popcountll(bits)));
	}
}

/* What may be changed of a field */
static uint64_t open_bits(size_t row, bool unsafe)
{
	enum vmx_field_type type = VMX_FIELD_TYPE(fields[row].encoding);

	if (type == VMX_TYPE_READ_ONLY || row == ROW_PREEMPTION_TIMER_VALUE)
		return 0;
	return (unsafe ? fields[row].bits : fields[row].contained) & ~fields[row].dropped;
}

static bool is_read(const struct model *model, size_t row)
{
	for (size_t i = 0; i < CHECKS_MAX / 64; i++)
		if (model->readers[row][i])
			return true;
	return false;
}

void mutate_begin(struct model *model, bool unsafe)
{
	model->open_rows = 0;
	for (size_t row = 0; row < FIELDS; row++)
		if (model->base->have[row] && open_bits(row, unsafe) && is_read(model, row))
			model->open_row[model->open_rows++] = row;
}

/* The number of a bit that is 1, any of them */
static size_t any_bit(struct random *random, const uint64_t bits[CHECKS_MAX / 64])
{
	size_t word = random_below(random, CHECKS_MAX / 64);
	uint64_t left;

	while (!bits[word])
		word = (word + 1) % (CHECKS_MAX / 64);
	left = bits[word];
	for (size_t n = random_below(random, __builtin_popcountll(left)); n; n--)
		left &= left - 1;
	return word * 64 + __builtin_ctzll(left);
}

/* A field that is read by a check that reads this one, too */
static size_t related(struct random *random, const struct model *model, size_t row)
{
	size_t check = any_bit(random, model->readers[row]);
	size_t i = random_below(random, model->open_rows);

	while (!(model->readers[model->open_row[i]][check / 64] >> check % 64 & 1))
		i = (i + 1) % model->open_rows;
	return model->open_row[i];
}

void mutate(struct random *random, const struct model *model, bool unsafe,
	    struct changes *changes)
{
	size_t row = PICK_OF(random, model->open_row, model->open_rows);

	changes->count = 0;
	do {
		uint64_t open = open_bits(row, unsafe), old = model->base->value[row];

		changes_add(changes, row, (old & ~open) | (new_value(random, model, row) & open));
		row = one_in(random, 4) ? PICK_OF(random, model->open_row, model->open_rows) :
					  related(random, model, row);
	} while (changes->count < 6 && one_in(random, 2));
}
