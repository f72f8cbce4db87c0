// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel said and has become, and that all still works.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "guests.h"
#include "leak.h"
#include "log.h"
#include "report.h"
#include "segment.h"
#include "stress.h"
#include "vcpu.h"

#define SEGMENT "afterwards"
#define OUT_OF_TREE (1ul << 12)

static unsigned long tainted_before;

static unsigned long tainted(void)
{
	char text[32];

	read_file("/proc/sys/kernel/tainted", text, sizeof(text));
	return strtoul(text, NULL, 10) & ~OUT_OF_TREE;
}

void afterwards_begin(void)
{
	log_open();
	tainted_before = tainted();
}

static void check_tainted(struct report *report)
{
	unsigned long now = tainted();

	if (now != tainted_before)
		report_fail(report, "the kernel is tainted: %#lx, before %#lx",
			    now, tainted_before);
}

/* Each guest that stops says why, on a vCPU of its own. */
static void check_guest(struct report *report, const struct guest *guest)
{
	struct vcpu vcpu;
	char line[256] = "";
	int error = guest_vcpu(&vcpu, O_RDWR);

	if (!error)
		error = guest_map(&vcpu, SEGMENT);
	if (!error)
		error = guest_go(&vcpu, guest);
	if (!error)
		error = guest_check_wait(&vcpu, guest, line, sizeof(line));
	if (error)
		report_fail(report, "guest %s: %s: %s", guest->name,
			    strerror(-error), line);
	vcpu_close(&vcpu);
}

static void check_guests(struct report *report)
{
	int error = guest_segment(SEGMENT);

	if (error)
		report_fail(report, "segment: %s", strerror(-error));
	for (size_t i = 0; i < guests_count; i++)
		if (guests[i].line)
			check_guest(report, &guests[i]);
	segment_remove(BY_PATH, SEGMENT);
}

void phase_afterwards(struct report *report, const struct options *options)
{
	unsigned long lives;
	const struct usage *first = usage_first(&lives);

	(void)options;
	check_guests(report);
	usage_compare(report, first, vcpus_made - lives);
	kmemleak_check(report);
	check_tainted(report);
	log_check(report);
}
