/* SPDX-License-Identifier: GPL-2.0 */
/* What is typed goes to the serial port; ^A x ends it, ^A ^A is one ^A. */
#ifndef TERMINAL_H
#define TERMINAL_H

struct machine;

void terminal_create(struct machine *machine);

#endif
