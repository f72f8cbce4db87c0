// SPDX-License-Identifier: GPL-2.0
#include "fields.h"

#include <inttypes.h>

static uint64_t low_bits(unsigned int count)
{
	return count < 64 ? (1ULL << count) - 1 : UINT64_MAX;
}

static void print_choice(struct string *out, const struct field *field,
			 uint64_t bits)
{
	if (bits < field->nchoices && field->choice[bits])
		string_add(out, field->choice[bits]);
	else
		string_print(out, "bits %u:%u reserved value %" PRIu64,
			     field->high, field->low, bits);
}

/* Two's complement, from the bit that is the field's highest. */
static void print_signed(struct string *out, const struct field *field,
			 uint64_t bits)
{
	uint64_t sign = 1ULL << (field->high - field->low);

	if (bits & sign)
		string_print(out, "%s-%#" PRIx64, field->name,
			     (sign << 1) - bits);
	else
		string_print(out, "%s%#" PRIx64, field->name, bits);
}

static void print_field(struct string *out, const struct field *field,
			uint64_t bits)
{
	switch (field->kind) {
	case FLAG:
		string_add(out, field->name);
		break;
	case CHOICE:
		print_choice(out, field, bits);
		break;
	case DECIMAL:
		string_print(out, "%s%" PRIu64, field->name, bits);
		break;
	case HEX:
		string_print(out, "%s0x%" PRIx64, field->name, bits);
		break;
	case SIGNED:
		print_signed(out, field, bits);
		break;
	}
}

void print_fields(struct string *out, const struct format *format,
		  uint64_t value, uint64_t mask)
{
	const char *separator = ": ";
	uint64_t rest = value & mask;

	for (size_t i = 0; i < format->count; i++) {
		const struct field *field = &format->field[i];
		uint64_t ones = low_bits(field->high - field->low + 1);
		uint64_t bits = value >> field->low & ones;

		if ((value & field->when_mask) != field->when)
			continue;
		rest &= ~(ones << field->low);
		if ((field->kind == FLAG && !bits) ||
		    (mask >> field->low & ones) != ones)
			continue;
		string_add(out, separator);
		print_field(out, field, bits);
		separator = ", ";
	}
	if (rest)
		string_print(out, "%sreserved bits 0x%" PRIx64, separator,
			     rest);
}
