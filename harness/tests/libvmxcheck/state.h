/* SPDX-License-Identifier: GPL-2.0 */
/* A VMCS and a processor that libvmxcheck is told about: right ones, and what is changed. */
#ifndef TEST_STATE_H
#define TEST_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "vmxcheck.h"

/* Guests that may run, on a processor with nearly everything. */
enum mode { LONG, COMPATIBILITY, PAE, PROTECTED, VIRTUAL_8086, REAL, MODES };

#define VALUES 2560

struct value_of {
	enum vmxcheck_kind kind;
	uint64_t number;
	uint64_t value;
};

struct state {
	struct vmxcheck_state state;
	unsigned int values;
	struct value_of value[VALUES];
};

void state_begin(struct state *state, enum mode mode);
void state_set(struct state *state, enum vmxcheck_kind kind, uint64_t number, uint64_t value);
/* Nothing is known of it any more. */
void state_forget(struct state *state, enum vmxcheck_kind kind, uint64_t number);
/* What these rows have becomes the last of it. */
void state_move_to_end(struct state *state, const struct value_of *rows, unsigned int count);

#endif
