/* SPDX-License-Identifier: GPL-2.0 */
/* What the main thread waits for: files, while the vCPUs run the guest */
#ifndef LOOP_H
#define LOOP_H

#include <stdbool.h>

struct machine;

/**
 * struct watch - a file that is waited for
 * @fd: the file
 * @wanted: it is waited for until something can be read
 * @ready: called then, with the machine's lock
 * @opaque: for it
 */
struct watch {
	int fd;
	bool wanted;
	void (*ready)(void *opaque);
	void *opaque;
	struct watch *next;
};

/* 0, or -1 with errno */
int loop_create(void);
void loop_add(struct watch *watch);
void loop_remove(struct watch *watch);
/* From any thread that has the machine's lock: the main thread looks again. */
void loop_wake(void);
void loop_want(struct watch *watch, bool wanted);
/* Serves files and timers until a device requests something, which stays requested. */
void loop_run(struct machine *machine);

#endif
