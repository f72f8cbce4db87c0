/* SPDX-License-Identifier: GPL-2.0 */
/*
 * virtio over PCI: what all such devices have in common. OASIS, "Virtual I/O Device (VIRTIO)
 * Version 1.2", section "Virtio Over PCI Bus". Only "modern" devices: no legacy interface.
 */
#ifndef VIRTIO_H
#define VIRTIO_H

#include <stdbool.h>
#include <stdint.h>

#include "pci.h"
#include "virtqueue.h"

#define VIRTIO_QUEUES_MAX	4
#define VIRTIO_CONFIG_MAX	64

#define VIRTIO_VENDOR		0x1af4
#define VIRTIO_PCI_DEVICE	0x1040	/* and the device's type */

/* Section "Reserved Feature Bits" */
#define VIRTIO_F_INDIRECT_DESC	(1ull << 28)
#define VIRTIO_F_VERSION_1	(1ull << 32)

/* Device status */
#define VIRTIO_ACKNOWLEDGE	1
#define VIRTIO_DRIVER		2
#define VIRTIO_DRIVER_OK	4
#define VIRTIO_FEATURES_OK	8
#define VIRTIO_NEEDS_RESET	64
#define VIRTIO_FAILED		128

/*
 * Section "Common configuration structure layout": offset, bytes, name, whether the driver
 * may write. virtio.c has what is behind each.
 */
#define VIRTIO_COMMON_REGISTERS(R) \
	R(0x00, 4, DEVICE_FEATURE_SELECT,	true) \
	R(0x04, 4, DEVICE_FEATURE,		false) \
	R(0x08, 4, DRIVER_FEATURE_SELECT,	true) \
	R(0x0c, 4, DRIVER_FEATURE,		true) \
	R(0x10, 2, CONFIG_VECTOR,		true) \
	R(0x12, 2, NUM_QUEUES,			false) \
	R(0x14, 1, STATUS,			true) \
	R(0x15, 1, CONFIG_GENERATION,		false) \
	R(0x16, 2, QUEUE_SELECT,		true) \
	R(0x18, 2, QUEUE_SIZE,			true) \
	R(0x1a, 2, QUEUE_VECTOR,		true) \
	R(0x1c, 2, QUEUE_ENABLE,		true) \
	R(0x1e, 2, QUEUE_NOTIFY_OFF,		false) \
	R(0x20, 8, QUEUE_DESC,			true) \
	R(0x28, 8, QUEUE_DRIVER,		true) \
	R(0x30, 8, QUEUE_DEVICE,		true)

/* Those before QUEUE_SIZE; the others are those of the queue that is selected. */
struct virtio_registers {
	uint32_t device_feature_select;
	uint32_t device_feature;
	uint32_t driver_feature_select;
	uint32_t driver_feature;
	uint16_t config_vector;
	uint16_t num_queues;
	uint8_t status;
	uint8_t config_generation;
	uint16_t queue_select;
};

/* Where the structures are in the BAR: offset, bytes, cfg_type of their capability */
#define VIRTIO_STRUCTURES(S) \
	S(0x000, 0x38, COMMON,	1) \
	S(0x100, 0x10, NOTIFY,	2) \
	S(0x200, 0x01, ISR,	3) \
	S(0x300, 0x40, DEVICE,	4)

struct virtio;

/**
 * struct virtio_type - what a type of device is
 * @name: for messages
 * @id: section "Device Types"
 * @class: PCI's class code
 * @n_queues: how many queues it has
 * @features: device-specific ones that it offers
 * @config_size: of its own configuration, in bytes; what the driver writes to it is ignored
 * @notify: the driver has made buffers available in this queue
 * @reset: what it keeps of the driver is gone; may be NULL
 */
struct virtio_type {
	const char *name;
	uint16_t id;
	uint32_t class;
	unsigned int n_queues;
	uint64_t features;
	unsigned int config_size;
	void (*notify)(struct virtio *virtio, unsigned int queue);
	void (*reset)(struct virtio *virtio);
};

/**
 * struct virtio - a device
 * @type: what it is
 * @features: that it offers
 * @driver_features: that the driver has chosen
 * @regs: what the driver reads and writes
 * @isr: bit 0, a queue; bit 1, a change of the configuration
 * @config: its own configuration
 * @memory: the guest's
 */
struct virtio {
	const struct virtio_type *type;
	uint64_t features, driver_features;
	struct virtio_registers regs;
	uint8_t isr;
	uint8_t config[VIRTIO_CONFIG_MAX];
	struct virtqueue queues[VIRTIO_QUEUES_MAX];
	const struct memory *memory;
	struct pci_device pci;
	unsigned int access_at;
};

/* A new device on the machine's bus; @features are more than the type's. */
void virtio_create(struct machine *machine, struct virtio *virtio,
		   const struct virtio_type *type, uint64_t features);
void virtio_reset(struct virtio *virtio);

/* A queue that the driver may be served from */
bool virtio_is_live(const struct virtio *virtio, unsigned int queue);
/* Takes a chain, as virtqueue_pop(); a queue that breaks makes the device need a reset. */
bool virtio_pop(struct virtio *virtio, unsigned int queue, struct chain *chain);
/* Gives it back, and interrupts the driver if it wants to know. */
void virtio_push(struct virtio *virtio, unsigned int queue, const struct chain *chain,
		 uint32_t written);
/* The driver has done what it must not. */
void virtio_fail(struct virtio *virtio);
bool virtio_has(const struct virtio *virtio, uint64_t feature);

#endif
