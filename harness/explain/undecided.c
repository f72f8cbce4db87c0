// SPDX-License-Identifier: GPL-2.0
/* What was not decided, in few lines: what is missing for most of the checks comes first. */
#include <stdlib.h>
#include <string.h>

#include "report.h"
#include "say.h"

/* Values that are named; more would not be read. */
#define MOST 8
/* So few checks are named with what they ask for. */
#define FEW 6

/* The checks that lack the same value; @item is NULL if the SDM leaves it to the processor. */
struct group {
	const struct vmxcheck_item *item;
	size_t *check;
	size_t checks;
};

struct groups {
	struct group *group;
	size_t groups;
};

/* What is missing for a check: a field before anything else, which --caps can give. */
static const struct vmxcheck_item *missing(const struct vmxcheck_finding *finding)
{
	const struct vmxcheck_item *first = NULL;

	for (size_t i = 0; i < finding->items; i++) {
		const struct vmxcheck_item *item = &finding->item[i];

		if (item->known)
			continue;
		if (item->kind == VMXCHECK_FIELD)
			return item;
		/* That there are TRUE MSRs is assumed, and of no interest. */
		if (!first || first->number == 0x480)
			first = item;
	}
	return first;
}

static bool same_item(const struct vmxcheck_item *a, const struct vmxcheck_item *b)
{
	if (!a || !b)
		return a == b;
	return a->kind == b->kind && (a->number == b->number || a->kind == VMXCHECK_MEMORY);
}

static void add(struct groups *groups, size_t check, const struct vmxcheck_item *item)
{
	struct group new = { .item = item };
	size_t i = 0;

	while (i < groups->groups && !same_item(groups->group[i].item, item))
		i++;
	if (i == groups->groups)
		APPEND(groups->group, groups->groups, new);
	APPEND(groups->group[i].check, groups->group[i].checks, check);
}

/* The largest comes first; of the same size, that of the first check. */
static int larger(const void *a, const void *b)
{
	const struct group *one = a, *other = b;

	if (one->checks != other->checks)
		return one->checks < other->checks ? 1 : -1;
	return one->check[0] < other->check[0] ? -1 : 1;
}

/* "state-26" and "state-27" are neighbours. */
static bool follows(const char *id, const char *before)
{
	const char *dash = strchr(id, '-'), *other = strchr(before, '-');

	return dash - id == other - before && strncmp(id, before, (size_t)(dash - id)) == 0 &&
	       atoi(dash + 1) == atoi(other + 1) + 1;
}

/* "state-26 to 31, state-33" */
static void say_ids(struct string *out, const struct group *group)
{
	const struct vmxcheck_check *checks;
	size_t count;

	checks = vmxcheck_checks(&count);
	for (size_t i = 0, last; i < group->checks; i = last + 1) {
		last = i;
		while (last + 1 < group->checks &&
		       follows(checks[group->check[last + 1]].id, checks[group->check[last]].id))
			last++;
		string_print(out, "%s%s", i ? ", " : "", checks[group->check[i]].id);
		if (last > i)
			string_print(out, " to %s", strchr(checks[group->check[last]].id, '-') + 1);
	}
}

static void say_group(struct string *out, const struct group *group)
{
	string_add(out, "  ");
	if (group->item)
		say_name(out, group->item->kind, group->item->number);
	else
		string_add(out, "the SDM leaves it to the processor");
	string_add(out, ": ");
	say_ids(out, group);
	string_add(out, "\n");
}

static void say_groups(struct string *out, struct groups *groups)
{
	bool caps = false;

	if (!groups->groups)
		return;
	qsort(groups->group, groups->groups, sizeof(*groups->group), larger);
	for (size_t i = 0; i < groups->groups; i++) {
		const struct vmxcheck_item *item = groups->group[i].item;

		if (i < MOST)
			say_group(out, &groups->group[i]);
		caps |= item && (item->kind == VMXCHECK_MSR || item->kind == VMXCHECK_CPUID);
	}
	if (groups->groups > MOST)
		string_print(out, "  and %zu more\n", groups->groups - MOST);
	if (caps)
		string_add(out, "What the processor can do is told by --caps.\n");
}

static void free_groups(struct groups *groups)
{
	for (size_t i = 0; i < groups->groups; i++)
		free(groups->group[i].check);
	free(groups->group);
}

/* What is reported leaves few checks. */
static void say_few(struct string *out, const struct result *result,
		    const struct judgement *judgements)
{
	const struct vmxcheck_check *checks;
	size_t count;

	checks = vmxcheck_checks(&count);
	string_add(out, "\nBy what is reported it is one of these:\n");
	for (size_t i = 0; i < count; i++)
		if (judgements[i].verdict == VMXCHECK_UNDECIDED &&
		    result_explained_by(result, i, &judgements[i]))
			string_print(out, "  %s  SDM, \"%s\"\n    must hold: %s\n", checks[i].id,
				     checks[i].section, checks[i].text);
}

static void say_nothing_found(struct string *out, const struct result *result, unsigned int open,
			      unsigned int passed)
{
	const char *which = result->end == END_UNKNOWN ? "checks of VM entry" :
							 "checks whose failure has this result";

	if (!open)
		string_print(out, "\nNothing found: all %s pass with these values (%u).\nEither they "
			     "are not those of this VM entry, or the processor asks for more than "
			     "the SDM.\n", which, passed);
	else if (!passed)
		string_print(out, "\nNothing can be decided: all %s (%u) look at values\nthat are "
			     "missing.\n", which, open);
	else
		string_print(out, "\nNothing found: of the %s %u pass, and %u can't be decided.\n", which,
			     passed, open);
}

/*
 * An exit qualification that only few checks have: it is one of those. If any check can be
 * the cause, those that pass may have had other values, or the processor may ask for more.
 */
static bool is_special(const struct result *result)
{
	return result->end == END_STATE && result->has_qualification && result->qualification;
}

void report_undecided(struct string *out, const struct dump *dump, const struct result *result,
		      const struct judgement *judgements, bool found)
{
	unsigned int open = 0, passed = 0;
	struct groups groups = { 0 };
	size_t count;

	vmxcheck_checks(&count);
	for (size_t i = 0; i < count; i++) {
		if (!result_explained_by(result, i, &judgements[i]))
			continue;
		passed += judgements[i].verdict == VMXCHECK_PASSED;
		if (judgements[i].verdict != VMXCHECK_UNDECIDED)
			continue;
		open++;
		add(&groups, i, missing(&judgements[i].finding));
	}
	if (found && open)
		string_print(out, "\n%u other %s this result can't be decided.\n", open,
			     open == 1 ? "check with" : "checks with");
	if (!found && open && open <= FEW && (!passed || is_special(result)))
		say_few(out, result, judgements);
	else if (!found && open + passed)
		say_nothing_found(out, result, open, passed);
	if (!found && open && !dump_values(dump)->claims) {
		string_add(out, "There is no value of the VMCS in the text.\n");
	} else if (!found && open) {
		string_add(out, "What would decide more:\n");
		say_groups(out, &groups);
	}
	free_groups(&groups);
}
