// SPDX-License-Identifier: GPL-2.0
#include "ioapic.h"

#include "machine.h"

/* Offsets in memory */
#define SELECT		0x00
#define WINDOW		0x10
#define EOI		0x40

/* What SELECT selects */
#define REG_ID		0x00
#define REG_VERSION	0x01
#define REG_ARBITRATION	0x02
#define REG_TABLE	0x10

#define VERSION		(0x20 | (IOAPIC_PINS - 1) << 16)

/* An entry of the redirection table */
#define PIN_VECTOR	0xffull
#define PIN_MODE(pin)	((pin) >> 8 & 7)
#define PIN_LOGICAL	0x800
#define PIN_REMOTE_IRR	0x4000ull
#define PIN_LEVEL	0x8000
#define PIN_MASKED	0x10000
#define PIN_READ_ONLY	(PIN_REMOTE_IRR | 0x1000)

/* Of a level-triggered one, no other message goes out before the end of the last. */
static void ioapic_send(struct ioapic *ioapic, unsigned int n)
{
	uint64_t *pin = &ioapic->pins[n];

	if (*pin & PIN_MASKED || (*pin & PIN_LEVEL && *pin & PIN_REMOTE_IRR))
		return;
	if (*pin & PIN_LEVEL)
		*pin |= PIN_REMOTE_IRR;
	lapic_deliver(ioapic->machine, *pin >> 56, *pin & PIN_LOGICAL, PIN_MODE(*pin),
		      *pin & PIN_VECTOR, *pin & PIN_LEVEL);
}

void ioapic_set(struct ioapic *ioapic, unsigned int pin, bool level)
{
	uint32_t bit = 1u << pin;
	bool was = ioapic->lines & bit;

	ioapic->lines = level ? ioapic->lines | bit : ioapic->lines & ~bit;
	if (level && (!was || ioapic->pins[pin] & PIN_LEVEL))
		ioapic_send(ioapic, pin);
}

void ioapic_eoi(struct ioapic *ioapic, uint8_t vector)
{
	unsigned int i;

	for (i = 0; i < IOAPIC_PINS; i++) {
		uint64_t *pin = &ioapic->pins[i];

		if ((*pin & PIN_VECTOR) != vector || !(*pin & PIN_REMOTE_IRR))
			continue;
		*pin &= ~PIN_REMOTE_IRR;
		if (ioapic->lines >> i & 1)
			ioapic_send(ioapic, i);
	}
}

static uint64_t ioapic_read(void *device, uint64_t offset, unsigned int size)
{
	const struct ioapic *ioapic = device;
	unsigned int n = ioapic->select - REG_TABLE;

	if (offset == SELECT)
		return ioapic->select;
	if (offset != WINDOW)
		return 0;
	if (ioapic->select == REG_VERSION)
		return VERSION;
	if (n / 2 < IOAPIC_PINS)
		return (uint32_t)(ioapic->pins[n / 2] >> (n % 2 ? 32 : 0));
	return 0;
}

/* A level-triggered line that is high when its mask goes away is a request. */
static void ioapic_set_pin(struct ioapic *ioapic, unsigned int n, unsigned int shift,
			   uint32_t value)
{
	uint64_t keep = PIN_READ_ONLY | (uint64_t)UINT32_MAX << (32 - shift);
	uint64_t *pin = &ioapic->pins[n];

	*pin = (*pin & keep) | ((uint64_t)value << shift & ~keep);
	if (!(*pin & PIN_LEVEL))
		*pin &= ~PIN_REMOTE_IRR;
	else if (ioapic->lines >> n & 1)
		ioapic_send(ioapic, n);
}

static void ioapic_write(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
	struct ioapic *ioapic = device;
	unsigned int n = ioapic->select - REG_TABLE;

	if (offset == SELECT)
		ioapic->select = value;
	else if (offset == EOI)
		ioapic_eoi(ioapic, value);
	else if (offset == WINDOW && n / 2 < IOAPIC_PINS)
		ioapic_set_pin(ioapic, n / 2, n % 2 ? 32 : 0, value);
}

static const struct bus_ops ops = { ioapic_read, ioapic_write };

void ioapic_reset(struct ioapic *ioapic)
{
	unsigned int i;

	ioapic->select = 0;
	for (i = 0; i < IOAPIC_PINS; i++)
		ioapic->pins[i] = PIN_MASKED;
}

void ioapic_create(struct machine *machine)
{
	struct ioapic *ioapic = &machine->ioapic;

	ioapic->machine = machine;
	ioapic_reset(ioapic);
	bus_add(&machine->mmio, IOAPIC_ADDRESS, 0x1000, &ops, ioapic);
}
