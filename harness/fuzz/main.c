// SPDX-License-Identifier: GPL-2.0
/*
 * fuzz: random VM entries and VMX instructions, each compared with what libvmxcheck says of
 * it. A point is a base, all MSRs, or all sequences of instructions; counts bound it, never time.
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "difference.h"
#include "file.h"
#include "msrs.h"
#include "sequence.h"
#include "util.h"

static const struct argp_option argp_options[] = {
	{ "count", 'n', "N", 0, "VM entries, of all bases together (default 20000); lines of instructions as many as of a base", 0 },
	{ "seed", 's', "N", 0, "Of the random numbers (default 1)", 0 },
	{ "shard", 'S', "I/N", 0, "Only the I-th of N parts", 0 },
	{ "base", 'b', "NAME", 0, "Only this base, or 'msrs', or 'instructions'", 0 },
	{ "quirks", 'Q', "FILE[@VERSION]", 0, "In which checks the platform is known to be wrong", 0 },
	{ "forget", 'f', NULL, 0, "Nothing is known, but what the machine does not survive", 0 },
	{ "unsafe", 'u', NULL, 0, "Also host state, pointers and controls that are not the guest's", 0 },
	{ "trace", 'T', NULL, 0, "Print what is tried, before it is", 0 },
	{ 0 }
};

/* The points after the bases */
#define MSRS "msrs"
#define SEQUENCES "instructions"

struct settings {
	const char *caps;
	unsigned long count;
	uint64_t seed;
	unsigned long shard, shards;
	const char *only;
	bool unsafe, forget, trace;
};

static const struct base *base_named(const char *name)
{
	for (size_t i = 0; i < bases_count; i++)
		if (!strcmp(bases[i].name, name))
			return &bases[i];
	return NULL;
}

static bool is_base(const char *name)
{
	return base_named(name) || !strcmp(name, SEQUENCES) || !strcmp(name, MSRS);
}

static error_t parse_option(int key, char *arg, struct argp_state *argp_state)
{
	struct settings *settings = argp_state->input;
	char *version, *wrong, *end;

	switch (key) {
	case 'n':
		settings->count = strtoul(arg, NULL, 0);
		return 0;
	case 's':
		settings->seed = strtoull(arg, NULL, 0);
		return 0;
	case 'S':
		settings->shard = strtoul(arg, &end, 10);
		settings->shards = *end == '/' ? strtoul(end + 1, NULL, 10) : 0;
		if (!settings->shard || settings->shard > settings->shards)
			argp_error(argp_state, "'%s' is not I/N, with I from 1 to N", arg);
		return 0;
	case 'b':
		settings->only = arg;
		if (!is_base(arg))
			argp_error(argp_state, "there is no base '%s'", arg);
		return 0;
	case 'Q':
		version = strchr(arg, '@');
		if (version)
			*version++ = '\0';
		wrong = known_read(arg, version);
		if (wrong)
			argp_error(argp_state, "%s", wrong);
		return 0;
	case 'f':
		settings->forget = true;
		return 0;
	case 'T':
		settings->trace = true;
		return 0;
	case 'u':
		settings->unsafe = true;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp argp = {
	.options = argp_options,
	.parser = parse_option,
	.doc = "Enters random states, compares what comes with the SDM, and prints TAP.",
};

#define DIFFERENCES 20	/* of a base: then it is given up */

struct tally {
	unsigned long entries, entered, errors, failed, known, not_tried;
	size_t differences;
};

static unsigned long entries;	/* of all bases; a line of instructions counts as one */

static void count_came(struct tally *tally, const struct came *came)
{
	tally->entries++;
	entries++;
	tally->entered += came->what == CAME_ENTERED;
	tally->errors += came->what == CAME_ERROR;
	tally->failed += came->what == CAME_GUEST || came->what == CAME_MSR;
}

/* The point is "not ok", once. */
static void begin_list(struct tally *tally, unsigned int number, const char *name)
{
	if (!tally->differences++)
		printf("not ok %u - fuzz/%s\n  ---\n  differences:\n", number, name);
}

/* From now on it is known, and counted: a check, a rule, or a field by its encoding. */
static void learn(enum deviation_kind kind, size_t number)
{
	struct known row = { .what = { .kind = kind, .number = number }, .met = 1, .first = entries };

	APPEND(known, known_count, row);
}

static void differ(struct trial *trial, struct tally *tally, unsigned int number)
{
	size_t blame;

	trial_shrink(trial);
	blame = trial_blame(trial);
	begin_list(tally, number, trial->machine->base->name);
	trial_print(trial, blame);
	if (blame != NO_CHECK)
		learn(DEVIATION_CHECK, blame);
	else if (trial->wrong != NO_ROW)
		learn(DEVIATION_FIELD, fields[trial->wrong].encoding);
	fflush(stdout);
}

static void meet(struct known *reason, struct tally *tally)
{
	reason->first = reason->first ? reason->first : entries;
	reason->met++;
	tally->known++;
}

static void print_trial(const struct trial *trial, unsigned long number)
{
	printf("# %lu:", number);
	for (size_t i = 0; i < trial->changes.count; i++)
		printf(" %s %#llx", fields[trial->changes.change[i].row].name,
		       (unsigned long long)trial->changes.change[i].value);
	printf("\n");
	/* It may be the last thing that the machine says. */
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
}

/* Returns NULL, or what is wrong; "" if the processor can't enter the base. */
static const char *run_base(const struct settings *settings, struct machine *machine,
			    unsigned int number, struct tally *tally)
{
	static struct model model;
	struct trial trial = { .machine = machine, .model = &model };
	unsigned long each = settings->count / (settings->only ? 1 : bases_count);
	struct known *reason;

	model_begin(&model, &machine->start);
	if (!model.outcome_of_base.enters)
		return "";
	mutate_begin(&model, settings->unsafe);
	for (unsigned long i = 0; i < each && tally->differences < DIFFERENCES; i++) {
		struct random random;

		if (i % settings->shards != settings->shard - 1)
			continue;
		random_init(&random, settings->seed, (uint64_t)number << 40 | i);
		/* The first is the base itself. */
		if (i)
			mutate(&random, &model, settings->unsafe, &trial.changes);
		if (settings->trace)
			print_trial(&trial, i);
		switch (trial_run(&trial, &reason)) {
		case NOT_TRIED:
			tally->not_tried++;
			continue;
		case IS_KNOWN:
			meet(reason, tally);
			break;
		case DIFFERS:
			differ(&trial, tally, number);
			break;
		case AGREED:
			break;
		}
		count_came(tally, &trial.came);
		if (!trial_renew(&trial))
			return "there is no other vCPU";
	}
	return NULL;
}

/* Ends the list of differences, if there is one; @wrong: why the point came to no end, or NULL */
static void print_outcome(struct tally *tally, unsigned int number, const char *name,
			  const char *wrong)
{
	if (wrong) {
		begin_list(tally, number, name);
		printf("    - \"%s\"\n", wrong);
	}
	if (tally->differences)
		printf("  ...\n");
	else
		printf("ok %u - fuzz/%s\n", number, name);
}

static void print_point(const struct settings *settings, struct machine *machine,
			const struct base *base, unsigned int number)
{
	const char *wrong = machine_begin(machine, base, settings->unsafe);
	struct tally tally = { 0 };

	if (!wrong)
		wrong = run_base(settings, machine, number, &tally);
	if (wrong && !*wrong) {
		printf("ok %u - fuzz/%s # SKIP the processor lacks it, or vmxfs keeps it\n", number, base->name);
		return;
	}
	print_outcome(&tally, number, base->name, wrong);
	printf("# %s: %lu VM entries: %lu entered, %lu failed with an error, %lu on guest state; "
	       "%lu known", base->name, tally.entries, tally.entered, tally.errors, tally.failed,
	       tally.known);
	if (settings->unsafe)
		printf("; %lu not tried", tally.not_tried);
	printf("\n");
	fflush(stdout);
}

static void differ_by_sequence(struct sequence_trial *trial, struct tally *tally,
			       unsigned int number)
{
	sequence_shrink(trial);
	begin_list(tally, number, SEQUENCES);
	sequence_print(trial);
	if (trial->rule != NO_RULE)
		learn(DEVIATION_RULE, trial->rule);
	fflush(stdout);
}

static void run_sequences(const struct settings *settings, struct machine *machine,
			  unsigned int number, struct tally *tally, unsigned long *insns)
{
	struct sequence_trial trial = { .machine = machine, .caps = settings->caps };
	unsigned long each = settings->count / (settings->only ? 1 : bases_count);

	sequence_begin(&trial);
	for (unsigned long i = settings->shard - 1; i < each && tally->differences < DIFFERENCES;
	     i += settings->shards) {
		struct known *reason;
		struct random random;

		random_init(&random, settings->seed, (uint64_t)number << 40 | i);
		sequence_random(&random, &trial.sequence);
		if (settings->trace)
			sequence_trace(&trial.sequence, i);
		switch (sequence_run(&trial, &reason)) {
		case NOT_TRIED:
			tally->not_tried++;
			continue;
		case IS_KNOWN:
			meet(reason, tally);
			break;
		case DIFFERS:
			differ_by_sequence(&trial, tally, number);
			break;
		case AGREED:
			break;
		}
		tally->entries++;
		entries++;
		tally->entered += !!*trial.came.wait;
		*insns += trial.came.count;
	}
}

static void differ_by_msr(struct msr_trial *trial, struct tally *tally, unsigned int number)
{
	msr_shrink(trial);
	begin_list(tally, number, MSRS);
	msr_print(trial);
	if (trial->check != NO_CHECK)
		learn(DEVIATION_CHECK, trial->check);
	fflush(stdout);
}

static const char *run_msrs(const struct settings *settings, struct machine *machine,
			    unsigned int number, struct tally *tally)
{
	static struct model model;
	struct msr_trial trial = { .machine = machine, .model = &model };
	unsigned long each = settings->count / (settings->only ? 1 : bases_count);

	if (!msr_begin(&trial))
		return "entrymsrload can't be written";
	for (unsigned long i = settings->shard - 1; i < each && tally->differences < DIFFERENCES;
	     i += settings->shards) {
		struct known *reason;
		struct random random;

		random_init(&random, settings->seed, (uint64_t)number << 40 | i);
		msr_random(&random, &trial.entry);
		if (settings->trace)
			msr_trace(&trial.entry, i);
		switch (msr_run(&trial, &reason)) {
		case NOT_TRIED:
			tally->not_tried++;
			continue;
		case IS_KNOWN:
			meet(reason, tally);
			break;
		case DIFFERS:
			differ_by_msr(&trial, tally, number);
			break;
		case AGREED:
			break;
		}
		count_came(tally, &trial.came);
		if (trial.came.what == CAME_OTHER &&
		    (machine_begin(machine, machine->base, machine->unsafe) || !msr_begin(&trial)))
			return "there is no other vCPU";
	}
	return NULL;
}

static void print_msrs(const struct settings *settings, struct machine *machine,
		       unsigned int number)
{
	const char *wrong = machine_begin(machine, base_named("prot"), settings->unsafe);
	struct tally tally = { 0 };

	if (!wrong)
		wrong = run_msrs(settings, machine, number, &tally);
	print_outcome(&tally, number, MSRS, wrong);
	printf("# " MSRS ": %lu VM entries: %lu entered, %lu failed; %lu known; %lu not tried\n",
	       tally.entries, tally.entered, tally.failed, tally.known, tally.not_tried);
	fflush(stdout);
}

static void print_sequences(const struct settings *settings, struct machine *machine,
			    unsigned int number)
{
	const char *wrong = machine_begin(machine, base_named("prot"), false);
	struct tally tally = { 0 };
	unsigned long insns = 0;

	if (!wrong)
		run_sequences(settings, machine, number, &tally, &insns);
	print_outcome(&tally, number, SEQUENCES, wrong);
	printf("# " SEQUENCES ": %lu lines: %lu instructions, %lu VM entries; %lu known\n",
	       tally.entries, insns, tally.entered, tally.known);
	fflush(stdout);
}

static const char *name_of(const struct deviation *what)
{
	size_t count;

	switch (what->kind) {
	case DEVIATION_CHECK:
		return vmxcheck_checks(&count)[what->number].id;
	case DEVIATION_RULE:
		return vmxcheck_rules(&count)[what->number].id;
	case DEVIATION_FIELD:
		return fields[field_row(what->number)].name;
	default:
		return fields[field_row(what->condition[0].field)].name;
	}
}

static void print_known(void)
{

	for (size_t i = 0; i < known_count; i++)
		if (known[i].met)
			printf("# %s: the reason %lu times, first after %lu VM entries\n",
			       name_of(&known[i].what), known[i].met, known[i].first);
}

int main(int argc, char **argv)
{
	static char caps[64 << 10];
	static struct machine machine = NO_MACHINE;
	struct settings settings = { .count = 20000, .seed = 1, .shard = 1, .shards = 1 };
	unsigned int number = 0;

	fields_init();
	argp_parse(&argp, argc, argv, 0, NULL, &settings);
	if (settings.forget)
		known_forget();
	printf("TAP version 13\n");
	if (read_file(MOUNT "/caps", caps, sizeof(caps)) <= 0) {
		printf("Bail out! " MOUNT "/caps can't be read\n");
		return 1;
	}
	model_init(caps);
	fields_probe(caps);
	settings.caps = caps;
	printf("1..%zu\n", settings.only ? 1 : bases_count + 2);
	for (size_t i = 0; i < bases_count; i++)
		if (!settings.only || !strcmp(settings.only, bases[i].name))
			print_point(&settings, &machine, &bases[i], ++number);
	if (!settings.only || !strcmp(settings.only, MSRS))
		print_msrs(&settings, &machine, ++number);
	if (!settings.only || !strcmp(settings.only, SEQUENCES))
		print_sequences(&settings, &machine, ++number);
	machine_end(&machine);
	print_known();
	return 0;
}
