// SPDX-License-Identifier: GPL-2.0
/* The module's decoder against Zydis: all opcodes, all ModR/M and SIB bytes, prefixes. */
#include <stdbool.h>
#include <stdio.h>

#include "unit.h"

#include <Zydis/Zydis.h>

typedef uint8_t u8;
typedef uint32_t u32;
typedef uint64_t u64;

/* It is compiled for user space here. */
#include "../../../kmod/run/decode.c"

static const struct mode {
	int size;
	ZydisMachineMode machine;
	ZydisStackWidth stack;
} modes[] = {
	{ 2, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16 },
	{ 4, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32 },
	{ 8, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64 },
};

static bool loads_ss(const ZydisDecodedInstruction *insn, const ZydisDecodedOperand *operands)
{
	return (insn->mnemonic == ZYDIS_MNEMONIC_MOV || insn->mnemonic == ZYDIS_MNEMONIC_POP) &&
	       operands[0].type == ZYDIS_OPERAND_TYPE_REGISTER &&
	       operands[0].reg.value == ZYDIS_REGISTER_SS;
}

/* What Zydis makes of it */
static struct next expected(const struct mode *mode, const u8 *byte, size_t count, u64 rflags)
{
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction insn;
	ZydisDecoder decoder;

	ZydisDecoderInit(&decoder, mode->machine, mode->stack);
	if (!ZYAN_SUCCESS(ZydisDecoderDecodeFull(&decoder, byte, count, &insn, operands)))
		return (struct next){ .kind = PLAIN };
	if (loads_ss(&insn, operands))
		return (struct next){ .kind = LOADS_SS, .length = insn.length };
	switch (insn.mnemonic) {
	case ZYDIS_MNEMONIC_PUSHF:
	case ZYDIS_MNEMONIC_PUSHFD:
	case ZYDIS_MNEMONIC_PUSHFQ:
		return (struct next){ .kind = PUSHF };
	case ZYDIS_MNEMONIC_POPF:
	case ZYDIS_MNEMONIC_POPFD:
	case ZYDIS_MNEMONIC_POPFQ:
	case ZYDIS_MNEMONIC_IRET:
	case ZYDIS_MNEMONIC_IRETD:
	case ZYDIS_MNEMONIC_IRETQ:
		return (struct next){ .kind = LOADS_FLAGS };
	/* Outside 64-bit mode Intel's processors have neither. */
	case ZYDIS_MNEMONIC_SYSCALL:
		return (struct next){ .kind = mode->size == 8 ? SYSCALL : PLAIN };
	case ZYDIS_MNEMONIC_SYSRET:
		return (struct next){ .kind = mode->size == 8 ? SYSRET : PLAIN };
	case ZYDIS_MNEMONIC_HLT:
		return (struct next){ .kind = HLT };
	case ZYDIS_MNEMONIC_STI:
		return (struct next){ .kind = STI };
	case ZYDIS_MNEMONIC_INT3:
		return (struct next){ SOFT_INTERRUPT, insn.length, VMX_INTR_SW_EXCEPTION | 3 };
	case ZYDIS_MNEMONIC_INT1:
		return (struct next){ SOFT_INTERRUPT, insn.length, VMX_INTR_PRIV_SW_EXC | 1 };
	case ZYDIS_MNEMONIC_INT:
		return (struct next){ SOFT_INTERRUPT, insn.length,
				      VMX_INTR_SW_INTERRUPT | (u8)operands[0].imm.value.u };
	case ZYDIS_MNEMONIC_INTO:
		if (rflags & X86_EFLAGS_OF)
			return (struct next){ SOFT_INTERRUPT, insn.length,
					      VMX_INTR_SW_EXCEPTION | 4 };
		break;
	default:
		break;
	}
	return (struct next){ .kind = PLAIN };
}

static const char *text(const u8 *byte, size_t count)
{
	static char buf[3 * INSN_MAX + 1];
	size_t i;

	for (i = 0; i < count; i++)
		snprintf(buf + 3 * i, 4, "%02x ", byte[i]);
	return buf;
}

static void compare(const struct mode *mode, const u8 *byte, size_t count, u64 rflags)
{
	struct next want = expected(mode, byte, count, rflags);
	/* Valgrind and the sanitizers see what is read beyond @count. */
	u8 *copy = malloc(count ?: 1);
	struct next got;

	memcpy(copy, byte, count);
	got = vmxfs_decode(copy, count, mode->size, rflags);
	free(copy);
	if (got.kind != want.kind || got.length != want.length || got.info != want.info)
		fail_msg("size %d: %s: kind %d length %u info %#x, not %d, %u, %#x", mode->size,
			 text(byte, count), got.kind, got.length, got.info, want.kind, want.length,
			 want.info);
}

/* Also where the memory that can be read ends within it */
static void compare_all(const u8 *byte, bool cut)
{
	size_t i, count;

	for (i = 0; i < COUNT(modes); i++)
		for (count = cut ? 0 : INSN_MAX; count <= INSN_MAX; count++)
			compare(&modes[i], byte, count, count & 1 ? X86_EFLAGS_OF : 0);
}

/* The same numbers, each time */
static u32 chance(void)
{
	static u64 state = 1;

	state = state * 6364136223846793005 + 1442695040888963407;
	return state >> 33;
}

static void test_opcodes(void **state)
{
	unsigned int first, second;

	(void)state;
	for (first = 0; first < 256; first++)
		for (second = 0; second < 256; second++)
			compare_all((u8[INSN_MAX]){ first, second, 0x12, 0x34 }, second % 16 == 0);
}

/* MOV to SS with each ModR/M and SIB byte, and each number of address-size prefixes */
static void test_modrm(void **state)
{
	unsigned int modrm, sib, prefixes, rex;

	(void)state;
	for (modrm = 0; modrm < 256; modrm++) {
		for (sib = 0; sib < 256; sib++) {
			for (prefixes = 0; prefixes < 4; prefixes++) {
				for (rex = 0; rex < 2; rex++) {
					u8 byte[INSN_MAX + 5] = { 0x67, 0x67, 0x67 };
					u8 *at = byte + prefixes;

					*at = 0x47;
					at += rex;
					*at++ = 0x8e;
					*at++ = modrm;
					*at = sib;
					compare_all(byte, sib == 0x25);
				}
			}
		}
	}
}

/* Prefixes in any number and order, those that don't belong among them */
static void test_prefixes(void **state)
{
	static const u8 prefix[] = {
		0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x66, 0x67, 0xf2, 0xf3, 0x40, 0x48, 0x4f,
		0x66, 0x67, 0x66, 0x67, 0xf0,
	};
	static const u8 opcode[] = {
		0x9c, 0x9d, 0xcf, 0xf4, 0xfb, 0xcc, 0xcd, 0xce, 0xf1, 0x17, 0x8e, 0x0f, 0x90, 0xc5,
		0x62,
	};
	unsigned int trial, i, count;

	(void)state;
	for (trial = 0; trial < 300000; trial++) {
		u8 byte[INSN_MAX + 1];

		for (i = 0; i < COUNT(byte); i++)
			byte[i] = chance();
		count = chance() % (INSN_MAX + 1);
		for (i = 0; i < count; i++)
			byte[i] = prefix[chance() % COUNT(prefix)];
		byte[i++] = opcode[chance() % COUNT(opcode)];
		if (i < COUNT(byte) && byte[i - 1] == 0x0f)
			byte[i] = chance() & 2 ? 0x05 : 0x07;
		else if (i < COUNT(byte) && byte[i - 1] == 0x8e && chance() & 1)
			byte[i] = (byte[i] & 0xc7) | 2 << 3;
		compare_all(byte, trial % 16 == 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_opcodes),
		cmocka_unit_test(test_modrm),
		cmocka_unit_test(test_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
