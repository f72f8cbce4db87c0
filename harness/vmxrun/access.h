/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a point does to the files of its vCPU: each access within a time limit.
 *
 * A function that returns a text returns NULL if all went well, else what is
 * wrong, which the caller frees: vmxfs' own words where there are some.
 */
#ifndef ACCESS_H
#define ACCESS_H

#include <stdbool.h>
#include <stdint.h>

#include "bytes.h"
#include "guest.h"
#include "vcpu.h"

struct access {
	struct vcpu vcpu;
	int wait;		/* -1 until it is needed */
	char segment[32];	/* name of its memory; empty if there is none */
	unsigned int limit;	/* of each access, in milliseconds */
	struct open_file {
		const char *name;	/* a constant */
		int fd;
	} open[4];		/* for what comes next; those used last come first */
	unsigned int nopen;
	bool unsafe;		/* the VMCS may point to what is not the vCPU's own */
};

/*
 * A vCPU as a case finds it: the guest loaded, memory mapped, pc at its start. Its
 * memory is the segment of this name; if it is not the first, its number follows.
 * access_close() must follow both, whatever they return.
 */
char *access_open(struct access *access, int mount, unsigned int limit);
char *access_load(struct access *access, const struct guest *guest,
		  uint64_t start, const char *segment, unsigned int number, uint64_t size);
void access_close(struct access *access);

/*
 * What is done to a file of the vCPU, or to MEMORY_FILE: one line, or bytes,
 * are written; it is opened with O_TRUNC; it is removed.
 */
char *access_write(struct access *access, const char *file, const char *text);
char *access_write_bytes(struct access *access, const char *file,
			 const struct bytes *bytes);
char *access_empty(struct access *access, const char *file);
char *access_remove(struct access *access, const char *file);

/* Reads a whole file; the caller frees *text. */
char *access_read(struct access *access, const char *file, char **text);

/*
 * Reads bytes of a file: as many as fit into bytes, which then has the length
 * of what is there.
 */
char *access_read_bytes(struct access *access, const char *file,
			struct bytes *bytes);

/*
 * Reads one line of the wait file; the caller frees *line, which stays NULL
 * if there is none within the limit.
 */
char *access_wait(struct access *access, char **line);

#endif
