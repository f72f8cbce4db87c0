/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Random numbers that are the same for the same seed, everywhere: xorshift64*.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct random {
	uint64_t state;
};

/* Which: different streams of one seed. */
static inline void random_init(struct random *random, uint64_t seed,
			       uint64_t which)
{
	uint64_t z = seed + (which + 1) * 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	random->state = (z ^ z >> 31) | 1;
}

static inline uint64_t random_next(struct random *random)
{
	random->state ^= random->state >> 12;
	random->state ^= random->state << 25;
	random->state ^= random->state >> 27;
	return random->state * 0x2545f4914f6cdd1du;
}

/* 0 to below n */
static inline size_t random_below(struct random *random, size_t n)
{
	return (random_next(random) >> 16) % n;
}

static inline bool one_in(struct random *random, size_t n)
{
	return random_below(random, n) == 0;
}

#define PICK(random, array) \
	((array)[random_below((random), sizeof(array) / sizeof(*(array)))])

#endif
