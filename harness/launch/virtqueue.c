// SPDX-License-Identifier: GPL-2.0
#include "virtqueue.h"

#include <string.h>

/* The driver's ring: flags, index, entries. The device's: the same, with entries of 8 bytes. */
#define RING_FLAGS	0
#define RING_INDEX	1
#define RING_ENTRIES	2
#define AVAIL_BYTES(size)	(6 + 2 * (size))
#define USED_BYTES(size)	(6 + 8 * (size))

static uint16_t virtqueue_load(const uint16_t *from)
{
	return __atomic_load_n(from, __ATOMIC_ACQUIRE);
}

static bool virtqueue_break(struct virtqueue *queue)
{
	queue->broken = true;
	return false;
}

void virtqueue_reset(struct virtqueue *queue, uint16_t number)
{
	*queue = (struct virtqueue){ .regs = { .size = VIRTQUEUE_MAX, .vector = UINT16_MAX,
					       .notify_off = number } };
}

void virtqueue_enable(struct virtqueue *queue, const struct memory *memory)
{
	const struct virtqueue_registers *regs = &queue->regs;
	uint32_t size = regs->size;

	queue->memory = memory;
	queue->broken = !size || size > VIRTQUEUE_MAX || size & (size - 1) || regs->desc % 16 ||
			regs->driver % 2 || regs->device % 4;
	if (queue->broken)
		return;
	queue->desc = memory_at(memory, regs->desc, size * sizeof(*queue->desc));
	queue->avail = memory_at(memory, regs->driver, AVAIL_BYTES(size));
	queue->used = memory_at(memory, regs->device, USED_BYTES(size));
	queue->broken = !queue->desc || !queue->avail || !queue->used;
}

static bool virtqueue_is_ready(const struct virtqueue *queue)
{
	return queue->regs.enable && !queue->broken;
}

bool virtqueue_has(const struct virtqueue *queue)
{
	return virtqueue_is_ready(queue) && virtqueue_load(&queue->avail[RING_INDEX]) != queue->next;
}

/* ---- a chain ---- */

/* What the walk through a chain knows */
struct walk {
	const struct virtq_desc *table;
	uint32_t size;		/* of the table */
	uint32_t left;		/* how many descriptors there may be yet: none comes twice */
	bool indirect;
};

static bool chain_add(struct chain *chain, const struct memory *memory,
		      const struct virtq_desc *desc)
{
	bool write = desc->flags & VIRTQ_DESC_WRITE;
	uint32_t *size = write ? &chain->write_size : &chain->read_size;
	struct iovec *piece = write ? &chain->write[chain->n_write] : &chain->read[chain->n_read];

	/* "The driver MUST place any device-writable descriptor elements after" the others. */
	if (!write && chain->n_write)
		return false;
	/* "The driver MUST NOT create a descriptor chain longer than the Queue Size." */
	if (desc->len > CHAIN_BYTES_MAX - *size || chain->n_read + chain->n_write == VIRTQUEUE_MAX)
		return false;
	if (!desc->len)
		return true;
	piece->iov_base = memory_at(memory, desc->addr, desc->len);
	piece->iov_len = desc->len;
	if (!piece->iov_base)
		return false;
	*size += desc->len;
	if (write)
		chain->n_write++;
	else
		chain->n_read++;
	return true;
}

/* The walk goes on in the table that this descriptor holds; there is one at most. */
static bool walk_indirect(struct walk *walk, const struct memory *memory,
			  const struct virtq_desc *desc)
{
	uint32_t count = desc->len / sizeof(*desc);

	if (walk->indirect || desc->flags & (VIRTQ_DESC_NEXT | VIRTQ_DESC_WRITE))
		return false;
	if (!count || desc->len % sizeof(*desc) || count > VIRTQUEUE_MAX || desc->addr % 16)
		return false;
	walk->table = memory_at(memory, desc->addr, desc->len);
	walk->size = walk->left = count;
	walk->indirect = true;
	return walk->table;
}

static bool chain_walk(struct chain *chain, struct walk *walk, const struct memory *memory,
		       uint16_t index)
{
	struct virtq_desc desc;

	for (; walk->left; walk->left--) {
		if (index >= walk->size)
			return false;
		desc = ((const volatile struct virtq_desc *)walk->table)[index];
		if (desc.flags & VIRTQ_DESC_INDIRECT) {
			if (!walk_indirect(walk, memory, &desc))
				return false;
			index = 0;
			walk->left++;	/* this one is no piece */
			continue;
		}
		if (!chain_add(chain, memory, &desc))
			return false;
		if (!(desc.flags & VIRTQ_DESC_NEXT))
			return true;
		index = desc.next;
	}
	return false;	/* a loop */
}

bool virtqueue_pop(struct virtqueue *queue, struct chain *chain)
{
	struct walk walk = { queue->desc, queue->regs.size, queue->regs.size, false };
	uint16_t waiting;

	if (!virtqueue_has(queue))
		return false;
	waiting = virtqueue_load(&queue->avail[RING_INDEX]) - queue->next;
	if (!waiting)
		return false;
	if (waiting > queue->regs.size)
		return virtqueue_break(queue);
	chain->head = virtqueue_load(&queue->avail[RING_ENTRIES + queue->next % queue->regs.size]);
	chain->n_read = chain->n_write = 0;
	chain->read_size = chain->write_size = 0;
	if (!chain_walk(chain, &walk, queue->memory, chain->head))
		return virtqueue_break(queue);
	queue->next++;
	return true;
}

/* The index goes last: when the driver sees it, the rest is there. */
void virtqueue_push(struct virtqueue *queue, const struct chain *chain, uint32_t written)
{
	uint32_t entry[2] = { chain->head, written };

	if (!virtqueue_is_ready(queue))
		return;
	memcpy(&queue->used[RING_ENTRIES + 4 * (queue->used_index % queue->regs.size)], entry,
	       sizeof(entry));
	queue->used_index++;
	__atomic_store_n(&queue->used[RING_INDEX], queue->used_index, __ATOMIC_RELEASE);
}

bool virtqueue_wants_interrupt(const struct virtqueue *queue)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return virtqueue_is_ready(queue) &&
	       !(virtqueue_load(&queue->avail[RING_FLAGS]) & VIRTQ_AVAIL_NO_INTERRUPT);
}

/* ---- its bytes ---- */

unsigned int chain_cut(struct iovec *pieces, unsigned int n, uint32_t offset, uint32_t size)
{
	unsigned int from, to = 0;

	for (from = 0; from < n && size; from++) {
		struct iovec piece = pieces[from];

		if (offset >= piece.iov_len) {
			offset -= piece.iov_len;
			continue;
		}
		piece.iov_base = (uint8_t *)piece.iov_base + offset;
		piece.iov_len -= offset;
		offset = 0;
		if (piece.iov_len > size)
			piece.iov_len = size;
		size -= piece.iov_len;
		pieces[to++] = piece;
	}
	return to;
}

static uint32_t chain_copy(const struct iovec *pieces, unsigned int n, uint32_t offset,
			   uint8_t *data, uint32_t size, bool write)
{
	uint32_t done = 0;
	unsigned int i;

	for (i = 0; i < n && done < size; i++) {
		uint8_t *bytes = pieces[i].iov_base;
		uint32_t len = pieces[i].iov_len;

		if (offset >= len) {
			offset -= len;
			continue;
		}
		len -= offset;
		if (len > size - done)
			len = size - done;
		if (write)
			memcpy(bytes + offset, data + done, len);
		else
			memcpy(data + done, bytes + offset, len);
		offset = 0;
		done += len;
	}
	return done;
}

uint32_t chain_read(const struct chain *chain, uint32_t offset, void *data, uint32_t size)
{
	return chain_copy(chain->read, chain->n_read, offset, data, size, false);
}

uint32_t chain_write(const struct chain *chain, uint32_t offset, const void *data, uint32_t size)
{
	return chain_copy(chain->write, chain->n_write, offset, (uint8_t *)data, size, true);
}
