// SPDX-License-Identifier: GPL-2.0
#include "predict.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "facts.h"
#include "util.h"
#include "vmx.h"
#include "words.h"

/* Whether it is a change of this file that begins with one of two words. */
static bool begins(const struct step *step, const char *file, const char *one, const char *other)
{
	size_t length;

	if (step->op != ':' || strcmp(step->file->name, file) != 0)
		return false;
	length = strcspn(step->text, " ");
	return name_is(one, step->text, length) || name_is(other, step->text, length);
}

bool is_entry(const struct step *step)
{
	return begins(step, "ctl", "go", "step");
}

bool is_event(const struct step *step)
{
	return begins(step, "ctl", "exc", "irq");
}

/* "go pc=0x1000;ax=1": the registers; what is wrong with one is for the step to tell. */
static void write_registers(struct access *access, const char *text)
{
	text += strcspn(text, " ");
	text += strspn(text, " ");
	while (*text) {
		size_t name = strcspn(text, "=;"), length = strcspn(text, ";");
		char *line;

		if (name < length) {
			line = xasprintf("%.*s %.*s", (int)name, text, (int)(length - name - 1),
					 text + name + 1);
			free(access_write(access, "regs", line));
			free(line);
		}
		text += length;
		text += *text == ';';
	}
}

bool predict_entry(struct access *access, const char *caps, const struct step *step,
		   bool pending, struct vmxcheck_outcome *outcome)
{
	struct facts facts;
	const struct vmxcheck_state state = { &facts, facts_value, facts_memory };

	write_registers(access, step->text);
	if (!facts_read(access, caps, &facts))
		return false;
	facts_forget_host(&facts, true);
	if (pending)
		facts_forget_event(&facts);
	vmxcheck_entry(&state, outcome);
	return true;
}

static char *say_outcome(const struct vmxcheck_outcome *outcome)
{
	struct string all = { 0 };

	if (outcome->enters)
		string_add(&all, " enters");
	for (unsigned int i = 0; i < 32; i++)
		if (outcome->errors >> i & 1)
			string_print(&all, " failvalid %u", i);
	for (unsigned int i = 0; i < 32; i++)
		if (outcome->guest >> i & 1)
			string_print(&all, " !entrystate %u", i);
	if (outcome->msr_first)
		string_print(&all, " !entrymsr %u-%u", outcome->msr_first, outcome->msr_last);
	return string_end(&all);
}

/* The number after a name, of the beginning of a line; false if it has another name. */
static bool second_number(const char *text, const char *name, uint64_t *number)
{
	size_t length = strlen(name);
	char *word;
	bool ok;

	if (strncmp(text, name, length) != 0 || text[length] != ' ')
		return false;
	word = xstrndup(text + length + 1, strcspn(text + length + 1, " "));
	ok = parse_number(word, number);
	free(word);
	/* A pattern, then. */
	if (!ok)
		*number = ~0ULL;
	return true;
}

static bool may_come(const struct vmxcheck_outcome *outcome, const char *text)
{
	uint64_t number;

	if (second_number(text, "failvalid", &number))
		return number >= 32 || number < 7 || number > 8 || outcome->errors >> number & 1;
	if (second_number(text, "!entrystate", &number))
		return number < 32 ? outcome->guest >> number & 1 : outcome->guest;
	if (second_number(text, "!entrymsr", &number))
		return number == ~0ULL ? outcome->msr_first :
		       number >= outcome->msr_first && number <= outcome->msr_last;
	return outcome->enters;
}

char *predict_compare(const struct vmxcheck_outcome *outcome, const struct step *step)
{
	const char *rest = step->text;
	bool may = false;
	char *text, *said;

	while ((text = next_alternative(&rest))) {
		may |= may_come(outcome, text);
		free(text);
	}
	if (may)
		return NULL;
	text = say_outcome(outcome);
	said = xasprintf("'%s' is expected, and libvmxcheck says:%s", step->text, text);
	free(text);
	return said;
}

/* "segment-20: The type of SS is ... (guest_ss_access_rights 0xc09b)" */
static void say_finding(struct string *all, const struct vmxcheck_check *check,
			const struct vmxcheck_finding *finding)
{
	const char *before = "(";

	string_print(all, "%s%s: %s ", all->length ? "\n" : "", check->id, check->text);
	for (size_t i = 0; i < finding->items; i++) {
		const struct vmxcheck_item *item = &finding->item[i];

		if (item->kind != VMXCHECK_FIELD || !item->known)
			continue;
		string_add(all, before);
		before = ", ";
		for (const char *c = facts_field_name(item->number); *c; c++)
			string_print(all, "%c", *c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
		string_print(all, " %#llx", (unsigned long long)item->value);
	}
	string_add(all, ")");
}

char *predict_why(struct access *access, const char *caps, const char *got)
{
	struct facts facts;
	const struct vmxcheck_state state = { &facts, facts_value, facts_memory };
	const struct vmxcheck_check *checks;
	struct string all = { 0 };
	uint64_t number;
	size_t count;

	if (!second_number(got, "!entrystate", &number) && !second_number(got, "!entrymsr", &number) &&
	    !(second_number(got, "failvalid", &number) && (number == 7 || number == 8)))
		return NULL;
	if (!facts_read(access, caps, &facts))
		return NULL;
	checks = vmxcheck_checks(&count);
	for (size_t i = 0; i < count; i++) {
		struct vmxcheck_finding finding;

		if (vmxcheck_decide(&state, i, &finding) == VMXCHECK_VIOLATED)
			say_finding(&all, &checks[i], &finding);
	}
	return all.length ? string_end(&all) : xstrdup("no check of VM entry is violated, as far as is known");
}
