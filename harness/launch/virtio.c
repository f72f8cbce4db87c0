// SPDX-License-Identifier: GPL-2.0
#include "virtio.h"

#include <assert.h>
#include <string.h>

#include "machine.h"

#define NO_VECTOR		0xffff
#define ISR_QUEUE		1
#define ISR_CONFIG		2
#define NOTIFY_MULTIPLIER	4
#define CAPABILITY_VENDOR	0x09
#define CFG_PCI			5

#define R(offset, size, name, writable) COMMON_##name = offset,
enum { VIRTIO_COMMON_REGISTERS(R) };
#undef R

#define S(offset, size, name, type) AT_##name = offset, SIZE_##name = size, CFG_##name = type,
enum { VIRTIO_STRUCTURES(S) };
#undef S

static const struct {
	uint8_t offset;
	uint8_t size;
	bool writable;
} registers[] = {
#define R(offset, size, name, writable) { offset, size, writable },
	VIRTIO_COMMON_REGISTERS(R)
#undef R
};

bool virtio_has(const struct virtio *virtio, uint64_t feature)
{
	return virtio->driver_features & feature;
}

/* ---- interrupts ---- */

static void virtio_interrupt(struct virtio *virtio, uint8_t isr, uint16_t vector)
{
	if (pci_has_msix(&virtio->pci)) {
		pci_send(&virtio->pci, vector);
		return;
	}
	virtio->isr |= isr;
	pci_set_line(&virtio->pci, true);
}

void virtio_fail(struct virtio *virtio)
{
	if (virtio->regs.status & VIRTIO_NEEDS_RESET)
		return;
	virtio->regs.status |= VIRTIO_NEEDS_RESET;
	if (virtio->regs.status & VIRTIO_DRIVER_OK)
		virtio_interrupt(virtio, ISR_CONFIG, virtio->regs.config_vector);
}

/* ---- for the devices ---- */

bool virtio_is_live(const struct virtio *virtio, unsigned int queue)
{
	return virtio->regs.status & VIRTIO_DRIVER_OK && !(virtio->regs.status & VIRTIO_NEEDS_RESET) &&
	       pci_may_master(&virtio->pci) && virtio->queues[queue].regs.enable;
}

bool virtio_pop(struct virtio *virtio, unsigned int queue, struct chain *chain)
{
	if (!virtio_is_live(virtio, queue))
		return false;
	if (virtqueue_pop(&virtio->queues[queue], chain))
		return true;
	if (virtio->queues[queue].broken)
		virtio_fail(virtio);
	return false;
}

void virtio_push(struct virtio *virtio, unsigned int queue, const struct chain *chain,
		 uint32_t written)
{
	virtqueue_push(&virtio->queues[queue], chain, written);
	if (virtqueue_wants_interrupt(&virtio->queues[queue]))
		virtio_interrupt(virtio, ISR_QUEUE, virtio->queues[queue].regs.vector);
}

/* ---- the common configuration ---- */

static uint32_t virtio_half(uint64_t features, uint32_t select)
{
	return select > 1 ? 0 : features >> 32 * select;
}

static void virtio_set_half(uint64_t *features, uint32_t select, uint32_t to)
{
	if (select <= 1)
		*features = (*features & ~((uint64_t)UINT32_MAX << 32 * select)) |
			    (uint64_t)to << 32 * select;
}

static void virtio_write_status(struct virtio *virtio, uint8_t value)
{
	if (!value) {
		virtio_reset(virtio);
		return;
	}
	/* A set of features that can't be is refused: FEATURES_OK does not stay set. */
	if (virtio->driver_features & ~virtio->features ||
	    !virtio_has(virtio, VIRTIO_F_VERSION_1))
		value &= ~VIRTIO_FEATURES_OK;
	if (!(value & VIRTIO_FEATURES_OK))
		value &= ~VIRTIO_DRIVER_OK;
	/* The driver can't take back a bit, but by a reset. */
	virtio->regs.status |= value & ~VIRTIO_NEEDS_RESET;
}

static uint16_t virtio_vector(const struct virtio *virtio, uint16_t value)
{
	return value < virtio->pci.n_msix ? value : NO_VECTOR;
}

/* The queue that is selected, or NULL: the driver may select one that there is not. */
static struct virtqueue *virtio_selected(struct virtio *virtio)
{
	unsigned int n = virtio->regs.queue_select;

	return n < virtio->type->n_queues ? &virtio->queues[n] : NULL;
}

/*
 * Where a register is, if it may be accessed so: as wide as it is, or one of 8 bytes as two
 * of 4. What was negotiated stays: features until FEATURES_OK, a queue until it is enabled.
 */
static void *virtio_register(struct virtio *virtio, uint64_t offset, unsigned int size, bool write)
{
	struct virtqueue *queue = virtio_selected(virtio);
	size_t i;

	for (i = 0; i < sizeof(registers) / sizeof(*registers); i++)
		if (offset - registers[i].offset < registers[i].size)
			break;
	if (i == sizeof(registers) / sizeof(*registers) || offset % size ||
	    size != (registers[i].size == 8 ? 4 : registers[i].size))
		return NULL;
	if (write && (!registers[i].writable ||
		      (offset == COMMON_DRIVER_FEATURE && virtio->regs.status & VIRTIO_FEATURES_OK)))
		return NULL;
	if (offset < COMMON_QUEUE_SIZE)
		return (uint8_t *)&virtio->regs + offset;
	if (!queue || (write && queue->regs.enable && offset != COMMON_QUEUE_VECTOR))
		return NULL;
	return (uint8_t *)&queue->regs + (offset - COMMON_QUEUE_SIZE);
}

/* What a write does beside being stored */
static void virtio_written(struct virtio *virtio, uint64_t offset)
{
	struct virtio_registers *regs = &virtio->regs;
	struct virtqueue *queue = virtio_selected(virtio);

	switch (offset) {
	case COMMON_DEVICE_FEATURE_SELECT:
		regs->device_feature = virtio_half(virtio->features, regs->device_feature_select);
		return;
	case COMMON_DRIVER_FEATURE_SELECT:
		regs->driver_feature = virtio_half(virtio->driver_features,
						   regs->driver_feature_select);
		return;
	case COMMON_DRIVER_FEATURE:
		virtio_set_half(&virtio->driver_features, regs->driver_feature_select,
				regs->driver_feature);
		return;
	case COMMON_CONFIG_VECTOR:
		regs->config_vector = virtio_vector(virtio, regs->config_vector);
		return;
	case COMMON_QUEUE_VECTOR:
		queue->regs.vector = virtio_vector(virtio, queue->regs.vector);
		return;
	case COMMON_QUEUE_ENABLE:
		queue->regs.enable = queue->regs.enable == 1;
		if (queue->regs.enable)
			virtqueue_enable(queue, virtio->memory);
		if (queue->broken)
			virtio_fail(virtio);
		return;
	}
}

static void virtio_write_common(struct virtio *virtio, uint64_t offset, unsigned int size,
				uint64_t value)
{
	void *reg = virtio_register(virtio, offset, size, true);

	if (!reg)
		return;
	if (offset == COMMON_STATUS) {
		virtio_write_status(virtio, value);
		return;
	}
	memcpy(reg, &value, size);
	virtio_written(virtio, offset);
}

/* ---- the BAR ---- */

/* Reading ISR status clears it, and lowers the line. */
static uint8_t virtio_read_isr(struct virtio *virtio)
{
	uint8_t isr = virtio->isr;

	virtio->isr = 0;
	pci_set_line(&virtio->pci, false);
	return isr;
}

static uint64_t virtio_read(void *opaque, uint64_t offset, unsigned int size)
{
	struct virtio *virtio = opaque;
	const void *from = virtio_register(virtio, offset, size, false);
	uint64_t value = 0;

	if (offset == AT_ISR)
		return virtio_read_isr(virtio);
	offset -= AT_DEVICE;
	if (offset < VIRTIO_CONFIG_MAX && size <= VIRTIO_CONFIG_MAX - offset)
		from = &virtio->config[offset];
	if (from)
		memcpy(&value, from, size);
	return value;
}

static void virtio_write(void *opaque, uint64_t offset, unsigned int size, uint64_t value)
{
	struct virtio *virtio = opaque;
	uint64_t queue = (offset - AT_NOTIFY) / NOTIFY_MULTIPLIER;

	if (offset < SIZE_COMMON) {
		virtio_write_common(virtio, offset, size, value);
	} else if (offset >= AT_NOTIFY && queue < virtio->type->n_queues &&
		   virtio_is_live(virtio, queue)) {
		virtio->type->notify(virtio, queue);
	}
}

static const struct bus_ops bar = { virtio_read, virtio_write };

/* ---- configuration space: section "Virtio Structure PCI Capabilities" ---- */

static unsigned int virtio_add_structure(struct virtio *virtio, uint8_t type, uint32_t offset,
					 uint32_t size, unsigned int length)
{
	unsigned int at = pci_add_capability(&virtio->pci, CAPABILITY_VENDOR, length);

	pci_put(&virtio->pci, at + 2, 1, length);
	pci_put(&virtio->pci, at + 3, 1, type);
	pci_put(&virtio->pci, at + 8, 4, offset);
	pci_put(&virtio->pci, at + 12, 4, size);
	return at;
}

/* A driver that can't reach the BAR accesses it here: offset, length, data. */
static bool virtio_window(struct virtio *virtio, uint32_t *offset, uint32_t *size)
{
	unsigned int at = virtio->access_at;

	*offset = pci_get(&virtio->pci, at + 8, 4);
	*size = pci_get(&virtio->pci, at + 12, 4);
	return !pci_get(&virtio->pci, at + 4, 1) && (*size == 1 || *size == 2 || *size == 4) &&
	       *offset < PCI_BAR_SIZE && !(*offset % *size);
}

static void virtio_touched(void *opaque, bool write, unsigned int offset, unsigned int size)
{
	struct virtio *virtio = opaque;
	unsigned int data = virtio->access_at + 16;
	uint32_t at, length;

	if (offset < data || offset >= data + 4 || !virtio_window(virtio, &at, &length))
		return;
	if (write)
		pci_bar_write(&virtio->pci, at, length, pci_get(&virtio->pci, data, length));
	else
		pci_put(&virtio->pci, data, length, pci_bar_read(&virtio->pci, at, length));
}

static void virtio_add_capabilities(struct virtio *virtio)
{
	unsigned int i, at;

#define S(offset, size, name, type) \
	at = virtio_add_structure(virtio, type, offset, size, type == CFG_NOTIFY ? 20 : 16); \
	if (type == CFG_NOTIFY) \
		pci_put(&virtio->pci, at + 16, 4, NOTIFY_MULTIPLIER);
	VIRTIO_STRUCTURES(S)
#undef S
	virtio->access_at = virtio_add_structure(virtio, CFG_PCI, 0, 0, 20);
	for (i = 4; i < 20; i++)
		virtio->pci.writable[virtio->access_at + i] = 0xff;
	pci_add_msix(&virtio->pci, virtio->type->n_queues + 1);
}

static void virtio_pci_reset(void *opaque)
{
	virtio_reset(opaque);
}

static const struct pci_ops ops = { &bar, virtio_touched, virtio_pci_reset };

void virtio_reset(struct virtio *virtio)
{
	unsigned int i;

	for (i = 0; i < VIRTIO_QUEUES_MAX; i++)
		virtqueue_reset(&virtio->queues[i], i);
	virtio->driver_features = 0;
	virtio->regs = (struct virtio_registers){ .device_feature = virtio->features,
						  .config_vector = NO_VECTOR,
						  .num_queues = virtio->type->n_queues };
	virtio_read_isr(virtio);
	if (virtio->type->reset)
		virtio->type->reset(virtio);
}

void virtio_create(struct machine *machine, struct virtio *virtio,
		   const struct virtio_type *type, uint64_t features)
{
	assert(type->n_queues <= VIRTIO_QUEUES_MAX);
	virtio->type = type;
	virtio->features = VIRTIO_F_VERSION_1 | VIRTIO_F_INDIRECT_DESC | type->features | features;
	virtio->memory = &machine->memory;
	virtio->pci.ops = &ops;
	virtio->pci.opaque = virtio;
	pci_add(machine, &virtio->pci, VIRTIO_VENDOR, VIRTIO_PCI_DEVICE + type->id, type->class);
	virtio_add_capabilities(virtio);
}
