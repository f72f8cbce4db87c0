/* SPDX-License-Identifier: GPL-2.0 */
/* What the processor's ALU computes, by that of the processor that this runs on. */
#ifndef LIBVMX_ALU_H
#define LIBVMX_ALU_H

#include <linux/types.h>
#include <stdint.h>

enum alu {
	ALU_ADD, ALU_OR, ALU_ADC, ALU_SBB, ALU_AND, ALU_SUB, ALU_XOR, ALU_CMP, ALU_TEST,
	ALU_INC, ALU_DEC, ALU_NEG, ALU_NOT,
	ALU_SHL, ALU_SHR, ALU_SAR, ALU_ROL, ALU_ROR, ALU_RCL, ALU_RCR,
	ALU_SHLD, ALU_SHRD,
	ALU_BT, ALU_BTS, ALU_BTR, ALU_BTC,
};

/*
 * Returns what becomes of @dst, of which there are @size bytes. @src is the second operand:
 * a count for shifts; @count is that of SHLD and SHRD. The status flags of @rflags change.
 */
uint64_t alu(enum alu op, unsigned int size, uint64_t dst, uint64_t src, uint8_t count,
	     __u64 *rflags);

#endif
