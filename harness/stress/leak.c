// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE
#include "leak.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "guests.h"
#include "report.h"

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
#define CACHES "/sys/kernel/slab"

/* What varies from one moment to the next, however often it is measured. */
#define SLAB_NOISE	(32 << 10)
/* Each processor more has objects of its own that wait to be used again. */
#define SLAB_NOISE_EACH	(96 << 10)
#define PAGES_NOISE	64
#define VMALLOC_NOISE	(160 << 10)

int count_threads(void)
{
	char path[PATH_SIZE];
	char comm[32];
	struct dirent *entry;
	int count = 0;
	DIR *dir = opendir("/proc");

	while (dir && (entry = readdir(dir))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%.16s/comm", entry->d_name);
		if (read_file(path, comm, sizeof(comm)) > 0 &&
		    !strncmp(comm, "vmxfs/", 6))
			count++;
	}
	if (dir)
		closedir(dir);
	return count;
}

int count_entries(void)
{
	int count = 0;
	DIR *dir = opendir(MOUNT);

	while (dir && readdir(dir))
		count++;
	if (dir)
		closedir(dir);
	return count;
}

/* The number after the last key of each line that has one, added up. */
static long sum_of(const char *path, const char *key)
{
	char line[512];
	long sum = 0;
	FILE *file = fopen(path, "re");

	while (file && fgets(line, sizeof(line), file)) {
		const char *at = line + strspn(line, " ");

		if (!strncmp(at, key, strlen(key)))
			sum += strtol(at + strlen(key), NULL, 0);
	}
	if (file)
		fclose(file);
	return sum;
}

/*
 * Linux gives address space back by and by, some thousands of areas at a time;
 * what is mapped there VmallocUsed says.
 */
#define LAZY_CACHE "vmap_area"

/* Objects that are in use, where the kernel says it; else whole slabs. */
static void measure_slab(struct usage *usage)
{
	char line[512];
	FILE *file = fopen("/proc/slabinfo", "re");

	while (file && fgets(line, sizeof(line), file)) {
		struct cache cache;
		long active, size;

		if (sscanf(line, "%31s %ld %*d %ld", cache.name, &active,
			   &size) != 3 || !strcmp(cache.name, LAZY_CACHE))
			continue;
		cache.bytes = active * size;
		usage->slab += cache.bytes;
		if (usage->caches < CACHES_MOST)
			usage->cache[usage->caches++] = cache;
	}
	if (file)
		fclose(file);
	if (!usage->slab)
		usage->slab = sum_of("/proc/meminfo", "Slab:") << 10;
}

/* Free pages include those that processors have for themselves. */
static long used_pages(void)
{
	long page_size = sysconf(_SC_PAGESIZE);
	long total = sum_of("/proc/meminfo", "MemTotal:");
	long cache = sum_of("/proc/meminfo", "Cached:") +
		     sum_of("/proc/meminfo", "Buffers:");
	long slab = sum_of("/proc/meminfo", "Slab:");
	long user = sum_of("/proc/meminfo", "AnonPages:") +
		    sum_of("/proc/meminfo", "PageTables:");
	long free = sum_of("/proc/zoneinfo", "pages free") +
		    sum_of("/proc/zoneinfo", "count:");

	return (total - cache - slab - user) / (page_size >> 10) - free;
}

/* So that what is counted are objects, not slabs that a processor keeps. */
static void shrink_caches(void)
{
	char path[300];
	struct dirent *entry;
	DIR *dir = opendir(CACHES);

	while (dir && (entry = readdir(dir))) {
		if (*entry->d_name == '.')
			continue;
		snprintf(path, sizeof(path), CACHES "/%.200s/shrink",
			 entry->d_name);
		write_file(path, 0, "1");
	}
	if (dir)
		closedir(dir);
}

/* What is freed later, by RCU and by work queues, needs others to run. */
static void rest(void)
{
	for (int i = 0; i < 10; i++)
		usleep(10000);
}

static void measure_once(struct usage *usage)
{
	rest();
	write_file("/proc/sys/vm/drop_caches", 0, "3");
	rest();
	shrink_caches();
	*usage = (struct usage){
		.threads = count_threads(),
		.entries = count_entries(),
		.pages = used_pages(),
		.vmalloc = sum_of("/proc/meminfo", "VmallocUsed:") << 10,
	};
	measure_slab(usage);
}

static struct usage first;
static unsigned long first_vcpus;

const struct usage *usage_first(unsigned long *vcpus)
{
	*vcpus = first_vcpus;
	return &first;
}

/* Until it does not become less; a few times at least. */
static void measure_often(struct usage *usage)
{
	static struct usage next;

	measure_once(usage);
	for (int i = 0; i < 10; i++) {
		bool less;

		measure_once(&next);
		less = next.slab < usage->slab || next.pages < usage->pages ||
		       next.vmalloc < usage->vmalloc;
		*usage = next;
		if (!less)
			break;
	}
}

/* On one processor: what is read takes slabs of the one on which it is read. */
void usage_measure(struct usage *usage)
{
	cpu_set_t one, all;
	bool bound;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	bound = !sched_getaffinity(0, sizeof(all), &all) && !sched_setaffinity(0, sizeof(one), &one);
	measure_often(usage);
	if (bound)
		sched_setaffinity(0, sizeof(all), &all);
	if (!first.slab) {
		first = *usage;
		first_vcpus = vcpus_made;
	}
}

static long bytes_of(const struct usage *usage, const char *name)
{
	for (unsigned int i = 0; i < usage->caches; i++)
		if (!strcmp(usage->cache[i].name, name))
			return usage->cache[i].bytes;
	return 0;
}

/* Which caches grew by more than a page. */
static void say_caches(struct report *report, const struct usage *before,
		       const struct usage *after)
{
	for (unsigned int i = 0; i < after->caches; i++) {
		const struct cache *cache = &after->cache[i];
		long growth = cache->bytes - bytes_of(before, cache->name);

		if (growth > 4096)
			report_note(report, "slab %s grew by %ld", cache->name,
				    growth);
	}
}

static void compare(struct report *report, const char *what, long growth,
		    unsigned long lives, long allowed)
{
	if (growth > allowed)
		report_fail(report, "%s grew by %ld in the lives of %lu vCPUs",
			    what, growth, lives);
}

void usage_compare(struct report *report, const struct usage *before,
		   unsigned long lives)
{
	static struct usage after;
	long slab_noise = SLAB_NOISE +
			  SLAB_NOISE_EACH * (sysconf(_SC_NPROCESSORS_CONF) - 1);
	long slab, pages, vmalloc;

	usage_measure(&after);
	slab = after.slab - before->slab;
	pages = after.pages - before->pages;
	vmalloc = after.vmalloc - before->vmalloc;
	report_note(report, "%lu vCPUs: slab %+ld, pages %+ld, vmalloc %+ld",
		    lives, slab, pages, vmalloc);
	if (slab > slab_noise)
		say_caches(report, before, &after);
	compare(report, "slab", slab, lives, slab_noise + 64 * (long)lives);
	compare(report, "pages", pages, lives, PAGES_NOISE + (long)lives / 8);
	compare(report, "vmalloc", vmalloc, lives,
		VMALLOC_NOISE + 64 * (long)lives);
	if (after.threads != before->threads)
		report_fail(report, "%d kernel threads, %d before",
			    after.threads, before->threads);
	if (after.entries != before->entries)
		report_fail(report, "%d entries in the root, %d before",
			    after.entries, before->entries);
}

void kmemleak_check(struct report *report)
{
	char text[4096];
	char *rest = text;
	char *line;

	if (access(KMEMLEAK, W_OK))
		return;
	/* It tells what is lost only after 5 s. */
	sleep(6);
	write_file(KMEMLEAK, 0, "scan");
	write_file(KMEMLEAK, 0, "scan");
	if (read_file(KMEMLEAK, text, sizeof(text)) <= 0) {
		report_note(report, "kmemleak found nothing");
		return;
	}
	while ((line = strsep(&rest, "\n")))
		if (*line)
			report_note(report, "%s", line);
	report_fail(report, "kmemleak found something");
	write_file(KMEMLEAK, 0, "clear");
}
