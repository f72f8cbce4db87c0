/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The printer of an emulator, at the first parallel port. It is never busy and takes a byte in
 * three instructions; a serial port takes hundreds, and interrupts.
 */
#ifndef PRINTER_H
#define PRINTER_H

#include <stddef.h>

/* Returns 0 or a negative errno: only root may. */
int printer_open(void);
void printer_write(const char *text, size_t size);

#endif
