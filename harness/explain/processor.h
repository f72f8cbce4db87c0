/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Processors that are assumed where nothing is told: what each one with Intel 64 has since
 * the first generation of Core, and what the newest may have. What both agree on holds for
 * all of them.
 */
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "vmxcheck.h"

enum processor { PROCESSOR_LEAST, PROCESSOR_MOST, PROCESSORS };

/* Returns false if nothing is assumed of it. */
bool processor_read(enum processor processor, enum vmxcheck_kind kind, uint64_t number,
		    uint64_t *value);

#endif
