// SPDX-License-Identifier: GPL-2.0
/*
 * bench WAY REPETITIONS [ROW...]: prints "WAY ROW TICKS" for these rows, or all: ticks of
 * the time-stamp counter, which in an emulator are instructions, or - if it lacks the row.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <x86intrin.h>

#include "bench.h"

#define ALIGNMENT	0x200000UL

static struct region ram = { .name = "ram", .slot = 0, .size = RAM_SIZE };
static struct region big = { .name = "big", .slot = 1, .gpa = BIG_GPA, .size = BIG_SIZE };
static unsigned int repetitions;

void die(const char *fmt, ...)
{
	int error = errno;
	va_list args;

	fputs("bench: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fprintf(stderr, "%s%s\n", error ? ": " : "", error ? strerror(error) : "");
	exit(1);
}

void *allocate_anonymous(const struct region *region)
{
	char *memory = mmap(NULL, region->size + ALIGNMENT, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		die("%s: mmap", region->name);
	return (void *)(((uintptr_t)memory + ALIGNMENT - 1) & -ALIGNMENT);
}

static int compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* The value that is there most often; the smallest of several. */
static int64_t mode(int64_t *samples, size_t count)
{
	int64_t found = 0;
	size_t i, j, most = 0;

	qsort(samples, count, sizeof(*samples), compare);
	for (i = 0; i < count; i = j) {
		for (j = i; j < count && samples[j] == samples[i]; j++)
			;
		if (j - i > most) {
			most = j - i;
			found = samples[i];
		}
	}
	return found;
}

static void begin(const struct way *way, const unsigned char *loop)
{
	memcpy(ram.host, guest, guest_end - guest);
	way->open();
	way->map(&ram);
	way->map(&big);
	way->start(loop - guest);
	way->round();
	way->unmap(&big);
}

static void end(const struct way *way)
{
	way->unmap(&ram);
	way->close();
}

/* Each takes one sample, and leaves the machine as it was. */

static int64_t time_round(const struct way *way)
{
	uint64_t start = __rdtsc();

	way->round();
	return __rdtsc() - start;
}

static int64_t time_interrupt(const struct way *way)
{
	volatile uint64_t *stamp = (uint64_t *)(ram.host + STAMP);
	uint64_t start = __rdtsc();

	*stamp = 0;
	way->inject(VECTOR);
	way->round();
	if (*stamp < start) {
		errno = 0;
		die("%s: the handler's time is %ld before the interrupt", way->name,
		    (long)(start - *stamp));
	}
	return *stamp - start;
}

static int64_t time_map(const struct way *way)
{
	uint64_t start = __rdtsc();
	int64_t ticks;

	way->map(&big);
	ticks = __rdtsc() - start;
	way->unmap(&big);
	return ticks;
}

static int64_t time_map_and_read(const struct way *way)
{
	uint64_t start = __rdtsc();
	int64_t ticks;

	way->map(&big);
	way->round();
	ticks = __rdtsc() - start;
	way->unmap(&big);
	return ticks;
}

static int64_t time_null(const struct way *way)
{
	uint64_t start = __rdtsc();

	way->null();
	return __rdtsc() - start;
}

static int64_t time_open(const struct way *way)
{
	uint64_t start = __rdtsc();
	int64_t ticks;

	way->open();
	ticks = __rdtsc() - start;
	way->close();
	return ticks;
}

static int64_t time_close(const struct way *way)
{
	uint64_t start;

	way->open();
	start = __rdtsc();
	way->close();
	return __rdtsc() - start;
}

/* What the loop's OUT costs does not count. */
#define LESS_OUT	1
/* Takes one of SHARE repetitions. */
#define SLOW		2
#define SHARE		500

static const struct row {
	const char *name;
	int64_t (*sample)(const struct way *way);
	const unsigned char *loop;	/* NULL: there is no machine */
	unsigned int flags;
} rows[] = {
	{ "ioctl", time_null, loop_out, 0 },
	{ "out", time_round, loop_out, 0 },
	{ "mmio", time_round, loop_mmio, LESS_OUT },
	{ "cpuid", time_round, loop_cpuid, LESS_OUT },
	{ "vmcall", time_round, loop_vmcall, LESS_OUT },
	{ "interrupt", time_interrupt, loop_out, 0 },
	{ "create", time_open, NULL, SLOW },
	{ "destroy", time_close, NULL, SLOW },
	{ "map", time_map, loop_out, SLOW },
	{ "map+read", time_map_and_read, loop_read, SLOW },
};

static int64_t measure(const struct way *way, const struct row *row)
{
	unsigned int i, count = row->flags & SLOW ? repetitions / SHARE + 1 : repetitions;
	int64_t samples[count];

	if (row->loop)
		begin(way, row->loop);
	for (i = 0; i < count; i++)
		samples[i] = row->sample(way);
	if (row->loop)
		end(way);
	return mode(samples, count);
}

static bool lacks(const struct way *way, const struct row *row)
{
	const char *const *name;

	for (name = way->lacks; *name; name++)
		if (!strcmp(*name, row->name))
			return true;
	return false;
}

static bool is_wanted(const struct row *row, char **wanted)
{
	if (!*wanted)
		return true;
	for (; *wanted; wanted++)
		if (!strcmp(*wanted, row->name))
			return true;
	return false;
}

static void run(const struct way *way, char **wanted)
{
	int64_t ticks, out = 0;
	const struct row *row;

	ram.host = way->allocate(&ram);
	big.host = way->allocate(&big);
	memset(big.host, 1, big.size);
	for (row = rows; row < rows + sizeof(rows) / sizeof(*rows); row++) {
		if (!is_wanted(row, wanted))
			continue;
		if (lacks(way, row)) {
			printf("%s %s -\n", way->name, row->name);
			continue;
		}
		ticks = measure(way, row);
		if (row->sample == time_round && row->loop == loop_out)
			out = ticks;
		printf("%s %s %lld\n", way->name, row->name,
		       (long long)(row->flags & LESS_OUT ? ticks - out : ticks));
		fflush(stdout);
	}
}

int main(int argc, char **argv)
{
	static const struct way *const ways[] = { &text_way, &libvmx_way, &kvm_way };
	size_t i;

	if (argc >= 3)
		repetitions = strtoul(argv[2], NULL, 0);
	for (i = 0; repetitions && i < sizeof(ways) / sizeof(*ways); i++) {
		if (!strcmp(argv[1], ways[i]->name)) {
			run(ways[i], argv + 3);
			return 0;
		}
	}
	fputs("usage: bench text|libvmx|kvm REPETITIONS [ROW...]\n", stderr);
	return 2;
}
