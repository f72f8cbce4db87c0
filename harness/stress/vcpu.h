/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A vCPU by its files. Functions that return an int return 0, or a count, or a
 * negative errno.
 */
#ifndef VCPU_H
#define VCPU_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

#define PATH_SIZE 80

struct vcpu {
	int ctl;	/* what opening clone gave; -1: none */
	int number;
};

/* How many there were. */
extern atomic_ulong vcpus_made;

/* Flags: O_RDWR, and closing ends it; O_RDONLY, and it lives until quit. */
int vcpu_open(struct vcpu *vcpu, int flags);
void vcpu_close(struct vcpu *vcpu);

/* path of a file of vCPU number */
void vcpu_path(char path[PATH_SIZE], int number, const char *file);

/* A whole write, of this text; -EMSGSIZE if it was short. */
int write_text(int fd, const char *text);
int write_file(const char *path, int flags, const char *text);
int vcpu_write(const struct vcpu *vcpu, const char *file, const char *text);
int vcpu_command(const struct vcpu *vcpu, const char *text);

/* What one read of a file gives, as a string; returns its length. */
int read_text(int fd, char *text, size_t size);
int read_file(const char *path, char *text, size_t size);
int vcpu_read(const struct vcpu *vcpu, const char *file, char *text,
	      size_t size);

/* Makes the segment, or makes it new, with all guests of guests.h. */
int segment_make(const char *name);
int segment_remove(const char *name);

/* Maps the segment at 0, runs this guest until it stops, and compares. */
struct guest;
int vcpu_load(const struct vcpu *vcpu, const char *segment);
int vcpu_go(const struct vcpu *vcpu, const struct guest *guest);
int vcpu_check_wait(const struct vcpu *vcpu, const struct guest *guest,
		    char *line, size_t size);

/* How many kernel threads of vmxfs there are, and entries of its root. */
int count_threads(void);
int count_entries(void);

#endif
