// SPDX-License-Identifier: GPL-2.0
#include "say.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cause.h"
#include "fields.h"
#include "names.h"
#include "vmx.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* SDM, "Format of Access Rights" */
static const struct field access_rights[] = {
	FIELD_NUMBER(DECIMAL, 3, 0, "type "), FIELD_NUMBER(DECIMAL, 4, 4, "S "),
	FIELD_NUMBER(DECIMAL, 6, 5, "DPL "), FIELD_NUMBER(DECIMAL, 7, 7, "P "),
	FIELD_NUMBER(DECIMAL, 13, 13, "L "), FIELD_NUMBER(DECIMAL, 14, 14, "D/B "),
	FIELD_NUMBER(DECIMAL, 15, 15, "G "), FIELD_FLAG(12, "AVL"), FIELD_FLAG(16, "unusable"),
};

/* SDM, "Format of Interruptibility State" */
static const struct field interruptibility[] = {
	FIELD_FLAG(0, "blocking by STI"), FIELD_FLAG(1, "blocking by MOV SS"),
	FIELD_FLAG(2, "blocking by SMI"), FIELD_FLAG(3, "blocking by NMI"),
	FIELD_FLAG(4, "enclave interruption"),
};

static const char *const activities[] = { "active", "HLT", "shutdown", "wait-for-SIPI" };
static const struct field activity[] = { FIELD_CHOICE(31, 0, activities) };

/* SDM, "EFLAGS Register" */
static const struct field rflags[] = {
	FIELD_NUMBER(DECIMAL, 9, 9, "IF "), FIELD_NUMBER(DECIMAL, 8, 8, "TF "),
	FIELD_NUMBER(DECIMAL, 17, 17, "VM "), FIELD_NUMBER(DECIMAL, 13, 12, "IOPL "),
	FIELD_NUMBER(DECIMAL, 1, 1, "bit 1 "), FIELD_FLAG(0, "CF"), FIELD_FLAG(2, "PF"),
	FIELD_FLAG(4, "AF"), FIELD_FLAG(6, "ZF"), FIELD_FLAG(7, "SF"), FIELD_FLAG(10, "DF"),
	FIELD_FLAG(11, "OF"), FIELD_FLAG(14, "NT"), FIELD_FLAG(16, "RF"), FIELD_FLAG(18, "AC"),
	FIELD_FLAG(19, "VIF"), FIELD_FLAG(20, "VIP"), FIELD_FLAG(21, "ID"),
};

static const struct field selector[] = {
	FIELD_NUMBER(DECIMAL, 1, 0, "RPL "), FIELD_NUMBER(DECIMAL, 2, 2, "TI "),
	FIELD_NUMBER(DECIMAL, 15, 3, "index "),
};

#define OF_SEGMENT(reg) { VMCS_GUEST_##reg##_ACCESS_RIGHTS, FORMAT(access_rights) }, \
			{ VMCS_GUEST_##reg##_SELECTOR, FORMAT(selector) }

static const struct {
	uint64_t encoding;
	struct format format;
} formats[] = {
	OF_SEGMENT(CS), OF_SEGMENT(DS), OF_SEGMENT(ES), OF_SEGMENT(FS), OF_SEGMENT(GS),
	OF_SEGMENT(SS), OF_SEGMENT(LDTR), OF_SEGMENT(TR),
	{ VMCS_GUEST_INTERRUPTIBILITY_STATE, FORMAT(interruptibility) },
	{ VMCS_GUEST_ACTIVITY_STATE, FORMAT(activity) },
	{ VMCS_GUEST_RFLAGS, FORMAT(rflags) },
};

static const struct {
	uint64_t encoding;
	const char *reg;
} registers[] = {
	{ VMCS_GUEST_CR0, "CR0" }, { VMCS_HOST_CR0, "CR0" }, { VMCS_GUEST_CR4, "CR4" },
	{ VMCS_HOST_CR4, "CR4" }, { VMCS_GUEST_EFER, "EFER" }, { VMCS_HOST_EFER, "EFER" },
	{ VMCS_GUEST_DEBUGCTL, "DEBUGCTL" },
};

static const struct {
	const char *reg, *name;
	unsigned int bit;
} register_bits[] = {
#define VMX_REGISTER_BITS(reg, first, last, ident, owner, sdm_name) \
	{ #reg, (first) == (last) ? #ident : NULL, first },
#include "vmx_registers.h"
};

/* A row without a bit is a set. */
static const struct {
	const char *group, *name;
	uint64_t encoding;
	unsigned int bit;
} controls[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) \
	{ #group, NULL, VMCS_##field, 0 },
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) { #group, sdm_name, 0, bit },
#include "vmx_controls.h"
};

const char *field_title(uint64_t encoding)
{
	static const struct {
		uint64_t encoding;
		const char *title;
	} titles[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { encoding, sdm_name },
#include "vmx_fields.h"
	};

	for (size_t i = 0; i < COUNT(titles); i++)
		if (titles[i].encoding == encoding)
			return titles[i].title;
	return "";
}

/* Bits that checks ask for: that one is 0 is said, too. */
static bool is_asked_for(const char *name)
{
	static const char *const asked_for[] = { "PE", "NE", "WP", "PG", "LME", "LMA" };

	for (size_t i = 0; i < COUNT(asked_for); i++)
		if (strcmp(asked_for[i], name) == 0)
			return true;
	return false;
}

static void say_register(struct string *out, const char *reg, uint64_t value, uint64_t mask)
{
	const char *before = ": ";

	for (size_t i = 0; i < COUNT(register_bits); i++) {
		const char *name = register_bits[i].name;
		bool set = value >> register_bits[i].bit & 1;

		if (strcmp(register_bits[i].reg, reg) != 0 || !name ||
		    !(mask >> register_bits[i].bit & 1) || (!set && !is_asked_for(name)))
			continue;
		string_print(out, "%s%s%s", before, name, set ? "" : " 0");
		before = ", ";
	}
}

/* Whether the text has "name" in quotes, whatever the case of its first letter */
static bool names(const char *text, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = text; (at = strchr(at, '"')); at++)
		if (strncasecmp(at + 1, name, length) == 0 && at[length + 1] == '"')
			return true;
	return false;
}

static void say_controls(struct string *out, uint64_t encoding, uint64_t value, uint64_t mask,
			 const char *text)
{
	const char *before = ": ";
	bool in_set = false;

	for (size_t i = 0; i < COUNT(controls); i++) {
		if (!controls[i].name) {
			in_set = controls[i].encoding == encoding;
		} else if (in_set && mask >> controls[i].bit & 1 && names(text, controls[i].name)) {
			string_print(out, "%s\"%s\" %d", before, controls[i].name,
				     (int)(value >> controls[i].bit & 1));
			before = ", ";
		}
	}
}

void say_field(struct string *out, uint64_t encoding, uint64_t value, uint64_t mask,
	       const char *text)
{
	const char *name = field_name(encoding);

	if (mask == full_mask(VMXCHECK_FIELD, encoding))
		string_print(out, "%s %#" PRIx64, name ? name : "?", value);
	else
		string_print(out, "%s", name ? name : "?");
	for (size_t i = 0; i < COUNT(formats); i++)
		if (formats[i].encoding == encoding)
			print_fields(out, &formats[i].format, value, mask);
	for (size_t i = 0; i < COUNT(registers); i++)
		if (registers[i].encoding == encoding)
			say_register(out, registers[i].reg, value, mask);
	if (encoding == VMCS_ENTRY_INTERRUPTION_INFORMATION)
		print_interruption_bits(out, value, mask);
	say_controls(out, encoding, value, mask, text);
}

void say_lines(struct string *out, const struct values *values, enum vmxcheck_kind kind,
	       uint64_t number)
{
	struct string lines = { 0 };
	unsigned int last = 0;
	bool several = false;

	for (size_t i = 0; i < values->claims; i++) {
		const struct claim *claim = &values->claim[i];

		if (claim->kind != kind || claim->number != number || !claim->line ||
		    claim->line == last)
			continue;
		several = last;
		string_print(&lines, "%s%u", last ? ", " : "", claim->line);
		last = claim->line;
	}
	if (last)
		string_print(out, "  (line%s %s)", several ? "s" : "", lines.text);
	free(lines.text);
}

static void say_msr(struct string *out, uint64_t index)
{
	static const struct {
		uint64_t index;
		const char *group, *name;
		unsigned int width;
	} msrs[] = {
#define VMX_CAPABILITY(group, msr, bit, width, ident) { msr, #group, #ident, width },
#include "vmx_capabilities.h"
	};

	for (size_t i = 0; i < COUNT(msrs); i++) {
		char *name;

		if (msrs[i].index != index || msrs[i].width != 64)
			continue;
		name = strcmp(msrs[i].group, "msr") == 0 ? xasprintf("%s", msrs[i].name) :
		       xasprintf("vmx_%s_%s", msrs[i].group, msrs[i].name);
		for (char *c = name; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		string_print(out, "IA32_%s (%" PRIX64 "H)", name, index);
		free(name);
		return;
	}
	string_print(out, "MSR %" PRIX64 "H", index);
}

void say_name(struct string *out, enum vmxcheck_kind kind, uint64_t number)
{
	static const char *const regs[] = { "EAX", "EBX", "ECX", "EDX" };
	static const char *const facts[] = {
		"whether the host is in IA-32e mode", "whether it is in SMM",
		"the current-VMCS pointer", "whether Intel PT traces",
	};
	uint32_t leaf = (uint32_t)(number >> 32), subleaf = (uint32_t)number >> 2;

	switch (kind) {
	case VMXCHECK_FIELD:
		string_print(out, "%s", field_name(number) ? field_name(number) : "?");
		break;
	case VMXCHECK_MSR:
		say_msr(out, number);
		break;
	case VMXCHECK_CPUID:
		string_print(out, "CPUID.%" PRIX32 "H", leaf);
		if (subleaf)
			string_print(out, ".%" PRIX32 "H", subleaf);
		string_print(out, ":%s", regs[number & 3]);
		break;
	case VMXCHECK_FACT:
		string_add(out, number < COUNT(facts) ? facts[number] : "?");
		break;
	case VMXCHECK_MEMORY:
		string_add(out, "memory that the VMCS points to");
		break;
	}
}
