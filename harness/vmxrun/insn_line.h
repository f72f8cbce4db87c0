/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A line of insn as instructions of libvmxcheck. Where the regions are vmxrun does not know:
 * each has an address that stands for it. vmxfs(4), Instructions and Operands.
 */
#ifndef INSN_LINE_H
#define INSN_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vmxcheck.h"

/* The third column of vmxfs_insns.h: what an instruction takes */
enum insn_takes {
	TAKES_NOTHING, TAKES_BLOCKED, TAKES_POINTER, TAKES_STORE, TAKES_READ, TAKES_WRITE,
	TAKES_INVALIDATE,
};

enum insn_region { INSN_VMCS, INSN_VMXON, INSN_SCRATCH, INSN_SHADOW, INSN_BADREVISION, INSN_REGIONS };

#define INSN_LINE_MAX 16

struct insn_line {
	bool outside;
	size_t count;
	struct vmxcheck_instruction insn[INSN_LINE_MAX];
};

/* False if it has something that vmxfs refuses. */
bool insn_line_parse(struct insn_line *line, const char *text);

/* The address that stands for a region. */
uint64_t insn_region(enum insn_region region);

/* Makes of the VMCS revision identifier the first word of the region at an address. */
bool insn_region_word(uint64_t address, uint32_t *word);

#endif
