// SPDX-License-Identifier: GPL-2.0
/* Zydis decodes; this keeps what the assist needs of it. */
#include "internal.h"

#include <Zydis/Zydis.h>
#include <string.h>

#define PREFIX_REPNE	0xf2
#define PREFIX_REPE	0xf3

struct rule {
	ZydisMnemonic mnemonic;
	uint8_t action;
	uint8_t detail;		/* enum alu or enum conversion */
};

#define COMPUTE(name)	{ ZYDIS_MNEMONIC_##name, ACTION_COMPUTE, ALU_##name }
#define COMPARE(name)	{ ZYDIS_MNEMONIC_##name, ACTION_COMPARE, ALU_##name }
#define BIT(name)	{ ZYDIS_MNEMONIC_##name, ACTION_BIT, ALU_##name }
#define MOVE(name, how)	{ ZYDIS_MNEMONIC_##name, ACTION_MOVE, CONVERT_##how }
#define PLAIN(name)	{ ZYDIS_MNEMONIC_##name, ACTION_##name, 0 }
#define STRING(name) \
	{ ZYDIS_MNEMONIC_##name##B, ACTION_##name, 0 }, \
	{ ZYDIS_MNEMONIC_##name##W, ACTION_##name, 0 }, \
	{ ZYDIS_MNEMONIC_##name##D, ACTION_##name, 0 }, \
	{ ZYDIS_MNEMONIC_##name##Q, ACTION_##name, 0 }

static const struct rule rules[] = {
	MOVE(MOV, ZERO), MOVE(MOVZX, ZERO), MOVE(MOVSX, SIGN), MOVE(MOVSXD, SIGN),
	MOVE(MOVBE, SWAP), MOVE(MOVNTI, ZERO),
	COMPUTE(ADD), COMPUTE(OR), COMPUTE(ADC), COMPUTE(SBB), COMPUTE(AND), COMPUTE(SUB),
	COMPUTE(XOR), COMPUTE(INC), COMPUTE(DEC), COMPUTE(NEG), COMPUTE(NOT),
	COMPUTE(SHL), COMPUTE(SHR), COMPUTE(SAR), COMPUTE(ROL), COMPUTE(ROR), COMPUTE(RCL),
	COMPUTE(RCR), COMPUTE(SHLD), COMPUTE(SHRD),
	COMPARE(CMP), COMPARE(TEST),
	{ ZYDIS_MNEMONIC_BT, ACTION_BIT_TEST, ALU_BT }, BIT(BTS), BIT(BTR), BIT(BTC),
	PLAIN(XCHG), PLAIN(XADD), PLAIN(CMPXCHG),
	{ ZYDIS_MNEMONIC_CMPXCHG8B, ACTION_CMPXCHG_PAIR, 0 },
	{ ZYDIS_MNEMONIC_CMPXCHG16B, ACTION_CMPXCHG_PAIR, 0 },
	PLAIN(PUSH), PLAIN(POP), PLAIN(CALL), PLAIN(JMP),
	STRING(MOVS), STRING(STOS), STRING(LODS), STRING(CMPS), STRING(SCAS),
};

/* Their condition is in their opcode. */
static const struct rule setcc = { 0, ACTION_SETCC, 0 };
static const struct rule cmovcc = { 0, ACTION_CMOVCC, 0 };

static const struct rule *rule_of(const ZydisDecodedInstruction *from)
{
	size_t i;

	if (from->encoding != ZYDIS_INSTRUCTION_ENCODING_LEGACY ||
	    from->meta.branch_type == ZYDIS_BRANCH_TYPE_FAR)
		return NULL;
	if (from->opcode_map == ZYDIS_OPCODE_MAP_0F && from->opcode >> 4 == 0x9)
		return &setcc;
	if (from->opcode_map == ZYDIS_OPCODE_MAP_0F && from->opcode >> 4 == 0x4)
		return &cmovcc;
	for (i = 0; i < sizeof(rules) / sizeof(*rules); i++)
		if (rules[i].mnemonic == from->mnemonic)
			return &rules[i];
	return NULL;
}

static bool is_string(uint8_t action)
{
	return action >= ACTION_MOVS;
}

/* Registers are numbered as instructions encode them, in each class of them. */
static bool set_register(struct operand *to, ZydisRegister reg)
{
	to->kind = OPERAND_GPR;
	switch (ZydisRegisterGetClass(reg)) {
	case ZYDIS_REGCLASS_GPR8:
		/* AL to BL, AH to BH, SPL to R15B */
		to->high = reg >= ZYDIS_REGISTER_AH && reg <= ZYDIS_REGISTER_BH;
		to->reg = reg - (reg < ZYDIS_REGISTER_AH ? ZYDIS_REGISTER_AL : ZYDIS_REGISTER_AH);
		if (reg >= ZYDIS_REGISTER_SPL)
			to->reg = reg - ZYDIS_REGISTER_SPL + VMX_X64_GPR_RSP;
		return true;
	case ZYDIS_REGCLASS_GPR16:
	case ZYDIS_REGCLASS_GPR32:
	case ZYDIS_REGCLASS_GPR64:
		to->reg = ZydisRegisterGetId(reg);
		return true;
	case ZYDIS_REGCLASS_SEGMENT:
		to->kind = OPERAND_SEGMENT;
		to->reg = ZydisRegisterGetId(reg);
		return true;
	default:
		return false;
	}
}

static uint8_t address_register(ZydisRegister reg)
{
	if (reg == ZYDIS_REGISTER_NONE)
		return NO_REG;
	if (reg == ZYDIS_REGISTER_RIP || reg == ZYDIS_REGISTER_EIP)
		return VMX_X64_GPR_RIP;
	return ZydisRegisterGetId(reg);
}

static void set_memory(struct insn *insn, const ZydisDecodedOperand *from)
{
	if (from->actions & ZYDIS_OPERAND_ACTION_MASK_READ)
		insn->access |= VMX_PROT_READ;
	if (from->actions & ZYDIS_OPERAND_ACTION_MASK_WRITE)
		insn->access |= VMX_PROT_WRITE;
	insn->memory_size = from->size / 8;
	insn->seg = ZydisRegisterGetId(from->mem.segment);
	insn->base = address_register(from->mem.base);
	insn->index = address_register(from->mem.index);
	insn->scale = from->mem.scale;
	insn->displacement = from->mem.disp.has_displacement ? from->mem.disp.value : 0;
}

static bool set_operand(struct insn *insn, struct operand *to, const ZydisDecodedOperand *from)
{
	to->size = from->size / 8;
	switch (from->type) {
	case ZYDIS_OPERAND_TYPE_REGISTER:
		return set_register(to, from->reg.value);
	case ZYDIS_OPERAND_TYPE_MEMORY:
		to->kind = OPERAND_MEMORY;
		set_memory(insn, from);
		return true;
	case ZYDIS_OPERAND_TYPE_IMMEDIATE:
		to->kind = OPERAND_IMMEDIATE;
		insn->immediate = from->imm.value.s;
		return true;
	default:
		return false;
	}
}

static bool set_operands(struct insn *insn, const ZydisDecodedInstruction *from,
			 const ZydisDecodedOperand *operands)
{
	unsigned int i;

	for (i = 0; i < from->operand_count_visible; i++)
		if (i == 3 || !set_operand(insn, &insn->operands[i], &operands[i]))
			return false;
	/* The descriptor that belongs to a selector is not the assist's. */
	return insn->operands[0].kind != OPERAND_SEGMENT || insn->action == ACTION_PUSH;
}

static void set_string(struct insn *insn, const ZydisDecodedInstruction *from,
		       const ZydisDecodedOperand *operands)
{
	unsigned int i;

	insn->size = from->opcode & 1 ? from->operand_width / 8 : 1;
	for (i = 0; i < from->operand_count; i++)
		if (operands[i].type == ZYDIS_OPERAND_TYPE_MEMORY &&
		    address_register(operands[i].mem.base) == VMX_X64_GPR_RSI)
			insn->seg = ZydisRegisterGetId(operands[i].mem.segment);
	for (i = 0; i < from->raw.prefix_count; i++) {
		uint8_t prefix = from->raw.prefixes[i].value;

		if (prefix == PREFIX_REPE || prefix == PREFIX_REPNE) {
			insn->repeat = true;
			insn->repeat_while_zf = prefix == PREFIX_REPE;
		}
	}
}

static ZydisDecoder decoder_for(unsigned int code_size)
{
	ZydisDecoder decoder;

	if (code_size == 8)
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LONG_64, ZYDIS_STACK_WIDTH_64);
	else if (code_size == 4)
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_32, ZYDIS_STACK_WIDTH_32);
	else
		ZydisDecoderInit(&decoder, ZYDIS_MACHINE_MODE_LEGACY_16, ZYDIS_STACK_WIDTH_16);
	return decoder;
}

static int decode_new(struct insn *insn, const uint8_t *bytes, size_t n, unsigned int code_size)
{
	ZydisDecoder decoder = decoder_for(code_size);
	ZydisDecodedOperand operands[ZYDIS_MAX_OPERAND_COUNT];
	ZydisDecodedInstruction from;
	const struct rule *rule;
	ZyanStatus status = ZydisDecoderDecodeFull(&decoder, bytes, n, &from, operands);

	if (status == ZYDIS_STATUS_NO_MORE_DATA)
		return fail(EFAULT);
	rule = ZYAN_SUCCESS(status) ? rule_of(&from) : NULL;
	if (!rule)
		return fail(ENOTSUP);
	*insn = (struct insn){
		.code_size = code_size,
		.action = rule->action,
		.alu = rule->detail,
		.conversion = rule->detail,
		.condition = from.opcode & 0xf,
		.address_size = from.address_width / 8,
		.size = from.operand_width / 8,
	};
	if (is_string(insn->action) && from.meta.category == ZYDIS_CATEGORY_STRINGOP)
		set_string(insn, &from, operands);
	else if (is_string(insn->action) || !set_operands(insn, &from, operands))
		return fail(ENOTSUP);
	memcpy(insn->bytes, bytes, from.length);
	insn->length = from.length;
	return 0;
}

const struct insn *decode(struct insn *cache, const uint8_t *bytes, size_t n,
			  unsigned int code_size, uint64_t rip)
{
	struct insn *insn = &cache[rip % DECODE_CACHE];

	if (insn->length && insn->length <= n && insn->code_size == code_size &&
	    !memcmp(insn->bytes, bytes, insn->length))
		return insn;
	insn->length = 0;
	return decode_new(insn, bytes, n, code_size) ? NULL : insn;
}
