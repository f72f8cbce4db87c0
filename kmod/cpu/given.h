/* SPDX-License-Identifier: GPL-2.0 */
/* A processor that Linux gives away: it is offline, and runs a program of the module's. */
#ifndef VMXFS_GIVEN_H
#define VMXFS_GIVEN_H

#include <linux/cpumask.h>
#include <linux/sizes.h>
#include <linux/types.h>

/* The program's memory, in bytes; from the second page on it begins in real-address mode */
#define VMXFS_GIVEN_MEMORY	SZ_128K
#define VMXFS_GIVEN_ENTRY	PAGE_SIZE

/* Of the second page, in its copy below 1 MByte: the physical address of the memory */
#define VMXFS_GIVEN_PHYSICAL	0xff8

/**
 * struct vmxfs_given_words - where in its memory the program says how far it is
 * @started: 64 bits, not 0: it no longer needs the page below 1 MByte
 * @ready: 64 bits, not 0: it can do with what it is sent
 * @done: 64 bits, not 0: it has left VMX operation and halted
 * @abort: 32 bits: the VMX-abort indicator of its VMCS
 * @areas: its MSR areas
 * @areas_size: of all of them
 *
 * Offsets and sizes, in bytes.
 */
struct vmxfs_given_words {
	u32 started;
	u32 ready;
	u32 done;
	u32 abort;
	u32 areas;
	u32 areas_size;
};

/* What reaches a processor that may not take interrupts */
enum vmxfs_given_ipi { VMXFS_GIVEN_INIT, VMXFS_GIVEN_SIPI, VMXFS_GIVEN_NMI };

int vmxfs_given_take(const void *owner, const struct cpumask *cpus,
		     const struct vmxfs_given_words *words);
void *vmxfs_given_memory(const void *owner);
int vmxfs_given_start(const void *owner);
int vmxfs_given_send(const void *owner, enum vmxfs_given_ipi ipi, u8 vector);
bool vmxfs_given_poll(const void *owner);
int vmxfs_given_back(const void *owner);

#endif
