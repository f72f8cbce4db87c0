/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Exit reasons, interruption information and VM-instruction errors in the SDM's words. The
 * tables of include/ have them.
 */
#ifndef CAUSE_H
#define CAUSE_H

#include <stdbool.h>
#include <stdint.h>

#include "fields.h"
#include "util.h"

/* What happened, as far as the exit qualification's meaning depends on it. */
struct cause {
	uint16_t reason;
	int vector;		/* of an exception, else -1 */
	bool entry_failure;
};

/* The first word of a line of the wait file. */
bool cause_parse(const char *word, struct cause *cause);

/* What the bits are; of the exit reason but bits 15:0, which are a number, and bit 31 */
const struct format *exit_reason_format(void);
const struct format *interruption_format(void);

struct cause cause_of(uint64_t reason, uint64_t interruption);
void cause_print(struct string *out, const struct cause *cause);

/* Numbers; of a number that is known in part only the bits of @mask count. */
void print_instruction_error(struct string *out, uint64_t value);
void print_exit_reason(struct string *out, uint64_t value, uint64_t mask, uint64_t interruption);
/* ": WORDS"; of interruption information bit by bit, or as cases have it */
void print_interruption_bits(struct string *out, uint64_t value, uint64_t mask);
void print_interruption(struct string *out, uint64_t value, uint64_t mask);

#endif
