// SPDX-License-Identifier: GPL-2.0
#include "printer.h"

#include <errno.h>
#include <sys/io.h>

/* Registers of the first parallel port */
#define DATA 0x378
#define CONTROL 0x37a

/* Bits of CONTROL: the printer takes what is in DATA, it is not reset, it is selected */
#define STROBE 0x01
#define NO_RESET 0x04
#define SELECT 0x08

int printer_open(void)
{
	return ioperm(DATA, CONTROL + 1 - DATA, 1) ? -errno : 0;
}

void printer_write(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		outb(text[i], DATA);
		outb(SELECT | NO_RESET | STROBE, CONTROL);
		outb(SELECT | NO_RESET, CONTROL);
	}
}
