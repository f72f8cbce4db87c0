// SPDX-License-Identifier: GPL-2.0
#include "decode.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cause.h"
#include "compare.h"
#include "qualification.h"
#include "util.h"
#include "vmx.h"
#include "words.h"

#define ACK "*ack"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

bool decode_knows_exit(const char *word)
{
	struct cause cause;

	return strcmp(word, ANY_WORD) == 0 || strcmp(word, ANY_REST) == 0 ||
	       strcmp(word, ACK) == 0 || cause_parse(word, &cause);
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
	} else if (cause_parse(words.word[0], &cause)) {
		cause_print(&out, &cause);
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

static uint64_t register_number(const char *regs, const char *name)
{
	char *text = find_value(FILE_NAMES, regs, name);
	uint64_t number = 0;

	if (text && !parse_number(text, &number))
		number = 0;
	free(text);
	return number;
}

static void decode_instruction_error(struct string *out, uint64_t value, uint64_t mask,
				     const char *regs)
{
	(void)mask;
	(void)regs;
	string_add(out, ": ");
	print_instruction_error(out, value);
}

static void decode_exit_reason(struct string *out, uint64_t value, uint64_t mask,
			       const char *regs)
{
	string_add(out, ": ");
	print_exit_reason(out, value, mask, register_number(regs, "exitinterruptinfo"));
}

static void decode_exit_qualification(struct string *out, uint64_t value,
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

static void decode_interruption(struct string *out, uint64_t value, uint64_t mask,
				const char *regs)
{
	(void)regs;
	print_interruption(out, value, mask);
}

static const struct {
	const char *name;
	void (*print)(struct string *out, uint64_t value, uint64_t mask,
		      const char *regs);
} registers[] = {
	{ "instructionerror", decode_instruction_error },
	{ "exitreason", decode_exit_reason },
	{ "exitqualification", decode_exit_qualification },
	{ "exitinterruptinfo", decode_interruption },
	{ "idtinterruptinfo", decode_interruption },
	{ "entry_interruption_information", decode_interruption },
	{ "exit_interruption_information", decode_interruption },
	{ "idt_vectoring_information", decode_interruption },
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
