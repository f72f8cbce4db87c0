// SPDX-License-Identifier: GPL-2.0
#include "kernel.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define CLONE	"/sys/fs/vmx/clone"

int kernel_open(unsigned int *id)
{
	int fd = open(CLONE, O_RDWR | O_CLOEXEC);
	char text[16];
	ssize_t n;

	if (fd < 0)
		return -1;
	n = read(fd, text, sizeof(text) - 1);
	if (n >= 0) {
		text[n] = '\0';
		if (sscanf(text, "%u", id) == 1)
			return fd;
		errno = EPROTO;
	}
	kernel_close(fd, NULL);
	return -1;
}

int kernel_ioctl(int fd, unsigned long request, unsigned long argument)
{
	return ioctl(fd, request, argument);
}

unsigned int kernel_physical_bits(void)
{
	unsigned int eax, ebx, ecx, edx;

	return __get_cpuid(0x80000008, &eax, &ebx, &ecx, &edx) ? eax & 0xff : 36;
}

void kernel_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t *regs)
{
	if (!__get_cpuid_count(leaf, subleaf, &regs[0], &regs[1], &regs[2], &regs[3]))
		regs[0] = regs[1] = regs[2] = regs[3] = 0;
}

struct vmxfs_page *kernel_map(int fd)
{
	void *page = mmap(NULL, sizeof(struct vmxfs_page), PROT_READ | PROT_WRITE,
			  MAP_SHARED, fd, 0);

	return page == MAP_FAILED ? NULL : page;
}

void kernel_close(int fd, struct vmxfs_page *page)
{
	int error = errno;

	if (page)
		munmap(page, sizeof(*page));
	close(fd);
	errno = error;
}
