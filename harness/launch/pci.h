/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A PCI bus: configuration mechanism 1, a host bridge, and devices that each have one memory
 * BAR and MSI-X. PCI Local Bus Specification 3.0
 */
#ifndef PCI_H
#define PCI_H

#include <stdbool.h>
#include <stdint.h>

#include "bus.h"

struct machine;

#define PCI_SLOTS	32
#define PCI_CONFIG	256
/* Where the BARs are; dsdt.asl has it, too */
#define PCI_WINDOW	0xc0000000ull
#define PCI_WINDOW_SIZE	0x3ec00000ull
#define PCI_BAR_SIZE	0x1000u
/* The MSI-X table and its pending bits, in the BAR */
#define PCI_MSIX_TABLE	0x800
#define PCI_MSIX_PBA	0xc00
#define PCI_MSIX_MAX	8
/* Interrupts of INTA; a slot has the one or the other: pci_irq(). dsdt.asl has it, too */
#define PCI_IRQ_EVEN	16
#define PCI_IRQ_ODD	17

/* Of the standard header */
enum {
	PCI_VENDOR = 0x00, PCI_DEVICE = 0x02, PCI_COMMAND = 0x04, PCI_STATUS = 0x06,
	PCI_REVISION = 0x08, PCI_CLASS = 0x09, PCI_HEADER_TYPE = 0x0e, PCI_BAR0 = 0x10,
	PCI_SUBSYSTEM_VENDOR = 0x2c, PCI_SUBSYSTEM = 0x2e, PCI_CAPABILITIES = 0x34,
	PCI_INTERRUPT_LINE = 0x3c, PCI_INTERRUPT_PIN = 0x3d, PCI_FIRST_CAPABILITY = 0x40,
};

/**
 * struct pci_ops - what a device does
 * @bar: accesses to its BAR, but for MSI-X' part; NULL if it has none
 * @touched: these bytes of configuration space were written, or are going to be read
 * @reset: all is as after power-on
 */
struct pci_ops {
	const struct bus_ops *bar;
	void (*touched)(void *opaque, bool write, unsigned int offset, unsigned int size);
	void (*reset)(void *opaque);
};

struct pci_msix {
	uint64_t address;
	uint32_t data;
	uint32_t control;	/* bit 0: masked */
};

/**
 * struct pci_device - a function
 * @slot: its number
 * @config: configuration space
 * @writable: which bits of it the guest can write
 * @ops: what it does; NULL if that is nothing
 * @opaque: for @ops
 * @msix: the table
 * @n_msix: how many rows it has
 * @msix_at: where the capability is
 * @pending: bits of rows that could not be sent since they were masked
 * @line: INTA, which is seen outside unless it is disabled
 * @end: where the next capability goes
 */
struct pci_device {
	unsigned int slot;
	uint8_t config[PCI_CONFIG];
	uint8_t writable[PCI_CONFIG];
	const struct pci_ops *ops;
	void *opaque;
	struct pci_msix msix[PCI_MSIX_MAX];
	unsigned int n_msix;
	unsigned int msix_at;
	uint32_t pending;
	bool line;
	unsigned int end;
	struct machine *machine;
};

/**
 * struct pci - the bus
 * @address: what was written to port CF8H
 * @bridge: the host bridge, in slot 0
 * @slots: who is where
 */
struct pci {
	uint32_t address;
	struct pci_device bridge;
	struct pci_device *slots[PCI_SLOTS];
	unsigned int n;
	struct machine *machine;
};

void pci_create(struct machine *machine);
void pci_reset(struct pci *pci);

/* In configuration space */
void pci_put(struct pci_device *device, unsigned int offset, unsigned int size, uint32_t value);
uint32_t pci_get(const struct pci_device *device, unsigned int offset, unsigned int size);

/* A new device in the next slot, with a BAR of PCI_BAR_SIZE; its @ops and so on are set. */
void pci_add(struct machine *machine, struct pci_device *device, uint16_t vendor, uint16_t id,
	     uint32_t class);
/* Room for a capability of @size bytes; returns where it is. */
unsigned int pci_add_capability(struct pci_device *device, uint8_t id, unsigned int size);
void pci_add_msix(struct pci_device *device, unsigned int rows);

bool pci_may_master(const struct pci_device *device);
bool pci_has_msix(const struct pci_device *device);
/* INTA; and a message of MSI-X, if there is that row */
void pci_set_line(struct pci_device *device, bool level);
void pci_send(struct pci_device *device, unsigned int row);
/* Its BAR was accessed: bus_ops without the device */
uint64_t pci_bar_read(struct pci_device *device, uint64_t offset, unsigned int size);
void pci_bar_write(struct pci_device *device, uint64_t offset, unsigned int size,
		   uint64_t value);

#endif
