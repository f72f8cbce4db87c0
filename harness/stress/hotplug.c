// SPDX-License-Identifier: GPL-2.0
/*
 * A processor goes and comes while the guests run.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "load.h"
#include "report.h"
#include "stress.h"
#include "file.h"

#define ONLINE "/sys/devices/system/cpu/cpu1/online"
#define ROUNDS 20
#define TICKS 10	/* of load_tick(), between two switches */

static void tick(struct load *load)
{
	for (int i = 0; i < TICKS; i++)
		load_tick(load);
}

static int turn(struct load *load, const char *how)
{
	int error = write_file(ONLINE, 0, how);

	tick(load);
	return error;
}

void phase_hotplug(struct report *report, const struct options *options)
{
	struct load *load;

	if (sysconf(_SC_NPROCESSORS_ONLN) < 2) {
		report_skip(report, "there is one processor");
		return;
	}
	if (access(ONLINE, W_OK)) {
		report_skip(report, "%s: %s", ONLINE, strerror(errno));
		return;
	}
	load = load_begin(report, options->seed + 1, 0);
	for (int i = 0; i < ROUNDS && !report->give_up; i++) {
		int off = turn(load, "0");
		int on = turn(load, "1");

		if (off || on)
			report_fail(report, "round %d: offline: %s; online: %s",
				    i, strerror(-off), strerror(-on));
	}
	load_end(load);
	report_note(report, "processor 1 went and came %d times", ROUNDS);
}
