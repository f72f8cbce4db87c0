/* SPDX-License-Identifier: GPL-2.0 */
/* A socket that takes commands, a line each: `help` lists them. */
#ifndef MONITOR_H
#define MONITOR_H

struct machine;

/* Ends the program, with a message, if it can't be. */
void monitor_create(struct machine *machine, const char *path);

#endif
