/* SPDX-License-Identifier: GPL-2.0 */
/* What the ways into a guest have in common. */
#ifndef BENCH_H
#define BENCH_H

#include <stddef.h>
#include <stdint.h>

/* As in guest.asm */
#define PORT		0x42
#define VECTOR		0x20
#define RAM_SIZE	0x10000
#define STAMP		0x8000
#define BIG_GPA		0x4000000
#define BIG_SIZE	0x4000000

/**
 * struct region - a part of the guest's memory
 * @name: its name, for the text way
 * @slot: its number, for KVM
 * @gpa: guest-physical address
 * @size: in bytes
 * @host: where it is in this process
 */
struct region {
	const char *name;
	unsigned int slot;
	uint64_t gpa;
	size_t size;
	unsigned char *host;
};

/**
 * struct way - a way into a guest
 * @name: its name
 * @lacks: the rows that it can't have
 * @allocate: get this process's memory for a region
 * @open: make a machine with one vCPU
 * @close: destroy it
 * @map: give the machine a region
 * @unmap: take it away
 * @start: the vCPU is to begin at address 0, with this in EBX and CPUID's answer all 0
 * @round: go on, complete what exits, until the guest's OUT is complete
 * @inject: the next round delivers an external interrupt
 * @null: an ioctl that does nothing
 */
struct way {
	const char *name;
	const char *lacks[3];
	void *(*allocate)(const struct region *region);
	void (*open)(void);
	void (*close)(void);
	void (*map)(const struct region *region);
	void (*unmap)(const struct region *region);
	void (*start)(uint32_t ebx);
	void (*round)(void);
	void (*inject)(unsigned int vector);
	void (*null)(void);
};

/* guest.asm */
extern const unsigned char guest[], guest_end[];
extern const unsigned char loop_out[], loop_mmio[], loop_cpuid[], loop_vmcall[], loop_read[];

extern const struct way text_way, libvmx_way, kvm_way;

/* Prints "bench: ", the text, and what errno says unless it is 0; exits. */
void die(const char *fmt, ...) __attribute__((noreturn, format(printf, 1, 2)));

/* For @allocate: anonymous memory, on a boundary of 2 MiB as large pages need it. */
void *allocate_anonymous(const struct region *region);

#endif
