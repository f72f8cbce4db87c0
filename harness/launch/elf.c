// SPDX-License-Identifier: GPL-2.0
/*
 * An ELF file that says, in a note, where it is entered in 32-bit mode: PVH. Xen,
 * docs/misc/pvh.pandoc and xen/include/public/arch-x86/hvm/start_info.h
 */
#include <elf.h>
#include <err.h>
#include <stdbool.h>
#include <string.h>

#include "boot.h"
#include "machine.h"

#define NOTE_NAME	"Xen"
#define NOTE_PHYS32_ENTRY	18
#define START_MAGIC	0x336ec578
#define START_VERSION	1

struct start_info {
	uint32_t magic;
	uint32_t version;
	uint32_t flags;
	uint32_t n_modules;
	uint64_t modules;
	uint64_t command_line;
	uint64_t rsdp;
	uint64_t map;
	uint32_t n_map;
	uint32_t reserved;
};

struct start_module {
	uint64_t address;
	uint64_t size;
	uint64_t command_line;
	uint64_t reserved;
};

struct start_range {
	uint64_t start;
	uint64_t size;
	uint32_t type;
	uint32_t reserved;
};

/* All of it, as it lies at BOOT_PARAMS */
struct start {
	struct start_info info;
	struct start_module module;
	struct start_range map[BOOT_RANGES];
};

#define AT(member)	(BOOT_PARAMS + offsetof(struct start, member))

int elf_is(const struct blob *kernel)
{
	const Elf64_Ehdr *header = (const void *)kernel->data;

	return kernel->size >= sizeof(*header) && !memcmp(header->e_ident, ELFMAG, SELFMAG) &&
	       header->e_ident[EI_CLASS] == ELFCLASS64 && header->e_machine == EM_X86_64 &&
	       header->e_phentsize == sizeof(Elf64_Phdr);
}

/* A part of the file; ends the program if it has not got that. */
static const void *elf_part(const struct blob *kernel, uint64_t offset, uint64_t size)
{
	if (offset > kernel->size || size > kernel->size - offset)
		errx(1, "the kernel is shorter than its header says");
	return kernel->data + offset;
}

static uint64_t elf_align(uint64_t size)
{
	return (size + 3) & ~3ull;
}

/* The entry, if it is in these notes; else 0 */
static uint32_t elf_find_entry(const struct blob *kernel, uint64_t offset, uint64_t size)
{
	while (size >= sizeof(Elf64_Nhdr)) {
		const Elf64_Nhdr *note = elf_part(kernel, offset, sizeof(*note));
		uint64_t value = sizeof(*note) + elf_align(note->n_namesz);
		uint64_t whole = value + elf_align(note->n_descsz);
		const char *name = elf_part(kernel, offset, whole) + sizeof(*note);

		if (note->n_namesz == sizeof(NOTE_NAME) && !memcmp(name, NOTE_NAME, sizeof(NOTE_NAME)) &&
		    note->n_type == NOTE_PHYS32_ENTRY && note->n_descsz >= 4)
			return *(const uint32_t *)elf_part(kernel, offset + value, 4);
		if (whole > size)
			break;
		offset += whole;
		size -= whole;
	}
	return 0;
}

/* Puts the segments into memory; returns the entry, and where the last segment ends. */
static uint32_t elf_load_segments(struct machine *machine, const struct blob *kernel, uint64_t *end)
{
	const Elf64_Ehdr *header = (const void *)kernel->data;
	const Elf64_Phdr *segment = elf_part(kernel, header->e_phoff,
					     header->e_phnum * sizeof(*segment));
	uint32_t entry = 0;
	unsigned int i;

	for (i = 0; i < header->e_phnum; i++, segment++) {
		if (segment->p_type == PT_NOTE && !entry)
			entry = elf_find_entry(kernel, segment->p_offset, segment->p_filesz);
		if (segment->p_type != PT_LOAD || !segment->p_memsz)
			continue;
		boot_place(machine, segment->p_paddr, segment->p_memsz, "the kernel");
		if (segment->p_filesz)
			memcpy(boot_place(machine, segment->p_paddr, segment->p_filesz, "the kernel"),
			       elf_part(kernel, segment->p_offset, segment->p_filesz),
			       segment->p_filesz);
		if (segment->p_paddr + segment->p_memsz > *end)
			*end = segment->p_paddr + segment->p_memsz;
	}
	return entry;
}

static void elf_write_start(struct machine *machine, const struct boot *boot, uint64_t end)
{
	struct start *start = boot_place(machine, BOOT_PARAMS, sizeof(*start), "the kernel");
	struct boot_range ranges[BOOT_RANGES];
	unsigned int i, n = boot_map(machine, ranges);

	boot_place_command_line(machine, boot, BOOT_COMMAND_LINE_MAX);
	*start = (struct start){
		.info = { .magic = START_MAGIC, .version = START_VERSION,
			  .n_modules = boot->initrd.size ? 1 : 0, .modules = AT(module),
			  .command_line = BOOT_COMMAND_LINE, .rsdp = acpi_write(machine),
			  .map = AT(map), .n_map = n },
		.module = { .address = boot_place_initrd(machine, boot, end, MEMORY_HOLE),
			    .size = boot->initrd.size },
	};
	for (i = 0; i < n; i++)
		start->map[i] = (struct start_range){ ranges[i].start, ranges[i].size,
						      ranges[i].type, 0 };
}

void elf_load(struct machine *machine, const struct boot *boot)
{
	uint64_t end = BOOT_1M;
	uint32_t entry = elf_load_segments(machine, &boot->kernel, &end);

	if (!entry)
		errx(1, "the kernel has no PVH entry");
	elf_write_start(machine, boot, end);
	boot_enter_32(&machine->vcpus[0], entry, BOOT_PARAMS, 0);
}
