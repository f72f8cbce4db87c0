/* SPDX-License-Identifier: GPL-2.0 */
/* What the assist for memory has to know of an instruction. */
#ifndef LIBVMX_DECODE_H
#define LIBVMX_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "alu.h"

#define INSN_MAX	15
/* A device's driver has few instructions that access it, and they come again and again. */
#define DECODE_CACHE	64

enum operand_kind {
	OPERAND_NONE,
	OPERAND_GPR,
	OPERAND_SEGMENT,	/* the selector */
	OPERAND_MEMORY,
	OPERAND_IMMEDIATE,
};

struct operand {
	uint8_t kind;
	uint8_t size;		/* in bytes */
	uint8_t reg;		/* enum vmx_x64_gpr_index or enum vmx_x64_seg_index */
	bool high;		/* AH, CH, DH, BH */
};

/* How an instruction is executed */
enum action {
	ACTION_NONE,
	ACTION_MOVE,		/* and what extends or swaps on the way */
	ACTION_COMPUTE,		/* by the ALU, into the first operand */
	ACTION_COMPARE,		/* by the ALU, for the flags */
	ACTION_BIT,		/* one bit of a bit string */
	ACTION_BIT_TEST,
	ACTION_XCHG,
	ACTION_XADD,
	ACTION_CMPXCHG,
	ACTION_CMPXCHG_PAIR,	/* CMPXCHG8B, CMPXCHG16B */
	ACTION_SETCC,
	ACTION_CMOVCC,
	ACTION_PUSH,
	ACTION_POP,
	ACTION_CALL,
	ACTION_JMP,
	ACTION_MOVS,
	ACTION_STOS,
	ACTION_LODS,
	ACTION_CMPS,
	ACTION_SCAS,
};

enum conversion { CONVERT_ZERO, CONVERT_SIGN, CONVERT_SWAP };

#define NO_REG		0xff

struct insn {
	uint8_t bytes[INSN_MAX];
	uint8_t length;		/* 0: nothing is here */
	uint8_t code_size;
	uint8_t action;
	uint8_t alu;		/* enum alu */
	uint8_t conversion;
	uint8_t condition;	/* of SETcc and CMOVcc, as they encode it */
	uint8_t address_size;	/* all sizes in bytes */
	uint8_t size;		/* of what a string or stack instruction moves */
	bool repeat;
	bool repeat_while_zf;	/* of REPE and REPNE: go on if ZF is this */
	struct operand operands[3];
	int64_t immediate;
	/* The memory operand; of a string instruction, only the segment of its source */
	uint8_t access;		/* VMX_PROT_READ, VMX_PROT_WRITE, or 0: there is none */
	uint8_t memory_size;
	uint8_t seg;
	uint8_t base;		/* VMX_X64_GPR_RIP is that of the next instruction */
	uint8_t index;
	uint8_t scale;
	int64_t displacement;
};

/*
 * The instruction that begins with these @n bytes; NULL with ENOTSUP if it is none that the
 * assist knows, with EFAULT if the bytes end before it.
 */
const struct insn *decode(struct insn *cache, const uint8_t *bytes, size_t n,
			  unsigned int code_size, uint64_t rip);

#endif
