// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into Bochs, which seeds its random numbers (RDRAND, RDSEED) with the
 * time of the host. Without that, two runs are the same to the last instruction.
 */
#define _GNU_SOURCE
#include <dlfcn.h>

void srand(unsigned int seed)
{
	void (*real)(unsigned int) = dlsym(RTLD_NEXT, "srand");

	(void)seed;
	real(1);
}
