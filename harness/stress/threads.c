// SPDX-License-Identifier: GPL-2.0
/*
 * Everything at once, on vCPUs that the threads share. It must end.
 */
#include "load.h"
#include "report.h"
#include "stress.h"
#include "leak.h"

void phase_threads(struct report *report, const struct options *options)
{
	struct load *load = load_begin(report, options->seed,
				       options->thread_ops);

	while (load_tick(load))
		;
	load_end(load);
	if (!report->give_up && count_threads())
		report_fail(report, "%d kernel threads are left",
			    count_threads());
}
