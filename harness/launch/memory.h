/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The guest's memory. It is one piece of ours; the guest has what is below HOLE at the same
 * address, and the rest from 4 GB on. The hole between is for devices.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdint.h>

#define MEMORY_PAGE	4096ull
#define MEMORY_HOLE	0xc0000000ull
#define MEMORY_4G	0x100000000ull

/**
 * struct memory - the guest's memory
 * @base: where it begins in this process
 * @size: in bytes, a multiple of MEMORY_PAGE
 */
struct memory {
	uint8_t *base;
	uint64_t size;
};

/* 0, or -1 with errno. @lock: keep it out of swap. */
int memory_create(struct memory *memory, uint64_t size, int lock);

/* How many bytes are below the hole, and from 4 GB on */
uint64_t memory_low(const struct memory *memory);
uint64_t memory_high(const struct memory *memory);

/**
 * memory_at() - where guest-physical memory is
 * @memory: the guest's memory
 * @gpa: guest-physical address
 * @size: in bytes
 *
 * Everything that a guest says about addresses goes through here.
 *
 * Return: NULL if any byte of it is no memory, or @size is 0.
 */
void *memory_at(const struct memory *memory, uint64_t gpa, uint64_t size);

#endif
