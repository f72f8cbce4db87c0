// SPDX-License-Identifier: GPL-2.0
/*
 * A bzImage, entered in 64-bit or 32-bit mode. Linux, Documentation/arch/x86/boot.rst: "The
 * Linux/x86 Boot Protocol"; <asm/bootparam.h> has its structures.
 */
#include <asm/bootparam.h>
#include <err.h>
#include <stdbool.h>
#include <string.h>

#include "boot.h"
#include "machine.h"

#define SECTOR			512
#define HEADER			0x1f1	/* struct setup_header, in the file and in boot_params */
#define HEADER_JUMP		0x201
#define MAGIC			0x53726448	/* "HdrS" */
#define VERSION_64		0x020c	/* the first with xloadflags */
#define LOADER_UNKNOWN		0xff
#define ENTRY_OFFSET_64		0x200

static const struct setup_header *bzimage_header(const struct blob *kernel)
{
	return (const void *)(kernel->data + HEADER);
}

int bzimage_is(const struct blob *kernel)
{
	return kernel->size >= HEADER + sizeof(struct setup_header) &&
	       bzimage_header(kernel)->header == MAGIC &&
	       bzimage_header(kernel)->version >= VERSION_64;
}

/* Where the part of the file begins that lies in memory */
static size_t bzimage_body(const struct blob *kernel)
{
	unsigned int sectors = bzimage_header(kernel)->setup_sects;
	size_t body = ((sectors ? sectors : 4) + 1) * SECTOR;

	if (body >= kernel->size)
		errx(1, "the kernel is shorter than its header says");
	return body;
}

static void bzimage_write_map(struct machine *machine, struct boot_params *params)
{
	struct boot_range ranges[BOOT_RANGES];
	unsigned int i, n = boot_map(machine, ranges);

	for (i = 0; i < n; i++)
		params->e820_table[i] = (struct boot_e820_entry){ ranges[i].start, ranges[i].size,
								  ranges[i].type };
	params->e820_entries = n;
}

static void bzimage_write_params(struct machine *machine, const struct boot *boot)
{
	const struct setup_header *header = bzimage_header(&boot->kernel);
	struct boot_params *params = boot_place(machine, BOOT_PARAMS, sizeof(*params), "the kernel");
	size_t size = HEADER_JUMP + 1 + boot->kernel.data[HEADER_JUMP] - HEADER;
	uint64_t initrd;

	memset(params, 0, sizeof(*params));
	memcpy(&params->hdr, header, size < sizeof(*header) ? size : sizeof(*header));
	boot_place_command_line(machine, boot, header->cmdline_size);
	initrd = boot_place_initrd(machine, boot, header->pref_address + header->init_size,
				   (uint64_t)header->initrd_addr_max + 1);
	params->hdr.type_of_loader = LOADER_UNKNOWN;
	params->hdr.cmd_line_ptr = BOOT_COMMAND_LINE;
	params->hdr.ramdisk_image = initrd;
	params->hdr.ramdisk_size = boot->initrd.size;
	params->acpi_rsdp_addr = acpi_write(machine);
	bzimage_write_map(machine, params);
}

void bzimage_load(struct machine *machine, const struct boot *boot)
{
	const struct setup_header *header = bzimage_header(&boot->kernel);
	size_t body = bzimage_body(&boot->kernel), size = boot->kernel.size - body;
	bool has_64 = header->xloadflags & XLF_KERNEL_64;
	uint64_t at = header->pref_address;

	if (boot->entry == ENTRY_64 && !has_64)
		errx(1, "the kernel has no 64-bit entry");
	boot_place(machine, at, header->init_size > size ? header->init_size : size, "the kernel");
	memcpy(boot_place(machine, at, size, "the kernel"), boot->kernel.data + body, size);
	bzimage_write_params(machine, boot);
	if (has_64 && boot->entry != ENTRY_32)
		boot_enter_64(&machine->vcpus[0], at + ENTRY_OFFSET_64, BOOT_PARAMS);
	else
		boot_enter_32(&machine->vcpus[0], at, 0, BOOT_PARAMS);
}
