// SPDX-License-Identifier: GPL-2.0
/*
 * isolation: nothing of a guest's reaches the host, and nothing of the host's reaches a
 * guest; by each way in, and whatever is set. Counts bound it, never time.
 */
#include <argp.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "isolation.h"
#include "log.h"
#include "module.h"

static const struct argp_option argp_options[] = {
	{ "seed", 's', "N", 0, "Of the random numbers (default 1)", 0 },
	{ "runs", 'r', "N", 0, "Guests of each way (default 300)", 0 },
	{ "module", 'm', "FILE", 0, "For insmod (default /vmxfs.ko)", 0 },
	{ "until-found", 'u', NULL, 0, "End after the first point that fails", 0 },
	{ "pairs", 'p', "N", 0, "Of related settings (default: all)", 0 },
	{ "only", 'o', "WORD", 0, "The points whose names have this word", 0 },
	{ "word", 'w', "WORD", 0, "The pairs of settings of which one has this word", 0 },
	{ "dumps", 'd', "N", 0, "Pairs of hosts of each way (default 60)", 0 },
	{ "avoid", 'a', "MODE:WORD", 0,
	  "In this mode set nothing that has this word: the machine can't stand it", 0 },
	{ "trace", 'T', NULL, 0, "Print what runs, before it runs", 0 },
	{ "settings", 'S', NULL, 0, "Print all that is taken", 0 },
	{ 0 }
};

#define AVOIDED 8

static const char *avoided[AVOIDED];
static unsigned int avoids;
static bool print_settings;
static const char *only = "";
static const char *pair_word = "";

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct bounds *bounds = state->input;

	switch (key) {
	case 's':
		bounds->seed = strtoull(arg, NULL, 0);
		break;
	case 'r':
		bounds->runs = strtoul(arg, NULL, 0);
		break;
	case 'm':
		bounds->module = arg;
		break;
	case 'u':
		bounds->until_found = true;
		break;
	case 'p':
		bounds->pairs = strtoul(arg, NULL, 0);
		break;
	case 'o':
		only = arg;
		break;
	case 'w':
		pair_word = arg;
		break;
	case 'd':
		bounds->dumps = strtoul(arg, NULL, 0);
		break;
	case 'a':
		if (avoids == AVOIDED || !strchr(arg, ':'))
			return EINVAL;
		avoided[avoids++] = arg;
		break;
	case 'T':
		run_trace = true;
		break;
	case 'S':
		print_settings = true;
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse_option,
	.doc = "Looks whether vmxfs keeps guest and host apart, and prints TAP.",
};

/* ---- which settings meet ---- */

struct pair {
	uint16_t a, b;
};

static struct pair *related;
static size_t related_count;
static uint8_t *met;	/* a bit for each pair of settings */
static size_t met_count;

static void find_related(void)
{
	for (int pass = 0; pass < 2; pass++) {
		size_t n = 0;

		for (unsigned int a = 0; a < settings_count; a++)
			for (unsigned int b = a + 1; b < settings_count; b++)
				if (settings_related(&settings[a], &settings[b]) &&
				    (strstr(settings[a].line, pair_word) ||
				     strstr(settings[b].line, pair_word))) {
					if (pass)
						related[n] = (struct pair){ a, b };
					n++;
				}
		if (!pass)
			related = calloc(n + 1, sizeof(*related));
		related_count = n;
	}
	met = calloc((size_t)settings_count * settings_count / 8 + 1, 1);
}

/* Mostly one that has to do with what the processor shares. */
static const struct setting *any_setting(struct random *random)
{
	const struct setting *setting = &settings[random_below(random, settings_count)];

	for (int i = 0; i < 4 && !setting->topics; i++)
		setting = &settings[random_below(random, settings_count)];
	return setting;
}

static void note_met(unsigned int a, unsigned int b)
{
	size_t bit = (size_t)(a < b ? a : b) * settings_count + (a < b ? b : a);

	if (a == b || met[bit / 8] >> bit % 8 & 1)
		return;
	met[bit / 8] |= 1u << bit % 8;
	met_count++;
}

static bool is_avoided(enum mode mode, const struct setting *setting)
{
	size_t length = strlen(mode_names[mode]);

	for (unsigned int i = 0; i < avoids; i++)
		if (!strncmp(avoided[i], mode_names[mode], length) && avoided[i][length] == ':' &&
		    strstr(setting->line, avoided[i] + length + 1))
			return true;
	return false;
}

void choose_settings(struct run *run, struct random *random, unsigned long number)
{
	const struct pair *pair;
	unsigned int n;

	run->count = 0;
	switch (number % 8) {
	case 0:
		/* nothing is set: a vCPU as clone made it */
		return;
	case 1:
	case 2:
	case 3:
	case 4:
		pair = &related[random_below(random, related_count)];
		run->setting[run->count++] = &settings[pair->a];
		run->setting[run->count++] = &settings[pair->b];
		break;
	case 7:
		/* many controls at once */
		for (unsigned int i = 0; i < settings_count && run->count < RUN_SETTINGS; i++)
			if (settings[i].control && one_in(random, 4))
				run->setting[run->count++] = &settings[i];
		break;
	default:
		for (n = 1 + random_below(random, 4); n; n--)
			run->setting[run->count++] = any_setting(random);
	}
	n = 0;
	for (unsigned int i = 0; i < run->count; i++)
		if (!is_avoided(run->mode, run->setting[i]))
			run->setting[n++] = run->setting[i];
	run->count = n;
	for (unsigned int i = 0; i < run->count; i++)
		for (unsigned int j = 0; j < i; j++)
			note_met(run->setting[i] - settings, run->setting[j] - settings);
}

/* ---- the module ---- */

static int module_gone(const struct bounds *bounds)
{
	int error = probe_word("unprobe");

	guest_exit();
	error = error ? error : fs_unmount(0);
	return error ? error : module_remove(bounds->module);
}

static int module_come(const struct bounds *bounds, const char *parameters)
{
	int error = module_load(bounds->module, parameters);

	error = error ? error : fs_mount();
	error = error ? error : guest_init();
	return error ? error : probe_word("probe");
}

static int module_again(const struct bounds *bounds, const char *parameters)
{
	int error = module_gone(bounds);

	return error ? error : module_come(bounds, parameters);
}

/* ---- points ---- */

static void keeps_host(struct report *report, const struct bounds *bounds, enum way way)
{
	struct random random;
	unsigned long entered = 0, failed = 0;
	struct probe_counts start = probe_total;

	random_init(&random, bounds->seed, way);
	for (unsigned long i = 0; i < bounds->runs; i++) {
		struct run run = { .way = way, .mode = i / 8 % MODES };
		int n;

		choose_settings(&run, &random, i);
		run.then = one_in(&random, 4);
		if (i / 8 < MODES && i % 8 == 0)
			mask_all(run.mask, 0, slots);
		else
			mask_random(run.mask, &random, way == STEP ? 8 : 24);
		host_breakpoints(!one_in(&random, 4));
		if (one_in(&random, 8))
			host_choose(random_below(&random, 4), random_next(&random));
		n = run_guest(&run, report);
		if (n > 0)
			entered += n;
		else
			failed++;
		log_read();
	}
	host_breakpoints(true);
	report_note(report, "%lu guests, %lu of which were not entered; entered %lu times",
		    bounds->runs, failed, entered);
	report_note(report, "the kernel's state: %lu times compared, %lu times only the processor's, %lu times moved",
		    probe_total.compared - start.compared, probe_total.partly - start.partly,
		    probe_total.moved - start.moved);
	if (failed > bounds->runs / 2)
		report_fail(report, "too few guests were entered");
	if (probe_total.compared - start.compared < entered / 2)
		report_fail(report, "too often it could not be compared");
	if (probe_total.missed != start.missed)
		report_fail(report, "the probe missed %lu", probe_total.missed - start.missed);
}

/* Each pair of related settings by itself, in each mode. */
static void meets_pairs(struct report *report, const struct bounds *bounds, enum way way)
{
	unsigned long entered = 0, n = 0;
	struct random random;

	random_init(&random, bounds->seed, 300 + way);
	for (size_t i = 0; i < related_count && n < bounds->pairs; i++) {
		const struct pair *pair = &related[i];
		struct run run = { .way = way, .count = 2 };

		/* By files every other one, by program all: this has more that is left out. */
		if (way == FILES && bounds->pairs >= related_count && (i + bounds->seed) % 2)
			continue;
		if (bounds->pairs < related_count)
			pair = &related[random_below(&random, related_count)];
		n++;
		note_met(pair->a, pair->b);
		for (run.mode = 0; run.mode < MODES; run.mode++) {
			run.setting[0] = &settings[pair->a];
			run.setting[1] = &settings[pair->b];
			if (is_avoided(run.mode, run.setting[0]) || is_avoided(run.mode, run.setting[1]))
				continue;
			mask_core(run.mask, &random, 2);
			if (run_guest(&run, report) > 0)
				entered++;
		}
		log_read();
	}
	report_note(report, "%lu pairs, in each mode; %lu guests were entered", n, entered);
	if (entered < MODES * n / 2)
		report_fail(report, "too few guests were entered");
}

#define OF_EACH_WAY(function, suffix, way) \
	static void function##_##suffix(struct report *report, const struct bounds *bounds) \
	{ \
		function(report, bounds, way); \
	}

OF_EACH_WAY(keeps_host, files, FILES)
OF_EACH_WAY(keeps_host, program, PROGRAM)
OF_EACH_WAY(keeps_host, insn, INSN)
OF_EACH_WAY(keeps_host, step, STEP)
OF_EACH_WAY(meets_pairs, files, FILES)
OF_EACH_WAY(meets_pairs, program, PROGRAM)
OF_EACH_WAY(dump_point, files, FILES)
OF_EACH_WAY(dump_point, program, PROGRAM)
OF_EACH_WAY(dump_point, insn, INSN)
OF_EACH_WAY(dump_point, step, STEP)

/* All of the host's points are one life of the victims. */
static void victims(struct report *report, const struct bounds *bounds)
{
	(void)bounds;
	victims_stop(report);
}

static void callers32(struct report *report, const struct bounds *bounds)
{
	(void)bounds;
	callers32_point(report);
}

/* Steps without the monitor trap flag */
static void step_by_tf(struct report *report, const struct bounds *bounds)
{
	int error = module_again(bounds, "mtf=0");

	if (error)
		report_fail(report, "vmxfs does not load: %s", strerror(-error));
	else
		keeps_host(report, bounds, STEP);
}

static void refuses(struct report *report, const struct bounds *bounds)
{
	(void)bounds;
	settings_refused(report);
}

/* What a processor has is as it was before the module came, with it and without it. */
static void since_boot(struct report *report, const struct bounds *bounds)
{
	int error = probe_word("compare");

	(void)bounds;
	if (error)
		report_fail(report, "the probe does not compare: %s", strerror(-error));
	probe_check(report, "after guests ran");
}


static void removal(struct report *report, const struct bounds *bounds)
{
	int error = module_gone(bounds);

	error = error ? error : probe_word("compare");
	if (error)
		report_fail(report, "vmxfs does not go: %s", strerror(-error));
	probe_check(report, "vmxfs removed");
	/* As it was found */
	error = module_come(bounds, "");
	if (error)
		report_fail(report, "vmxfs does not come: %s", strerror(-error));
}

static const struct {
	const char *name;
	void (*run)(struct report *report, const struct bounds *bounds);
} points[] = {
	{ "what is not the vCPU's is refused", refuses },
	{ "host by files", keeps_host_files },
	{ "host by program", keeps_host_program },
	{ "host by insn", keeps_host_insn },
	{ "host by step", keeps_host_step },
	{ "host since boot", since_boot },
	{ "host, pairs of settings, by files", meets_pairs_files },
	{ "host, pairs of settings, by program", meets_pairs_program },
	{ "host of 32-bit programs", callers32 },
	{ "host of others", victims },
	{ "guest by files", dump_point_files },
	{ "guest by program", dump_point_program },
	{ "guest by insn", dump_point_insn },
	{ "guest by step", dump_point_step },
	{ "host by step with RFLAGS.TF", step_by_tf },
	{ "host without vmxfs", removal },
};

#define POINTS (sizeof(points) / sizeof(*points))

static void on_alarm(int signal)
{
	(void)signal;
}

static struct report *current;

/* A register of this program's own, a segment or a base, is not what it was. */
static void on_fault(int signal)
{
	report_fail(current, "the caller itself was killed by signal %d", signal);
	report_print(current);
	puts("Bail out! the program can't go on");
	victims_end();
	probe_end();
	_exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec + time.tv_nsec / 1e9;
}

static int prepare(const struct bounds *bounds)
{
	/* A guest that does not exit is left at the next one; what then comes of it is no matter. */
	static const struct itimerval often = { { 0, 20000 }, { 0, 20000 } };
	struct sigaction action = { .sa_handler = on_alarm };
	struct report report = { .name = "settings" };
	struct random random;
	int error;

	random_init(&random, bounds->seed, 100);
	error = probe_load(bounds->probe);
	/* A program before this one may have ended in the middle. */
	error = error ? error : probe_word("unprobe");
	error = error ? error : probe_word("probe");
	error = error ? error : guest_init();
	error = error ? error : host_init();
	error = error ? error : settings_find(&report, &random);
	error = error ? error : victims_start(bounds->seed);
	if (error)
		return error;
	if (print_settings)
		for (unsigned int i = 0; i < settings_count; i++)
			printf("# setting: %s: %s\n", settings[i].file, settings[i].line);
	find_related();
	sigaction(SIGALRM, &action, NULL);
	action.sa_handler = on_fault;
	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	sigaction(SIGILL, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	return 0;
}

int main(int argc, char **argv)
{
	struct bounds bounds = {
		.seed = 1,
		.runs = 300,
		.dumps = 60,
		.pairs = -1ul,
		.module = "/vmxfs.ko",
		.probe = "/hostprobe.ko",
	};
	bool ok = true;
	int error;

	setvbuf(stdout, NULL, _IOLBF, 0);
	argp_parse(&argp, argc, argv, 0, NULL, &bounds);
	puts("TAP version 13");
	printf("1..%zu\n", POINTS);
	printf("# seed %llu\n", (unsigned long long)bounds.seed);
	log_open();
	error = prepare(&bounds);
	printf("# %.1f s of the target's time until it begins\n", now());
	if (error) {
		printf("Bail out! it can't begin: %s\n", strerror(-error));
		return 1;
	}
	for (unsigned int i = 0; i < POINTS && (ok || !bounds.until_found); i++) {
		struct report report = {
			.name = points[i].name,
			.number = i + 1,
			.lock = PTHREAD_MUTEX_INITIALIZER,
		};
		double start = now();

		current = &report;
		if (strstr(points[i].name, only))
			points[i].run(&report, &bounds);
		else
			report_skip(&report, "left out");
		leaks_note(&report);
		report_note(&report, "%.1f s of the target's time", now() - start);
		ok &= report_print(&report);
	}
	victims_end();
	probe_end();
	signal(SIGALRM, SIG_IGN);
	printf("# %zu related pairs; %zu of %zu pairs of settings were met\n", related_count,
	       met_count, (size_t)settings_count * (settings_count - 1) / 2);
	return ok ? 0 : 1;
}
