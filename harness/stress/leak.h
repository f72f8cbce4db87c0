/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the kernel holds, once it has settled.
 */
#ifndef LEAK_H
#define LEAK_H

struct report;

#define CACHES_MOST 400

struct cache {
	char name[32];
	long bytes;
};

struct usage {
	long slab;	/* bytes */
	unsigned int caches;
	struct cache cache[CACHES_MOST];	/* what slab consists of */
	long pages;	/* not free, and no cache */
	long vmalloc;	/* bytes */
	int threads;	/* of vmxfs */
	int entries;	/* of its root */
};

/* How many kernel threads of vmxfs there are, and entries of its root. */
int count_threads(void);
int count_entries(void);

void usage_measure(struct usage *usage);

/* What was measured first, and how many vCPUs there had been by then. */
const struct usage *usage_first(unsigned long *vcpus);

/*
 * Fails if there is more than before: of memory, for each of so many lives of
 * a vCPU, 64 bytes of slab or of vmalloc, or 1/8 page.
 */
void usage_compare(struct report *report, const struct usage *before,
		   unsigned long lives);

/* Fails if kmemleak, where it is, finds something. */
void kmemleak_check(struct report *report);

#endif
