// SPDX-License-Identifier: GPL-2.0
/*
 * Section "Block Device". A request is done when the driver's notification is: what it was
 * told is written is in the file, and after a flush it is on the disk.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "devices.h"
#include "virtio.h"

#define CLASS_STORAGE	0x018000
#define SECTOR_SHIFT	9
#define SECTOR		(1u << SECTOR_SHIFT)

#define F_SEG_MAX	(1ull << 2)
#define F_RO		(1ull << 5)
#define F_FLUSH		(1ull << 9)
#define F_DISCARD	(1ull << 13)
#define F_WRITE_ZEROES	(1ull << 14)

/* Its configuration: section "Device configuration layout" */
enum {
	CONFIG_CAPACITY = 0, CONFIG_SEG_MAX = 12, CONFIG_DISCARD_SECTORS = 36,
	CONFIG_DISCARD_SEG = 40, CONFIG_DISCARD_ALIGNMENT = 44, CONFIG_ZEROES_SECTORS = 48,
	CONFIG_ZEROES_SEG = 52, CONFIG_ZEROES_UNMAP = 56, CONFIG_SIZE = 60,
};

/* Ranges of one discard request, and their sectors */
#define RANGES_MAX	16
#define RANGE_SECTORS	(1u << 16)
#define RANGE_UNMAP	1

enum { TYPE_IN, TYPE_OUT, TYPE_FLUSH = 4, TYPE_GET_ID = 8, TYPE_DISCARD = 11, TYPE_WRITE_ZEROES = 13 };
enum { STATUS_OK, STATUS_IOERR, STATUS_UNSUPP };
#define ID_SIZE		20

struct header {
	uint32_t type;
	uint32_t reserved;
	uint64_t sector;
};

struct range {
	uint64_t sector;
	uint32_t sectors;
	uint32_t flags;
};

struct block {
	struct virtio virtio;
	int fd;
	bool read_only;
	uint64_t sectors;
	char id[ID_SIZE + 1];
};

static bool block_is_inside(const struct block *block, uint64_t sector, uint64_t sectors)
{
	return sector <= block->sectors && sectors <= block->sectors - sector;
}

/* All of it, or an error; @pieces are used up. */
static int block_transfer(struct block *block, bool write, struct iovec *pieces, unsigned int n,
			  uint64_t sector, uint32_t size)
{
	off_t at = sector << SECTOR_SHIFT;
	ssize_t done;

	if (size % SECTOR || !block_is_inside(block, sector, size >> SECTOR_SHIFT) ||
	    (write && block->read_only))
		return STATUS_IOERR;
	while (size) {
		done = write ? pwritev(block->fd, pieces, n, at) : preadv(block->fd, pieces, n, at);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return STATUS_IOERR;
		at += done;
		size -= done;
		n = chain_cut(pieces, n, done, size);
	}
	return STATUS_OK;
}

static int block_flush(struct block *block)
{
	return fdatasync(block->fd) ? STATUS_IOERR : STATUS_OK;
}

/* Without the feature FLUSH, what is written is on the disk at once. */
static int block_write(struct block *block, struct chain *chain, uint64_t sector)
{
	uint32_t size = chain->read_size - sizeof(struct header);
	unsigned int n = chain_cut(chain->read, chain->n_read, sizeof(struct header), size);
	int status = block_transfer(block, true, chain->read, n, sector, size);

	return status || virtio_has(&block->virtio, F_FLUSH) ? status : block_flush(block);
}

/* The status is the last byte that is written. */
static int block_read(struct block *block, struct chain *chain, uint64_t sector,
		      uint32_t *written)
{
	uint32_t size = chain->write_size - 1;
	unsigned int n = chain_cut(chain->write, chain->n_write, 0, size);
	int status = block_transfer(block, false, chain->write, n, sector, size);

	*written = status ? 0 : size;
	return status;
}

static int block_zero(struct block *block, off_t at, off_t size)
{
	static const uint8_t zeros[65536];

	if (!fallocate(block->fd, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, at, size))
		return STATUS_OK;
	while (size) {
		ssize_t done = pwrite(block->fd, zeros, size < 65536 ? size : 65536, at);

		if (done <= 0)
			return STATUS_IOERR;
		at += done;
		size -= done;
	}
	return STATUS_OK;
}

/* To discard is a hint: what the file can't do is not done. */
static int block_clear_range(struct block *block, uint32_t type, const struct range *range)
{
	off_t at = range->sector << SECTOR_SHIFT, size = (off_t)range->sectors << SECTOR_SHIFT;
	const int punch = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
	bool discard = type == TYPE_DISCARD;

	if (range->flags & ~(discard ? 0 : RANGE_UNMAP))
		return STATUS_UNSUPP;
	if (!block_is_inside(block, range->sector, range->sectors) ||
	    range->sectors > RANGE_SECTORS)
		return STATUS_IOERR;
	if (!range->sectors)
		return STATUS_OK;
	if (discard || range->flags & RANGE_UNMAP) {
		if (!fallocate(block->fd, punch, at, size))
			return STATUS_OK;
		if (discard)
			return errno == EOPNOTSUPP ? STATUS_OK : STATUS_IOERR;
	}
	return block_zero(block, at, size);
}

static int block_clear(struct block *block, const struct chain *chain, uint32_t type)
{
	struct range ranges[RANGES_MAX];
	uint32_t size = chain->read_size - sizeof(struct header), i;
	int status = STATUS_OK;

	if (block->read_only)
		return STATUS_IOERR;
	if (!size || size % sizeof(*ranges) || size > sizeof(ranges))
		return STATUS_UNSUPP;
	chain_read(chain, sizeof(struct header), ranges, size);
	for (i = 0; i < size / sizeof(*ranges) && !status; i++)
		status = block_clear_range(block, type, &ranges[i]);
	return status || virtio_has(&block->virtio, F_FLUSH) ? status : block_flush(block);
}

static int block_get_id(struct block *block, struct chain *chain, uint32_t *written)
{
	if (chain->write_size < ID_SIZE + 1)
		return STATUS_IOERR;
	*written = chain_write(chain, 0, block->id, ID_SIZE);
	return STATUS_OK;
}

static int block_do(struct block *block, struct chain *chain, const struct header *header,
		    uint32_t *written)
{
	switch (header->type) {
	case TYPE_IN:
		return block_read(block, chain, header->sector, written);
	case TYPE_OUT:
		return block_write(block, chain, header->sector);
	case TYPE_FLUSH:
		return block_flush(block);
	case TYPE_GET_ID:
		return block_get_id(block, chain, written);
	case TYPE_DISCARD:
	case TYPE_WRITE_ZEROES:
		return block_clear(block, chain, header->type);
	default:
		return STATUS_UNSUPP;
	}
}

static void block_notify(struct virtio *virtio, unsigned int queue)
{
	struct block *block = (struct block *)virtio;
	unsigned int chains = VIRTQUEUE_MAX;
	struct chain chain;
	struct header header;

	while (chains-- && virtio_pop(virtio, queue, &chain)) {
		struct iovec last;
		uint32_t written = 0;

		/* Without room for both there is nothing to be told, and nobody to tell it. */
		if (chain.read_size < sizeof(header) || !chain.write_size) {
			virtio_fail(virtio);
			return;
		}
		chain_read(&chain, 0, &header, sizeof(header));
		last = chain.write[chain.n_write - 1];
		((uint8_t *)last.iov_base)[last.iov_len - 1] =
			block_do(block, &chain, &header, &written);
		virtio_push(virtio, queue, &chain, written + 1);
	}
}

static const struct virtio_type type = {
	.name = "block",
	.id = 2,
	.class = CLASS_STORAGE,
	.n_queues = 1,
	.features = F_SEG_MAX | F_FLUSH | F_DISCARD | F_WRITE_ZEROES,
	.notify = block_notify,
};

static void block_configure(struct block *block, unsigned int offset, unsigned int size,
			    uint64_t value)
{
	memcpy(&block->virtio.config[offset], &value, size);
}

void block_create(struct machine *machine, int fd, bool read_only)
{
	static unsigned int number;
	struct block *block = calloc(1, sizeof(*block));
	off_t size = lseek(fd, 0, SEEK_END);

	if (!block)
		abort();
	block->fd = fd;
	block->read_only = read_only;
	block->sectors = size > 0 ? size >> SECTOR_SHIFT : 0;
	snprintf(block->id, sizeof(block->id), "vmxlaunch-%u", number++);
	block_configure(block, CONFIG_CAPACITY, 8, block->sectors);
	/* Beside the pieces of data, a chain has header and status. */
	block_configure(block, CONFIG_SEG_MAX, 4, VIRTQUEUE_MAX - 2);
	block_configure(block, CONFIG_DISCARD_SECTORS, 4, RANGE_SECTORS);
	block_configure(block, CONFIG_DISCARD_SEG, 4, RANGES_MAX);
	block_configure(block, CONFIG_DISCARD_ALIGNMENT, 4, 1);
	block_configure(block, CONFIG_ZEROES_SECTORS, 4, RANGE_SECTORS);
	block_configure(block, CONFIG_ZEROES_SEG, 4, RANGES_MAX);
	block_configure(block, CONFIG_ZEROES_UNMAP, 1, 1);
	virtio_create(machine, &block->virtio, &type, read_only ? F_RO : 0);
}
