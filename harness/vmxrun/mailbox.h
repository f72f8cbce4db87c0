/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Some memory of a virtual machine that somebody outside of it can read, and the second serial
 * port as its bell: harness/target/relay.c answers. A text costs one exit to the program that
 * emulates the port; by the port itself it would cost several for each byte.
 */
#ifndef MAILBOX_H
#define MAILBOX_H

#include <stddef.h>
#include <stdint.h>

/* In a page that is no RAM of the target's kernel, and no other of this size has it */
#define MAILBOX_SIZE 0x10000

struct mailbox {
	uint32_t length;	/* of a text that nobody has taken yet, or 0 */
	char text[MAILBOX_SIZE - sizeof(uint32_t)];
};

/* What goes to the serial port when there is a text; it is in no text that goes that way. */
#define MAILBOX_BELL '\0'

/* The mailbox at this physical address. Returns 0 or a negative errno. */
int mailbox_open(uint64_t address);
/* Returns when the text has been taken, whatever becomes of the target then. */
void mailbox_write(const char *text, size_t size);

#endif
