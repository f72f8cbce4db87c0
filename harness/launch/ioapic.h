/* SPDX-License-Identifier: GPL-2.0 */
/* An 82093AA I/O APIC with 24 pins. Intel 290566 */
#ifndef IOAPIC_H
#define IOAPIC_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

#define IOAPIC_ADDRESS	0xfec00000ull
#define IOAPIC_PINS	24

/**
 * struct ioapic - an I/O APIC
 * @select: which register the window shows
 * @lines: what the pins are; a bit is a pin
 * @pins: the redirection table
 */
struct ioapic {
	uint8_t select;
	uint32_t lines;
	uint64_t pins[IOAPIC_PINS];
	struct machine *machine;
};

void ioapic_create(struct machine *machine);
void ioapic_reset(struct ioapic *ioapic);
void ioapic_set(struct ioapic *ioapic, unsigned int pin, bool level);
/* A local APIC has seen the end of a level-triggered interrupt. */
void ioapic_eoi(struct ioapic *ioapic, uint8_t vector);

#endif
