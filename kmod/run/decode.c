// SPDX-License-Identifier: GPL-2.0
/*
 * Decoding, for step.c. It needs nothing of the kernel: a unit test compares it with a
 * decoder for all instructions.
 */
#include <asm/processor-flags.h>
#include "vmx.h"
#include "run/decode.h"

/**
 * struct code - the bytes of an instruction
 * @byte: the bytes
 * @count: how many could be read, at most INSN_MAX
 */
struct code {
	const u8 *byte;
	size_t count;
};

/* What can't be read is 0: the instruction is too long then, and so PLAIN. */
static u8 decode_byte(const struct code *code, size_t i)
{
	return i < code->count ? code->byte[i] : 0;
}

/*
 * LOCK is none of them: an instruction that matters here raises #UD with it. A REX
 * prefix that another prefix follows has no effect, and none has one on what matters.
 */
static bool decode_is_prefix(u8 byte, bool long_mode)
{
	switch (byte) {
	case 0x26: case 0x2e: case 0x36: case 0x3e: case 0x64: case 0x65:
	case 0x66: case 0x67: case 0xf2: case 0xf3:
		return true;
	default:
		return long_mode && (byte & 0xf0) == 0x40;
	}
}

/* Length of ModR/M at @i, SIB and displacement. SDM, "ModR/M and SIB Bytes" */
static int decode_modrm_length(const struct code *code, size_t i, int address_size)
{
	u8 mod = decode_byte(code, i) >> 6, rm = decode_byte(code, i) & 7;

	if (mod == 3)
		return 1;
	if (address_size == 2)
		return 1 + (mod == 0 && rm == 6 ? 2 : mod);
	if (rm == 4)
		return 2 + (mod == 1 ? 1 : mod == 2 || (decode_byte(code, i + 1) & 7) == 5 ? 4 : 0);
	return 1 + (mod == 1 ? 1 : mod == 2 || rm == 5 ? 4 : 0);
}

static struct next decode_soft_interrupt(u32 info, u8 length)
{
	return (struct next){ SOFT_INTERRUPT, length, info };
}

/* @i: where the opcode is; @size: of addresses, in bytes */
static struct next decode_opcode(const struct code *code, size_t i, int size, bool long_mode,
				 u64 rflags)
{
	switch (decode_byte(code, i)) {
	case 0x9c:
		return (struct next){ .kind = PUSHF };
	case 0x9d:
	case 0xcf:
		return (struct next){ .kind = LOADS_FLAGS };
	case 0xf4:
		return (struct next){ .kind = HLT };
	case 0xfb:
		return (struct next){ .kind = STI };
	case 0xcc:
		return decode_soft_interrupt(VMX_INTR_SW_EXCEPTION | VMX_EXC_BP, i + 1);
	case 0xce:
		if (long_mode || !(rflags & X86_EFLAGS_OF))
			break;
		return decode_soft_interrupt(VMX_INTR_SW_EXCEPTION | VMX_EXC_OF, i + 1);
	case 0xcd:
		return decode_soft_interrupt(VMX_INTR_SW_INTERRUPT | decode_byte(code, i + 1), i + 2);
	case 0xf1:
		return decode_soft_interrupt(VMX_INTR_PRIV_SW_EXC | VMX_EXC_DB, i + 1);
	case 0x17:
		if (long_mode)
			break;
		return (struct next){ .kind = LOADS_SS, .length = i + 1 };
	case 0x8e:
		if ((decode_byte(code, i + 1) >> 3 & 7) != 2)
			break;
		return (struct next){ .kind = LOADS_SS,
				      .length = i + 1 + decode_modrm_length(code, i + 1, size) };
	case 0x0f:
		if (long_mode && decode_byte(code, i + 1) == 0x05)
			return (struct next){ .kind = SYSCALL };
		if (long_mode && decode_byte(code, i + 1) == 0x07)
			return (struct next){ .kind = SYSRET };
		break;
	}
	return (struct next){ .kind = PLAIN };
}

/**
 * vmxfs_decode() - decode an instruction
 * @insn: its bytes, and what follows it
 * @count: how many could be read, at most INSN_MAX
 * @size: of addresses without a prefix, in bytes: 8 in 64-bit mode
 * @rflags: the guest's, for INTO
 *
 * Return: what it is; PLAIN also if it faults because it is too long, or can't be read.
 */
struct next vmxfs_decode(const u8 *insn, size_t count, int size, u64 rflags)
{
	const struct code code = { insn, count };
	bool long_mode = size == 8;
	bool other_size = false;
	struct next next;
	size_t i;

	/* A prefix that is there twice is there: SDM, "Instruction Prefixes" */
	for (i = 0; i < count && decode_is_prefix(insn[i], long_mode); i++)
		other_size |= insn[i] == 0x67;
	if (i == count)
		return (struct next){ .kind = PLAIN };
	if (other_size)
		size = size == 4 ? 2 : 4;
	next = decode_opcode(&code, i, size, long_mode, rflags);
	return next.length > count ? (struct next){ .kind = PLAIN } : next;
}
