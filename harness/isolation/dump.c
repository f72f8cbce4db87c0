// SPDX-License-Identifier: GPL-2.0
/*
 * The other direction: what a fresh guest can read is the same, whatever the host has.
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "isolation.h"

#define DUMP_SIZE (DUMP_END - DUMP)

static uint8_t dumps[2][DUMP_SIZE];

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu % sysconf(_SC_NPROCESSORS_ONLN), &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static void unpin(void)
{
	cpu_set_t set;

	memset(&set, 0xff, sizeof(set));
	sched_setaffinity(0, sizeof(set), &set);
}

/* An address of Linux' text or data, which is the same in both hosts */
static bool is_kernels(uint64_t value)
{
	return value >= 0xffffffff80000000 && value < 0xffffffffff000000;
}

static const char *name_of(uint32_t address, char text[40])
{
	if (address >= XSAVE1)
		snprintf(text, 40, "XSAVE image at %u", address - XSAVE1);
	else if (address >= FXSAVE1)
		snprintf(text, 40, "FXSAVE image at %u", address - FXSAVE1);
	else
		snprintf(text, 40, "slot %u", (address - DUMP) / 16);
	return text;
}

/*
 * The general-purpose registers of a fresh guest are 0. The first slots have them; RAX the guest
 * has used.
 */
#define REGISTERS_BEGIN 8
#define REGISTERS_END (7 * 16)

static void compare(struct report *report, const char *where)
{
	char name[40];

	for (uint32_t at = REGISTERS_BEGIN; at < REGISTERS_END; at += 8) {
		uint64_t a;

		memcpy(&a, dumps[0] + at, 8);
		if (a)
			leak(report, where, name_of(DUMP + at, name), "%#llx, and not 0",
			     (unsigned long long)a);
	}
	for (uint32_t at = 0; at < DUMP_SIZE; at += 8) {
		uint64_t a, b;

		memcpy(&a, dumps[0] + at, 8);
		memcpy(&b, dumps[1] + at, 8);
		if (a != b)
			leak(report, where, name_of(DUMP + at, name), "%#llx and %#llx",
			     (unsigned long long)a, (unsigned long long)b);
		else if (is_kernels(a) || host_has(a))
			leak(report, where, name_of(DUMP + at, name), "the host's address %#llx",
			     (unsigned long long)a);
	}
}

void dump_point(struct report *report, const struct bounds *bounds, enum way way)
{
	unsigned long entered = 0, compared = 0;
	struct random random;

	random_init(&random, bounds->seed, 200 + way);
	for (unsigned long i = 0; i < bounds->dumps; i++) {
		struct run run = { .way = way, .mode = i % MODES };
		char text[200];
		bool whole = true;

		/* Each by itself, one after the other, and some together */
		if (i >= MODES && i % 4 == 3)
			choose_settings(&run, &random, random_next(&random) >> 8);
		else if (i >= MODES)
			run.setting[run.count++] = settings_control(i - i / 4);
		run_text(&run, text, sizeof(text));
		for (unsigned int which = 0; which < 2; which++) {
			struct run before = { .way = random_below(&random, WAYS),
					      .mode = random_below(&random, MODES) };
			int n;

			/* Whatever another guest leaves behind is part of the host. */
			pin(which);
			host_choose(which ? 3 : 0, random_next(&random));
			mask_random(before.mask, &random, 16);
			run_guest(&before, report);
			mask_all(run.mask, 0, slots_read);
			n = run_guest(&run, report);
			if (n > 0)
				entered += n;
			whole &= !run_given_up;
			memcpy(dumps[which], guest_memory() + DUMP, DUMP_SIZE);
		}
		/* What a guest reads that was left in the middle depends on when. */
		if (!whole)
			continue;
		compare(report, text);
		compared++;
	}
	unpin();
	report_note(report, "%lu pairs of guests, %lu of which were compared; entered %lu times",
		    bounds->dumps, compared, entered);
	if (entered < 2 * bounds->dumps || compared < bounds->dumps / 2)
		report_fail(report, "too few guests could be compared");
}
