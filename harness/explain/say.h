/* SPDX-License-Identifier: GPL-2.0 */
/* Values in words, with the lines that they stand in. */
#ifndef SAY_H
#define SAY_H

#include "util.h"
#include "values.h"

/* "GUEST_RFLAGS 0x2 (IF 0)"; the controls are those that @text names in quotes. */
void say_field(struct string *out, uint64_t encoding, uint64_t value, uint64_t mask,
	       const char *text);

/* ", line 3", of all claims about a value */
void say_lines(struct string *out, const struct values *values, enum vmxcheck_kind kind,
	       uint64_t number);

/* "IA32_VMX_BASIC (480H)", "CPUID.80000008H:EAX" */
void say_name(struct string *out, enum vmxcheck_kind kind, uint64_t number);

/* The field's name in the SDM */
const char *field_title(uint64_t encoding);

#endif
