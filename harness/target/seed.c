// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into Bochs: what it would take from the host. Its random numbers (RDRAND,
 * RDSEED) are seeded with the time, and some of its timers run by the host's clock:
 * where they expire, instructions are decoded anew. Without that, two runs are the same
 * to the last instruction.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>

void srand(unsigned int seed)
{
	void (*real)(unsigned int) = dlsym(RTLD_NEXT, "srand");

	(void)seed;
	real(1);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	(void)zone;
	*now = (struct timeval){ 0 };
	return 0;
}
