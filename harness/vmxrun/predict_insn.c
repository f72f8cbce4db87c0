// SPDX-License-Identifier: GPL-2.0
#include "predict_insn.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "compare.h"
#include "facts.h"
#include "insn_line.h"
#include "predict.h"
#include "util.h"
#include "vmx.h"

/* The processor while a line is executed. */
struct machine {
	struct facts facts[INSN_REGIONS];	/* the fields of each region, as a VMCS */
	struct facts nobody;			/* those of no region that is known */
	struct vmxcheck_region region[INSN_REGIONS];
	struct vmxcheck_vmx vmx;
};

struct insn_prediction {
	struct insn_line line;
	struct machine machine;
	struct vmxcheck_result result;	/* of the instruction compared last */
};

/* The region that is the current VMCS, or nobody's. */
static struct facts *current_facts(struct machine *machine)
{
	const struct vmxcheck_value *current = &machine->vmx.current_vmcs;

	for (size_t i = 0; i < INSN_REGIONS; i++)
		if (current->known && machine->region[i].address == current->value)
			return &machine->facts[i];
	return &machine->nobody;
}

static bool read_value(void *opaque, enum vmxcheck_kind kind, uint64_t number, uint64_t *value)
{
	return facts_value(current_facts(opaque), kind, number, value);
}

/* Of memory the revision identifiers of the regions are known, and what the VMCS points to. */
static bool read_memory(void *opaque, uint64_t address, void *to, size_t size)
{
	struct machine *machine = opaque;
	uint32_t word = caps_value(machine->nobody.caps, "basic.revision");

	if (size != sizeof(word))
		return false;
	if (!insn_region_word(address, &word))
		return facts_memory(current_facts(machine), address, to, size);
	memcpy(to, &word, size);
	return true;
}

static void begin(struct machine *machine, const struct facts *vmcs, enum vmxcheck_launch launch,
		  bool outside)
{
	const struct vmxcheck_value none = { ~0ULL, true };

	machine->nobody = (struct facts){ .caps = vmcs->caps };
	for (size_t i = 0; i < INSN_REGIONS; i++) {
		machine->facts[i] = machine->nobody;
		machine->region[i] = (struct vmxcheck_region){ .address = insn_region(i) };
	}
	machine->facts[INSN_VMCS] = *vmcs;
	/* Who leaves VMX operation clears all that is active before. */
	machine->region[INSN_VMCS].launch = outside ? VMXCHECK_LAUNCH_CLEAR : launch;
	machine->vmx = (struct vmxcheck_vmx){
		.in_vmx = { !outside, true },
		.vmxon_pointer = { insn_region(INSN_VMXON), true },
		.current_vmcs = outside ? none :
				(struct vmxcheck_value){ insn_region(INSN_VMCS), true },
		.region = machine->region, .regions = INSN_REGIONS,
	};
}

/* ---- what comes of an instruction, and what is expected ---- */

static const struct {
	unsigned int vector;
	const char *name;
} faults[] = { { 6, "#UD" }, { 12, "#SS(0)" }, { 13, "#GP(0)" }, { 14, "#PF" } };

#define FAULTS (sizeof(faults) / sizeof(*faults))

/* A VM exit is an answer to VM entry as well. */
static bool may_succeed(const struct vmxcheck_result *result)
{
	return result->succeeds || result->entry.enters || result->entry.guest ||
	       result->entry.msr_first;
}

static bool begins_with(const char *text, const char *word)
{
	return strncmp(text, word, strlen(word)) == 0 && strchr(" ", text[strlen(word)]);
}

/* Whether a text is what is expected, which may be a pattern. */
static bool is_expected(const char *expected, char *text)
{
	char *difference = compare_text("insn", expected, text);
	bool equal = !difference;

	free(difference);
	free(text);
	return equal;
}

static bool success_expected(const char *expected, const struct vmxcheck_result *result)
{
	if (result->value.known)
		return is_expected(expected, xasprintf("succeed %#llx",
						       (unsigned long long)result->value.value));
	return begins_with(expected, "succeed") || is_expected(expected, xstrdup("succeed"));
}

/* One of the alternatives against all that may come; what of that it is is left in *came. */
static void match(const char *expected, const struct vmxcheck_result *result,
		  struct vmxcheck_result *came)
{
	for (size_t i = 0; i < FAULTS; i++)
		if (result->faults >> faults[i].vector & 1 &&
		    is_expected(expected, xstrdup(faults[i].name)))
			came->faults |= 1u << faults[i].vector;
	if (result->fails_invalid && is_expected(expected, xstrdup("failinvalid")))
		came->fails_invalid = true;
	for (unsigned int i = 0; i < 32; i++)
		if (result->errors >> i & 1 && is_expected(expected, xasprintf("failvalid %u", i)))
			came->errors |= 1u << i;
	if (may_succeed(result) && success_expected(expected, result)) {
		came->succeeds = result->succeeds;
		came->value = result->value;
		came->entry = result->entry;
		came->entry.errors = 0;
	}
}

static void add_answer(struct string *all, const char *text)
{
	string_add(all, all->length ? ALTERNATIVE : "");
	string_add(all, text);
}

/* As a case expects it. */
static char *say_answers(const struct vmxcheck_result *result)
{
	struct string all = { 0 };
	char text[32];

	for (size_t i = 0; i < FAULTS; i++)
		if (result->faults >> faults[i].vector & 1)
			add_answer(&all, faults[i].name);
	if (result->fails_invalid)
		add_answer(&all, "failinvalid");
	for (unsigned int i = 0; i < 32; i++) {
		snprintf(text, sizeof(text), "failvalid %u", i);
		if (result->errors >> i & 1)
			add_answer(&all, text);
	}
	snprintf(text, sizeof(text), "succeed %#llx", (unsigned long long)result->value.value);
	if (may_succeed(result))
		add_answer(&all, result->value.known ? text : "succeed");
	return string_end(&all);
}

/* What differs, or NULL; only what is expected of *result is left of it then. */
static char *compare_answer(const char *expected, struct vmxcheck_result *result)
{
	struct vmxcheck_result came = { .rule = result->rule };
	const struct vmxcheck_rule *rules;
	const char *rest = expected;
	char *text, *said;
	size_t count;

	while ((text = next_alternative(&rest))) {
		match(text, result, &came);
		free(text);
	}
	if (came.faults || came.fails_invalid || came.errors || may_succeed(&came)) {
		*result = came;
		return NULL;
	}
	rules = vmxcheck_rules(&count);
	text = say_answers(result);
	said = xasprintf("'%s' is expected, and libvmxcheck says: %s (%s: %s)", expected, text,
			 rules[result->rule].id, rules[result->rule].text);
	free(text);
	return said;
}

/* The VM exit after a VM entry. */
static char *compare_wait_step(const struct step *wait, struct vmxcheck_result *result)
{
	struct vmxcheck_outcome outcome = result->entry;

	outcome.errors = result->errors;
	return predict_compare(&outcome, wait);
}

/* ---- what it leaves behind ---- */

static void write_field(struct machine *machine, const struct vmxcheck_instruction *insn)
{
	static const uint64_t masks[] = {
		[VMX_WIDTH_16] = 0xffff, [VMX_WIDTH_32] = 0xffffffff, [VMX_WIDTH_64] = ~0ULL,
		[VMX_WIDTH_NATURAL] = ~0ULL,
	};
	struct vmxcheck_value value = insn->low;
	uint64_t encoding = insn->operand.value;

	/* High parts aren't followed; some bits of access rights needn't be kept. */
	if (encoding & 1)
		value.known = false;
	value.value &= masks[VMX_FIELD_WIDTH(encoding)];
	if (VMX_FIELD_IS_RIGHTS(encoding))
		value.known = false;
	facts_set_field(current_facts(machine), encoding & ~1ULL, value);
}

/* The VM-instruction error field, where it may have changed. */
static void write_error(struct machine *machine, uint32_t errors, bool certain)
{
	struct vmxcheck_value error = { 0, certain && !(errors & (errors - 1)) };

	if (!errors)
		return;
	while (errors >>= 1)
		error.value++;
	facts_set_field(current_facts(machine), VMCS_INSTRUCTION_ERROR, error);
}

static void apply(struct machine *machine, const struct vmxcheck_instruction *insn,
		  const struct vmxcheck_result *came)
{
	bool fails = came->fails_invalid || came->faults;

	write_error(machine, came->errors, !fails && !may_succeed(came));
	if (insn->opcode == VMXCHECK_VMWRITE && came->succeeds) {
		struct vmxcheck_instruction written = *insn;

		written.low.known &= !fails && !came->errors;
		write_field(machine, &written);
	}
	/* vmxfs clears all that may be active before it. */
	if (insn->opcode == VMXCHECK_VMXOFF && came->succeeds)
		for (size_t i = 0; i < INSN_REGIONS; i++)
			machine->region[i].launch = VMXCHECK_LAUNCH_CLEAR;
	vmxcheck_apply(&machine->vmx, insn, came);
}

/* ---- a line ---- */

static bool is_entry_by(const struct vmxcheck_instruction *insn)
{
	return (insn->opcode == VMXCHECK_VMLAUNCH || insn->opcode == VMXCHECK_VMRESUME) &&
	       !insn->blocked.value;
}

static char *predict_one(struct insn_prediction *prediction,
			 const struct vmxcheck_instruction *insn, const struct step *answer,
			 const struct insn_answers *answers, const struct step **where)
{
	struct machine *machine = &prediction->machine;
	const struct vmxcheck_state state = { machine, read_value, read_memory };
	struct vmxcheck_result result;
	char *difference = NULL;

	if (is_entry_by(insn))
		facts_forget_host(&machine->facts[INSN_VMCS], false);
	if (is_entry_by(insn) && answers->pending)
		facts_forget_event(&machine->facts[INSN_VMCS]);
	vmxcheck_execute(&state, &machine->vmx, insn, &result);
	prediction->result = result;
	*where = answer;
	if (answer)
		difference = compare_answer(answer->text, &result);
	if (!difference && answers->wait && is_entry_by(insn)) {
		*where = answers->wait;
		difference = compare_wait_step(answers->wait, &result);
		/* The case says which. */
		if (strncmp(answers->wait->text, "!entry", 6) != 0)
			result.entry.guest = result.entry.msr_first = result.errors = 0;
		else
			result.entry.enters = false;
	}
	apply(machine, insn, &result);
	return difference;
}

struct insn_prediction *predict_insn_begin(const struct facts *vmcs, const char *line,
					   enum vmxcheck_launch launch)
{
	struct insn_prediction *prediction = xreallocarray(NULL, 1, sizeof(*prediction));

	prediction->result = (struct vmxcheck_result){ .succeeds = false };
	if (!insn_line_parse(&prediction->line, line)) {
		free(prediction);
		return NULL;
	}
	begin(&prediction->machine, vmcs, launch, prediction->line.outside);
	return prediction;
}

char *predict_insn_end(struct insn_prediction *prediction, const struct insn_answers *answers,
		       enum vmxcheck_launch *launch, const struct step **where)
{
	const struct insn_line *line = &prediction->line;
	char *difference = NULL;

	for (size_t i = 0; !difference && i < line->count; i++) {
		const struct step *answer = i < answers->count ? &answers->answer[i] : NULL;

		difference = predict_one(prediction, &line->insn[i], answer, answers, where);
	}
	*launch = prediction->machine.region[INSN_VMCS].launch;
	return difference;
}

void predict_insn_free(struct insn_prediction *prediction)
{
	free(prediction);
}

char *predict_insn_answers(const struct insn_prediction *prediction)
{
	return say_answers(&prediction->result);
}

size_t predict_insn_rule(const struct insn_prediction *prediction)
{
	return prediction->result.rule;
}

const struct facts *predict_insn_vmcs(const struct insn_prediction *prediction)
{
	return &prediction->machine.facts[INSN_VMCS];
}

char *predict_insn(struct access *access, const char *caps, const struct step *step,
		   const struct insn_answers *answers, enum vmxcheck_launch *launch,
		   const struct step **where)
{
	struct insn_prediction *prediction = NULL;
	struct facts vmcs;
	char *difference;

	if (!answers->error && facts_read(access, caps, &vmcs))
		prediction = predict_insn_begin(&vmcs, step->text, *launch);
	*launch = VMXCHECK_LAUNCH_UNKNOWN;
	if (!prediction)
		return NULL;
	difference = predict_insn_end(prediction, answers, launch, where);
	predict_insn_free(prediction);
	return difference;
}
