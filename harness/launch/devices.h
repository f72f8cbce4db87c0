/* SPDX-License-Identifier: GPL-2.0 */
/* The virtio devices. Each is made before the guest runs, with files that are open already. */
#ifndef DEVICES_H
#define DEVICES_H

#include <stdbool.h>
#include <stdint.h>

struct machine;

/* What came from a file goes to the guest, and back. */
void console_create(struct machine *machine, int in, int out);
/* A raw image, or a block device */
void block_create(struct machine *machine, int fd, bool read_only);
/* Frames of Ethernet: a tap device, or a socket on which each message is one */
void net_create(struct machine *machine, int fd, const uint8_t mac[6]);
/* Bytes from a file, or from the kernel if it is -1 */
void rng_create(struct machine *machine, int fd);

/* 0, or -1 with errno: a tap device of this name, which may exist */
int net_open_tap(const char *name);

#endif
