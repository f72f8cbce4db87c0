/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A vCPU by its files. Functions return 0, a count or a file descriptor, or a
 * negative errno.
 */
#ifndef VCPU_H
#define VCPU_H

#include <stddef.h>
#include <stdint.h>

#include "file.h"

#define MOUNT "/sys/fs/vmx"

/* For where vmxfs is mounted: at MOUNT, and files are named by their paths. */
#define BY_PATH (-1)

#define PATH_SIZE 80

struct vcpu {
	int mount;	/* a folder, or BY_PATH */
	int folder;	/* the vCPU's, or BY_PATH */
	int ctl;	/* what opening clone gave; -1: none */
	int number;
};

/* vcpu_close() does nothing to it. */
#define NO_VCPU { .mount = BY_PATH, .folder = BY_PATH, .ctl = -1, .number = -1 }

/* Flags: O_RDWR, and closing ends it; O_RDONLY, and it lives until quit. */
int vcpu_open(struct vcpu *vcpu, int mount, int flags);
void vcpu_close(struct vcpu *vcpu);

/* Opens one of its files, or makes the path of one of vCPU number. */
int vcpu_file(const struct vcpu *vcpu, const char *file, int flags);
void vcpu_path(char path[PATH_SIZE], int number, const char *file);

/* Writes a text, of one line or more, into the file; commands go to the ctl that is open. */
int vcpu_write(const struct vcpu *vcpu, const char *file, const char *text);
int vcpu_command(const struct vcpu *vcpu, const char *text);

int vcpu_remove(const struct vcpu *vcpu, const char *file);

/* What one read of the file gives, as a string; returns its length. */
int vcpu_read(const struct vcpu *vcpu, const char *file, char *text, size_t size);

/* Why the last write has failed, in the module's words; returns their length, or 0. */
int vcpu_error(const struct vcpu *vcpu, char *text, size_t size);

/* A line of map: size bytes from gpa on are those of the segment, from its first one on. */
int vcpu_map(const struct vcpu *vcpu, uint64_t gpa, uint64_t size, const char *segment);
int vcpu_unmap(const struct vcpu *vcpu, uint64_t gpa, uint64_t size);

/*
 * Whether the wait file can be read within this time: 1 or 0. Time in which the machine
 * stood still does not count.
 */
int vcpu_poll(int wait, unsigned int milliseconds);

#endif
