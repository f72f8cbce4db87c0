// SPDX-License-Identifier: GPL-2.0
/* Truths, and values that may be unknown. */
#include "internal.h"

enum truth vc_not(enum truth a)
{
	return a == UNKNOWN ? UNKNOWN : a == YES ? NO : YES;
}

/* One that decides does so whatever is not known. */
static enum truth fold(const enum truth *truths, enum truth deciding)
{
	enum truth result = vc_not(deciding);

	for (; *truths != END; truths++) {
		if (*truths == deciding)
			return deciding;
		if (*truths == UNKNOWN)
			result = UNKNOWN;
	}
	return result;
}

enum truth vc_all(const enum truth *truths)
{
	return fold(truths, NO);
}

enum truth vc_any(const enum truth *truths)
{
	return fold(truths, YES);
}

enum truth vc_zero(struct value value, uint64_t mask)
{
	return !value.known ? UNKNOWN : value.n & mask ? NO : YES;
}

enum truth vc_same(struct value a, struct value b)
{
	return !a.known || !b.known ? UNKNOWN : a.n == b.n ? YES : NO;
}

enum truth vc_at_most(struct value a, struct value b)
{
	return !a.known || !b.known ? UNKNOWN : a.n <= b.n ? YES : NO;
}

/* Bit n of @set: n is one of them. */
enum truth vc_one_of(struct value value, uint64_t set)
{
	return !value.known ? UNKNOWN : value.n < 64 && set >> value.n & 1 ? YES : NO;
}

struct value vc_masked(struct value value, uint64_t mask)
{
	value.n &= mask;
	return value;
}

struct value vc_bits(struct value value, unsigned int first, unsigned int last)
{
	value.n = (value.n & VMX_BITS(first, last)) >> first;
	return value;
}

struct value vc_times(struct value a, uint64_t b, uint64_t less)
{
	a.n = a.n * b - less;
	return a;
}

static struct value remember(struct decision *d, enum vmxcheck_kind kind, uint64_t number,
			     struct value value)
{
	struct vmxcheck_item *item;
	size_t i;

	for (i = 0; i < d->items; i++)
		if (d->item[i].kind == kind && d->item[i].number == number)
			return value;
	if (d->items < d->room) {
		item = &d->item[d->items++];
		item->kind = kind;
		item->number = number;
		item->value = value.n;
		item->known = value.known;
	}
	return value;
}

struct value vc_read(struct decision *d, enum vmxcheck_kind kind, uint64_t number)
{
	struct value value = { 0, false };

	value.known = d->state->read(d->state->opaque, kind, number, &value.n);
	if (!value.known)
		value.n = 0;
	return remember(d, kind, number, value);
}

/* 4 bytes at an address with an offset; little endian, as all that a processor reads */
struct value vc_memory(struct decision *d, struct value address, uint64_t offset)
{
	struct value value = { 0, false };
	unsigned char bytes[4];

	if (!address.known)
		return value;
	if (d->state->memory && d->state->memory(d->state->opaque, address.n + offset, bytes, 4)) {
		value.n = bytes[0] | bytes[1] << 8 | bytes[2] << 16 | (uint64_t)bytes[3] << 24;
		value.known = true;
	}
	return remember(d, VMXCHECK_MEMORY, address.n + offset, value);
}
