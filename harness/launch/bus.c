// SPDX-License-Identifier: GPL-2.0
#include "bus.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

void bus_add(struct bus *bus, uint64_t start, uint64_t size, const struct bus_ops *ops,
	     void *device)
{
	assert(bus->n < BUS_RANGES);
	bus->ranges[bus->n++] = (struct bus_range){ start, size, ops, device };
}

/* All of the access must be the device's. */
static const struct bus_range *bus_find(const struct bus *bus, uint64_t address,
					unsigned int size)
{
	unsigned int i;

	for (i = 0; i < bus->n; i++) {
		const struct bus_range *range = &bus->ranges[i];

		if (address >= range->start && size <= range->size &&
		    address - range->start <= range->size - size)
			return range;
	}
	return NULL;
}

void bus_access(const struct bus *bus, bool write, uint64_t address, unsigned int size,
		void *data)
{
	const struct bus_range *range = bus_find(bus, address, size);
	uint64_t value = UINT64_MAX;

	if (write) {
		value = 0;
		memcpy(&value, data, size);
		if (range)
			range->ops->write(range->device, address - range->start, size, value);
		return;
	}
	if (range)
		value = range->ops->read(range->device, address - range->start, size);
	memcpy(data, &value, size);
}
