/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A vCPU of vmxfs, driven by its files.
 *
 * A function that returns a text returns NULL if all went well, else what is
 * wrong, which the caller frees: vmxfs' own words where there are some.
 */
#ifndef VCPU_H
#define VCPU_H

#include <stdint.h>

#include "bytes.h"
#include "guest.h"

struct vcpu {
	int mount;		/* directory: where vmxfs is mounted */
	int ctl;		/* "clone"; closing it ends the vCPU */
	int directory;
	int wait;		/* -1 until it is needed */
	const char *segment;	/* name of its memory */
	unsigned int limit;	/* of each access, in milliseconds */
};

/*
 * A vCPU as a case finds it: the guest loaded, memory mapped, pc at its start.
 * vcpu_close() must follow both, whatever they return.
 */
char *vcpu_open(struct vcpu *vcpu, int mount, unsigned int limit);
char *vcpu_load(struct vcpu *vcpu, const struct guest *guest, uint64_t start,
		const char *segment, uint64_t size);
void vcpu_close(struct vcpu *vcpu);

/*
 * What is done to a file of the vCPU, or to MEMORY_FILE: one line, or bytes,
 * are written; it is opened with O_TRUNC; it is removed.
 */
char *vcpu_write(struct vcpu *vcpu, const char *file, const char *text);
char *vcpu_write_bytes(struct vcpu *vcpu, const char *file,
		       const struct bytes *bytes);
char *vcpu_empty(struct vcpu *vcpu, const char *file);
char *vcpu_remove(struct vcpu *vcpu, const char *file);

/* Reads a whole file; the caller frees *text. */
char *vcpu_read(struct vcpu *vcpu, const char *file, char **text);

/*
 * Reads bytes of a file: as many as fit into bytes, which then has the length
 * of what is there.
 */
char *vcpu_read_bytes(struct vcpu *vcpu, const char *file,
		      struct bytes *bytes);

/*
 * Reads one line of the wait file; the caller frees *line, which stays NULL
 * if there is none within the limit.
 */
char *vcpu_wait(struct vcpu *vcpu, char **line);

#endif
