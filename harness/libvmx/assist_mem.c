// SPDX-License-Identifier: GPL-2.0
#include "access.h"
#include "repeat.h"

#include <string.h>

/* An instruction that is executed */
struct work {
	struct vcpu *vcpu;
	const struct insn *insn;
	__u64 *gprs;
	__u64 *rflags;
	uint64_t next;		/* RIP after it */
	struct place place;	/* of its memory operand */
};

/* ---- operands ---- */

static int64_t sign_extend(uint64_t value, unsigned int size)
{
	unsigned int unused = 64 - 8 * size;

	return (int64_t)(value << unused) >> unused;
}

static uint64_t operand_get(struct work *work, const struct operand *operand)
{
	uint64_t value = 0;

	switch (operand->kind) {
	case OPERAND_NONE:
		return 0;
	case OPERAND_GPR:
		value = work->gprs[operand->reg] >> (operand->high ? 8 : 0);
		break;
	case OPERAND_SEGMENT:
		return work->vcpu->page->state.segs[operand->reg].selector;
	case OPERAND_MEMORY:
		place_load(work->vcpu, &work->place, &value);
		break;
	case OPERAND_IMMEDIATE:
		return work->insn->immediate;
	}
	return value & mask(operand->size);
}

static void operand_set(struct work *work, const struct operand *operand, uint64_t value)
{
	__u64 *gpr = &work->gprs[operand->reg];

	if (operand->kind == OPERAND_MEMORY)
		place_store(work->vcpu, &work->place, &value);
	else if (operand->high)
		*gpr = (*gpr & ~0xff00ull) | (value & 0xff) << 8;
	else
		register_set(gpr, operand->size, value);
}

static bool is_bit_string(const struct insn *insn)
{
	return (insn->action == ACTION_BIT || insn->action == ACTION_BIT_TEST) &&
	       insn->operands[1].kind == OPERAND_GPR;
}

static uint64_t address_of(struct work *work)
{
	const struct insn *insn = work->insn;
	uint64_t address = insn->displacement;

	if (insn->base == VMX_X64_GPR_RIP)
		address += work->next;
	else if (insn->base != NO_REG)
		address += work->gprs[insn->base];
	if (insn->index != NO_REG)
		address += work->gprs[insn->index] * insn->scale;
	/* POP adds to its stack pointer first. */
	if (insn->action == ACTION_POP && insn->base == VMX_X64_GPR_RSP)
		address += insn->size;
	/* The bit's number is signed, and reaches beyond the operand. */
	if (is_bit_string(insn)) {
		unsigned int size = insn->memory_size;
		int64_t bit = sign_extend(operand_get(work, &insn->operands[1]), size);

		address += (bit >> (size == 8 ? 6 : size == 4 ? 5 : 4)) * size;
	}
	return address & mask(insn->address_size);
}

static int operand_find(struct work *work)
{
	const struct insn *insn = work->insn;

	return insn->access ? place_find(work->vcpu, insn->seg, address_of(work),
					 insn->memory_size, insn->access, &work->place) : 0;
}

/* ---- conditions ---- */

/* SDM, "EFLAGS Condition Codes": the lowest bit negates. */
static bool condition(const struct work *work)
{
	uint64_t flags = *work->rflags;
	bool cf = flags & 1, pf = flags >> 2 & 1, zf = flags >> 6 & 1;
	bool sf = flags >> 7 & 1, of = flags >> 11 & 1;
	const bool is[] = { of, cf, zf, cf || zf, sf, pf, sf != of, zf || sf != of };
	uint8_t code = work->insn->condition;

	return is[code >> 1] != (code & 1);
}

/* ---- the stack ---- */

static unsigned int stack_size(const struct vcpu *vcpu)
{
	if (code_size(vcpu) == 8)
		return 8;
	return vcpu->page->state.segs[VMX_X64_SEG_SS].attrib & SEG_DB ? 4 : 2;
}

static int stack_find(struct work *work, int64_t step, int access, struct place *place)
{
	uint64_t offset = work->gprs[VMX_X64_GPR_RSP] + step;

	return place_find(work->vcpu, VMX_X64_SEG_SS, offset & mask(stack_size(work->vcpu)),
			  work->insn->size, access, place);
}

static void stack_move(struct work *work, int64_t step)
{
	__u64 *rsp = &work->gprs[VMX_X64_GPR_RSP];

	register_set(rsp, stack_size(work->vcpu), *rsp + step);
}

/* JMP and CALL: SDM, "JMP—Jump" */
static int branch(struct work *work, uint64_t to)
{
	const struct vmx_x64_state *state = &work->vcpu->page->state;
	bool reaches = code_size(work->vcpu) == 8 ?
		       is_canonical(state, to) : to <= state->segs[VMX_X64_SEG_CS].limit;

	if (!reaches)
		return raise_fault(work->vcpu, VMX_EXC_GP, 0, 0);
	work->next = to;
	return 0;
}

static int push(struct work *work)
{
	int64_t size = work->insn->size;
	struct place place;
	uint64_t value;

	if (stack_find(work, -size, VMX_PROT_WRITE, &place))
		return -1;
	value = operand_get(work, &work->insn->operands[0]);
	place_store(work->vcpu, &place, &value);
	stack_move(work, -size);
	return 0;
}

/* Where it goes is read first, and checked, and then there must be room on the stack. */
static int call(struct work *work)
{
	const struct operand *to = &work->insn->operands[0];
	uint64_t back = work->next, target = operand_get(work, to);
	int64_t size = work->insn->size;
	struct place place;

	if (to->kind == OPERAND_IMMEDIATE)
		target += back;
	if (branch(work, target & mask(size)) ||
	    stack_find(work, -size, VMX_PROT_WRITE, &place))
		return -1;
	place_store(work->vcpu, &place, &back);
	stack_move(work, -size);
	return 0;
}

/* The stack is read before the operand is written. */
static int pop(struct work *work)
{
	struct place place;
	uint64_t value = 0;

	if (stack_find(work, 0, VMX_PROT_READ, &place) || operand_find(work))
		return -1;
	place_load(work->vcpu, &place, &value);
	stack_move(work, work->insn->size);
	operand_set(work, &work->insn->operands[0], value);
	return 0;
}

/* ---- strings ---- */

static const struct string {
	bool source;		/* DS:rSI, or another segment */
	bool destination;	/* ES:rDI */
	int access;		/* to the destination */
} strings[] = {
	[ACTION_MOVS] = { true, true, VMX_PROT_WRITE },
	[ACTION_STOS] = { false, true, VMX_PROT_WRITE },
	[ACTION_LODS] = { true, false, 0 },
	[ACTION_CMPS] = { true, true, VMX_PROT_READ },
	[ACTION_SCAS] = { false, true, VMX_PROT_READ },
};

static int element(struct work *work, __u64 *rflags)
{
	struct vcpu *vcpu = work->vcpu;
	const struct insn *insn = work->insn;
	const struct string *string = &strings[insn->action];
	__u64 *rax = &work->gprs[VMX_X64_GPR_RAX];
	uint64_t from = *rax, old = 0;
	struct place source, destination;

	if (string->source &&
	    place_find(vcpu, insn->seg, string_address(vcpu, VMX_X64_GPR_RSI, insn->address_size),
		       insn->size, VMX_PROT_READ, &source))
		return -1;
	if (string->destination &&
	    place_find(vcpu, VMX_X64_SEG_ES,
		       string_address(vcpu, VMX_X64_GPR_RDI, insn->address_size),
		       insn->size, string->access, &destination))
		return -1;

	if (string->source)
		place_load(vcpu, &source, &from);
	if (!string->destination) {
		register_set(rax, insn->size, from);
	} else if (string->access == VMX_PROT_WRITE) {
		place_store(vcpu, &destination, &from);
	} else {
		place_load(vcpu, &destination, &old);
		alu(ALU_CMP, insn->size, from, old, 0, rflags);
	}
	if (string->source)
		string_advance(vcpu, VMX_X64_GPR_RSI, insn->address_size, insn->size);
	if (string->destination)
		string_advance(vcpu, VMX_X64_GPR_RDI, insn->address_size, insn->size);
	return 0;
}

/* A fault leaves the flags as they were before the instruction. */
static int string(struct work *work)
{
	const struct insn *insn = work->insn;
	const struct string *string = &strings[insn->action];
	bool compares = string->destination && string->access == VMX_PROT_READ;
	__u64 rflags = *work->rflags;
	unsigned int done, max = repeat_max(work->vcpu);
	bool more;

	more = !insn->repeat || string_address(work->vcpu, VMX_X64_GPR_RCX, insn->address_size);
	for (done = 0; more && done < max; done++) {
		if (element(work, &rflags))
			return -1;
		vcpu_commit(work->vcpu, VMX_X64_STATE_GPRS);
		more = insn->repeat && repeat_more(work->vcpu, insn->address_size);
		if (more && compares)
			more = !(rflags & RFLAGS_ZF) != insn->repeat_while_zf;
	}
	*work->rflags = rflags;
	if (more)
		vcpu_iterated(work->vcpu);
	else
		vcpu_advance(work->vcpu, work->next);
	return 0;
}

/* ---- all others ---- */

static uint64_t convert(uint64_t value, unsigned int size, enum conversion conversion)
{
	if (conversion == CONVERT_SIGN)
		return sign_extend(value, size);
	if (conversion == CONVERT_SWAP)
		return __builtin_bswap64(value) >> (64 - 8 * size);
	return value;
}

static void cmpxchg(struct work *work)
{
	const struct operand *to = &work->insn->operands[0];
	struct operand rax = { OPERAND_GPR, to->size, VMX_X64_GPR_RAX, false };
	uint64_t old = operand_get(work, to);
	uint64_t from = operand_get(work, &work->insn->operands[1]);

	alu(ALU_CMP, to->size, operand_get(work, &rax), old, 0, work->rflags);
	/* The destination is written in any case. */
	if (*work->rflags & RFLAGS_ZF) {
		operand_set(work, to, from);
	} else {
		operand_set(work, to, old);
		operand_set(work, &rax, old);
	}
}

/* RDX:RAX with the memory, and RCX:RBX into it */
static void cmpxchg_pair(struct work *work)
{
	static const uint8_t accumulator[] = { VMX_X64_GPR_RAX, VMX_X64_GPR_RDX };
	static const uint8_t source[] = { VMX_X64_GPR_RBX, VMX_X64_GPR_RCX };
	unsigned int half = work->insn->memory_size / 2;
	uint8_t old[OPERAND_MAX], new[OPERAND_MAX], same[OPERAND_MAX];
	unsigned int i;

	place_load(work->vcpu, &work->place, old);
	for (i = 0; i < 2; i++) {
		memcpy(same + i * half, &work->gprs[accumulator[i]], half);
		memcpy(new + i * half, &work->gprs[source[i]], half);
	}
	if (!memcmp(old, same, 2 * half)) {
		*work->rflags |= RFLAGS_ZF;
		place_store(work->vcpu, &work->place, new);
		return;
	}
	*work->rflags &= ~(uint64_t)RFLAGS_ZF;
	place_store(work->vcpu, &work->place, old);
	for (i = 0; i < 2; i++) {
		uint64_t value = 0;

		memcpy(&value, old + i * half, half);
		register_set(&work->gprs[accumulator[i]], half, value);
	}
}

static int execute(struct work *work)
{
	const struct insn *insn = work->insn;
	const struct operand *to = &insn->operands[0], *from = &insn->operands[1];
	uint64_t a, b;

	switch ((enum action)insn->action) {
	case ACTION_MOVE:
		operand_set(work, to, convert(operand_get(work, from), from->size,
					      insn->conversion));
		break;
	case ACTION_COMPUTE:
	case ACTION_COMPARE:
	case ACTION_BIT:
	case ACTION_BIT_TEST:
		a = operand_get(work, to);
		b = operand_get(work, from);
		a = alu(insn->alu, to->size, a, b, operand_get(work, &insn->operands[2]),
			work->rflags);
		if (insn->action == ACTION_COMPUTE || insn->action == ACTION_BIT)
			operand_set(work, to, a);
		break;
	case ACTION_XCHG:
	case ACTION_XADD:
		a = operand_get(work, to);
		b = operand_get(work, from);
		operand_set(work, from, a);
		if (insn->action == ACTION_XADD)
			b = alu(ALU_ADD, to->size, a, b, 0, work->rflags);
		operand_set(work, to, b);
		break;
	case ACTION_CMPXCHG:
		cmpxchg(work);
		break;
	case ACTION_CMPXCHG_PAIR:
		cmpxchg_pair(work);
		break;
	case ACTION_SETCC:
		operand_set(work, to, condition(work));
		break;
	case ACTION_CMOVCC:
		a = operand_get(work, from);
		operand_set(work, to, condition(work) ? a : operand_get(work, to));
		break;
	case ACTION_PUSH:
		if (push(work))
			return -1;
		break;
	case ACTION_CALL:
		if (call(work))
			return -1;
		break;
	case ACTION_POP:
		if (pop(work))
			return -1;
		break;
	case ACTION_JMP:
		if (branch(work, operand_get(work, to) & mask(insn->size)))
			return -1;
		break;
	default:
		return string(work);
	}
	vcpu_advance(work->vcpu, work->next);
	return 0;
}

static int assist(struct vcpu *vcpu)
{
	struct work work = { .vcpu = vcpu, .gprs = gprs_of(vcpu) };
	unsigned int size = code_size(vcpu);
	uint64_t rip = work.gprs[VMX_X64_GPR_RIP];
	uint8_t bytes[INSN_MAX];

	vcpu->fault.vector = 0;
	work.insn = decode(vcpu->cache, bytes, fetch(vcpu, bytes, sizeof(bytes)), size, rip);
	if (!work.insn)
		return -1;
	/* What is behind the instruction need not be there. */
	vcpu->fault.vector = 0;
	work.rflags = &work.gprs[VMX_X64_GPR_RFLAGS];
	/* In 16-bit code, too, IP goes on beyond 0xffff, where the fetch of the next faults. */
	work.next = rip + work.insn->length;
	if (size != 8)
		work.next = (uint32_t)work.next;
	if (work.insn->action != ACTION_POP && operand_find(&work))
		return -1;
	return execute(&work);
}

int vmx_assist_mem(struct vmx_vcpu *public)
{
	struct vcpu *vcpu = vcpu_of(public);
	const struct vmx_vcpu_exit *exit = public->exit;
	int error;

	if (exit->reason != VMX_VCPU_EXIT_MEMORY || !vcpu->callbacks.mem)
		return fail(EINVAL);
	/* What accessed it was the delivery of an event. */
	if (exit->exitstate.evt_pending)
		return fail(ENOTSUP);
	/* There is no instruction to be had. */
	if (exit->u.mem.prot & VMX_PROT_EXEC)
		return fail(EFAULT);
	if (vmx_vcpu_getstate(public, ACCESS_GROUPS))
		return -1;
	memory_hold(vcpu);
	error = assist(vcpu);
	memory_release(vcpu);
	return error ? vcpu_deliver(vcpu) : 0;
}
