// SPDX-License-Identifier: GPL-2.0
#include "report.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "reader_row.h"
#include "say.h"
#include "vmx.h"

/* More violations than that are of a text that is damaged, or of no VMCS. */
#define MOST 12

static const char *hint_of(const char *id)
{
	static const struct {
		const char *group;
		unsigned int first, last;
		const char *text;
	} hints[] = {
#define HINT(group, first, last, text) { #group "-", first, last, text },
#include "hints.h"
	};

	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++) {
		size_t length = strlen(hints[i].group);
		unsigned long number;

		if (strncmp(id, hints[i].group, length) != 0)
			continue;
		number = strtoul(id + length, NULL, 10);
		if (number >= hints[i].first && number <= hints[i].last)
			return hints[i].text;
	}
	return NULL;
}

static void say_seen(struct string *out, const char *name, const struct seen *seen)
{
	if (!seen->first)
		return;
	string_print(out, "%s%s (", out->length && out->text[out->length - 1] != ' ' ? "; " : "",
		     name);
	if (seen->first == seen->last)
		string_print(out, "line %u)", seen->first);
	else
		string_print(out, "lines %u to %u)", seen->first, seen->last);
}

/* Xen prints most lines as KVM does. */
static struct seen seen_of(const struct dump *dump, size_t format)
{
	struct seen seen = dump->seen[format], kvm;

	if (format == SEEN_KVM && dump->seen[SEEN_XEN].first)
		return (struct seen){ 0, 0 };
	if (format != SEEN_XEN || !seen.first || !dump->seen[SEEN_KVM].first)
		return seen;
	kvm = dump->seen[SEEN_KVM];
	seen.first = kvm.first < seen.first ? kvm.first : seen.first;
	seen.last = kvm.last > seen.last ? kvm.last : seen.last;
	return seen;
}

static void report_formats(struct string *out, const struct dump *dump)
{
	struct string line = { 0 };
	struct seen seen;
	char *text;

	string_add(&line, "Read: ");
	for (size_t i = 0; i < FORMATS; i++) {
		seen = seen_of(dump, i);
		say_seen(&line, format_number(i)->name, &seen);
	}
	say_seen(&line, "fields by name or encoding", &dump->seen[SEEN_LIST]);
	text = string_end(&line);
	string_print(out, "%s.\n", text);
	free(text);
	if (dump_has_vmcs(dump) && dump->registers.claims)
		string_add(out, "The guest's registers as others print them are not used: the VMCS is "
			   "what counts.\n");
	else if (dump->registers.claims)
		string_add(out, "These are the registers as the guest sees them, not the VMCS: CR0 and "
			   "CR4 there can be\nothers, and a guest in real mode may be entered in "
			   "virtual-8086 mode. What is found is provisional.\n");
}

/* From the text and from --caps; what is not told may be assumed. */
static void report_capabilities(struct string *out, const struct values *told)
{
	if (told->knowns)
		string_print(out, "Told of the processor: %zu of its MSRs and CPUID registers.\n",
			     told->knowns);
}

/* A control that must be 1, or must be 0: which of its bits are wrong */
static void say_wrong_bits(struct string *out, const struct vmxcheck_finding *finding)
{
	const struct vmxcheck_item *field = NULL, *msr = NULL;
	const char *before = "; bits that must be 1: ";
	uint64_t wrong;

	for (size_t i = 0; i < finding->items; i++) {
		const struct vmxcheck_item *item = &finding->item[i];

		if (item->kind == VMXCHECK_FIELD && !field)
			field = item;
		if (item->kind == VMXCHECK_MSR && item->number != 0x480)
			msr = item;
	}
	if (!field || !msr || !field->known || !msr->known)
		return;
	wrong = ~field->value & msr->value & UINT32_MAX;
	for (unsigned int i = 0; i < 32; i++)
		if (wrong >> i & 1) {
			string_print(out, "%s%u", before, i);
			before = ", ";
		}
	before = "; bits that must be 0: ";
	wrong = field->value & ~(msr->value >> 32) & UINT32_MAX;
	for (unsigned int i = 0; i < 32; i++)
		if (wrong >> i & 1) {
			string_print(out, "%s%u", before, i);
			before = ", ";
		}
}

static bool is_reserved_check(const char *id)
{
	static const char *const ids[] = { "controls-1", "controls-2", "controls-3", "controls-50",
					   "controls-59" };

	for (size_t i = 0; i < sizeof(ids) / sizeof(*ids); i++)
		if (strcmp(ids[i], id) == 0)
			return true;
	return false;
}

/*
 * Of an entry of the MSR-load area: its 16 bytes are read 4 at a time, of which those at 8 are
 * the value's lower half.
 */
static void say_entry(struct string *out, const struct values *values,
		      const struct vmxcheck_item *item)
{
	static const char *const parts[] = { "MSR", "reserved", "value" };
	uint64_t offset = item->number - JUDGE_LIST, value;

	if (offset % 16 / 4 >= 3 || !values_read(values, VMXCHECK_MEMORY, offset, &value))
		return;
	string_print(out, "%s %#" PRIx64, parts[offset % 16 / 4], value);
	say_lines(out, values, VMXCHECK_MEMORY, offset);
}

static void say_item(struct string *out, const struct reading *reading, const struct dump *dump,
		     const struct vmxcheck_item *item, const char *text)
{
	const struct values *values = dump_values(dump);
	const struct known *known = values_find(values, item->kind, item->number);
	uint64_t given;

	string_add(out, "      ");
	switch (item->kind) {
	case VMXCHECK_FIELD:
		if (!known) {
			say_field(out, item->number, item->value, VMX_CTL(entry, load_debug_controls),
				  text);
			string_add(out, "  (assumed: it is not in the text)");
			break;
		}
		say_field(out, item->number, known->value, known->mask, text);
		say_lines(out, values, item->kind, item->number);
		break;
	case VMXCHECK_MEMORY:
		say_entry(out, values, item);
		break;
	default:
		say_name(out, item->kind, item->number);
		string_print(out, " %#" PRIx64, item->value);
		if (!values_read(&reading->capabilities, item->kind, item->number, &given))
			string_add(out, "  (assumed)");
		else
			say_lines(out, &reading->capabilities, item->kind, item->number);
	}
	string_add(out, "\n");
}

static void report_violation(struct string *out, const struct reading *reading,
			     const struct dump *dump, const struct vmxcheck_check *check,
			     const struct judgement *judgement)
{
	const struct vmxcheck_finding *finding = &judgement->finding;
	const char *hint = hint_of(check->id);

	string_print(out, "  %s  SDM, \"%s\"%s\n", check->id, check->section,
		     judgement->assumed ? "  (rests on what is assumed)" : "");
	string_print(out, "    must hold: %s", check->text);
	if (is_reserved_check(check->id))
		say_wrong_bits(out, finding);
	string_add(out, "\n");
	if (finding->entry)
		string_print(out, "      entry %u, counted from 1\n", finding->entry);
	for (size_t i = 0; i < finding->items; i++) {
		const struct vmxcheck_item *item = &finding->item[i];

		/* The list of MSRs has no address in a dump. */
		if (item->known && !(check->stage == VMXCHECK_MSRS && item->kind == VMXCHECK_FIELD) &&
		    !(item->kind == VMXCHECK_MEMORY && item->number % 16 == 12))
			say_item(out, reading, dump, item, check->text);
	}
	if (hint)
		string_print(out, "    %s.\n", hint);
}

/* Those that explain the end, or those that do not; returns how many there are. */
static unsigned int report_violations(struct string *out, const struct reading *reading,
				      const struct dump *dump, const struct result *result,
				      const struct judgement *judgements, bool explain,
				      const char *title)
{
	const struct vmxcheck_check *checks;
	unsigned int found = 0;
	size_t count;

	checks = vmxcheck_checks(&count);
	for (size_t i = 0; i < count; i++) {
		if (judgements[i].verdict != VMXCHECK_VIOLATED ||
		    result_explained_by(result, i, &judgements[i]) != explain)
			continue;
		if (!found++)
			string_print(out, "\n%s:\n", title);
		if (found <= MOST)
			report_violation(out, reading, dump, &checks[i], &judgements[i]);
	}
	if (found > MOST)
		string_print(out, "  and %u more\n", found - MOST);
	return found;
}

static void report_conflicts(struct string *out, const struct values *values)
{
	unsigned int found = 0;

	for (size_t i = 0; i < values->knowns; i++) {
		const struct known *known = &values->known[i];

		if (!known->conflict || known->kind == VMXCHECK_MEMORY || found++ >= MOST)
			continue;
		say_name(out, known->kind, known->number);
		string_add(out, " is given with different values, and not used");
		say_lines(out, values, known->kind, known->number);
		string_add(out, "\n");
	}
	if (found > MOST)
		string_print(out, "So are %u values more.\n", found - MOST);
	if (values->mixed)
		string_add(out, "These lines are of more than one VMCS: only what all of them say is "
			   "used.\n");
}

static const char *title_of(const struct result *result)
{
	return result->end == END_UNKNOWN || result->end == END_FAILED ?
	       "What may be the cause" : "What explains it";
}

static const char *title_of_others(const struct result *result)
{
	if (result->end == END_EXIT)
		return "With these values the next VM entry would fail";
	return "Violated, too, but not what was reported";
}

void report_dump(struct string *out, const struct reading *reading, const struct dump *dump)
{
	struct result result = result_of(dump);
	struct judgement *judgements = judge(reading, dump);
	unsigned int found;

	report_formats(out, dump);
	report_capabilities(out, &reading->capabilities);
	say_result(out, dump, &result);
	report_conflicts(out, dump_values(dump));
	report_conflicts(out, &reading->capabilities);
	found = report_violations(out, reading, dump, &result, judgements, true, title_of(&result));
	report_violations(out, reading, dump, &result, judgements, false,
			  title_of_others(&result));
	if (result.end != END_EXIT && result.end != END_MACHINE_CHECK)
		report_undecided(out, dump, &result, judgements, found);
	free(judgements);
}
