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

#include "file.h"
#include "fuzz_points.h"
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

static void no_point(struct argp_state *argp_state, const char *name)
{
	struct string all = { 0 };

	for (size_t i = 0; i < bases_count; i++)
		string_print(&all, "%s, ", bases[i].name);
	argp_error(argp_state, "there is no base '%s'; there are: %s" MSRS ", " SEQUENCES, name,
		   string_end(&all));
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
		if (!is_point(arg))
			no_point(argp_state, arg);
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

static void print_what(const struct deviation *what)
{
	const struct vmxcheck_check *checks;
	const struct vmxcheck_rule *rules;
	size_t count;

	switch (what->kind) {
	case DEVIATION_CHECK:
		checks = vmxcheck_checks(&count);
		printf("check %s, \"%s\"", checks[what->number].id, checks[what->number].text);
		break;
	case DEVIATION_RULE:
		rules = vmxcheck_rules(&count);
		printf("rule %s, \"%s\"", rules[what->number].id, rules[what->number].text);
		break;
	case DEVIATION_FIELD:
		printf("field %s is saved wrongly", fields[field_row(what->number)].name);
		break;
	case DEVIATION_REFUSES:
		printf("refuses what is right");
		break;
	case DEVIATION_EXECUTES:
		printf("executes an instruction with the timer at 0");
		break;
	}
	for (size_t i = 0; i < what->nconditions; i++) {
		const struct condition *condition = &what->condition[i];

		printf(" with %s %#llx", fields[field_row(condition->field)].name,
		       (unsigned long long)condition->value);
		if (condition->mask != UINT64_MAX)
			printf("/%#llx", (unsigned long long)condition->mask);
	}
}

static int by_first(const void *a, const void *b)
{
	const struct known *one = a, *other = b;

	return (one->first > other->first) - (one->first < other->first);
}

/* What the platform is known to do wrongly, or was found to, and was met */
static void print_known(void)
{
	qsort(known, known_count, sizeof(*known), by_first);
	for (size_t i = 0; i < known_count; i++)
		if (known[i].met) {
			printf("# known, %lu met, first after %lu: ", known[i].met, known[i].first);
			print_what(&known[i].what);
			printf("\n");
		}
}

int main(int argc, char **argv)
{
	static char caps[64 << 10];
	struct settings settings = { .count = 20000, .seed = 1, .shard = 1, .shards = 1 };

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
	run_points(&settings);
	print_known();
	return 0;
}
