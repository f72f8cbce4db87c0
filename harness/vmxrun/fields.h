/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The bits of a number in words, by a table.
 */
#ifndef FIELDS_H
#define FIELDS_H

#include <stddef.h>
#include <stdint.h>

#include "util.h"

enum field_kind {
	FLAG,		/* its name, if it is set */
	CHOICE,		/* one of several names; NULL is a reserved value */
	DECIMAL,	/* its name and the number */
	HEX,
	SIGNED,
};

struct field {
	enum field_kind kind;
	unsigned char high;
	unsigned char low;
	const char *name;
	const char *const *choice;
	size_t nchoices;
	/* the field is there only if the bits of the mask are this */
	uint64_t when_mask;
	uint64_t when;
};

struct format {
	const struct field *field;
	size_t count;
};

#define FORMAT(fields) { fields, sizeof(fields) / sizeof(*(fields)) }

#define FIELD_FLAG(bit, text) \
	{ .kind = FLAG, .high = (bit), .low = (bit), .name = (text) }
#define FIELD_CHOICE(top, bottom, choices) \
	{ .kind = CHOICE, .high = (top), .low = (bottom), .choice = (choices), \
	  .nchoices = sizeof(choices) / sizeof(*(choices)) }
#define FIELD_NUMBER(base, top, bottom, text) \
	{ .kind = (base), .high = (top), .low = (bottom), .name = (text) }

/*
 * ": WORDS, WORDS", or nothing, of the fields whose bits are all in the mask;
 * last, bits that no field covers.
 */
void print_fields(struct string *out, const struct format *format,
		  uint64_t value, uint64_t mask);

#endif
