// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* cpu_set_t */
#include "affinity.h"

#include <cpuid.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* SDM, "CPUID--CPU Identification": leaf 7, EDX, "Hybrid"; leaf 1AH, "Native Model ID" */
#define FEATURES_LEAF 0x7
#define HYBRID (1u << 15)
#define CORE_LEAF 0x1a

void affinity_get(cpu_set_t *set)
{
	if (sched_getaffinity(0, sizeof(*set), set))
		CPU_ZERO(set);
}

int affinity_set(const cpu_set_t *set)
{
	return sched_setaffinity(0, sizeof(*set), set) ? -errno : 0;
}

/* CPUID itself: a kernel may hide what there is, or not know it yet. */
bool affinity_core_id(int processor, uint32_t *id)
{
	unsigned int ebx, ecx, edx;
	cpu_set_t alone;

	CPU_ZERO(&alone);
	CPU_SET(processor, &alone);
	return !affinity_set(&alone) &&
	       __get_cpuid_count(FEATURES_LEAF, 0, id, &ebx, &ecx, &edx) &&
	       edx & HYBRID &&
	       __get_cpuid_count(CORE_LEAF, 0, id, &ebx, &ecx, &edx);
}

static bool is_called(const char *pid, const char *name)
{
	char path[300];
	char text[32];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	text[n < 0 ? 0 : n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return strcmp(text, name) == 0;
}

/* The kernel thread that runs the vCPU's guest, or -ESRCH. */
static pid_t find_thread(int vcpu)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t pid = -ESRCH;
	char name[32];

	if (!proc)
		return -errno;
	snprintf(name, sizeof(name), "vmxfs/%d", vcpu);
	while (pid < 0 && (entry = readdir(proc)))
		if (isdigit((unsigned char)*entry->d_name) && is_called(entry->d_name, name))
			pid = atoi(entry->d_name);
	closedir(proc);
	return pid;
}

int affinity_move(int vcpu, uint64_t number)
{
	cpu_set_t here, there;
	pid_t thread;

	affinity_get(&here);
	CPU_ZERO(&there);
	for (int processor = 0; processor < CPU_SETSIZE && !CPU_COUNT(&there); processor++)
		if (CPU_ISSET(processor, &here) && !number--)
			CPU_SET(processor, &there);
	if (!CPU_COUNT(&there))
		return -ENODEV;
	thread = find_thread(vcpu);
	if (thread < 0)
		return thread;
	return sched_setaffinity(thread, sizeof(there), &there) ? -errno : 0;
}
