// SPDX-License-Identifier: GPL-2.0
#include "decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "compare.h"
#include "interruption.h"
#include "qualification.h"
#include "util.h"
#include "vmx.h"
#include "words.h"

#define ENTRY_FAILURE "VM-entry failure"
#define ACK "*ack"

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

/* What happened, as far as the exit qualification's meaning depends on it. */
struct cause {
	uint16_t reason;
	int vector;		/* of an exception, else -1 */
	bool entry_failure;
};

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

/* The first word of a line of the wait file. */
static bool parse_cause(const char *word, struct cause *cause)
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

bool decode_knows_exit(const char *word)
{
	struct cause cause;

	return strcmp(word, ANY_WORD) == 0 || strcmp(word, ANY_REST) == 0 ||
	       strcmp(word, ACK) == 0 || parse_cause(word, &cause);
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

static void print_cause(struct string *out, const struct cause *cause)
{
	if (cause->vector >= 0)
		print_exception(out, cause->vector);
	else
		print_reason(out, cause);
}

static void print_qualification(struct string *out, const struct cause *cause,
				const char *value)
{
	uint64_t number;
	uint64_t mask;

	if (parse_masked(value, &number, &mask))
		print_fields(out, qualification_format(cause->reason,
						       cause->vector),
			     number, mask);
}

char *decode_wait(const char *line)
{
	struct words words = words_split(line);
	struct string out = { 0 };
	struct cause cause;
	uint64_t vector;

	if (!words.count) {
		;
	} else if (parse_cause(words.word[0], &cause)) {
		print_cause(&out, &cause);
		if (words.count > 1)
			print_qualification(&out, &cause, words.word[1]);
	} else if (strcmp(words.word[0], ACK) == 0 && words.count > 1 &&
		   parse_number(words.word[1], &vector)) {
		string_print(&out,
			     "the interrupt of vector %" PRIu64
			     " that irq posted was delivered",
			     vector);
	}
	words_free(&words);
	return out.text ? string_end(&out) : NULL;
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

static struct cause cause_of(uint64_t reason, uint64_t interruption)
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

static uint64_t register_number(const char *regs, const char *name)
{
	char *text = find_value(FILE_NAMES, regs, name);
	uint64_t number = 0;

	if (text && !parse_number(text, &number))
		number = 0;
	free(text);
	return number;
}

static void print_instruction_error(struct string *out, uint64_t value,
				    uint64_t mask, const char *regs)
{
	(void)mask;
	(void)regs;
	if (value < COUNT(instruction_errors) && instruction_errors[value])
		string_print(out, ": %s", instruction_errors[value]);
	else if (value)
		string_add(out, ": not a VM-instruction error number");
	else
		string_add(out, ": none");
}

static void print_exit_reason(struct string *out, uint64_t value, uint64_t mask,
			      const char *regs)
{
	static const struct format format = FORMAT(exit_reason_fields);
	struct cause cause =
		cause_of(value, register_number(regs, "exitinterruptinfo"));

	string_add(out, ": ");
	print_cause(out, &cause);
	print_fields(out, &format,
		     value & ~(uint64_t)(VMX_EXIT_ENTRY_FAILURE | UINT16_MAX),
		     mask);
}

static void print_exit_qualification(struct string *out, uint64_t value,
				     uint64_t mask, const char *regs)
{
	char *reason = find_value(FILE_NAMES, regs, "exitreason");
	struct cause cause =
		cause_of(register_number(regs, "exitreason"),
			 register_number(regs, "exitinterruptinfo"));

	if (reason)
		print_fields(out,
			     qualification_format(cause.reason, cause.vector),
			     value, mask);
	free(reason);
}

static void print_interruption(struct string *out, uint64_t value,
			       uint64_t mask, const char *regs)
{
	static const struct format format = FORMAT(interruption_fields);

	char *words = interruption_words(value, mask);

	(void)regs;
	if (!(value & VMX_INTR_VALID))
		string_add(out, ": not valid");
	else if (words)
		string_print(out, ": %s", words);
	else
		print_fields(out, &format, value, mask);
	free(words);
}

static const struct {
	const char *name;
	void (*print)(struct string *out, uint64_t value, uint64_t mask,
		      const char *regs);
} registers[] = {
	{ "instructionerror", print_instruction_error },
	{ "exitreason", print_exit_reason },
	{ "exitqualification", print_exit_qualification },
	{ "exitinterruptinfo", print_interruption },
	{ "idtinterruptinfo", print_interruption },
	{ "entry_interruption_information", print_interruption },
	{ "exit_interruption_information", print_interruption },
	{ "idt_vectoring_information", print_interruption },
};

static void print_register(struct string *out, const char *name,
			   const char *value, const char *regs)
{
	uint64_t number;
	uint64_t mask;
	size_t before = out->length;
	size_t named;

	for (size_t i = 0; i < COUNT(registers); i++) {
		if (strcmp(registers[i].name, name) != 0 ||
		    !parse_masked(value, &number, &mask))
			continue;
		string_print(out, "%s%s", out->length ? "; " : "", name);
		named = out->length;
		registers[i].print(out, number, mask, regs);
		if (out->length == named)
			out->length = before;
	}
}

char *decode_registers(const char *pairs, const char *regs)
{
	struct words words = words_split(pairs);
	struct string out = { 0 };
	char *text;

	for (size_t i = 0; i + 1 < words.count; i += 2)
		print_register(&out, words.word[i], words.word[i + 1], regs);
	words_free(&words);
	text = string_end(&out);
	if (!*text) {
		free(text);
		return NULL;
	}
	return text;
}
