// SPDX-License-Identifier: GPL-2.0
#include "facts.h"

#include <cpuid.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "util.h"
#include "vmx.h"
#include "words.h"

static const struct {
	const char *name;
	uint64_t encoding;
} fields[FACTS_FIELDS] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { #ident, encoding },
#include "vmx_fields.h"
};

static const struct {
	uint64_t index;
	const char *name;
} msrs[] = {
#define VMX_CAPABILITY(group, msr, bit, width, ident) { (width) == 64 ? (msr) : 0, #group "." #ident },
#include "vmx_capabilities.h"
};

/* A line of vmcs is a name in lower case and a number, or "unsupported". */
static void take_field(struct facts *facts, const char *line, size_t length)
{
	size_t name = strcspn(line, " ");

	for (size_t n = 0; n < FACTS_FIELDS; n++) {
		size_t i = (facts->next + n) % FACTS_FIELDS;
		char *word;

		if (strncasecmp(fields[i].name, line, name) != 0 || fields[i].name[name])
			continue;
		facts->next = i + 1;
		if (name == length)
			return;
		word = xstrndup(line + name + 1, length - name - 1);
		facts->known[i] = parse_number(word, &facts->value[i]);
		free(word);
		return;
	}
}

bool facts_read(struct access *access, const char *caps, struct facts *facts)
{
	char *text, *error = access_read(access, "vmcs", &text);

	*facts = (struct facts){ .caps = caps, .own = access->unsafe ? NULL : access };
	if (error) {
		free(error);
		return false;
	}
	for (const char *line = text; *line; line += strspn(line, "\n")) {
		size_t length = strcspn(line, "\n");

		take_field(facts, line, length);
		line += length;
	}
	free(text);
	return true;
}

void facts_forget_host(struct facts *facts, bool all)
{
	for (size_t i = 0; i < FACTS_FIELDS; i++)
		if (VMX_FIELD_TYPE(fields[i].encoding) == VMX_TYPE_HOST && (all || !facts->value[i]))
			facts->known[i] = false;
}

void facts_forget_event(struct facts *facts)
{
	for (size_t i = 0; i < FACTS_FIELDS; i++)
		if (fields[i].encoding >= VMCS_ENTRY_INTERRUPTION_INFORMATION &&
		    fields[i].encoding <= VMCS_ENTRY_INSTRUCTION_LENGTH)
			facts->known[i] = false;
}

void facts_set_field(struct facts *facts, uint64_t encoding, struct vmxcheck_value value)
{
	for (size_t i = 0; i < FACTS_FIELDS; i++)
		if (fields[i].encoding == encoding) {
			facts->value[i] = value.value;
			facts->known[i] = value.known;
		}
}

static bool read_field(const struct facts *facts, uint64_t encoding, uint64_t *value)
{
	for (size_t i = 0; i < FACTS_FIELDS; i++)
		if (fields[i].encoding == encoding) {
			*value = facts->value[i];
			return facts->known[i];
		}
	return false;
}

/*
 * IA32_FEATURE_CONTROL allows VMXON, which vmxfs has executed. It executes no VMCALL where there
 * is an SMM monitor.
 */
static bool read_msr(const struct facts *facts, uint64_t index, uint64_t *value)
{
	*value = index == VMX_MSR_FEATURE_CONTROL ? 7 : 0;
	if (index == VMX_MSR_FEATURE_CONTROL || index == VMX_MSR_SMM_MONITOR_CTL)
		return true;
	for (size_t i = 0; i < sizeof(msrs) / sizeof(*msrs); i++)
		if (msrs[i].index == index) {
			*value = caps_value(facts->caps, msrs[i].name);
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

/*
 * vmxfs is in 64-bit mode at CPL 0, not in SMM, and in VMX operation: CR0 and CR4 have what
 * that needs. Nothing else is known.
 */
static bool read_fact(const struct facts *facts, uint64_t fact, uint64_t *value)
{
	switch (fact) {
	case VMXCHECK_HOST_IA32E:
	case VMXCHECK_CS_L:
		*value = 1;
		return true;
	case VMXCHECK_IN_SMM:
	case VMXCHECK_CPL:
	case VMXCHECK_VIRTUAL_8086:
	case VMXCHECK_A20M:
	case VMXCHECK_DUAL_MONITOR:
		*value = 0;
		return true;
	case VMXCHECK_CR0:
		*value = caps_value(facts->caps, "cr0.fixed0");
		return true;
	case VMXCHECK_CR4:
		*value = caps_value(facts->caps, "cr4.fixed0");
		return true;
	default:
		return false;
	}
}

bool facts_value(void *facts, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	switch (kind) {
	case VMXCHECK_FIELD:
		return read_field(facts, number, value);
	case VMXCHECK_MSR:
		return read_msr(facts, number, value);
	case VMXCHECK_CPUID:
		return read_cpuid(number, value);
	default:
		return read_fact(facts, number, value);
	}
}

bool facts_find_field(const char *name, uint64_t *encoding)
{
	for (size_t i = 0; i < FACTS_FIELDS; i++)
		if (strcasecmp(fields[i].name, name) == 0) {
			*encoding = fields[i].encoding;
			return true;
		}
	return false;
}

const char *facts_field_name(uint64_t encoding)
{
	for (size_t i = 0; i < FACTS_FIELDS; i++)
		if (fields[i].encoding == encoding)
			return fields[i].name;
	return "";
}
