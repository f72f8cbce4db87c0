/* SPDX-License-Identifier: GPL-2.0 */
/* The names of fields, MSRs and bits, as the SDM, this repository and others have them. */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmxcheck.h"

/* What a name means; @mask is the bits that it names. */
struct named {
	enum vmxcheck_kind kind;
	uint64_t number;
	uint64_t mask;
	unsigned int shift;
};

/* Of a name only letters and digits count, and a prefix like VMCS_ does not. */
bool find_name(const char *name, size_t length, struct named *named);

/* A control by its name in the SDM, of the set that is named with it: "VM-entry control". */
bool find_control(const char *set, size_t set_length, const char *name, size_t length,
		  struct named *named);

/* "guest CR0.PG" */
bool find_bit(const char *name, size_t length, struct named *named);

/* The identifier of a field; NULL if there is no field of this encoding. */
const char *field_name(uint64_t encoding);

#endif
