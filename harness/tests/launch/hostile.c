// SPDX-License-Identifier: GPL-2.0
/*
 * The launcher's devices on a machine that has nothing else: its memory is a piece of the
 * heap, so that the address sanitizer sees each access outside.
 */
#include "hostile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices.h"
#include "loop.h"
#include "machine.h"
#include "virtio.h"

#define MEMORY_SIZE	(64 << 10)
#define DISK_SIZE	(32 << 10)
/* Where a queue's parts lie when the driver is well-behaved: 4 kB each, from here on */
#define QUEUES_AT	0x1000
#define BUFFERS_AT	0x8000
#define QUEUE_SIZE	16
#define STATUS_OK	(VIRTIO_ACKNOWLEDGE | VIRTIO_DRIVER | VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK)

/* ---- what the devices call and this machine has not ---- */

static struct watch *watches;

void loop_add(struct watch *watch)
{
	watch->next = watches;
	watches = watch;
}

void loop_want(struct watch *watch, bool wanted)
{
	watch->wanted = wanted;
}

bool hostile_serve(int fd)
{
	struct watch *watch = watches;

	while (watch->fd != fd)
		watch = watch->next;
	if (watch->wanted)
		watch->ready(watch->opaque);
	return watch->wanted;
}

void machine_request(struct machine *machine, enum machine_request request)
{
	machine->request = request;
}

void ioapic_set(struct ioapic *ioapic, unsigned int pin, bool level)
{
}

void lapic_msi(struct machine *machine, uint64_t address, uint32_t data)
{
}

/* ---- numbers ---- */

/* xorshift64*, or the bytes */
static uint32_t draw(struct hostile_stream *stream)
{
	uint32_t value = 0;

	if (!stream->data) {
		stream->state ^= stream->state >> 12;
		stream->state ^= stream->state << 25;
		stream->state ^= stream->state >> 27;
		return stream->state * 0x2545f4914f6cdd1dull >> 32;
	}
	if (stream->size >= 2) {
		memcpy(&value, stream->data, 2);
		stream->data += 2;
		stream->size -= 2;
	} else {
		stream->size = 0;
	}
	return value;
}

static uint32_t below(struct hostile_stream *stream, uint32_t n)
{
	return draw(stream) % n;
}

bool hostile_is_over(const struct hostile_stream *stream)
{
	return stream->data && !stream->size;
}

/* ---- the machine ---- */

static struct machine machines[HOSTILE_DEVICES];

static int disk_file(void)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, DISK_SIZE))
		abort();
	return fd;
}

int hostile_file[2];

static int input_file(int type)
{
	if (socketpair(AF_UNIX, type | SOCK_NONBLOCK, 0, hostile_file))
		abort();
	/* The other end is never read: a full one is one of the things to be tested. */
	if (write(hostile_file[1], "input", 5) < 0)
		abort();
	return hostile_file[0];
}

static struct machine *machine_of(enum hostile_device device)
{
	struct machine *machine = &machines[device];
	static const uint8_t mac[6] = { 2 };
	int fd;

	if (machine->memory.base)
		return machine;
	machine->memory = (struct memory){ malloc(MEMORY_SIZE), MEMORY_SIZE };
	if (!machine->memory.base)
		abort();
	pci_create(machine);
	switch (device) {
	case HOSTILE_BLOCK:
		block_create(machine, disk_file(), false);
		break;
	case HOSTILE_CONSOLE:
		fd = input_file(SOCK_STREAM);
		console_create(machine, fd, fd);
		break;
	case HOSTILE_NET:
		net_create(machine, input_file(SOCK_DGRAM), mac);
		break;
	default:
		rng_create(machine, open("/dev/zero", O_RDONLY | O_CLOEXEC));
	}
	return machine;
}

static struct pci_device *pci_of(struct machine *machine)
{
	return machine->pci.slots[1];
}

/* ---- a driver that does all as it is to be ---- */

static void set(struct machine *machine, unsigned int offset, unsigned int size, uint64_t value)
{
	pci_bar_write(pci_of(machine), offset, size, value);
}

static uint64_t queue_at(unsigned int queue, unsigned int part)
{
	return QUEUES_AT + (3 * queue + part) * 0x400;
}

static void begin(struct machine *machine)
{
	struct virtio *virtio = (struct virtio *)pci_of(machine)->opaque;
	unsigned int queue, part;

	memset(machine->memory.base, 0, BUFFERS_AT);
	pci_put(pci_of(machine), PCI_COMMAND, 2, 6);
	set(machine, 0x14, 1, 0);
	for (part = 0; part < 2; part++) {
		set(machine, 0x08, 4, part);
		set(machine, 0x0c, 4, virtio->features >> 32 * part);
	}
	set(machine, 0x14, 1, VIRTIO_FEATURES_OK);
	for (queue = 0; queue < virtio->type->n_queues; queue++) {
		set(machine, 0x16, 2, queue);
		set(machine, 0x18, 2, QUEUE_SIZE);
		for (part = 0; part < 3; part++)
			set(machine, 0x20 + 8 * part, 4, queue_at(queue, part));
		set(machine, 0x1c, 2, 1);
	}
	set(machine, 0x14, 1, STATUS_OK);
}

unsigned int hostile_offer(enum hostile_device device)
{
	struct machine *machine = machine_of(device);
	struct virtio *virtio = pci_of(machine)->opaque;
	struct virtq_desc *table = (void *)(machine->memory.base + queue_at(0, 0));
	uint16_t *avail = (void *)(machine->memory.base + queue_at(0, 1));

	if (virtio->regs.status != STATUS_OK)
		begin(machine);
	table[0] = (struct virtq_desc){ .addr = BUFFERS_AT, .len = 512, .flags = VIRTQ_DESC_WRITE };
	avail[2 + avail[1]++ % QUEUE_SIZE] = 0;
	set(machine, 0x100, 2, 0);
	hostile_serve(hostile_file[0]);
	return virtio->queues[0].used_index;
}

/* ---- a driver that does not ---- */

static uint64_t bad_address(struct hostile_stream *stream)
{
	static const uint64_t edges[] = { 0, MEMORY_SIZE, MEMORY_HOLE, MEMORY_4G, 1ull << 63, 0 };
	uint64_t edge = edges[below(stream, 6)];

	switch (below(stream, 4)) {
	case 0:
		return edge - below(stream, 64);
	case 1:
		return (uint64_t)draw(stream) << 32 | draw(stream);
	default:
		return below(stream, MEMORY_SIZE);	/* also in the queues themselves */
	}
}

static uint32_t bad_length(struct hostile_stream *stream)
{
	static const uint32_t edges[] = { 0, 1, MEMORY_SIZE, 1u << 31, UINT32_MAX };

	return below(stream, 2) ? edges[below(stream, 5)] - below(stream, 3) : draw(stream);
}

/* The first is a request of the block device more often than not. */
static void write_descriptor(struct machine *machine, struct hostile_stream *stream,
			     struct virtq_desc *desc, unsigned int i, struct hostile_count *count)
{
	uint32_t buffer = BUFFERS_AT + 0x400 * i;
	uint32_t *header = (uint32_t *)(machine->memory.base + buffer);
	bool bad;

	*desc = (struct virtq_desc){ .addr = buffer, .len = i ? 512 : 16,
				     .flags = i && below(stream, 3) ? VIRTQ_DESC_WRITE : 0,
				     .next = i + 1 };
	if (below(stream, 3))
		desc->flags |= VIRTQ_DESC_NEXT;
	header[0] = below(stream, 15);
	header[2] = below(stream, 80);
	header[3] = below(stream, 16) ? 0 : draw(stream);
	bad = below(stream, 3) == 0;
	if (bad && below(stream, 2))
		desc->addr = bad_address(stream);
	if (bad && below(stream, 2))
		desc->len = bad_length(stream);
	if (bad && below(stream, 4) == 0)
		desc->flags = draw(stream);
	if (bad && below(stream, 3) == 0)
		desc->next = below(stream, 2) ? below(stream, QUEUE_SIZE) : draw(stream);
	if (below(stream, 8) == 0) {	/* a table, which may be one of the queue's */
		desc->flags |= VIRTQ_DESC_INDIRECT;
		desc->len = below(stream, 2) ? 16 * below(stream, 20) : bad_length(stream);
		desc->addr = below(stream, 2) ? queue_at(0, 0) : bad_address(stream);
		bad = true;
	}
	count->malformed += bad;
}

static void offer(struct machine *machine, struct hostile_stream *stream,
		  struct hostile_count *count)
{
	const struct virtio *virtio = pci_of(machine)->opaque;
	unsigned int queue = below(stream, virtio->type->n_queues), i, n = 1 + below(stream, 6);
	struct virtq_desc *table = (void *)(machine->memory.base + queue_at(queue, 0));
	uint16_t *avail = (void *)(machine->memory.base + queue_at(queue, 1));

	for (i = 0; i < n; i++)
		write_descriptor(machine, stream, &table[i], i, count);
	avail[2 + avail[1] % QUEUE_SIZE] = below(stream, 8) ? 0 : draw(stream);
	avail[1] += below(stream, 32) ? 1 : draw(stream);
	set(machine, 0x100 + 4 * queue, 2, queue);
}

/* Any access to its registers, or to configuration space */
static void poke(struct machine *machine, struct hostile_stream *stream)
{
	static const unsigned int sizes[] = { 1, 2, 4, 8 };
	unsigned int size = sizes[below(stream, 4)];
	uint32_t offset = below(stream, 2) ? below(stream, 0x40) : below(stream, PCI_BAR_SIZE);

	if (offset > PCI_BAR_SIZE - size)
		return;
	if (below(stream, 2))
		pci_bar_read(pci_of(machine), offset, size);
	else
		set(machine, offset, size, draw(stream));
	bus_access(&machine->ports, true, 0xcf8, 4,
		   &(uint32_t){ 0x80000800 | below(stream, PCI_CONFIG) });
	bus_access(&machine->ports, below(stream, 2), 0xcfc + below(stream, 4), sizes[below(stream, 3)],
		   &(uint64_t){ draw(stream) });
}

static void arrive(void)
{
	struct watch *watch;

	for (watch = watches; watch; watch = watch->next)
		if (watch->wanted)
			watch->ready(watch->opaque);
}

void hostile_run(enum hostile_device device, struct hostile_stream *stream, unsigned int steps,
		 struct hostile_count *count)
{
	struct machine *machine = machine_of(device);
	struct virtio *virtio = pci_of(machine)->opaque;
	unsigned int i, queue;

	begin(machine);
	for (i = 0; i < steps && !hostile_is_over(stream); i++) {
		if (below(stream, 16))
			offer(machine, stream, count);
		else
			poke(machine, stream);
		arrive();
		if (virtio->regs.status & VIRTIO_NEEDS_RESET || below(stream, 64) == 0) {
			count->broken += !!(virtio->regs.status & VIRTIO_NEEDS_RESET);
			for (queue = 0; queue < virtio->type->n_queues; queue++)
				count->served += virtio->queues[queue].used_index;
			begin(machine);
		}
	}
}
