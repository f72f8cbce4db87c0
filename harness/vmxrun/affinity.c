// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* cpu_set_t */
#include "affinity.h"

#include <cpuid.h>
#include <errno.h>

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

bool affinity_core_of_all(uint32_t *id)
{
	unsigned int ebx, ecx, edx;

	return __get_cpuid_count(FEATURES_LEAF, 0, id, &ebx, &ecx, &edx) && !(edx & HYBRID) &&
	       __get_cpuid_count(CORE_LEAF, 0, id, &ebx, &ecx, &edx) && *id;
}

int affinity_nth(uint64_t number)
{
	cpu_set_t set;

	affinity_get(&set);
	for (int processor = 0; processor < CPU_SETSIZE; processor++)
		if (CPU_ISSET(processor, &set) && !number--)
			return processor;
	return -ENODEV;
}
