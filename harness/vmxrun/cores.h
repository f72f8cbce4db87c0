/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The kinds of cores of a hybrid processor: "atom", "core". Each has capabilities of its
 * own, and is tested by itself.
 */
#ifndef CORES_H
#define CORES_H

#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct core_kind {
	uint32_t id;		/* the core type, and the native model ID, of CPUID */
	char *name;
	cpu_set_t processors;	/* that are of this kind */
};

struct core_kinds {
	size_t count;
	struct core_kind *kind;
};

/* Says of a processor what kind it is; false: it is of no hybrid, or not there. */
typedef bool core_id_of(int processor, uint32_t *id);

/* "atom": what such an ID says without the microarchitecture. The caller frees it. */
char *core_type_name(uint32_t id);

/* Asks these processors. There are no kinds if they are of no hybrid. */
void core_kinds_find(struct core_kinds *kinds, const cpu_set_t *processors,
		     core_id_of *id_of);
void core_kinds_free(struct core_kinds *kinds);

/* NULL if there is none of this name. */
const struct core_kind *core_kind_named(const struct core_kinds *kinds,
					const char *name);

/* A line for each, "atom 8-11,14", which the caller frees. */
char *core_kinds_list(const struct core_kinds *kinds);

#endif
