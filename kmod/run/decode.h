/* SPDX-License-Identifier: GPL-2.0 */
/* Which instruction it is, as far as a step by RFLAGS.TF (step.c) has to know. */
#ifndef VMXFS_DECODE_H
#define VMXFS_DECODE_H

#include <linux/types.h>

/* The longest instruction, in bytes: SDM, "Instruction Format" */
#define INSN_MAX	15

enum insn_kind {
	PLAIN, PUSHF, LOADS_FLAGS, SOFT_INTERRUPT, SYSCALL, SYSRET, LOADS_SS, HLT, STI,
};

/**
 * struct next - the next instruction, as far as it matters
 * @kind: what is special about it
 * @length: in bytes, if @kind is SOFT_INTERRUPT or LOADS_SS
 * @info: the event that it is, if @kind is SOFT_INTERRUPT
 */
struct next {
	enum insn_kind kind;
	u8 length;
	u32 info;
};

struct next vmxfs_decode(const u8 *insn, size_t count, int size, u64 rflags);

#endif
