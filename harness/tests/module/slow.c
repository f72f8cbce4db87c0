// SPDX-License-Identifier: GPL-2.0
/*
 * slow: a program whose memory is slow to come.
 *
 *	slow COMMAND ...	for each of the ioctls that touch it: make vCPU 0, begin
 *				the ioctl, run COMMAND while it waits, let it go on
 *
 * It prints what came of each.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "vmxfs_abi.h"

#define PAGE	4096ul

static int vcpu, faults, over[2], result;
static char *slow;

static void die(const char *what)
{
	printf("%s: %s\n", what, strerror(errno));
	exit(1);
}

/* Its faults come to @faults, and wait there. */
static void make_memory(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	slow = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (slow == MAP_FAILED)
		die("mmap");
	faults = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (faults < 0 || ioctl(faults, UFFDIO_API, &api))
		die("userfaultfd");
	range.range.start = (uintptr_t)slow;
	range.range.len = PAGE;
	if (ioctl(faults, UFFDIO_REGISTER, &range))
		die("UFFDIO_REGISTER");
}

static void make_vcpu(void)
{
	struct vmxfs_attach attach = { .version = VMXFS_ABI_VERSION };

	vcpu = open("/sys/fs/vmx/clone", O_RDWR | O_CLOEXEC);
	if (vcpu < 0 || ioctl(vcpu, VMXFS_IOC_ATTACH, &attach))
		die("clone");
}

/* ---- what waits ---- */

static int map_argument(void)
{
	return ioctl(vcpu, VMXFS_IOC_MAP, slow);
}

static int unmap_argument(void)
{
	return ioctl(vcpu, VMXFS_IOC_UNMAP, slow);
}

static int share_argument(void)
{
	return ioctl(vcpu, VMXFS_IOC_SHARE, slow);
}

static int cpuid_argument(void)
{
	return ioctl(vcpu, VMXFS_IOC_CPUID, slow);
}

static int cpuid_entries(void)
{
	struct vmxfs_cpuid cpuid = { .entries = (uintptr_t)slow, .count = 1 };

	return ioctl(vcpu, VMXFS_IOC_CPUID, &cpuid);
}

static int map_memory(void)
{
	struct vmxfs_mapping mapping = { 0, PAGE, (uintptr_t)slow, VMX_PROT_READ, 0 };

	return ioctl(vcpu, VMXFS_IOC_MAP, &mapping);
}

static const struct {
	const char *name;
	int (*call)(void);
} calls[] = {
	{ "map argument", map_argument },
	{ "unmap argument", unmap_argument },
	{ "share argument", share_argument },
	{ "cpuid argument", cpuid_argument },
	{ "cpuid entries", cpuid_entries },
	{ "map memory", map_memory },
};

static void *call(void *number)
{
	result = calls[(intptr_t)number].call() ? errno : 0;
	close(over[1]);
	return NULL;
}

static void run(intptr_t number, const char *command)
{
	struct pollfd events[2] = { { .events = POLLIN }, { .events = POLLIN } };
	struct uffdio_zeropage zero = { .range.len = PAGE };
	pthread_t thread;

	make_memory();
	make_vcpu();
	if (pipe2(over, O_CLOEXEC) || pthread_create(&thread, NULL, call, (void *)number))
		die("pthread_create");
	events[0].fd = faults;
	events[1].fd = over[0];
	if (poll(events, 2, -1) < 0)
		die("poll");
	printf("%s: %s\n", calls[number].name, events[0].revents & POLLIN ? "waits" : "does not wait");
	if (events[0].revents & POLLIN) {
		if (system(command))
			exit(1);
		zero.range.start = (uintptr_t)slow;
		if (ioctl(faults, UFFDIO_ZEROPAGE, &zero))
			die("UFFDIO_ZEROPAGE");
	}
	pthread_join(thread, NULL);
	printf("%s: %s\n", calls[number].name, strerror(result));
	close(over[0]);
	close(vcpu);
	close(faults);
	munmap(slow, PAGE);
}

int main(int argc, char **argv)
{
	size_t i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc != 2)
		return 2;
	for (i = 0; i < sizeof(calls) / sizeof(*calls); i++)
		run(i, argv[1]);
	return 0;
}
