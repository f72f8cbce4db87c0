/* SPDX-License-Identifier: GPL-2.0 */
/* What is booted: a kernel, a RAM disk, a command line. There is no firmware. */
#ifndef BOOT_H
#define BOOT_H

#include <stddef.h>
#include <stdint.h>

struct machine;
struct vcpu;

/* How the kernel is entered */
enum boot_entry { ENTRY_AUTO, ENTRY_64, ENTRY_32, ENTRY_PVH };

/* A file in memory */
struct blob {
	uint8_t *data;
	size_t size;
};

/**
 * struct boot - what is booted
 * @kernel: a bzImage, or an ELF file that can be booted by PVH
 * @initrd: may be empty
 * @command_line: for the kernel
 * @entry: how it is entered, which ENTRY_AUTO leaves to the file
 */
struct boot {
	struct blob kernel, initrd;
	const char *command_line;
	enum boot_entry entry;
};

/* These end the program, with a message, if it can't be. */
struct blob boot_read(const char *path);
/* Puts it into memory, and the first vCPU before it. */
void boot_load(struct machine *machine, const struct boot *boot);

/* ---- for the formats ---- */

/* What is where, below 1 MB; boot.c has the descriptors and page tables */
#define BOOT_GDT		0x500
#define BOOT_PARAMS		0x7000
#define BOOT_PAGES		0x9000
#define BOOT_COMMAND_LINE	0x20000
#define BOOT_COMMAND_LINE_MAX	0x10000
#define BOOT_EBDA		0x9fc00
#define BOOT_TABLES		0xe0000	/* acpi.c */
#define BOOT_1M			0x100000

/* The memory map, as E820 has it */
struct boot_range {
	uint64_t start;
	uint64_t size;
	uint32_t type;
};

#define BOOT_RANGES	5
enum { RANGE_RAM = 1, RANGE_RESERVED = 2, RANGE_ACPI = 3 };

unsigned int boot_map(struct machine *machine, struct boot_range ranges[BOOT_RANGES]);

/* Guest memory for this, or the end: @what does not fit. */
void *boot_place(struct machine *machine, uint64_t gpa, uint64_t size, const char *what);
/* The RAM disk as high as it can be below @limit, but not below @from; returns where. */
uint64_t boot_place_initrd(struct machine *machine, const struct boot *boot, uint64_t from,
			   uint64_t limit);
/* The command line, of at most @max bytes */
void boot_place_command_line(struct machine *machine, const struct boot *boot, uint64_t max);

/* Flat 32-bit protected mode; 64-bit mode, with 4 GB of memory where it is */
void boot_enter_32(struct vcpu *vcpu, uint32_t rip, uint32_t rbx, uint32_t rsi);
void boot_enter_64(struct vcpu *vcpu, uint64_t rip, uint64_t rsi);

/* bzimage.c, elf.c: whether it is such a file; and boot_load() of it */
int bzimage_is(const struct blob *kernel);
void bzimage_load(struct machine *machine, const struct boot *boot);
int elf_is(const struct blob *kernel);
void elf_load(struct machine *machine, const struct boot *boot);

/* acpi.c: writes the tables; returns where the first of them is. */
uint64_t acpi_write(struct machine *machine);

#endif
