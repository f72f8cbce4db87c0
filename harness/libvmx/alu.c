// SPDX-License-Identifier: GPL-2.0
#include "alu.h"

#include "internal.h"

/*
 * AH holds SF, ZF, AF, PF and CF as LAHF and SAHF have them, AL holds OF: adding 127 to 1
 * overflows. No other flag changes, and nothing is pushed on the stack.
 */
#define WITH_FLAGS(insn)	"addb $127, %%al\n\tsahf\n\t" insn "\n\tseto %%al\n\tlahf"

static uint16_t flags_pack(uint64_t rflags)
{
	return (rflags & 0xd5) << 8 | (rflags >> 11 & 1);
}

static uint64_t flags_unpack(uint64_t rflags, uint16_t ax)
{
	return (rflags & ~(uint64_t)RFLAGS_STATUS) | (ax >> 8 & 0xd5) | (ax & 1) << 11;
}

#define EXECUTE(insn) \
	asm(WITH_FLAGS(insn) : "+a"(*ax), "+r"(dst) : "r"(src), "c"(count) : "cc")

/* dst, src */
#define BINARY_WIDE(name) \
	case 2: EXECUTE(#name "w %w2, %w1"); break; \
	case 4: EXECUTE(#name "l %k2, %k1"); break; \
	case 8: EXECUTE(#name "q %q2, %q1"); break;
#define BINARY(name) \
	case 1: EXECUTE(#name "b %b2, %b1"); break; \
	BINARY_WIDE(name)
/* dst */
#define UNARY(name) \
	case 1: EXECUTE(#name "b %b1"); break; \
	case 2: EXECUTE(#name "w %w1"); break; \
	case 4: EXECUTE(#name "l %k1"); break; \
	case 8: EXECUTE(#name "q %q1"); break;
/* dst, CL */
#define SHIFT(name) \
	case 1: EXECUTE(#name "b %%cl, %b1"); break; \
	case 2: EXECUTE(#name "w %%cl, %w1"); break; \
	case 4: EXECUTE(#name "l %%cl, %k1"); break; \
	case 8: EXECUTE(#name "q %%cl, %q1"); break;
/* dst, src, CL */
#define DOUBLE_SHIFT(name) \
	case 2: EXECUTE(#name "w %%cl, %w2, %w1"); break; \
	case 4: EXECUTE(#name "l %%cl, %k2, %k1"); break; \
	case 8: EXECUTE(#name "q %%cl, %q2, %q1"); break;

#define FUNCTION(name, kind) \
	static uint64_t do_##name(unsigned int size, uint64_t dst, uint64_t src, \
				  uint8_t count, uint16_t *ax) \
	{ \
		switch (size) { \
		kind(name) \
		} \
		return dst; \
	}

#define OPERATIONS(X) \
	X(ADD, add, BINARY) X(OR, or, BINARY) X(ADC, adc, BINARY) X(SBB, sbb, BINARY) \
	X(AND, and, BINARY) X(SUB, sub, BINARY) X(XOR, xor, BINARY) X(CMP, cmp, BINARY) \
	X(TEST, test, BINARY) \
	X(INC, inc, UNARY) X(DEC, dec, UNARY) X(NEG, neg, UNARY) X(NOT, not, UNARY) \
	X(SHL, shl, SHIFT) X(SHR, shr, SHIFT) X(SAR, sar, SHIFT) X(ROL, rol, SHIFT) \
	X(ROR, ror, SHIFT) X(RCL, rcl, SHIFT) X(RCR, rcr, SHIFT) \
	X(SHLD, shld, DOUBLE_SHIFT) X(SHRD, shrd, DOUBLE_SHIFT) \
	X(BT, bt, BINARY_WIDE) X(BTS, bts, BINARY_WIDE) X(BTR, btr, BINARY_WIDE) \
	X(BTC, btc, BINARY_WIDE)

#define DEFINE(upper, name, kind)	FUNCTION(name, kind)
#define ENTRY(upper, name, kind)	[ALU_##upper] = do_##name,

OPERATIONS(DEFINE)

static uint64_t (*const operations[])(unsigned int size, uint64_t dst, uint64_t src,
				      uint8_t count, uint16_t *ax) = {
	OPERATIONS(ENTRY)
};

uint64_t alu(enum alu op, unsigned int size, uint64_t dst, uint64_t src, uint8_t count,
	     __u64 *rflags)
{
	uint16_t ax = flags_pack(*rflags);

	dst = operations[op](size, dst, src, op >= ALU_SHL && op <= ALU_RCR ? src : count, &ax);
	*rflags = flags_unpack(*rflags, ax);
	return dst & mask(size);
}
