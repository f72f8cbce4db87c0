/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ways to write a text, and other things to do to an open file.
 */
#ifndef WAYS_H
#define WAYS_H

#include <sys/types.h>

#include "files.h"
#include "random.h"
#include "text.h"

/* Gets what the ways need, once. */
void ways_init(void);

/*
 * Returns what was written, or a negative errno. Plain: the kernel passes all of
 * it on as it is.
 */
ssize_t write_somehow(struct random *random, int fd, const struct text *text,
		      bool *plain);

/* Something that is no write: a result as above, and what it was. */
ssize_t do_something(struct random *random, int fd, const struct file *file,
		     enum call *call);

/*
 * Something with the names of vmxfs, and of this vCPU. Not its folder's ctl:
 * whoever wants that removes it.
 */
ssize_t do_with_names(struct random *random, int vcpu);

#endif
