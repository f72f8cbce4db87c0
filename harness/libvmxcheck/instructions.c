// SPDX-License-Identifier: GPL-2.0
/* The table of rules, and what comes of an instruction by them. */
#include "operands.h"

/* What a row leads to; those of an error have its number besides. */
enum result { UD, GP, PF, SS, INVALID, SUCCEED, ENTER, SMM_EXIT, FAIL = 32, ANY_ORDER = 64 };

#define ERROR_OF(result) ((unsigned int)(result) % 32)
#define FAIL(number) (FAIL + (number))
#define ANY_ORDER(number) (ANY_ORDER + (number))

#define RULES(group, opcodes, title) \
	static const char title_##group[] = title; \
	enum { opcodes_##group = opcodes };
#include "instructions.h"

#define RULE(group, number, covered, result, condition, text) \
	static enum truth group##_##number(struct execution *x) \
	{ \
		struct decision *d = &x->d; \
		\
		(void)d; \
		return condition; \
	}
#include "instructions.h"

static const struct {
	enum truth (*comes)(struct execution *x);
	unsigned int result;
} rows[] = {
#define RULE(group, number, covered, result, condition, text) { group##_##number, result },
#include "instructions.h"
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static const struct vmxcheck_rule rules[ROWS] = {
#define RULE(group, number, covered, result, condition, text) \
	{ #group "-" #number, opcodes_##group, title_##group, text },
#include "instructions.h"
};

const struct vmxcheck_rule *vmxcheck_rules(size_t *count)
{
	*count = ROWS;
	return rules;
}

/* Of a VMCS that is not one of the caller's regions nothing is known. */
enum vmxcheck_launch vc_launch(const struct vmxcheck_vmx *vmx, struct value address)
{
	size_t i;

	for (i = 0; address.known && i < vmx->regions; i++)
		if (vmx->region[i].address == address.n)
			return vmx->region[i].launch;
	return VMXCHECK_LAUNCH_UNKNOWN;
}

/* SDM, "Conventions": VMfail() */
static void may_fail(struct vmxcheck_result *result, const struct execution *x, unsigned int error)
{
	enum truth none = NO_CURRENT;

	if (none != NO)
		result->fails_invalid = true;
	if (none != YES)
		result->errors |= 1u << error;
}

/* What VMREAD stores: a part of a field, and 32 bits outside 64-bit mode. */
static struct value field_value(struct decision *d, struct value encoding)
{
	struct value field = { 0, false };
	enum truth wide = BIT(FACT(HOST_IA32E), 0);

	if (!encoding.known)
		return field;
	field = vc_read(d, VMXCHECK_FIELD, encoding.n & ~1ULL);
	if (encoding.n & 1)
		field.n >>= 32;
	if (wide == UNKNOWN && field.n >> 32)
		field.known = false;
	return wide == NO ? BITS(field, 0, 31) : field;
}

static void succeed(struct vmxcheck_result *result, struct execution *x)
{
	struct value value = { 0, false };

	if (x->insn->opcode == VMXCHECK_VMREAD)
		value = field_value(&x->d, OPERAND);
	else if (x->insn->opcode == VMXCHECK_VMPTRST)
		value = CURRENT;
	result->succeeds = true;
	result->value.known = value.known;
	result->value.value = value.known ? value.n : 0;
}

/* A VM entry that returns from SMM does other checks, of which nothing is known here. */
static const struct vmxcheck_outcome any_outcome = {
	.enters = true, .errors = 1 << 7 | 1 << 8, .guest = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 4,
	.msr_first = 1, .msr_last = ~0u,
};

/* What is checked in any order with the rest may already have failed for certain. */
static void enter(struct vmxcheck_result *result, struct execution *x, bool failed)
{
	struct decision *d = &x->d;

	if (FROM_SMM == NO)
		vmxcheck_entry(d->state, &result->entry);
	else
		result->entry = any_outcome;
	result->errors |= result->entry.errors;
	if (failed)
		result->entry = (struct vmxcheck_outcome){ .errors = result->entry.errors };
}

static void may_come(struct vmxcheck_result *result, struct execution *x, unsigned int what,
		     bool failed)
{
	static const uint32_t vectors[] = {
		[UD] = 1 << 6, [GP] = 1 << 13, [PF] = 1 << 14, [SS] = 1 << 12,
	};

	switch (what) {
	case UD:
	case GP:
	case PF:
	case SS:
		result->faults |= vectors[what];
		break;
	case INVALID:
		result->fails_invalid = true;
		break;
	case SUCCEED:
		succeed(result, x);
		break;
	case ENTER:
		enter(result, x, failed);
		break;
	case SMM_EXIT:
		result->smm_exit = true;
		break;
	default:
		may_fail(result, x, ERROR_OF(what));
	}
}

/* The caller's state, with what is known of the logical processor. */
struct both {
	const struct vmxcheck_state *state;
	const struct vmxcheck_vmx *vmx;
};

static bool read_both(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	const struct both *both = opaque;

	if (kind == VMXCHECK_FACT && number == VMXCHECK_CURRENT_VMCS) {
		*value = both->vmx->current_vmcs.value;
		return both->vmx->current_vmcs.known;
	}
	return both->state->read(both->state->opaque, kind, number, value);
}

static bool read_memory(void *opaque, uint64_t address, void *to, size_t size)
{
	const struct both *both = opaque;

	return both->state->memory && both->state->memory(both->state->opaque, address, to, size);
}

void vmxcheck_execute(const struct vmxcheck_state *state, const struct vmxcheck_vmx *vmx,
		      const struct vmxcheck_instruction *instruction,
		      struct vmxcheck_result *result)
{
	struct both both = { state, vmx };
	const struct vmxcheck_state all = { &both, read_both, read_memory };
	struct execution x;
	enum truth comes = NO;
	bool failed = false;
	size_t i;

	*result = (struct vmxcheck_result){ .succeeds = false };
	x.d.state = &all;
	x.d.entry = 0;
	x.d.room = 0;
	x.vmx = vmx;
	x.insn = instruction;
	for (i = 0; i < ROWS && comes != YES; i++) {
		if (!(rules[i].opcodes >> instruction->opcode & 1))
			continue;
		x.d.items = 0;
		comes = rows[i].comes(&x);
		if (comes != NO)
			may_come(result, &x, rows[i].result, failed);
		result->rule = i;
		/* The others are done as well. */
		if (comes == YES && rows[i].result >= ANY_ORDER) {
			failed = true;
			comes = NO;
		}
	}
}
