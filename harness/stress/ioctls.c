// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "ioctls.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "vmxfs_abi.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define PAGE	4096ul

/* What guests may have of this process. */
#define MEMORY	(64 * PAGE)

static char memory[MEMORY] __attribute__((aligned(PAGE)));

static const uint64_t odd_numbers[] = {
	0, 1, 2, 0xfff, PAGE, PAGE + 1, 1ul << 32, 1ul << 47, 1ul << 48, (1ul << 48) - PAGE,
	0xffff800000000000, 0xffffffff81000000, UINT64_MAX - PAGE + 1, UINT64_MAX,
};

static const unsigned long commands[] = {
	VMXFS_IOC_ATTACH, VMXFS_IOC_RUN, VMXFS_IOC_RUN, VMXFS_IOC_RUN, VMXFS_IOC_STOP,
	VMXFS_IOC_GETSTATE, VMXFS_IOC_SETSTATE, VMXFS_IOC_MAP, VMXFS_IOC_UNMAP,
	VMXFS_IOC_SHARE, VMXFS_IOC_CPUID, VMXFS_IOC_TPR, 0, VMXFS_IOC << 8 | 99, ULONG_MAX,
};

static uint64_t number(struct random *random)
{
	return one_in(random, 2) ? PICK(random, odd_numbers) :
				   random_next(random) >> random_below(random, 64);
}

static uint64_t address(struct random *random, uint64_t limit)
{
	return one_in(random, 4) ? number(random) : random_below(random, limit / PAGE) * PAGE;
}

/* ---- arguments ---- */

static struct vmxfs_mapping mapping(struct random *random)
{
	struct vmxfs_mapping mapping = {
		.gpa = address(random, 2 * MEMORY),
		.prot = one_in(random, 4) ? number(random) : random_below(random, 8),
		.reserved = one_in(random, 16),
	};
	uint64_t start = random_below(random, MEMORY / PAGE);

	mapping.hva = (uintptr_t)memory + start * PAGE;
	mapping.size = (1 + random_below(random, MEMORY / PAGE - start)) * PAGE;
	/* Not both: a guest that can write is to write nowhere else. */
	if (one_in(random, 4))
		mapping.hva = number(random) | 1ul << 63;
	else if (one_in(random, 4))
		mapping.size = number(random) | 1ul << 60;
	return mapping;
}

/* Any of the files that are open, or none */
static struct vmxfs_share share(struct random *random)
{
	return (struct vmxfs_share){
		.gpa = address(random, 2 * MEMORY),
		.size = one_in(random, 2) ? MEMORY : number(random),
		.from = one_in(random, 16) ? number(random) : random_below(random, 32),
		.reserved = one_in(random, 16),
	};
}

static struct vmxfs_cpuid cpuid(struct random *random, const struct vmx_cpuid *entries)
{
	return (struct vmxfs_cpuid){
		.entries = one_in(random, 4) ? number(random) : (uintptr_t)entries,
		.count = one_in(random, 4) ? number(random) : random_below(random, 4),
		.reserved = one_in(random, 16),
	};
}

/* ---- the page ---- */

/* Some of its bytes become others, and some of its groups are to be taken. */
static void disturb(struct random *random, int fd)
{
	struct vmxfs_page *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	size_t i;

	if (page == MAP_FAILED)
		return;
	for (i = random_below(random, 8); i; i--) {
		size_t at = random_below(random, sizeof(*page) / 8) * 8;
		uint64_t value = number(random);

		memcpy((char *)page + at, &value, sizeof(value));
	}
	page->commit = one_in(random, 2) ? 0 : random_next(random);
	munmap(page, PAGE);
}

/* ---- run, and back ---- */

static void on_alarm(int signal)
{
	(void)signal;
}

/* A signal comes again and again, until run has seen one. */
static int run(int fd)
{
	const struct itimerspec often = { { 0, 1000000 }, { 0, 1000000 } };
	struct sigevent event = { .sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR2 };
	struct sigaction action = { .sa_handler = on_alarm };
	timer_t timer;
	int result, error;

	event.sigev_notify_thread_id = syscall(SYS_gettid);
	sigaction(SIGUSR2, &action, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer))
		return -1;
	timer_settime(timer, 0, &often, NULL);
	result = ioctl(fd, VMXFS_IOC_RUN, 0);
	error = errno;
	timer_delete(timer);
	errno = error;
	return result;
}

static int call(struct random *random, int fd, unsigned long command)
{
	struct vmxfs_attach attach = { .version = one_in(random, 8) ? number(random) :
								      VMXFS_ABI_VERSION };
	struct vmx_cpuid entries[4] = { { .leaf = number(random), .flags = one_in(random, 8) } };
	struct vmxfs_cpuid leaves = cpuid(random, entries);
	struct vmxfs_mapping range = mapping(random);
	struct vmxfs_share other = share(random);

	if (one_in(random, 8) && command != VMXFS_IOC_RUN)
		return ioctl(fd, command, number(random));
	switch (command) {
	case VMXFS_IOC_ATTACH:
		return ioctl(fd, command, &attach);
	case VMXFS_IOC_RUN:
		return run(fd);
	case VMXFS_IOC_MAP:
	case VMXFS_IOC_UNMAP:
		return ioctl(fd, command, &range);
	case VMXFS_IOC_SHARE:
		return ioctl(fd, command, &other);
	case VMXFS_IOC_CPUID:
		return ioctl(fd, command, &leaves);
	default:
		return ioctl(fd, command, random_below(random, 256));
	}
}

ssize_t do_ioctl(struct random *random, int fd, bool ctl)
{
	if (ctl && one_in(random, 2))
		disturb(random, fd);
	return call(random, fd, PICK(random, commands)) < 0 ? -errno : 0;
}
