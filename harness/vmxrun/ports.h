/* SPDX-License-Identifier: GPL-2.0 */
/*
 * I/O ports that a case reads from though they are the machine's, if no device of its has
 * them: a read can be a command to a device.
 */
#ifndef PORTS_H
#define PORTS_H

#include <stdbool.h>

struct ports {
	unsigned int first;
	unsigned int last;	/* 0: there are none */
};

/* "FIRST-LAST", of which LAST is at least FIRST, and not 0. */
bool ports_parse(struct ports *ports, const char *text);

/*
 * Who has one of them, by the text of /proc/ioports, which the caller frees, or NULL. The
 * windows of PCI buses are nobody's: what they lead to has lines of its own.
 */
char *ports_user(const struct ports *ports, const char *ioports);

#endif
