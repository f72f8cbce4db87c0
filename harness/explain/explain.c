// SPDX-License-Identifier: GPL-2.0
#include "explain.h"

#include "report.h"

/* More dumps than that say the same again. */
#define MOST 8

/* Whether it says anything about a VM entry or a VM exit */
static bool says_something(const struct dump *dump)
{
	return dump->vmcs.claims || dump->registers.claims || dump->failed || dump->invalid_state;
}

const char *explain_refuses(const struct reading *reading)
{
	for (size_t i = 0; i < reading->dumps; i++)
		if (says_something(&reading->dump[i]))
			return NULL;
	if (reading->capabilities.claims)
		return "it has capabilities of a processor only: give it with --caps, beside a dump";
	if (!reading->text.length)
		return "it is empty";
	return "no dump is in it that is known here, and no line that names a VMCS field, as "
	       "GUEST_CR0 = 0x33 does";
}

void explain(struct string *out, const struct reading *reading)
{
	size_t dumps = 0, said = 0;

	for (size_t i = 0; i < reading->dumps; i++)
		dumps += says_something(&reading->dump[i]);
	for (size_t i = 0; i < reading->dumps && said < MOST; i++) {
		if (!says_something(&reading->dump[i]))
			continue;
		said++;
		if (dumps > 1)
			string_print(out, "%sDump %zu of %zu\n", said > 1 ? "\n" : "", said, dumps);
		report_dump(out, reading, &reading->dump[i]);
	}
	if (dumps > said)
		string_print(out, "\nThere are %zu dumps more.\n", dumps - said);
	if (reading->text.length && is_word(reading->text.bytes[reading->text.length - 1]))
		string_add(out, "The last line has no end: a number there may be cut off, and is not used "
			   "unless its length is known.\n");
}
