/* SPDX-License-Identifier: GPL-2.0 */
/* Makes the devices of the command line, and opens their files. */
#ifndef OPEN_H
#define OPEN_H

struct machine;
struct options;

/* Ends the program, with a message, if one can't be. */
void open_devices(struct machine *machine, struct options *options);

#endif
