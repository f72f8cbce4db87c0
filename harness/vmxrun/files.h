/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files that a transcript can name, and how each is compared: the kinds
 * are those of vmxfs_files.h.
 */
#ifndef FILES_H
#define FILES_H

#include <stddef.h>

enum file_kind {
	FILE_LINES,	/* text, compared as a whole */
	FILE_STREAM,	/* lines that come one after the other */
	FILE_NAMES,	/* NAME VALUE lines, of which some are compared */
	FILE_OFFSETS,	/* OFFSET VALUE lines, without those whose value is 0 */
	FILE_BYTES,	/* no text: bytes, of which some are compared */
};

/* A case has up to three vCPUs; the second is b, the third c. */
#define MAX_VCPUS 3

struct file {
	const char *name;	/* "ctl", "b/ctl" */
	const char *own;	/* without the vCPU's */
	unsigned int vcpu;	/* which: 0, 1, 2 */
	enum file_kind kind;
};

/* No files of the vCPU: the guest's memory, of segment/, and what the processor can do. */
#define MEMORY_FILE "mem"
#define CAPS_FILE "caps"

/* No file either: the processor that the vCPU's guest runs on */
#define PROCESSOR_FILE "cpu"

/* The file of this name, or NULL. */
const struct file *find_file(const char *name, size_t length);

#endif
