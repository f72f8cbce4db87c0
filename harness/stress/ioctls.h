/* SPDX-License-Identifier: GPL-2.0 */
/* The binary way in, with whatever comes. */
#ifndef IOCTLS_H
#define IOCTLS_H

#include <sys/types.h>

#include "random.h"

/* Returns 0 or a negative errno. It comes back, whatever the guest does. */
ssize_t do_ioctl(struct random *random, int fd, bool ctl);

#endif
