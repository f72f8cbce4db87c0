// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "isolation.h"
#include "segment.h"

asm(".section .rodata\n"
    ".balign 64\n"
    "image:\n"
    ".incbin \"build/isolation/guest\"\n"
    ".text\n");
extern const uint8_t image[];

const char *const mode_names[MODES] = { "real", "prot", "pae", "long" };
unsigned int slots;
unsigned int slots_read;
static uint8_t *memory;

/* In the order of the image's tables */
static const uint8_t table_of[MODES] = { 0, 1, 1, 2 };
static const uint32_t code_of[MODES] = { CODE16, CODE32, CODE32, CODE64 };

/* How a vCPU that clone has made gets into the mode: nothing at all is written for PROT. */
static const struct {
	enum mode mode;
	const char *file;
	const char *text;
} steps[] = {
	{ REAL, "regs", "cr0real 0x30\n"
	  "cs 0x1000\ncsbase 0x10000\ncslimit 0xffff\ncsperm 0x9b\n"
	  "dslimit 0xffff\ndsperm 0x93\neslimit 0xffff\nesperm 0x93\n"
	  "fslimit 0xffff\nfsperm 0x93\ngslimit 0xffff\ngsperm 0x93\n"
	  "sslimit 0xffff\nssperm 0x93\n" },
	{ PAE, "regs", "cr3 0x6000\ncr4real 0x20\ncr0real 0x80000031\n" },
	{ PAE, "vmcs", "guest_pdpte0 0x5001\n" },
	{ LONG, "regs", "cr3 0x3000\ncr4real 0x20\nefer 0x100\ncr0real 0x80000031\ncsperm 0xa09b\n" },
};

static uint32_t word(uint32_t address)
{
	uint32_t value;

	memcpy(&value, memory + address, 4);
	return value;
}

static uint32_t offset_of(enum mode mode, uint32_t address)
{
	return mode == REAL ? address & 0xffff : address;
}

int guest_init(void)
{
	int fd = segment_make(BY_PATH, "isolation", 0, IMAGE_SIZE);

	if (fd < 0)
		return fd;
	memory = mmap(NULL, IMAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (memory == MAP_FAILED)
		return -errno;
	memcpy(memory, image, IMAGE_SIZE);
	slots = word(NUMBERS);
	slots_read = word(NUMBERS + 4);
	return 0;
}

void guest_exit(void)
{
	if (memory)
		munmap(memory, IMAGE_SIZE);
	memory = NULL;
}

void guest_reset(const uint8_t *mask, enum mode mode)
{
	memcpy(memory, image, IMAGE_SIZE);
	memcpy(memory + NEXT, &code_of[mode], 4);
	memcpy(memory + MASK, mask, 64);
}

bool guest_done(void)
{
	return *(volatile uint8_t *)(memory + DONE);
}

uint32_t guest_next(enum mode mode)
{
	return offset_of(mode, word(NEXT));
}

uint32_t guest_slot(enum mode mode, unsigned int slot)
{
	return offset_of(mode, word(TABLES + 4 * (table_of[mode] * slots + slot)));
}

uint32_t guest_start(enum mode mode)
{
	return mode == PROT ? 0 : offset_of(mode, code_of[mode]);
}

uint32_t guest_spin(void)
{
	return word(NUMBERS + 8);
}

bool guest_is_core(unsigned int slot)
{
	return image[CORE + slot];
}

const uint8_t *guest_memory(void)
{
	return memory;
}

static int set_mode(const struct vcpu *vcpu, enum mode mode)
{
	int error = 0;

	for (size_t i = 0; !error && i < sizeof(steps) / sizeof(*steps); i++)
		if (steps[i].mode == mode)
			error = vcpu_write(vcpu, steps[i].file, steps[i].text);
	return error;
}

bool guest_again(const struct vcpu *vcpu, enum mode mode)
{
	static const char prot[] = "cr0real 0x31\ncr4real 0\ncs 0\ncsbase 0\ncslimit 0xffffffff\n"
				   "csperm 0xc09b\nssperm 0xc093\ndsperm 0xc093\nesperm 0xc093\n";
	uint32_t next = word(NEXT);

	for (unsigned int i = 0; i + 1 < slots; i++)
		if (guest_slot(mode, i) == offset_of(mode, next)) {
			next = word(TABLES + 4 * (table_of[mode] * slots + i + 1));
			memcpy(memory + NEXT, &next, 4);
			vcpu_write(vcpu, "regs", "flags 2\n");
			vcpu_write(vcpu, "regs", prot);
			return !set_mode(vcpu, mode);
		}
	return false;
}

int guest_vcpu(struct vcpu *vcpu, enum mode mode)
{
	int error = vcpu_open(vcpu, BY_PATH, O_RDWR);

	if (error)
		return error;
	error = vcpu_map(vcpu, 0, IMAGE_SIZE, "isolation");
	error = error ? error : set_mode(vcpu, mode);
	if (error)
		vcpu_close(vcpu);
	return error;
}
