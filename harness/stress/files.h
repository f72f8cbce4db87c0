/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files of the manual page, and how a call on one may fail.
 */
#ifndef FILES_H
#define FILES_H

#include <stdbool.h>
#include <stddef.h>

#include "grammar.h"

/* As in vmxfs_files.h */
struct format {
	generator *line;	/* NULL: it can't be written */
	bool bytes;		/* no lines */
	const char *example;
	int errnos[8];		/* of a write, besides those of all files */
};

struct file {
	const char *name;
	const char *path;	/* NULL: of a vCPU's folder */
	const struct format *format;
};

extern const struct file files[];
extern const size_t files_count;

const struct file *file_find(const char *name);

enum call { CALL_WRITE, CALL_READ, CALL_SEEK, CALL_TRUNCATE, CALL_MMAP,
	    CALL_IOCTL, CALL_NAME };

extern const char *const call_names[];

/* Whether the manual page, or open(2) and its like, let the call fail so. */
bool errno_allowed(const struct file *file, enum call call, int error);

#endif
