/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a text says of values. Each thing that it says is a claim, with the line and the
 * number that stands there; several claims may be about one value, or about parts of it.
 */
#ifndef VALUES_H
#define VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmxcheck.h"

/* How the claim comes from the number that is printed */
enum derived {
	AS_PRINTED,
	SHIFTED,	/* to the left, by @shift */
	FROM_FLAGS,	/* access rights of what QEMU calls flags */
	LOW_HALF,	/* bits 31:0 */
	IN_WORDS,	/* no number is printed */
	FROM_0,		/* one more: it counts from 0 there */
};

struct claim {
	enum vmxcheck_kind kind;
	uint64_t number;	/* of VMXCHECK_MEMORY the offset in the list of MSRs */
	uint64_t value, mask;	/* the bits of the mask are known by it */
	enum derived derived;
	unsigned int shift;
	uint64_t printed;
	size_t offset;		/* in the cleaned text */
	unsigned int line;
};

/* All that is said of one value. */
struct known {
	enum vmxcheck_kind kind;
	uint64_t number;
	uint64_t value, mask;
	uint64_t again;		/* the bits that more than one claim is about */
	bool conflict;		/* two claims are about the same bits and differ */
	bool one_of;		/* it is of one of several VMCSs, and which one is not known */
};

#define FIELD_SLOTS 0x3800

struct values {
	struct claim *claim;
	size_t claims;
	struct known *known;
	size_t knowns;
	short field[FIELD_SLOTS];	/* by encoding / 2: 1 + its index in known */
	bool mixed;			/* they are of several VMCSs */
};

/* The bits that a value has */
uint64_t full_mask(enum vmxcheck_kind kind, uint64_t number);

/* Takes it unless it can't be: a number that is wider than the field. */
void values_add(struct values *values, struct claim claim);

/*
 * All is added. If the values are of several VMCSs (two fields or more are in conflict, or
 * @mixed), only what is said at least twice is of all of them.
 */
void values_settle(struct values *values, bool mixed);

/* Whether it may be used */
bool known_counts(const struct known *known);

/* NULL if nothing is said of it. */
const struct known *values_find(const struct values *values, enum vmxcheck_kind kind,
				uint64_t number);

/* All of it is known, and nothing contradicts. */
bool values_read(const struct values *values, enum vmxcheck_kind kind, uint64_t number,
		 uint64_t *value);

void values_free(struct values *values);

#endif
