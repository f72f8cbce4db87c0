// SPDX-License-Identifier: GPL-2.0
/* Prints the time-stamp counter, for `make bench-boot`. */
#include <stdio.h>
#include <x86intrin.h>

int main(void)
{
	printf("tsc %llu\n", __rdtsc());
	return 0;
}
