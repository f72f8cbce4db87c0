// SPDX-License-Identifier: GPL-2.0
/*
 * stress: does to vmxfs what nobody should, and looks whether it minds. Counts
 * bound it, never time, so that a run on a slow machine is the same run.
 */
#include <argp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "report.h"
#include "stress.h"
#include "text.h"

static const struct {
	const char *name;
	phase *run;
} phases[] = {
	{ "cycles", phase_cycles },
	{ "malformed", phase_malformed },
	{ "threads", phase_threads },
	{ "hotplug", phase_hotplug },
	{ "given", phase_given },
	{ "mounts", phase_mounts },
	{ "alloc-failures", phase_alloc_failures },
	{ "afterwards", phase_afterwards },
};

#define PHASES (sizeof(phases) / sizeof(*phases))

static const struct argp_option argp_options[] = {
	{ "seed", 's', "N", 0, "Of the random numbers (default 1)", 0 },
	{ "writes", 'w', "N", 0, "Malformed writes (default 100000)", 0 },
	{ "cycles", 'c', "N", 0, "Lives of a vCPU (default 1000)", 0 },
	{ "given", 'g', "N", 0, "Times that a processor is given away (default 1000)", 0 },
	{ "threads-ops", 't', "N", 0, "Of each thread (default 2000)", 0 },
	{ "avoid", 'a', "WORD", 0,
	  "Write nothing at random that has this word", 0 },
	{ "trace", 'T', NULL, 0, "Print each malformed write before it", 0 },
	{ "module", 'm', "FILE", 0, "For insmod (default /vmxfs.ko)", 0 },
	{ 0 }
};

static unsigned long number(const char *arg, struct argp_state *state)
{
	char *end;
	unsigned long value = strtoul(arg, &end, 0);

	if (!*arg || *end)
		argp_error(state, "'%s' is not a number", arg);
	return value;
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;

	switch (key) {
	case 's':
		options->seed = number(arg, state);
		break;
	case 'w':
		options->writes = number(arg, state);
		break;
	case 'c':
		options->cycles = number(arg, state);
		break;
	case 'g':
		options->given = number(arg, state);
		break;
	case 't':
		options->thread_ops = number(arg, state);
		break;
	case 'a':
		text_avoid = arg;
		break;
	case 'T':
		options->trace = true;
		break;
	case 'm':
		options->module = arg;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse_option,
	.doc = "Does to vmxfs what nobody should, and prints TAP.",
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	struct options options = {
		.seed = 1,
		.writes = 100000,
		.cycles = 1000,
		.given = 1000,
		.thread_ops = 2000,
		.module = "/vmxfs.ko",
	};
	bool ok = true;

	/* each line is seen when it is printed, whatever comes after it */
	setvbuf(stdout, NULL, _IOLBF, 0);
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	puts("TAP version 13");
	printf("1..%zu\n", PHASES);
	printf("# seed %llu\n", (unsigned long long)options.seed);
	afterwards_begin();
	for (unsigned int i = 0; i < PHASES; i++) {
		struct report report = {
			.name = phases[i].name,
			.number = i + 1,
			.lock = PTHREAD_MUTEX_INITIALIZER,
		};
		double start = now();

		phases[i].run(&report, &options);
		log_read();
		report_note(&report, "%.1f s of the target's time",
			    now() - start);
		ok &= report_print(&report);
		if (report.give_up) {
			printf("Bail out! %s did not end\n", report.name);
			/* not exit(): a thread may be stuck */
			_exit(1);
		}
	}
	return ok ? 0 : 1;
}
