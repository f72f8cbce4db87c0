// SPDX-License-Identifier: GPL-2.0
/*
 * vmxrun: runs cases on vmxfs and prints TAP.
 */
#include <argp.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <x86intrin.h>

#include "affinity.h"
#include "caps.h"
#include "cores.h"
#include "formats.h"
#include "identity.h"
#include "memory.h"
#include "output.h"
#include "points.h"
#include "profile.h"
#include "quirks.h"
#include "run.h"
#include "tap.h"
#include "transcript.h"
#include "util.h"
#include "words.h"

#define MAX_TEXT_SIZE (16 << 20)
#define NO_SUCH_POINT "there is no point '%s'"

enum { FAILED = 1, USAGE = 2 };

struct options {
	const char *case_dir;
	const char *guest_dir;
	const char *mount;
	size_t nquirks;		/* files */
	char **quirks;
	unsigned int limit;
	enum reach reach;
	const char *output;
	bool printer;
	uint64_t mailbox;	/* 0: none */
	const char *core;
	bool cores;
	bool identity;
	bool list;
	bool values;
	bool tsc;
	bool transcript;
	bool trace;
	bool predict;
	bool decode;
	bool formats;
	bool caps;
	bool refused;
	struct profile profile;
	char *below;
	size_t died;		/* the number of the point that the machine did not survive; or 0 */
	char *death;		/* what it died of */
	bool points_file;	/* there was one, maybe empty */
	size_t nnames;		/* in it */
	char **name;
	size_t npatterns;
	char **pattern;
};

struct cases {
	size_t count;
	struct casefile **file;
	struct points all;
	struct points selected;	/* some of all */
};

static const struct argp_option argp_options[] = {
	{ "cases", 'C', "DIR", 0, "The cases (default /cases)", 0 },
	{ "guests", 'G', "DIR", 0, "Their guests (default /guests)", 0 },
	{ "mount", 'M', "DIR", 0,
	  "Where vmxfs is mounted (default /sys/fs/vmx)", 0 },
	{ "quirks", 'Q', "FILE[@VERSION]", 0,
	  "The known deviations of this version of the platform; there can be "
	  "several files", 0 },
	{ "limit", 'T', "MILLISECONDS", 0,
	  "How long to wait for a VM exit (default 2000)", 0 },
	{ "reach", 'R', "WORD", 0,
	  "How far a case may reach: safe (default), unsafe (what is the host's), "
	  "reset (it may take a reset)", 0 },
	{ "core", 'k', "KIND", 0,
	  "Run on the cores of this kind, of a hybrid processor", 0 },
	{ "cores", 'K', NULL, 0,
	  "List the kinds of cores, each with its processors; none if the "
	  "processor is no hybrid", 0 },
	{ "identity", 'I', NULL, 0,
	  "Say which processor this is: its name, family, model, stepping and microcode", 0 },
	{ "output", 'o', "FILE", 0,
	  "Write the TAP into FILE, too; before a case that is not safe, it says which, "
	  "and is on its disk", 0 },
	{ "printer", 'p', NULL, 0,
	  "Print the TAP to an emulator's printer, at the first parallel port", 0 },
	{ "mailbox", 'm', "ADDRESS", 0,
	  "Put the TAP into a mailbox, at this physical address, for relay outside of a "
	  "virtual machine", 0 },
	{ "file", 'f', "FILE", 0,
	  "Run the points that FILE names, one a line, in its order", 0 },
	{ "caps", 'c', NULL, 0,
	  "Say what the processor can do, as comments", 0 },
	{ "refused", 'e', NULL, 0,
	  "Say of a point when it ran, if a VM entry of it failed, for who knows by what", 0 },
	{ "offers", 'O', "FILE", 0,
	  "What the processor must offer, for points that are called profile/NAME", 0 },
	{ "below", 'B', "FILE", 0,
	  "The file caps of the processor below, on which a hypervisor makes this one", 0 },
	{ "died", 'x', "FILE", 0,
	  "The machine did not survive a point, and was started again: FILE has the point's "
	  "number and what the machine died of. Report that, and go on behind it", 0 },
	{ "list", 'l', NULL, 0, "List the points and run none", 0 },
	{ "values", 'V', NULL, 0,
	  "With --list: after each point a tab, and the values that `each` gives there", 0 },
	{ "tsc", 't', NULL, 0,
	  "Print the TSC before the first point and after each", 0 },
	{ "transcript", 'r', NULL, 0,
	  "Record, under each point, what the files said", 0 },
	{ "trace", 'z', NULL, 0,
	  "Print each point as it runs: what is written and read, and what has changed", 0 },
	{ "predict", 'P', NULL, 0,
	  "A point fails, too, if libvmxcheck expects something else of a VM entry or of insn", 0 },
	{ "decode", 'd', NULL, 0,
	  "Say what each line of a transcript, from standard input, means", 0 },
	{ "formats", 'F', NULL, 0,
	  "Print what the bits of exit qualifications, and of some fields, are, for a program", 0 },
	{ 0 }
};

static void __attribute__((noreturn)) usage_error(char *what)
{
	fprintf(stderr, "vmxrun: %s\n", what);
	exit(USAGE);
}

static void read_names(struct options *options, const char *path)
{
	char *text;
	char *rest;
	char *line;
	size_t length;
	int error = read_whole_file(path, MAX_TEXT_SIZE, &text, &length);

	if (error)
		usage_error(xasprintf("%s: %s", path, strerror(-error)));
	rest = text;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			APPEND(options->name, options->nnames, xstrdup(line));
	free(text);
	options->points_file = true;
}

static char *read_argument(const char *path)
{
	char *text;
	size_t length;
	int error = read_whole_file(path, MAX_TEXT_SIZE, &text, &length);

	if (error)
		usage_error(xasprintf("%s: %s", path, strerror(-error)));
	return text;
}

static void read_profile(struct options *options, const char *path)
{
	char *text = read_argument(path);
	char *error = profile_parse(&options->profile, text);

	if (error)
		usage_error(xasprintf("%s: %s", path, error));
	free(text);
}

/* "NUMBER TEXT" */
static void read_death(struct options *options, const char *path)
{
	char *text = read_argument(path);
	char *end;

	text[strcspn(text, "\n")] = '\0';
	options->died = strtoul(text, &end, 10);
	if (!isdigit(*text) || !options->died || *end != ' ' || !end[1])
		usage_error(xasprintf("%s: '%s' is no number of a point with a text", path, text));
	options->death = xstrdup(end + 1);
	free(text);
}

static error_t parse_option(int key, char *arg, struct argp_state *state)
{
	struct options *options = state->input;
	uint64_t limit = 0;

	switch (key) {
	case 'C':
		options->case_dir = arg;
		break;
	case 'G':
		options->guest_dir = arg;
		break;
	case 'M':
		options->mount = arg;
		break;
	case 'Q':
		APPEND(options->quirks, options->nquirks, xstrdup(arg));
		break;
	case 'T':
		if (!parse_number(arg, &limit) || !limit || limit > INT_MAX)
			argp_error(state, "'%s' is not a time limit", arg);
		options->limit = limit;
		break;
	case 'R':
		if (!reach_parse(arg, &options->reach))
			argp_error(state, "'%s' is not safe, unsafe or reset", arg);
		break;
	case 'k':
		options->core = arg;
		break;
	case 'K':
		options->cores = true;
		break;
	case 'I':
		options->identity = true;
		break;
	case 'o':
		options->output = arg;
		break;
	case 'p':
		options->printer = true;
		break;
	case 'm':
		if (!parse_number(arg, &options->mailbox) || !options->mailbox)
			argp_error(state, "'%s' is not an address", arg);
		break;
	case 'f':
		read_names(options, arg);
		break;
	case 'c':
		options->caps = true;
		break;
	case 'e':
		options->refused = true;
		break;
	case 'O':
		read_profile(options, arg);
		break;
	case 'B':
		options->below = read_argument(arg);
		break;
	case 'x':
		read_death(options, arg);
		break;
	case 'l':
		options->list = true;
		break;
	case 'V':
		options->values = true;
		break;
	case 't':
		options->tsc = true;
		break;
	case 'r':
		options->transcript = true;
		break;
	case 'z':
		options->trace = true;
		break;
	case 'P':
		options->predict = true;
		break;
	case 'd':
		options->decode = true;
		break;
	case 'F':
		options->formats = true;
		break;
	case ARGP_KEY_ARG:
		APPEND(options->pattern, options->npatterns, xstrdup(arg));
		break;
	case ARGP_KEY_END:
		if ((options->printer + !!options->mailbox + !!options->output) > 1)
			argp_error(state, "--printer, --mailbox and --output exclude each other");
		if (options->points_file && (options->npatterns || options->list))
			argp_error(state, "--file excludes %s",
				   options->list ? "--list" : "patterns");
		break;
	default:
		return ARGP_ERR_UNKNOWN;
	}
	return 0;
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse_option,
	.args_doc = "[PATTERN...]",
	.doc = "Runs cases on vmxfs and prints TAP.\v"
	       "PATTERN is the name of a point, or a pattern as of the shell for "
	       "the names of cases (exits/hlt*). Without one, all cases run. "
	       "Exit status: 0 if nothing failed, 1 if something did, 2 if "
	       "nothing was run.",
};

static void add_case(struct cases *cases, const char *dir, const char *name)
{
	struct casefile *file = casefile_read(dir, name);

	APPEND(cases->file, cases->count, file);
	points_add(&cases->all, file);
}

static void free_cases(struct cases *cases)
{
	free(cases->selected.point);
	points_free(&cases->all);
	for (size_t i = 0; i < cases->count; i++)
		casefile_free(cases->file[i]);
	free(cases->file);
	*cases = (struct cases){ 0 };
}

static void read_cases(struct cases *cases, const char *dir)
{
	char **name;
	size_t count;
	char *error = find_cases(dir, &name, &count);

	if (error)
		usage_error(error);
	for (size_t i = 0; i < count; i++) {
		add_case(cases, dir, name[i]);
		free(name[i]);
	}
	free(name);
}

static void __attribute__((noreturn)) no_such_point(const char *name)
{
	usage_error(xasprintf(NO_SUCH_POINT, name));
}

static void select_patterns(struct cases *cases, const struct options *options)
{
	const struct points *all = &cases->all;
	bool everything = !options->npatterns;
	bool *used = xreallocarray(NULL, options->npatterns, sizeof(bool));

	memset(used, 0, options->npatterns * sizeof(bool));
	for (size_t i = 0; i < all->count; i++) {
		bool selected = everything;

		for (size_t k = 0; k < options->npatterns; k++) {
			if (point_matches(&all->point[i],
					  options->pattern[k])) {
				selected = true;
				used[k] = true;
			}
		}
		if (selected)
			APPEND(cases->selected.point, cases->selected.count,
			       all->point[i]);
	}
	for (size_t k = 0; k < options->npatterns; k++)
		if (!used[k])
			no_such_point(options->pattern[k]);
	free(used);
}

static void select_points(struct cases *cases, const struct options *options)
{
	select_patterns(cases, options);
	if (!cases->selected.count)
		usage_error(xstrdup("no points"));
}

/* FILE[@VERSION] */
static char *read_quirks_of(struct quirks *quirks, const char *option)
{
	const char *name = strrchr(option, '/');
	const char *at = strrchr(name ? name : option, '@');
	char *path = at ? xstrndup(option, at - option) : xstrdup(option);
	char *error = quirks_read(quirks, path, at ? at + 1 : NULL);

	free(path);
	return error;
}

/* Points can be NULL: then a line may be about none of them. */
static void read_quirks(struct quirks *quirks, const struct options *options,
			const struct points *points)
{
	char *error = NULL;

	*quirks = (struct quirks){ 0 };
	for (size_t i = 0; i < options->nquirks && !error; i++)
		error = read_quirks_of(quirks, options->quirks[i]);
	if (!error && points)
		error = quirks_check(quirks, points);
	if (error)
		usage_error(error);
}

static char *read_text(const char *path, char **text)
{
	size_t length;
	int error = read_whole_file(path, MAX_TEXT_SIZE, text, &length);

	return error ? xasprintf("%s: %s", path, strerror(-error)) : NULL;
}

/* Returns why nothing can run there, or NULL. */
static char *open_target(struct target *target, const struct options *options,
			 char **caps)
{
	char *path = xasprintf("%s/caps", options->mount);
	char *error = read_text(path, caps);

	free(path);
	target->where.caps = *caps;
	if (error)
		return error;
	target->where.phys_end = caps_phys_end(*caps);
	target->mount = open(options->mount,
			     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (target->mount < 0)
		return xasprintf("%s: %s", options->mount, strerror(errno));
	memory_remove_stale(target->mount);
	return NULL;
}

static void close_target(struct target *target)
{
	if (target->mount >= 0)
		close(target->mount);
}

/* Returns whether it is a "not ok" that counts. */
static bool run_and_print(const struct target *target, const char *core,
			  struct quirks *quirks,
			  const struct point *point, size_t number,
			  char **bail_out)
{
	struct result result = { .outcome = PASS };
	const char *place;
	const char *todo = quirks_dies(quirks, point, false, &place);
	struct script script;
	bool failed;

	*bail_out = run_point(target, point, number, !todo, &script, &result);
	if (todo && result.outcome == FAILURE)
		result.quirk = xstrdup(place);
	else
		todo = *bail_out ? NULL : quirks_apply(quirks, point, &script, &result);
	script_free(&script);
	if (*bail_out)
		return true;
	if (result.outcome != SKIP && (result.outcome != PASS || result.transcript)) {
		result.core = core ? xstrdup(core) : NULL;
		result.values = point_values(point);
	}
	if (target->refused && result.refused)
		tap_refused(target->output->stream, &result);
	tap_point(target->output->stream, number, point->name, &result, todo);
	failed = result.outcome != PASS && result.outcome != SKIP && !todo;
	result_free(&result);
	return failed;
}

/* Returns as run_and_print(). */
static bool check_and_print(const struct options *options, const struct offer *offer,
			    const char *caps, size_t number, FILE *out)
{
	struct result result = { .outcome = PASS };
	const char *todo = profile_check(offer, caps, options->below, &result);
	bool failed = result.outcome == FAILURE && !todo;

	tap_point(out, number, options->name[number - 1], &result, todo);
	result_free(&result);
	return failed;
}

static void print_caps(const struct options *options, const char *caps, FILE *out)
{
	if (!options->caps || options->died)
		return;
	tap_caps(out, "caps", caps);
	if (options->below)
		tap_caps(out, "below", options->below);
}

/* Returns as run_and_print(). */
static bool print_death(const struct options *options, FILE *out, struct quirks *quirks,
			const struct point *point)
{
	struct result result = {
		.outcome = FAILURE,
		.message = xasprintf("the machine did not survive this point: %s", options->death),
		.values = point_values(point),
	};
	const char *place;
	const char *todo;

	todo = quirks_dies(quirks, point, true, &place);
	if (todo)
		result.quirk = xstrdup(place);
	tap_point(out, options->died, point->name, &result, todo);
	result_free(&result);
	return !todo;
}

static void print_tsc(const struct options *options, FILE *out)
{
	if (options->tsc)
		fprintf(out, "# tsc %llu\n", __rdtsc());
}

static void print_processor(const char *core, FILE *out)
{
	char *identity = identity_here(core);

	if (identity)
		tap_processor(out, identity);
	free(identity);
}

static size_t count_points(const struct options *options,
			   const struct cases *cases)
{
	return options->points_file ? options->nnames : cases->selected.count;
}

/* A case is read when its first point is due, and most follow one another. */
static const struct point *next_named(const struct options *options,
				      struct cases *cases, const char *name)
{
	size_t length = strcspn(name, "[");

	if (!cases->count || !name_is(cases->file[0]->name, name, length)) {
		char *stem = xstrndup(name, length);

		free_cases(cases);
		add_case(cases, options->case_dir, stem);
		free(stem);
	}
	return point_find(&cases->all, name);
}

static const struct point *next_point(const struct options *options,
				      struct cases *cases, size_t i,
				      char **bail_out)
{
	const struct point *point;

	if (!options->points_file)
		return &cases->selected.point[i];
	point = next_named(options, cases, options->name[i]);
	if (!point)
		*bail_out = xasprintf(NO_SUCH_POINT, options->name[i]);
	return point;
}

static int run_points(const struct options *options, struct cases *cases,
		      struct quirks *quirks, struct output *output)
{
	FILE *out = output->stream;
	struct target target = {
		.mount = -1,
		.where = {
			.guest_dir = options->guest_dir,
			.limit = options->limit,
		},
		.reach = options->reach,
		.transcript = options->transcript,
		.trace = options->trace,
		.refused = options->refused,
		.predict = options->predict,
		.output = output,
	};
	size_t count = count_points(options, cases);
	char *caps = NULL;
	char *bail_out;
	bool failed = false;

	if (!options->died) {
		tap_version(out);
		print_processor(options->core, out);
		if (options->core)
			tap_core(out, options->core);
		tap_plan(out, count);
	}
	output_flush(output);
	bail_out = open_target(&target, options, &caps);
	if (!bail_out) {
		quirks_choose(quirks, caps);
		print_caps(options, caps, out);
	}
	print_tsc(options, out);
	for (size_t i = options->died ? options->died - 1 : 0; i < count && !bail_out; i++) {
		const struct offer *offer = options->points_file ?
			profile_find(&options->profile, options->name[i]) : NULL;
		const struct point *point = NULL;

		if (offer)
			failed |= check_and_print(options, offer, caps, i + 1, out);
		else
			point = next_point(options, cases, i, &bail_out);
		if (point && i + 1 == options->died)
			failed |= print_death(options, out, quirks, point);
		else if (point)
			failed |= run_and_print(&target, options->core, quirks,
						point, i + 1, &bail_out);
		print_tsc(options, out);
		output_flush(output);
	}
	if (bail_out) {
		tap_bail_out(out, bail_out);
		failed = true;
	}
	free(bail_out);
	close_target(&target);
	free(caps);
	return failed ? FAILED : 0;
}

/* The status, or USAGE if not all of the TAP could be written. */
static int close_output(struct output *output, int status)
{
	char *error = output_close(output);

	if (!error)
		return status;
	fprintf(stderr, "vmxrun: %s\n", error);
	free(error);
	return USAGE;
}

static int run_to_output(const struct options *options, struct cases *cases,
			 struct quirks *quirks)
{
	struct output output;
	char *error;

	if (options->mailbox)
		error = output_mail(&output, options->mailbox);
	else if (options->printer)
		error = output_print(&output);
	else
		error = output_open(&output, options->output);
	if (error)
		usage_error(error);
	return close_output(&output, run_points(options, cases, quirks, &output));
}

static int list_points(const struct points *points, bool with_values)
{
	for (size_t i = 0; i < points->count; i++) {
		char *values = with_values ? point_values(&points->point[i]) : NULL;

		if (with_values)
			printf("%s\t%s\n", points->point[i].name, values ? values : "");
		else
			puts(points->point[i].name);
		free(values);
	}
	return 0;
}

static int run_or_list(const struct options *options, struct cases *cases)
{
	struct quirks quirks;
	int status;

	read_quirks(&quirks, options,
		    options->points_file ? NULL : &cases->all);
	status = options->list ? list_points(&cases->selected, options->values) :
				 run_to_output(options, cases, &quirks);
	quirks_free(&quirks);
	return status;
}

static void free_texts(size_t count, char **text)
{
	for (size_t i = 0; i < count; i++)
		free(text[i]);
	free(text);
}

/* A line for each; an empty one where there is nothing to say. */
static int decode_lines(void)
{
	char *line = NULL;
	size_t size;

	while (getline(&line, &size, stdin) > 0) {
		char *means = transcript_decode(line);

		puts(means ? means : "");
		free(means);
	}
	free(line);
	return 0;
}

static void find_cores(struct core_kinds *kinds)
{
	cpu_set_t processors;

	affinity_get(&processors);
	core_kinds_find(kinds, &processors, affinity_core_id);
}

static int list_cores(void)
{
	struct core_kinds kinds;
	char *list;

	find_cores(&kinds);
	list = core_kinds_list(&kinds);
	fputs(list, stdout);
	free(list);
	core_kinds_free(&kinds);
	return 0;
}

static int say_identity(const char *core)
{
	char *identity = identity_here(core);

	if (!identity)
		usage_error(xstrdup("/proc/cpuinfo does not say which processor this is"));
	puts(identity);
	free(identity);
	return 0;
}

/* All that is said of the processor from now on is said by a core of this kind. */
static void bind_to_core(const char *name)
{
	const struct core_kind *kind;
	struct core_kinds kinds;
	int error;

	find_cores(&kinds);
	kind = core_kind_named(&kinds, name);
	if (!kind)
		usage_error(xasprintf("this processor has no cores of the kind '%s'",
				      name));
	error = affinity_set(&kind->processors);
	if (error)
		usage_error(xasprintf("%s: %s", name, strerror(-error)));
	core_kinds_free(&kinds);
}

static int read_and_run(const struct options *options)
{
	struct cases cases = { 0 };
	int status;

	if (!options->points_file) {
		read_cases(&cases, options->case_dir);
		select_points(&cases, options);
	}
	status = run_or_list(options, &cases);
	free_cases(&cases);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {
		.case_dir = "/cases",
		.guest_dir = "/guests",
		.mount = "/sys/fs/vmx",
		.limit = 2000,
	};
	int status;

	/* each line is seen when it is printed, whatever comes after it */
	setvbuf(stdout, NULL, _IOLBF, 0);
	argp_err_exit_status = USAGE;
	argp_parse(&argp, argc, argv, 0, NULL, &options);
	if (options.core)
		bind_to_core(options.core);
	if (options.cores)
		status = list_cores();
	else if (options.identity)
		status = say_identity(options.core);
	else if (options.formats)
		status = formats_print();
	else
		status = options.decode ? decode_lines() : read_and_run(&options);
	free(options.below);
	profile_free(&options.profile);
	free(options.death);
	free_texts(options.nquirks, options.quirks);
	free_texts(options.npatterns, options.pattern);
	free_texts(options.nnames, options.name);
	if (fflush(stdout) || ferror(stdout)) {
		perror("vmxrun: standard output");
		return USAGE;
	}
	return status;
}
