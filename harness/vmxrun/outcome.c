// SPDX-License-Identifier: GPL-2.0
#include "outcome.h"

/* "WORD NUMBER..." for each bit, with what stands between them, which is NULL at first */
static void add_each(struct string *out, uint32_t bits, const char *format, const char **between)
{
	for (unsigned int i = 0; i < 32; i++)
		if (bits >> i & 1) {
			string_add(out, *between ? *between : "");
			string_print(out, format, i);
			*between = " | ";
		}
}

void outcome_expect(struct string *out, const struct vmxcheck_outcome *outcome,
		    const char *before)
{
	const char *between = NULL;

	if (outcome->errors && !outcome->enters && !outcome->guest && !outcome->msr_first) {
		string_print(out, "%sinsn? ", before);
		add_each(out, outcome->errors, "failvalid %u", &between);
		string_add(out, "\n");
		return;
	}
	string_print(out, "%sinsn? succeed\n%swait? ", before, before);
	add_each(out, outcome->guest, "!entrystate 0x%x ...", &between);
	/* If it need not fail, the list is the module's own, or is not known. */
	if (outcome->msr_first && !outcome->enters) {
		string_print(out, "%s!entrymsr 0x%x ...", between ? between : "", outcome->msr_first);
		between = " | ";
	}
	if (outcome->enters)
		string_print(out, "%spreempt ...", between ? between : "");
	string_add(out, "\n");
}
