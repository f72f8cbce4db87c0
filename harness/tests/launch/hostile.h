/* SPDX-License-Identifier: GPL-2.0 */
/* A driver that is hostile: what it does comes from a stream of numbers. */
#ifndef HOSTILE_H
#define HOSTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hostile_device { HOSTILE_BLOCK, HOSTILE_CONSOLE, HOSTILE_NET, HOSTILE_RNG, HOSTILE_DEVICES };

/**
 * struct hostile_stream - where the numbers come from
 * @data: bytes that are used up; NULL: they are random
 * @size: how many are left
 * @state: of the random numbers
 */
struct hostile_stream {
	const uint8_t *data;
	size_t size;
	uint64_t state;
};

/* What there was of each, so that a test sees that it has tested something */
struct hostile_count {
	uint64_t malformed;	/* descriptors that were written, and can't be right */
	uint64_t served;	/* chains that were given back */
	uint64_t broken;	/* times that the device wanted to be reset */
};

/* One after the other; the device is made at the first call. Both end when the stream does. */
void hostile_run(enum hostile_device device, struct hostile_stream *stream, unsigned int steps,
		 struct hostile_count *count);
bool hostile_is_over(const struct hostile_stream *stream);

/* That of the device which was made last, in which there are 5 bytes; and its other end */
extern int hostile_file[2];

/* A driver that behaves has a buffer for input; returns how many it got back up to now. */
unsigned int hostile_offer(enum hostile_device device);

/* Serves a file if a device waits for it; whether it waits then. */
bool hostile_serve(int fd);

#endif
