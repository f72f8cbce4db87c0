// SPDX-License-Identifier: GPL-2.0
/* The list of a machine's memory. */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static uint64_t end_of(const struct mapping *mapping)
{
	return mapping->gpa + mapping->size;
}

bool mapping_cut(const struct mapping *from, uint64_t low, uint64_t high,
		 struct mapping *piece)
{
	*piece = *from;
	if (low < from->gpa)
		low = from->gpa;
	if (high > end_of(from))
		high = end_of(from);
	if (low >= high)
		return false;
	piece->gpa = low;
	piece->size = high - low;
	piece->hva += low - from->gpa;
	return true;
}

int mappings_change(const struct mappings *old, const struct mapping *range,
		    struct mappings *new)
{
	size_t i;

	/* At most, one is split, and one is new. */
	new->n = 0;
	new->list = malloc((old->n + 2) * sizeof(*new->list));
	if (!new->list)
		return -1;
	for (i = 0; i < old->n; i++)
		new->n += mapping_cut(&old->list[i], 0, range->gpa, &new->list[new->n]);
	if (range->prot)
		new->list[new->n++] = *range;
	for (i = 0; i < old->n; i++)
		new->n += mapping_cut(&old->list[i], end_of(range), UINT64_MAX,
				      &new->list[new->n]);
	return 0;
}

const struct mapping *mappings_find(const struct mappings *mappings, uint64_t gpa)
{
	size_t low = 0, high = mappings->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		const struct mapping *mapping = &mappings->list[middle];

		if (gpa - mapping->gpa < mapping->size)
			return mapping;
		if (gpa < mapping->gpa)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}
