// SPDX-License-Identifier: GPL-2.0
#include "memory.h"

#include <sys/mman.h>

int memory_create(struct memory *memory, uint64_t size, int lock)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS | (lock ? MAP_LOCKED : MAP_NORESERVE);

	memory->size = size;
	memory->base = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
	return memory->base == MAP_FAILED ? -1 : 0;
}

uint64_t memory_low(const struct memory *memory)
{
	return memory->size < MEMORY_HOLE ? memory->size : MEMORY_HOLE;
}

uint64_t memory_high(const struct memory *memory)
{
	return memory->size - memory_low(memory);
}

/* No sum here can wrap: what is subtracted was compared before. */
void *memory_at(const struct memory *memory, uint64_t gpa, uint64_t size)
{
	uint64_t low = memory_low(memory);

	if (!size)
		return NULL;
	if (gpa < low)
		return size <= low - gpa ? memory->base + gpa : NULL;
	if (gpa < MEMORY_4G || gpa - MEMORY_4G >= memory_high(memory))
		return NULL;
	gpa -= MEMORY_4G;
	return size <= memory_high(memory) - gpa ? memory->base + low + gpa : NULL;
}
