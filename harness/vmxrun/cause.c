// SPDX-License-Identifier: GPL-2.0
#include "cause.h"

#include <stdlib.h>
#include <string.h>

#include "interruption.h"
#include "qualification.h"
#include "vmx.h"
#include "words.h"

#define ENTRY_FAILURE "VM-entry failure"

static const struct {
	const char *name;
	const char *sdm_name;
} exits[] = {
#define VMX_EXIT(number, ident, name, sdm_name) [number] = { name, sdm_name },
#include "vmx_exits.h"
};

static const struct {
	const char *name;
	const char *sdm_name;
} exceptions[] = {
#define VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name) \
	[vector] = { name, sdm_name },
#include "vmx_exceptions.h"
};

static const char *const instruction_errors[] = {
#define VMX_INSN_ERROR(number, ident, text) [number] = text,
#include "vmx_errors.h"
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool parse_exception(const char *word, struct cause *cause)
{
	uint64_t vector;

	cause->reason = VMX_EXIT_EXCEPTION_NMI;
	cause->vector = VMX_NMI_VECTOR;
	if (strcmp(word, "nmi") == 0)
		return true;
	for (size_t i = 0; i < COUNT(exceptions); i++) {
		if (exceptions[i].name &&
		    strcmp(exceptions[i].name, word) == 0) {
			cause->vector = i;
			return true;
		}
	}
	if (*word != '#' || !parse_number(word + 1, &vector) || vector > 255)
		return false;
	cause->vector = vector;
	return true;
}

bool cause_parse(const char *word, struct cause *cause)
{
	uint64_t reason;

	*cause = (struct cause){ .vector = -1 };
	if (*word == '!') {
		cause->entry_failure = true;
		word++;
	}
	for (size_t i = 0; i < COUNT(exits); i++) {
		if (exits[i].name && strcmp(exits[i].name, word) == 0) {
			cause->reason = i;
			return true;
		}
	}
	if (*word == '?' && parse_number(word + 1, &reason) &&
	    reason <= UINT16_MAX) {
		cause->reason = reason;
		return true;
	}
	return parse_exception(word, cause);
}

static void print_exception(struct string *out, size_t vector)
{
	if (vector == VMX_NMI_VECTOR)
		string_add(out, "Non-maskable interrupt (NMI)");
	else if (vector < COUNT(exceptions) && exceptions[vector].name)
		string_add(out, exceptions[vector].sdm_name);
	else
		string_print(out, "exception of vector %zu", vector);
}

static void print_reason(struct string *out, const struct cause *cause)
{
	const char *name = NULL;

	if (cause->reason < COUNT(exits))
		name = exits[cause->reason].sdm_name;
	/* the names of the reasons that only a failure has begin with that */
	if (cause->entry_failure &&
	    (!name || strncmp(name, ENTRY_FAILURE, strlen(ENTRY_FAILURE)) != 0))
		string_add(out, ENTRY_FAILURE ": ");
	if (name)
		string_add(out, name);
	else
		string_print(out, "unknown exit reason %u", cause->reason);
}

void cause_print(struct string *out, const struct cause *cause)
{
	if (cause->vector >= 0)
		print_exception(out, cause->vector);
	else
		print_reason(out, cause);
}

/* SDM, "Format of Exit Reason" */
static const struct field exit_reason_fields[] = {
	/* bits 15:0 are printed as the name of the basic exit reason */
	FIELD_FLAG(25, "shadow stack prematurely busy"),
	FIELD_FLAG(26, "bus lock"),
	FIELD_FLAG(27, "enclave mode"),
	FIELD_FLAG(28, "pending MTF VM exit"),
	FIELD_FLAG(29, "from VMX root operation"),
};

/* SDM, "Format of the VM-Exit Interruption-Information Field" */
static const char *const interruption_types[] = {
#define VMX_INTERRUPTION(number, ident, word, sdm_name) [number] = sdm_name,
#include "vmx_interruptions.h"
};

static const struct field interruption_fields[] = {
	FIELD_NUMBER(DECIMAL, 7, 0, "vector "),
	FIELD_CHOICE(10, 8, interruption_types),
	FIELD_FLAG(11, "error code valid"),
	FIELD_FLAG(12, "NMI unblocking due to IRET"),
	FIELD_FLAG(31, "valid"),
};

const struct format *exit_reason_format(void)
{
	static const struct format format = FORMAT(exit_reason_fields);

	return &format;
}

const struct format *interruption_format(void)
{
	static const struct format format = FORMAT(interruption_fields);

	return &format;
}

struct cause cause_of(uint64_t reason, uint64_t interruption)
{
	struct cause cause = {
		.reason = reason & UINT16_MAX,
		.vector = -1,
		.entry_failure = reason & VMX_EXIT_ENTRY_FAILURE,
	};

	if (cause.reason == VMX_EXIT_EXCEPTION_NMI &&
	    interruption & VMX_INTR_VALID)
		cause.vector = interruption & VMX_INTR_VECTOR;
	return cause;
}

void print_instruction_error(struct string *out, uint64_t value)
{
	if (value < COUNT(instruction_errors) && instruction_errors[value])
		string_add(out, instruction_errors[value]);
	else if (value)
		string_add(out, "not a VM-instruction error number");
	else
		string_add(out, "none");
}

void print_exit_reason(struct string *out, uint64_t value, uint64_t mask, uint64_t interruption)
{
	struct cause cause = cause_of(value, interruption);

	cause_print(out, &cause);
	print_fields(out, exit_reason_format(), value & ~(uint64_t)(VMX_EXIT_ENTRY_FAILURE | UINT16_MAX), mask);
}

void print_interruption_bits(struct string *out, uint64_t value, uint64_t mask)
{
	print_fields(out, interruption_format(), value, mask);
}

void print_interruption(struct string *out, uint64_t value, uint64_t mask)
{
	char *words = interruption_words(value, mask);

	if (!(value & VMX_INTR_VALID))
		string_add(out, ": not valid");
	else if (words)
		string_print(out, ": %s", words);
	else
		print_interruption_bits(out, value, mask);
	free(words);
}
