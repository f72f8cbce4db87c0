/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guests: some bytes of code each, one after the other in one segment; and
 * vCPUs that run them. Functions that return an int return 0, or a count, or a
 * negative errno.
 */
#ifndef GUESTS_H
#define GUESTS_H

#include <stdatomic.h>
#include <stddef.h>

#include "vcpu.h"

#define GUEST_STEP 0x100	/* from one to the next, in the segment */

struct guest {
	const char *name;
	const char *code;
	size_t size;
	const char *regs;	/* more of go's register list */
	const char *line;	/* how its line of wait begins; NULL: runs on */
};

extern const struct guest guests[];
extern const size_t guests_count;

/* How many vCPUs there were. */
extern atomic_ulong vcpus_made;

/* A vCPU, which counts; flags as of vcpu_open(). */
int guest_vcpu(struct vcpu *vcpu, int flags);

/* Writes all guests. */
int guests_write(int segment);

/* Makes the segment, or makes it new, with all guests; and maps it at 0. */
int guest_segment(const char *name);
int guest_map(const struct vcpu *vcpu, const char *segment);

/* Runs this one until it stops; and compares. */
int guest_go(const struct vcpu *vcpu, const struct guest *guest);
int guest_check_wait(const struct vcpu *vcpu, const struct guest *guest,
		     char *line, size_t size);

/* The command that starts this one. */
void guest_command(const struct guest *guest, char *text, size_t size);

/* The first that stops, and one that does not. */
extern const struct guest *const guest_hlt;
extern const struct guest *const guest_loop;

/* program.S: for a processor that is given away, from PROGRAM_ADDRESS on in its memory */
#define PROGRAM_ADDRESS 0x1000
extern const char root_program[], root_program_end[];

#endif
