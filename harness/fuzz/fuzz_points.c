// SPDX-License-Identifier: GPL-2.0
#include "fuzz_points.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "difference.h"
#include "msrs.h"
#include "sequence.h"
#include "util.h"

#define DIFFERENCES 20	/* of a point: then it is given up */

struct tally {
	unsigned long entries, entered, errors, failed, known, not_tried;
	unsigned long insns;	/* of lines of instructions */
	size_t differences;
};

struct point;

/* What a point tries again and again; each has a trial of its own */
struct kind {
	void (*choose)(struct point *point, struct random *random, unsigned long i);
	void (*trace)(const struct point *point, unsigned long i);
	enum verdict (*run)(struct point *point, struct known **reason);
	void (*shrink)(struct point *point);
	/* Prints what differs, as an item of a YAML list; false if it has no name to be known by. */
	bool (*print)(struct point *point, struct deviation *learned);
	void (*count)(struct point *point);
	bool (*renew)(struct point *point);
};

struct point {
	const struct settings *settings;
	struct machine *machine;
	unsigned int number;
	const char *name;
	const struct kind *kind;
	struct tally tally;
	struct model model;
	union {
		struct trial trial;
		struct msr_trial msr;
		struct sequence_trial sequence;
	};
};

static unsigned long entries;	/* of all points; a line of instructions counts as one */

static void count_came(struct point *point, const struct came *came)
{
	struct tally *tally = &point->tally;

	tally->entered += came->what == CAME_ENTERED;
	tally->errors += came->what == CAME_ERROR;
	tally->failed += came->what == CAME_GUEST || came->what == CAME_MSR;
}

/* ---- a base: changes of its fields ---- */

/* The first is the base itself. */
static void choose_changes(struct point *point, struct random *random, unsigned long i)
{
	if (i)
		mutate(random, &point->model, point->settings->unsafe, &point->trial.changes);
}

static void trace_changes(const struct point *point, unsigned long i)
{
	const struct changes *changes = &point->trial.changes;

	printf("# %lu:", i);
	for (size_t n = 0; n < changes->count; n++)
		printf(" %s %#llx", fields[changes->change[n].row].name,
		       (unsigned long long)changes->change[n].value);
	printf("\n");
}

static enum verdict run_changes(struct point *point, struct known **reason)
{
	return trial_run(&point->trial, reason);
}

static void shrink_changes(struct point *point)
{
	trial_shrink(&point->trial);
}

static bool print_changes(struct point *point, struct deviation *learned)
{
	const struct trial *trial = &point->trial;
	size_t blame = trial_blame(trial);

	trial_print(trial, blame);
	if (trial->executed) {
		learned->kind = DEVIATION_EXECUTES;
	} else if (trial->wrong != NO_ROW) {
		learned->kind = DEVIATION_FIELD;
		learned->number = fields[trial->wrong].encoding;
	} else {
		learned->kind = DEVIATION_CHECK;
		learned->number = blame;
		return blame != NO_CHECK;
	}
	return true;
}

static void count_changes(struct point *point)
{
	count_came(point, &point->trial.came);
}

static bool renew_changes(struct point *point)
{
	return trial_renew(&point->trial);
}

static const struct kind changes = {
	choose_changes, trace_changes, run_changes, shrink_changes, print_changes, count_changes,
	renew_changes,
};

/* ---- MSRs ---- */

static void choose_msr(struct point *point, struct random *random, unsigned long i)
{
	(void)i;
	msr_random(random, &point->msr.entry);
}

static void trace_msr(const struct point *point, unsigned long i)
{
	msr_trace(&point->msr.entry, i);
}

static enum verdict run_msr(struct point *point, struct known **reason)
{
	return msr_run(&point->msr, reason);
}

static void shrink_msr(struct point *point)
{
	msr_shrink(&point->msr);
}

static bool print_msr(struct point *point, struct deviation *learned)
{
	msr_print(&point->msr);
	learned->kind = DEVIATION_CHECK;
	learned->number = point->msr.check;
	return learned->number != NO_CHECK;
}

static void count_msr(struct point *point)
{
	count_came(point, &point->msr.came);
}

static bool renew_msr(struct point *point)
{
	return msr_renew(&point->msr);
}

static const struct kind msrs = {
	choose_msr, trace_msr, run_msr, shrink_msr, print_msr, count_msr, renew_msr,
};

/* ---- sequences of instructions ---- */

static void choose_sequence(struct point *point, struct random *random, unsigned long i)
{
	(void)i;
	sequence_random(random, &point->sequence.sequence);
}

static void trace_sequence(const struct point *point, unsigned long i)
{
	sequence_trace(&point->sequence.sequence, i);
}

static enum verdict run_sequence(struct point *point, struct known **reason)
{
	return sequence_run(&point->sequence, reason);
}

static void shrink_sequence(struct point *point)
{
	sequence_shrink(&point->sequence);
}

static bool print_sequence(struct point *point, struct deviation *learned)
{
	sequence_print(&point->sequence);
	learned->kind = DEVIATION_RULE;
	learned->number = point->sequence.rule;
	return learned->number != NO_RULE;
}

static void count_sequence(struct point *point)
{
	point->tally.entered += !!*point->sequence.came.wait;
	point->tally.insns += point->sequence.came.count;
}

/* It prepares itself each time. */
static bool renew_sequence(struct point *point)
{
	(void)point;
	return true;
}

static const struct kind sequences = {
	choose_sequence, trace_sequence, run_sequence, shrink_sequence, print_sequence,
	count_sequence, renew_sequence,
};

/* ---- what they have in common ---- */

/* The point is "not ok", once. */
static void begin_list(struct point *point)
{
	if (!point->tally.differences++)
		printf("not ok %u - fuzz/%s\n  ---\n  differences:\n", point->number, point->name);
}

/* What is found is known from now on, and counted. */
static void differ(struct point *point)
{
	struct known row = { .met = 1, .first = entries };

	point->kind->shrink(point);
	begin_list(point);
	if (point->kind->print(point, &row.what))
		APPEND(known, known_count, row);
	fflush(stdout);
}

static void meet(struct point *point, struct known *reason)
{
	reason->first = reason->first ? reason->first : entries;
	reason->met++;
	point->tally.known++;
}

/* It may be the last thing that the machine says. */
static void trace(const struct point *point, unsigned long i)
{
	point->kind->trace(point, i);
	fflush(stdout);
	tcdrain(STDOUT_FILENO);
}

/* False if there is no vCPU to go on with. */
static bool try(struct point *point, unsigned long i)
{
	struct known *reason;
	struct random random;

	random_init(&random, point->settings->seed, (uint64_t)point->number << 40 | i);
	point->kind->choose(point, &random, i);
	if (point->settings->trace)
		trace(point, i);
	switch (point->kind->run(point, &reason)) {
	case NOT_TRIED:
		point->tally.not_tried++;
		return true;
	case IS_KNOWN:
		meet(point, reason);
		break;
	case DIFFERS:
		differ(point);
		break;
	case AGREED:
		break;
	}
	point->tally.entries++;
	entries++;
	point->kind->count(point);
	return point->kind->renew(point);
}

static const char *try_all(struct point *point, const struct kind *kind)
{
	const struct settings *settings = point->settings;
	unsigned long each = settings->count / (settings->only ? 1 : bases_count);

	point->kind = kind;
	for (unsigned long i = settings->shard - 1; i < each && point->tally.differences < DIFFERENCES;
	     i += settings->shards)
		if (!try(point, i))
			return "there is no other vCPU";
	return NULL;
}

/* Ends the list of differences, if there is one; @wrong: why the point came to no end, or NULL */
static void print_outcome(struct point *point, const char *wrong)
{
	if (wrong) {
		begin_list(point);
		printf("    - \"%s\"\n", wrong);
	}
	if (point->tally.differences)
		printf("  ...\n");
	else
		printf("ok %u - fuzz/%s\n", point->number, point->name);
}

/* A point for which there are too few tries says so. */
static bool is_empty(const struct point *point)
{
	if (point->tally.entries || point->tally.not_tried)
		return false;
	printf("ok %u - fuzz/%s # SKIP none of so few is its own\n", point->number, point->name);
	return true;
}

/* Returns NULL, or what is wrong; "" if the processor can't enter the base. */
static const char *run_base(struct point *point)
{
	struct came came;

	point->trial = (struct trial){ .machine = point->machine, .model = &point->model };
	model_begin(&point->model, &point->machine->start);
	if (!point->model.outcome_of_base.enters) {
		machine_enter(point->machine, &came);
		return outcome_has(&point->model.outcome_of_base, &came) ||
		       known_reason(&point->model, &came) ?
		       "" : "libvmxcheck says that it can't be entered";
	}
	mutate_begin(&point->model, point->settings->unsafe);
	return try_all(point, &changes);
}

static void print_base(struct point *point, const struct base *base)
{
	const char *wrong = machine_begin(point->machine, base, point->settings->unsafe);
	const struct tally *tally = &point->tally;

	if (!wrong)
		wrong = run_base(point);
	if (wrong && !*wrong) {
		printf("ok %u - fuzz/%s # SKIP the processor lacks it, or vmxfs keeps it\n",
		       point->number, base->name);
		return;
	}
	if (!wrong && is_empty(point))
		return;
	print_outcome(point, wrong);
	printf("# %s: %lu VM entries: %lu entered, %lu failed with an error, %lu on guest state; "
	       "%lu known", base->name, tally->entries, tally->entered, tally->errors,
	       tally->failed, tally->known);
	if (point->settings->unsafe)
		printf("; %lu not tried", tally->not_tried);
	printf("\n");
}

static const struct base *base_named(const char *name)
{
	for (size_t i = 0; i < bases_count; i++)
		if (!strcmp(bases[i].name, name))
			return &bases[i];
	return NULL;
}

static void print_msrs(struct point *point)
{
	const char *wrong = machine_begin(point->machine, base_named("prot"),
					  point->settings->unsafe);
	const struct tally *tally = &point->tally;

	point->msr = (struct msr_trial){ .machine = point->machine, .model = &point->model };
	if (!wrong && !msr_begin(&point->msr))
		wrong = "entrymsrload can't be written";
	if (!wrong)
		wrong = try_all(point, &msrs);
	if (!wrong && is_empty(point))
		return;
	print_outcome(point, wrong);
	printf("# " MSRS ": %lu VM entries: %lu entered, %lu failed; %lu known; %lu not tried\n",
	       tally->entries, tally->entered, tally->failed, tally->known, tally->not_tried);
}

static void print_sequences(struct point *point)
{
	const char *wrong = machine_begin(point->machine, base_named("prot"), false);
	const struct tally *tally = &point->tally;

	point->sequence = (struct sequence_trial){ .machine = point->machine,
						   .caps = point->settings->caps };
	if (!wrong) {
		sequence_begin(&point->sequence);
		wrong = try_all(point, &sequences);
	}
	if (!wrong && is_empty(point))
		return;
	print_outcome(point, wrong);
	printf("# " SEQUENCES ": %lu lines: %lu instructions, %lu VM entries; %lu known\n",
	       tally->entries, tally->insns, tally->entered, tally->known);
}

bool is_point(const char *name)
{
	return base_named(name) || !strcmp(name, MSRS) || !strcmp(name, SEQUENCES);
}

/* The next point; false if it is not asked for. */
static bool begin(struct point *point, const char *name)
{
	const struct settings *settings = point->settings;

	if (settings->only && strcmp(settings->only, name) != 0)
		return false;
	point->number++;
	point->name = name;
	point->tally = (struct tally){ 0 };
	return true;
}

void run_points(const struct settings *settings)
{
	static struct machine machine = NO_MACHINE;
	static struct point point;

	point.settings = settings;
	point.machine = &machine;
	printf("1..%zu\n", settings->only ? 1 : bases_count + 2);
	for (size_t i = 0; i < bases_count; i++) {
		if (begin(&point, bases[i].name))
			print_base(&point, &bases[i]);
		fflush(stdout);
	}
	if (begin(&point, MSRS))
		print_msrs(&point);
	fflush(stdout);
	if (begin(&point, SEQUENCES))
		print_sequences(&point);
	machine_end(&machine);
}
