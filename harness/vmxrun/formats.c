// SPDX-License-Identifier: GPL-2.0
#include "formats.h"

#include <inttypes.h>
#include <stdio.h>

#include "cause.h"
#include "qualification.h"
#include "vmx.h"

static const char *const kinds[] = {
	[FLAG] = "flag", [CHOICE] = "choice", [DECIMAL] = "decimal", [HEX] = "hex",
	[SIGNED] = "signed",
};

/* A reserved value is an empty choice. */
static void print_choices(const struct field *field)
{
	for (size_t i = 0; i < field->nchoices; i++)
		printf("%s%s", i ? "|" : "", field->choice[i] ? field->choice[i] : "");
}

static void print_format(const char *of, const struct format *format)
{
	for (size_t i = 0; i < format->count; i++) {
		const struct field *field = &format->field[i];

		printf("%s\t%s\t%u\t%u\t%#" PRIx64 "\t%#" PRIx64 "\t%s\t", of, kinds[field->kind],
		       field->high, field->low, field->when_mask, field->when,
		       field->name ? field->name : "");
		print_choices(field);
		putchar('\n');
	}
}

static void print_qualification(unsigned int reason, int vector)
{
	char of[32];

	if (vector < 0)
		snprintf(of, sizeof(of), "%u", reason);
	else
		snprintf(of, sizeof(of), "%u:%d", reason, vector);
	print_format(of, qualification_format(reason, vector));
}

/* The condition as it is in the table: SUPPORTS(group, name), and some with ANY() around them */
static void print_existence(void)
{
#define EXISTS_WITH(ident, condition) puts("exists\t" #ident "\t" #condition);
#include "existence.h"
}

int formats_print(void)
{
	static const char *const interruptions[] = {
		"entry_interruption_information", "exit_interruption_information",
		"idt_vectoring_information",
	};

	for (unsigned int reason = 0; reason < VMX_EXITS; reason++)
		print_qualification(reason, -1);
	print_qualification(VMX_EXIT_EXCEPTION_NMI, VMX_EXC_DB);
	print_qualification(VMX_EXIT_EXCEPTION_NMI, VMX_EXC_PF);
	puts("exit_reason\tdecimal\t15\t0\t0\t0\tbasic exit reason\t");
	print_format("exit_reason", exit_reason_format());
	puts("exit_reason\tflag\t31\t31\t0\t0\tVM-entry failure\t");
	for (size_t i = 0; i < sizeof(interruptions) / sizeof(*interruptions); i++)
		print_format(interruptions[i], interruption_format());
	print_existence();
	return 0;
}
