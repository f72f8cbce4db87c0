// SPDX-License-Identifier: GPL-2.0
#include "pm.h"

#include "machine.h"
#include "timer.h"

#define TIMER_HZ	3579545ull
#define STATUS_BUTTON	0x100
#define CONTROL_SCI	0x1
#define CONTROL_SLEEP	0x2000
#define CONTROL_TYPE(control)	((control) >> 10 & 7)

/* Of the reset register */
#define RESET_NOW	4

static void pm_update(struct pm *pm)
{
	ioapic_set(&pm->machine->ioapic, PM_SCI, pm->status & pm->enable && pm->control & CONTROL_SCI);
}

void pm_press(struct pm *pm)
{
	pm->status |= STATUS_BUTTON;
	pm_update(pm);
}

static uint64_t pm_read_event(void *device, uint64_t offset, unsigned int size)
{
	struct pm *pm = device;
	uint32_t both = pm->status | (uint32_t)pm->enable << 16;

	return both >> 8 * offset;
}

/* Bits of the status are cleared by writing 1. */
static void pm_write_event(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pm *pm = device;

	if (offset == 0)
		pm->status &= ~value;
	if (offset == 0 && size == 4)
		pm->enable = value >> 16;
	if (offset == 2)
		pm->enable = value;
	pm_update(pm);
}

static uint64_t pm_read_control(void *device, uint64_t offset, unsigned int size)
{
	struct pm *pm = device;

	return pm->control >> 8 * offset;
}

static void pm_write_control(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pm *pm = device;

	if (offset || size < 2)
		return;
	pm->control = value & ~CONTROL_SLEEP;
	if (value & CONTROL_SLEEP && CONTROL_TYPE(value) == PM_S5)
		machine_request(pm->machine, REQUEST_OFF);
	pm_update(pm);
}

static uint64_t pm_read_timer(void *device, uint64_t offset, unsigned int size)
{
	return scale(timer_now(), TIMER_HZ, SECOND) >> 8 * offset;
}

static void pm_ignore(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
}

static uint64_t pm_read_0(void *device, uint64_t offset, unsigned int size)
{
	return 0;
}

static void pm_write_reset(void *device, uint64_t offset, unsigned int size, uint64_t value)
{
	struct pm *pm = device;

	if (value & RESET_NOW)
		machine_request(pm->machine, REQUEST_RESET);
}

static const struct bus_ops event = { pm_read_event, pm_write_event };
static const struct bus_ops control = { pm_read_control, pm_write_control };
static const struct bus_ops pm_timer = { pm_read_timer, pm_ignore };
static const struct bus_ops reset = { pm_read_0, pm_write_reset };

/* The firmware has given them to ACPI already. */
void pm_reset(struct pm *pm)
{
	*pm = (struct pm){ .control = CONTROL_SCI, .machine = pm->machine };
	pm_update(pm);
}

void pm_create(struct machine *machine)
{
	struct pm *pm = &machine->pm;
	struct bus *ports = &machine->ports;

	pm->machine = machine;
	bus_add(ports, PM_EVENT, PM_EVENT_SIZE, &event, pm);
	bus_add(ports, PM_CONTROL, PM_CONTROL_SIZE, &control, pm);
	bus_add(ports, PM_TIMER, PM_TIMER_SIZE, &pm_timer, pm);
	bus_add(ports, PM_RESET, 1, &reset, pm);
}
