// SPDX-License-Identifier: GPL-2.0
#include "guests.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "segment.h"

#define SEGMENT_SIZE 0x10000

#define CODE(bytes) bytes, sizeof(bytes) - 1

/* Bytes that mean the same in 16, 32 and 64 bits. */
const struct guest guests[] = {
	{ "hlt", CODE("\xf4"), "", ".hlt 0x0 pc 0x" },
	{ "jmp $", CODE("\xeb\xfe"), "", NULL },
	{ "cpuid", CODE("\x0f\xa2\xf4"), "", ".cpuid 0x0 pc 0x" },
	{ "hlt loop", CODE("\xf4\xeb\xfd"), "", ".hlt 0x0 pc 0x" },
	{ "cpuid loop", CODE("\x0f\xa2\xeb\xfc"), "", ".cpuid 0x0 pc 0x" },
	{ "cli; jmp $", CODE("\xfa\xeb\xfe"), "", NULL },
	{ "sti; hlt loop", CODE("\xfb\xf4\xeb\xfc"), "", ".hlt 0x0 pc 0x" },
	{ "pause loop", CODE("\xf3\x90\xeb\xfc"), "", NULL },
	{ "triple fault", CODE("\x0f\x0b"), "idtrlimit=0;", "triplef 0x0 " },
	{ "push", CODE("\x50\xeb\xfd"), "sp=0x20000;", "eptfault 0x" },
};

const size_t guests_count = sizeof(guests) / sizeof(*guests);
const struct guest *const guest_hlt = &guests[0];
const struct guest *const guest_loop = &guests[1];

atomic_ulong vcpus_made;

int guest_vcpu(struct vcpu *vcpu, int flags)
{
	int error = vcpu_open(vcpu, BY_PATH, flags);

	if (!error)
		vcpus_made++;
	return error;
}

int guests_write(int segment)
{
	for (size_t i = 0; i < guests_count; i++) {
		ssize_t n = file_write_at(segment, guests[i].code,
					  guests[i].size, i * GUEST_STEP);

		if (n < 0)
			return n;
		if ((size_t)n != guests[i].size)
			return -EMSGSIZE;
	}
	return 0;
}

int guest_segment(const char *name)
{
	int fd = segment_make(BY_PATH, name, 0, SEGMENT_SIZE);
	int error;

	if (fd < 0)
		return fd;
	error = guests_write(fd);
	close(fd);
	return error;
}

int guest_map(const struct vcpu *vcpu, const char *segment)
{
	return vcpu_map(vcpu, 0, SEGMENT_SIZE, segment);
}

void guest_command(const struct guest *guest, char *text, size_t size)
{
	snprintf(text, size, "go pc=%#zx;%s\n", (guest - guests) * GUEST_STEP,
		 guest->regs);
}

int guest_go(const struct vcpu *vcpu, const struct guest *guest)
{
	char text[80];

	guest_command(guest, text, sizeof(text));
	return vcpu_write(vcpu, "ctl", text);
}

int guest_check_wait(const struct vcpu *vcpu, const struct guest *guest,
		     char *line, size_t size)
{
	int n = vcpu_read(vcpu, "wait", line, size);

	if (n < 0)
		return n;
	return strncmp(line, guest->line, strlen(guest->line)) ? -EPROTO : 0;
}
