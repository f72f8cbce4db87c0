// SPDX-License-Identifier: GPL-2.0
#include "boot.h"

#include <err.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "machine.h"

/* ---- files ---- */

struct blob boot_read(const char *path)
{
	struct blob blob;
	struct stat stat;
	size_t done = 0;
	int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &stat))
		err(1, "%s", path);
	if (!S_ISREG(stat.st_mode) || !stat.st_size)
		errx(1, "%s: it is empty, or no file", path);
	blob.size = stat.st_size;
	blob.data = malloc(blob.size + 1);
	if (!blob.data)
		err(1, "%s", path);
	while (done < blob.size) {
		ssize_t size = read(fd, blob.data + done, blob.size - done);

		if (size < 0)
			err(1, "%s", path);
		if (!size)
			errx(1, "%s: it has become shorter", path);
		done += size;
	}
	close(fd);
	return blob;
}

/* ---- places in memory ---- */

void *boot_place(struct machine *machine, uint64_t gpa, uint64_t size, const char *what)
{
	void *place = memory_at(&machine->memory, gpa, size);

	if (!place)
		errx(1, "%s does not fit into %llu MB of memory", what,
		     (unsigned long long)machine->memory.size >> 20);
	return place;
}

uint64_t boot_place_initrd(struct machine *machine, const struct boot *boot, uint64_t from,
			   uint64_t limit)
{
	uint64_t low = memory_low(&machine->memory), size = boot->initrd.size, gpa;

	if (!size)
		return 0;
	if (limit > low)
		limit = low;
	gpa = limit > size ? (limit - size) & ~(MEMORY_PAGE - 1) : 0;
	if (gpa < from)
		errx(1, "the initrd does not fit into %llu MB of memory",
		     (unsigned long long)machine->memory.size >> 20);
	memcpy(boot_place(machine, gpa, size, "the initrd"), boot->initrd.data, size);
	return gpa;
}

void boot_place_command_line(struct machine *machine, const struct boot *boot, uint64_t max)
{
	size_t size = strlen(boot->command_line);

	if (size > max || size >= BOOT_COMMAND_LINE_MAX)
		errx(1, "the command line has %zu bytes, more than the kernel takes", size);
	memcpy(boot_place(machine, BOOT_COMMAND_LINE, size + 1, "the command line"),
	       boot->command_line, size + 1);
}

unsigned int boot_map(struct machine *machine, struct boot_range ranges[BOOT_RANGES])
{
	uint64_t low = memory_low(&machine->memory), high = memory_high(&machine->memory);
	const struct boot_range all[BOOT_RANGES] = {
		{ 0, BOOT_EBDA, RANGE_RAM },
		{ BOOT_EBDA, BOOT_TABLES - BOOT_EBDA, RANGE_RESERVED },
		{ BOOT_TABLES, BOOT_1M - BOOT_TABLES, RANGE_ACPI },
		{ BOOT_1M, low - BOOT_1M, RANGE_RAM },
		{ MEMORY_4G, high, RANGE_RAM },
	};

	memcpy(ranges, all, sizeof(all));
	return high ? BOOT_RANGES : BOOT_RANGES - 1;
}

/* ---- the processor ---- */

/* Selectors: Linux, "The Linux/x86 Boot Protocol": __BOOT_CS, __BOOT_DS */
#define SELECTOR_CODE	0x10
#define SELECTOR_DATA	0x18
#define GDT_ENTRIES	4
/* Access rights: flat, of 32 or 64 bits */
#define RIGHTS_CODE_32	0xc09b
#define RIGHTS_CODE_64	0xa09b
#define RIGHTS_DATA	0xc093

#define CR0_PE		0x1
#define CR0_ET		0x10
#define CR0_NE		0x20
#define CR0_PG		0x80000000
#define CR4_PAE		0x20
#define EFER_LONG	0x500	/* LME, LMA */

#define PAGE_PRESENT	0x3	/* and writable */
#define PAGE_LARGE	0x80

/* A descriptor of 4 GB with these rights: SDM, figure "Segment Descriptor" */
static uint64_t boot_descriptor(uint32_t rights)
{
	return 0x000f00000000ffffull | (uint64_t)(rights & 0xf0ff) << 40;
}

static void boot_set_segments(struct vcpu *vcpu, uint32_t code_rights)
{
	struct vmx_x64_state_seg *segs = vcpu->vmx->state->segs;
	uint64_t *gdt = boot_place(vcpu->machine, BOOT_GDT, GDT_ENTRIES * sizeof(*gdt), "the GDT");
	unsigned int i;

	for (i = VMX_X64_SEG_ES; i <= VMX_X64_SEG_GS; i++)
		segs[i] = (struct vmx_x64_state_seg){ .selector = SELECTOR_DATA,
						      .attrib = RIGHTS_DATA, .limit = UINT32_MAX };
	segs[VMX_X64_SEG_CS].selector = SELECTOR_CODE;
	segs[VMX_X64_SEG_CS].attrib = code_rights;
	gdt[SELECTOR_CODE / 8] = boot_descriptor(code_rights);
	gdt[SELECTOR_DATA / 8] = boot_descriptor(RIGHTS_DATA);
	segs[VMX_X64_SEG_GDT].base = BOOT_GDT;
	segs[VMX_X64_SEG_GDT].limit = GDT_ENTRIES * sizeof(*gdt) - 1;
}

/* 4 GB in pages of 2 MB: a page of the first level, one of the second, four of the third */
static void boot_write_pages(struct machine *machine)
{
	uint64_t *pages = boot_place(machine, BOOT_PAGES, 6 * MEMORY_PAGE, "paging");
	uint64_t *second = pages + 512, *third = pages + 1024;
	unsigned int i;

	pages[0] = (BOOT_PAGES + MEMORY_PAGE) | PAGE_PRESENT;
	for (i = 0; i < 4; i++)
		second[i] = (BOOT_PAGES + (2 + i) * MEMORY_PAGE) | PAGE_PRESENT;
	for (i = 0; i < 4 * 512; i++)
		third[i] = ((uint64_t)i << 21) | PAGE_PRESENT | PAGE_LARGE;
}

static void boot_set(struct vcpu *vcpu, uint64_t rip)
{
	vcpu->vmx->state->gprs[VMX_X64_GPR_RIP] = rip;
	if (vmx_vcpu_setstate(vcpu->vmx, VMX_X64_STATE_SEGS | VMX_X64_STATE_GPRS |
			      VMX_X64_STATE_CRS | VMX_X64_STATE_MSRS))
		err(1, "vCPU %u", vcpu->number);
}

void boot_enter_32(struct vcpu *vcpu, uint32_t rip, uint32_t rbx, uint32_t rsi)
{
	struct vmx_x64_state *state = vcpu->vmx->state;

	boot_set_segments(vcpu, RIGHTS_CODE_32);
	state->crs[VMX_X64_CR_CR0] = CR0_PE | CR0_ET | CR0_NE;
	state->gprs[VMX_X64_GPR_RBX] = rbx;
	state->gprs[VMX_X64_GPR_RSI] = rsi;
	boot_set(vcpu, rip);
}

void boot_enter_64(struct vcpu *vcpu, uint64_t rip, uint64_t rsi)
{
	struct vmx_x64_state *state = vcpu->vmx->state;

	boot_set_segments(vcpu, RIGHTS_CODE_64);
	boot_write_pages(vcpu->machine);
	state->crs[VMX_X64_CR_CR0] = CR0_PE | CR0_ET | CR0_NE | CR0_PG;
	state->crs[VMX_X64_CR_CR3] = BOOT_PAGES;
	state->crs[VMX_X64_CR_CR4] = CR4_PAE;
	state->msrs[VMX_X64_MSR_EFER] = EFER_LONG;
	state->gprs[VMX_X64_GPR_RSI] = rsi;
	boot_set(vcpu, rip);
}

void boot_load(struct machine *machine, const struct boot *boot)
{
	if (bzimage_is(&boot->kernel) && boot->entry != ENTRY_PVH)
		bzimage_load(machine, boot);
	else if (elf_is(&boot->kernel) && boot->entry != ENTRY_64 && boot->entry != ENTRY_32)
		elf_load(machine, boot);
	else
		errx(1, "the kernel is no file that can be entered so: a bzImage by 64 or 32, an ELF file by pvh");
}
