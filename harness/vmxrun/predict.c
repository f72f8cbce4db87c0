// SPDX-License-Identifier: GPL-2.0
#include "predict.h"

#include <cpuid.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "compare.h"
#include "util.h"
#include "vmx.h"
#include "words.h"

static const struct {
	const char *name;
	uint64_t encoding;
} fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { #ident, encoding },
#include "vmx_fields.h"
};

#define FIELDS (sizeof(fields) / sizeof(*fields))

static const struct {
	uint64_t index;
	const char *name;
} msrs[] = {
#define VMX_CAPABILITY(group, msr, bit, width, ident) { (width) == 64 ? (msr) : 0, #group "." #ident },
#include "vmx_capabilities.h"
};

struct vmcs {
	const char *caps;
	size_t next;	/* the row that is probably that of the next line */
	bool known[FIELDS];
	uint64_t value[FIELDS];
};

/* A line of vmcs is a name in lower case and a number, or "unsupported". */
static void take_field(struct vmcs *vmcs, const char *line, size_t length)
{
	size_t name = strcspn(line, " ");

	for (size_t n = 0; n < FIELDS; n++) {
		size_t i = (vmcs->next + n) % FIELDS;
		char *word;

		if (strncasecmp(fields[i].name, line, name) != 0 || fields[i].name[name])
			continue;
		vmcs->next = i + 1;
		if (name == length)
			return;
		word = xstrndup(line + name + 1, length - name - 1);
		vmcs->known[i] = parse_number(word, &vmcs->value[i]);
		free(word);
		return;
	}
}

static bool read_vmcs(struct access *access, const char *caps, struct vmcs *vmcs)
{
	char *text, *error = access_read(access, "vmcs", &text);

	*vmcs = (struct vmcs){ .caps = caps };
	if (error) {
		free(error);
		return false;
	}
	for (const char *line = text; *line; line += strspn(line, "\n")) {
		size_t length = strcspn(line, "\n");

		take_field(vmcs, line, length);
		line += length;
	}
	free(text);
	return true;
}

static bool read_field(const struct vmcs *vmcs, uint64_t encoding, uint64_t *value)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].encoding == encoding) {
			*value = vmcs->value[i];
			return vmcs->known[i];
		}
	return false;
}

static bool read_msr(const struct vmcs *vmcs, uint64_t index, uint64_t *value)
{
	for (size_t i = 0; i < sizeof(msrs) / sizeof(*msrs); i++)
		if (msrs[i].index == index) {
			*value = caps_value(vmcs->caps, msrs[i].name);
			return true;
		}
	return false;
}

static bool read_cpuid(uint64_t number, uint64_t *value)
{
	uint32_t leaf = number >> 32, subleaf = (uint32_t)number >> 2;
	uint32_t reg[4] = { 0 };

	__get_cpuid_count(leaf, subleaf, &reg[0], &reg[1], &reg[2], &reg[3]);
	*value = reg[number & 3];
	return true;
}

/* Linux is in IA-32e mode and not in SMM. Nothing else is known. */
static bool read_fact(uint64_t fact, uint64_t *value)
{
	*value = fact == VMXCHECK_HOST_IA32E;
	return fact == VMXCHECK_HOST_IA32E || fact == VMXCHECK_IN_SMM;
}

static bool read_value(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	switch (kind) {
	case VMXCHECK_FIELD:
		return read_field(opaque, number, value);
	case VMXCHECK_MSR:
		return read_msr(opaque, number, value);
	case VMXCHECK_CPUID:
		return read_cpuid(number, value);
	default:
		return read_fact(number, value);
	}
}

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
	return begins(step, "ctl", "go", "step") || begins(step, "insn", "vmlaunch", "vmresume");
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

/* What go and step have is written by the module as they begin. */
static void forget_host(struct vmcs *vmcs)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (VMX_FIELD_TYPE(fields[i].encoding) == VMX_TYPE_HOST)
			vmcs->known[i] = false;
}

bool predict_entry(struct access *access, const char *caps, const struct step *step,
		   struct vmxcheck_outcome *outcome)
{
	struct vmcs vmcs;
	const struct vmxcheck_state state = { &vmcs, read_value, NULL };

	if (begins(step, "ctl", "go", "step"))
		write_registers(access, step->text);
	if (!read_vmcs(access, caps, &vmcs))
		return false;
	if (strcmp(step->file->name, "ctl") == 0)
		forget_host(&vmcs);
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

static const char *field_name(uint64_t encoding)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (fields[i].encoding == encoding)
			return fields[i].name;
	return "";
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
		for (const char *c = field_name(item->number); *c; c++)
			string_print(all, "%c", *c >= 'A' && *c <= 'Z' ? *c | 0x20 : *c);
		string_print(all, " %#llx", (unsigned long long)item->value);
	}
	string_add(all, ")");
}

char *predict_why(struct access *access, const char *caps, const char *got)
{
	struct vmcs vmcs;
	const struct vmxcheck_state state = { &vmcs, read_value, NULL };
	const struct vmxcheck_check *checks;
	struct string all = { 0 };
	uint64_t number;
	size_t count;

	if (!second_number(got, "!entrystate", &number) && !second_number(got, "!entrymsr", &number) &&
	    !(second_number(got, "failvalid", &number) && (number == 7 || number == 8)))
		return NULL;
	if (!read_vmcs(access, caps, &vmcs))
		return NULL;
	checks = vmxcheck_checks(&count);
	for (size_t i = 0; i < count; i++) {
		struct vmxcheck_finding finding;

		if (vmxcheck_decide(&state, i, &finding) == VMXCHECK_VIOLATED)
			say_finding(&all, &checks[i], &finding);
	}
	return all.length ? string_end(&all) : xstrdup("no check of VM entry is violated, as far as is known");
}
