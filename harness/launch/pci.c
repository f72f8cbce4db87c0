// SPDX-License-Identifier: GPL-2.0
#include "pci.h"

#include <assert.h>
#include <string.h>

#include "machine.h"

#define ADDRESS_PORT	0xcf8
#define DATA_PORT	0xcfc
#define ADDRESS_ENABLE	0x80000000u

/* A host bridge that drivers have nothing to do with: of no known maker */
#define BRIDGE_VENDOR	0x1af4
#define BRIDGE_DEVICE	0x1100
#define CLASS_BRIDGE	0x060000

#define COMMAND_MEMORY	0x002
#define COMMAND_MASTER	0x004
#define COMMAND_NO_INTX	0x400
#define STATUS_INTX	0x08
#define STATUS_CAPABILITIES	0x10

#define CAPABILITY_MSIX	0x11
#define MSIX_SIZE	12
#define MSIX_MASKED	0x4000
#define MSIX_ENABLE	0x8000
#define ROW_MASKED	1

/* ---- configuration space ---- */

void pci_put(struct pci_device *device, unsigned int offset, unsigned int size, uint32_t value)
{
	assert(offset + size <= PCI_CONFIG);
	memcpy(&device->config[offset], &value, size);
}

uint32_t pci_get(const struct pci_device *device, unsigned int offset, unsigned int size)
{
	uint32_t value = 0;

	assert(offset + size <= PCI_CONFIG);
	memcpy(&value, &device->config[offset], size);
	return value;
}

static void pci_allow(struct pci_device *device, unsigned int offset, unsigned int size,
		      uint32_t bits)
{
	memcpy(&device->writable[offset], &bits, size);
}

unsigned int pci_add_capability(struct pci_device *device, uint8_t id, unsigned int size)
{
	unsigned int at = device->end;

	assert(at + size <= PCI_CONFIG);
	device->end += (size + 3) & ~3u;
	device->config[at] = id;
	device->config[at + 1] = device->config[PCI_CAPABILITIES];
	device->config[PCI_CAPABILITIES] = at;
	device->config[PCI_STATUS] |= STATUS_CAPABILITIES;
	return at;
}

static void pci_update_line(struct pci_device *device);
static void pci_send_pending(struct pci_device *device);

static void pci_config_write(struct pci_device *device, unsigned int offset, unsigned int size,
			     uint32_t value)
{
	unsigned int i;

	for (i = 0; i < size; i++, value >>= 8) {
		uint8_t may = device->writable[offset + i];
		uint8_t *byte = &device->config[offset + i];

		*byte = (*byte & ~may) | (value & may);
	}
	pci_update_line(device);
	pci_send_pending(device);
	if (device->ops)
		device->ops->touched(device->opaque, true, offset, size);
}

static struct pci_device *pci_selected(const struct pci *pci)
{
	uint32_t address = pci->address;

	/* Only bus 0, and function 0 of each slot */
	if (!(address & ADDRESS_ENABLE) || address >> 16 & 0xff || address >> 8 & 7)
		return NULL;
	return pci->slots[address >> 11 & 31];
}

static uint64_t pci_read_data(void *opaque, uint64_t offset, unsigned int size)
{
	const struct pci *pci = opaque;
	struct pci_device *device = pci_selected(pci);

	if (!device || offset % size)
		return UINT64_MAX;
	offset += pci->address & 0xfc;
	if (device->ops)
		device->ops->touched(device->opaque, false, offset, size);
	return pci_get(device, offset, size);
}

static void pci_write_data(void *opaque, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pci *pci = opaque;
	struct pci_device *device = pci_selected(pci);

	if (device && !(offset % size))
		pci_config_write(device, (pci->address & 0xfc) + offset, size, value);
}

static uint64_t pci_read_address(void *opaque, uint64_t offset, unsigned int size)
{
	const struct pci *pci = opaque;

	return size == 4 ? pci->address : UINT64_MAX;
}

static void pci_write_address(void *opaque, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pci *pci = opaque;

	if (size == 4)
		pci->address = value;
}

/* ---- interrupts ---- */

static unsigned int pci_irq(unsigned int slot)
{
	return slot % 2 ? PCI_IRQ_ODD : PCI_IRQ_EVEN;
}

/* A line is shared: it is low only if all are. */
static void pci_update_line(struct pci_device *device)
{
	const struct pci *pci = &device->machine->pci;
	unsigned int slot;
	bool level = false;

	device->config[PCI_STATUS] &= ~STATUS_INTX;
	if (device->line)
		device->config[PCI_STATUS] |= STATUS_INTX;
	for (slot = device->slot % 2; slot < PCI_SLOTS; slot += 2)
		if (pci->slots[slot] && pci->slots[slot]->line &&
		    !(pci_get(pci->slots[slot], PCI_COMMAND, 2) & COMMAND_NO_INTX))
			level = true;
	ioapic_set(&device->machine->ioapic, pci_irq(device->slot), level);
}

void pci_set_line(struct pci_device *device, bool level)
{
	if (device->line == level)
		return;
	device->line = level;
	pci_update_line(device);
}

static uint16_t pci_msix_control(const struct pci_device *device)
{
	return device->msix_at ? pci_get(device, device->msix_at + 2, 2) : 0;
}

bool pci_has_msix(const struct pci_device *device)
{
	return pci_msix_control(device) & MSIX_ENABLE;
}

static bool pci_is_masked(const struct pci_device *device, unsigned int row)
{
	return pci_msix_control(device) & MSIX_MASKED || device->msix[row].control & ROW_MASKED;
}

void pci_send(struct pci_device *device, unsigned int row)
{
	if (!pci_has_msix(device) || row >= device->n_msix)
		return;
	if (pci_is_masked(device, row))
		device->pending |= 1u << row;
	else if (pci_may_master(device))
		lapic_msi(device->machine, device->msix[row].address, device->msix[row].data);
}

static void pci_send_pending(struct pci_device *device)
{
	unsigned int row;

	for (row = 0; row < device->n_msix; row++) {
		if (!(device->pending >> row & 1) || pci_is_masked(device, row))
			continue;
		device->pending &= ~(1u << row);
		pci_send(device, row);
	}
}

bool pci_may_master(const struct pci_device *device)
{
	return pci_get(device, PCI_COMMAND, 2) & COMMAND_MASTER;
}

/* ---- BARs ---- */

/* A piece of the table or of the pending bits, which lie behind each other */
static void *pci_msix_bytes(struct pci_device *device, uint64_t offset, unsigned int size)
{
	if (offset % size || size > 8)
		return NULL;
	if (offset >= PCI_MSIX_TABLE && offset - PCI_MSIX_TABLE < device->n_msix * sizeof(*device->msix))
		return (uint8_t *)device->msix + (offset - PCI_MSIX_TABLE);
	return NULL;
}

uint64_t pci_bar_read(struct pci_device *device, uint64_t offset, unsigned int size)
{
	const void *bytes = pci_msix_bytes(device, offset, size);
	uint64_t value = 0;

	if (offset < PCI_MSIX_TABLE)
		return device->ops->bar->read(device->opaque, offset, size);
	if (offset == PCI_MSIX_PBA)
		value = device->pending;
	if (bytes)
		memcpy(&value, bytes, size);
	return value;
}

void pci_bar_write(struct pci_device *device, uint64_t offset, unsigned int size, uint64_t value)
{
	void *bytes = pci_msix_bytes(device, offset, size);

	if (offset < PCI_MSIX_TABLE)
		device->ops->bar->write(device->opaque, offset, size, value);
	if (!bytes)
		return;
	memcpy(bytes, &value, size);
	pci_send_pending(device);
}

/* Whose BAR this is; it can be anywhere in the window. */
static struct pci_device *pci_at(const struct pci *pci, uint64_t address, unsigned int size,
				 uint64_t *offset)
{
	unsigned int slot;

	for (slot = 0; slot < PCI_SLOTS; slot++) {
		struct pci_device *device = pci->slots[slot];

		if (!device || !device->ops || !(pci_get(device, PCI_COMMAND, 2) & COMMAND_MEMORY))
			continue;
		*offset = address - (pci_get(device, PCI_BAR0, 4) & ~0xfu);
		if (*offset < PCI_BAR_SIZE && size <= PCI_BAR_SIZE - *offset)
			return device;
	}
	return NULL;
}

static uint64_t pci_read_window(void *opaque, uint64_t offset, unsigned int size)
{
	struct pci_device *device = pci_at(opaque, PCI_WINDOW + offset, size, &offset);

	return device ? pci_bar_read(device, offset, size) : UINT64_MAX;
}

static void pci_write_window(void *opaque, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pci_device *device = pci_at(opaque, PCI_WINDOW + offset, size, &offset);

	if (device)
		pci_bar_write(device, offset, size, value);
}

/* ---- devices ---- */

/* As the firmware leaves it: with an address, which is decoded */
static void pci_reset_device(struct pci_device *device)
{
	if (device->ops) {
		pci_put(device, PCI_BAR0, 4, PCI_WINDOW + device->slot * PCI_BAR_SIZE);
		pci_put(device, PCI_INTERRUPT_LINE, 1, pci_irq(device->slot));
	}
	pci_put(device, PCI_COMMAND, 2, device->ops ? COMMAND_MEMORY : 0);
	if (device->msix_at)
		pci_put(device, device->msix_at + 2, 2, device->n_msix - 1);
	memset(device->msix, 0, sizeof(device->msix));
	device->pending = 0;
	if (device->ops)
		device->ops->reset(device->opaque);
	pci_set_line(device, false);
}

static void pci_fill(struct machine *machine, struct pci_device *device, uint16_t vendor,
		     uint16_t id, uint32_t class)
{
	struct pci *pci = &machine->pci;

	assert(pci->n < PCI_SLOTS);
	device->machine = machine;
	device->slot = pci->n;
	device->end = PCI_FIRST_CAPABILITY;
	pci->slots[pci->n++] = device;
	pci_put(device, PCI_VENDOR, 2, vendor);
	pci_put(device, PCI_DEVICE, 2, id);
	pci_put(device, PCI_CLASS, 3, class);
	pci_allow(device, PCI_COMMAND, 2, COMMAND_MEMORY | COMMAND_MASTER | COMMAND_NO_INTX);
}

void pci_add(struct machine *machine, struct pci_device *device, uint16_t vendor, uint16_t id,
	     uint32_t class)
{
	pci_fill(machine, device, vendor, id, class);
	pci_put(device, PCI_SUBSYSTEM_VENDOR, 2, vendor);
	pci_put(device, PCI_SUBSYSTEM, 2, id);
	pci_put(device, PCI_INTERRUPT_PIN, 1, 1);
	pci_allow(device, PCI_BAR0, 4, -PCI_BAR_SIZE);
	pci_allow(device, PCI_INTERRUPT_LINE, 1, 0xff);
	pci_reset_device(device);
}

void pci_add_msix(struct pci_device *device, unsigned int rows)
{
	unsigned int at = pci_add_capability(device, CAPABILITY_MSIX, MSIX_SIZE);

	assert(rows <= PCI_MSIX_MAX);
	device->msix_at = at;
	device->n_msix = rows;
	pci_put(device, at + 2, 2, rows - 1);
	pci_put(device, at + 4, 4, PCI_MSIX_TABLE);
	pci_put(device, at + 8, 4, PCI_MSIX_PBA);
	pci_allow(device, at + 2, 2, MSIX_ENABLE | MSIX_MASKED);
}

static const struct bus_ops address = { pci_read_address, pci_write_address };
static const struct bus_ops data = { pci_read_data, pci_write_data };
static const struct bus_ops window = { pci_read_window, pci_write_window };

void pci_reset(struct pci *pci)
{
	unsigned int slot;

	pci->address = 0;
	for (slot = 0; slot < PCI_SLOTS; slot++)
		if (pci->slots[slot])
			pci_reset_device(pci->slots[slot]);
}

void pci_create(struct machine *machine)
{
	struct pci *pci = &machine->pci;

	pci->machine = machine;
	pci_fill(machine, &pci->bridge, BRIDGE_VENDOR, BRIDGE_DEVICE, CLASS_BRIDGE);
	/* The byte PM_RESET among them is pm.c's, which was there before. */
	bus_add(&machine->ports, ADDRESS_PORT, 4, &address, pci);
	bus_add(&machine->ports, DATA_PORT, 4, &data, pci);
	bus_add(&machine->mmio, PCI_WINDOW, PCI_WINDOW_SIZE, &window, pci);
}
