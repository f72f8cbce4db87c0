/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Power management as the ACPI Specification has it: a timer, a button that nobody presses,
 * off and reset. acpi.c and dsdt.asl tell the guest where they are.
 */
#ifndef PM_H
#define PM_H

#include <stdint.h>

struct machine;

#define PM_EVENT	0x600	/* status, and enable */
#define PM_EVENT_SIZE	4
#define PM_CONTROL	0x604
#define PM_CONTROL_SIZE	2
#define PM_TIMER	0x608
#define PM_TIMER_SIZE	4
#define PM_RESET	0xcf9
#define PM_RESET_VALUE	6
#define PM_SCI		9	/* its interrupt */
#define PM_S5		5	/* SLP_TYP that switches off; dsdt.asl has it, too */

struct pm {
	uint16_t status, enable, control;
	struct machine *machine;
};

void pm_create(struct machine *machine);
void pm_reset(struct pm *pm);
/* The power button: the guest is asked to end. */
void pm_press(struct pm *pm);

#endif
