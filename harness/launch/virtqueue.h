/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Split virtqueues, the device's side. OASIS, "Virtual I/O Device (VIRTIO) Version 1.2", section
 * "Split Virtqueues".
 *
 * Everything in a queue is the guest's, which may change it at any time, and be hostile: each
 * value is read once, then checked, then used. What is wrong breaks the queue, and the driver
 * has to reset the device.
 */
#ifndef VIRTQUEUE_H
#define VIRTQUEUE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "memory.h"

/* The largest queue; a chain has no more descriptors than its queue */
#define VIRTQUEUE_MAX	256
/* A chain has no more bytes than this, in a direction */
#define CHAIN_BYTES_MAX	(64u << 20)

struct virtq_desc {
	uint64_t addr;
	uint32_t len;
	uint16_t flags;
	uint16_t next;
};

#define VIRTQ_DESC_NEXT		1
#define VIRTQ_DESC_WRITE	2	/* the device writes it; else it reads it */
#define VIRTQ_DESC_INDIRECT	4	/* it holds a table of descriptors */
#define VIRTQ_AVAIL_NO_INTERRUPT	1

/* What the driver says of a queue, as the common configuration has it */
struct virtqueue_registers {
	uint16_t size;
	uint16_t vector;
	uint16_t enable;
	uint16_t notify_off;
	uint64_t desc;
	uint64_t driver;
	uint64_t device;
};

/**
 * struct virtqueue - a queue
 * @regs: its size, a power of two; where its parts are, in guest-physical memory; whether that
 *	is so, which is its last word; and which row of the MSI-X table is for its interrupts
 * @broken: it has something in it that can't be
 * @desc: the table of descriptors; @avail is the driver's ring, @used the device's
 * @next: index of the next entry of the driver's ring that is looked at
 * @used_index: how many chains were given back, modulo 65536
 */
struct virtqueue {
	struct virtqueue_registers regs;
	bool broken;
	const struct virtq_desc *desc;
	uint16_t *avail;
	uint16_t *used;
	uint16_t next, used_index;
	const struct memory *memory;
};

/**
 * struct chain - buffers that belong together, which the driver has made available
 * @head: its name, for virtqueue_push()
 * @read: what the device reads, @n_read pieces with @read_size bytes in all
 * @write: what it writes, likewise
 */
struct chain {
	uint16_t head;
	unsigned int n_read, n_write;
	uint32_t read_size, write_size;
	struct iovec read[VIRTQUEUE_MAX];
	struct iovec write[VIRTQUEUE_MAX];
};

void virtqueue_reset(struct virtqueue *queue, uint16_t number);
/* Finds the rings in memory. If they are not there, it is broken. */
void virtqueue_enable(struct virtqueue *queue, const struct memory *memory);

/* Takes the next chain; false if there is none, or the queue is @broken then. */
bool virtqueue_pop(struct virtqueue *queue, struct chain *chain);
/* Whether there is one; it stays. */
bool virtqueue_has(const struct virtqueue *queue);
/* Gives a chain back, into which so many bytes were written. */
void virtqueue_push(struct virtqueue *queue, const struct chain *chain, uint32_t written);
bool virtqueue_wants_interrupt(const struct virtqueue *queue);

/* Copies out of the pieces that the device reads, from @offset on; into those that it writes.
 * Returns how many bytes there were.
 */
uint32_t chain_read(const struct chain *chain, uint32_t offset, void *data, uint32_t size);
uint32_t chain_write(const struct chain *chain, uint32_t offset, const void *data, uint32_t size);
/* Cuts pieces, so that only @size bytes from @offset on are left; returns how many pieces. */
unsigned int chain_cut(struct iovec *pieces, unsigned int n, uint32_t offset, uint32_t size);

#endif
