/* SPDX-License-Identifier: GPL-2.0 */
/* Which device has which address: there is a bus for ports, and one for memory. */
#ifndef BUS_H
#define BUS_H

#include <stdbool.h>
#include <stdint.h>

#define BUS_RANGES	32

/**
 * struct bus_ops - what a device does when it is accessed
 * @read: returns the value; @offset is from the range's start, @size is 1, 2, 4 or 8 bytes
 * @write: takes it
 */
struct bus_ops {
	uint64_t (*read)(void *device, uint64_t offset, unsigned int size);
	void (*write)(void *device, uint64_t offset, unsigned int size, uint64_t value);
};

struct bus_range {
	uint64_t start;
	uint64_t size;
	const struct bus_ops *ops;
	void *device;
};

struct bus {
	struct bus_range ranges[BUS_RANGES];
	unsigned int n;
};

void bus_add(struct bus *bus, uint64_t start, uint64_t size, const struct bus_ops *ops,
	     void *device);

/*
 * An access of the guest's, 1 to 8 bytes. Where there is no device, nothing happens and all
 * bits that are read are 1, as on a PC.
 */
void bus_access(const struct bus *bus, bool write, uint64_t address, unsigned int size,
		void *data);

#endif
