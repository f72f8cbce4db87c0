// SPDX-License-Identifier: GPL-2.0
#include "sequence.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "predict_insn.h"
#include "vmx.h"

/* ---- what is tried ---- */

/* vmxfs(4), Instructions and Operands */
static const char *const pointers[] = {
	"vmcs", "vmcs", "vmxon", "scratch", "scratch", "shadow", "badrevision", "vmcs+1",
	"scratch+0x800", "scratch+0x10000000000000", "vmxon+0x8000000000000000", "unmapped",
	"noncanonical",
};

/* Where an operand is: where it can be, or can't */
static const char *const places[] = { "", "", "", " unmapped", " noncanonical" };

/*
 * Those that vmxfs lets a guest have, and those that can't be written; what checks of VM entry
 * make of others is for the bases.
 */
static const char *const written[] = {
	"guest_rsp", "guest_es_selector", "guest_es_limit", "guest_sysenter_esp", "guest_dr7",
	"tsc_offset", "cr0_read_shadow", "guest_interrupt_status",
	"exit_reason", "exit_qualification", "guest_linear_address", "instruction_error",
};

/* Of no field, or of one half of it */
static const char *const encodings[] = {
	"0x2", "0x2011", "0x2013", "0x4c14", "0x681e", "0x6820", "0x7ffe", "0x8000", "0xc000",
	"0x100006800", "0xffffffffffffffff",
};

static const char *const values[] = {
	"0", "1", "0xffff", "0x10000", "0xffffffff", "0x100000000", "0x8000000000000000",
	"0xffffffffffffffff",
};

static const char *const types[] = { "0", "1", "2", "3", "4", "0x100000001", "0xffffffff" };
static const char *const eptps[] = { "map", "map1", "0", "0x1000", "unmapped", "noncanonical" };
static const char *const vpids[] = { "0", "1", "0xffff", "0x10001", "unmapped", "noncanonical" };
static const char *const descriptors[] = { "", "", " 0x1000", " 0x8000000000000000" };

static const struct {
	const char *name;
	enum insn_takes takes;
} insns[] = {
#define VMXFS_INSN(name, ident, takes) { #name, TAKES_##takes },
#include "vmxfs_insns.h"
};

static const char *any_field(struct random *random)
{
	if (one_in(random, 3))
		return PICK(random, encodings);
	return fields[random_below(random, FIELDS)].name;
}

/* @last: a VM entry ends the line. */
static void random_insn(struct random *random, char *text, size_t size, bool last)
{
	size_t i = random_below(random, sizeof(insns) / sizeof(*insns));
	const char *name = insns[i].name;

	switch (insns[i].takes) {
	case TAKES_NOTHING:
		snprintf(text, size, "%s", name);
		break;
	case TAKES_BLOCKED:
		snprintf(text, size, "%s%s", name, !last || one_in(random, 2) ? " blocked" : "");
		break;
	case TAKES_POINTER:
		snprintf(text, size, "%s %s", name, PICK(random, pointers));
		break;
	case TAKES_STORE:
		snprintf(text, size, "%s%s", name, PICK(random, places));
		break;
	case TAKES_READ:
		snprintf(text, size, "%s %s%s", name, any_field(random), PICK(random, places));
		break;
	case TAKES_WRITE:
		snprintf(text, size, "%s %s %s", name,
			 one_in(random, 3) ? PICK(random, encodings) : PICK(random, written),
			 one_in(random, 5) ? "unmapped" : PICK(random, values));
		break;
	case TAKES_INVALIDATE:
		snprintf(text, size, "%s %s %s%s", name, PICK(random, types),
			 strcmp(name, "invept") ? PICK(random, vpids) : PICK(random, eptps),
			 PICK(random, descriptors));
		break;
	}
}

void sequence_random(struct random *random, struct sequence *sequence)
{
	sequence->clear = one_in(random, 2);
	sequence->count = 1 + random_below(random, SEQUENCE_MAX);
	for (size_t i = 0; i < sequence->count; i++)
		random_insn(random, sequence->insn[i], sizeof(sequence->insn[i]),
			    i == sequence->count - 1);
	if (one_in(random, 4))
		strcpy(sequence->insn[sequence->count - 1],
		       one_in(random, 2) ? "vmlaunch" : "vmresume");
	if (one_in(random, 8)) {
		char first[sizeof(sequence->insn[0])];

		memcpy(first, sequence->insn[0], sizeof(first));
		snprintf(sequence->insn[0], sizeof(first), "outside %.60s", first);
	}
}

/* The first instructions, as a line */
static void line_of(const struct sequence *sequence, size_t count, char *line, size_t size)
{
	size_t length = 0;

	*line = '\0';
	for (size_t i = 0; i < count && length < size; i++)
		length += snprintf(line + length, size - length, "%s%s", i ? ";" : "",
				   sequence->insn[i]);
}

/* ---- what comes of it ---- */

static const char clear[] = "vmclear vmcs;vmptrld vmcs";

/* The VMCS as it was in the beginning, and in this launch state. */
static bool prepare(struct sequence_trial *trial)
{
	struct machine *machine = trial->machine;
	struct state state = machine->start;
	struct answers answers;

	machine_write(machine, &state);
	if (trial->sequence.clear) {
		machine_line(machine, clear, &answers);
		trial->launch = VMXCHECK_LAUNCH_CLEAR;
	} else if (trial->launch != VMXCHECK_LAUNCH_LAUNCHED) {
		machine_line(machine, clear, &answers);
		machine_line(machine, "vmlaunch", &answers);
		trial->launch = VMXCHECK_LAUNCH_LAUNCHED;
		machine_read(machine);
		machine_write(machine, &state);
		return !strncmp(answers.wait, "preempt ", 8);
	}
	return true;
}

/* As libvmxcheck is told it */
static void make_facts(const struct sequence_trial *trial, struct facts *facts)
{
	const struct state *now = &trial->machine->now;

	*facts = (struct facts){ .caps = trial->caps };
	memcpy(facts->value, now->value, sizeof(facts->value));
	memcpy(facts->known, now->have, sizeof(facts->known));
	/* Whoever reads a field that is missing changes it. */
	facts->known[ROW_INSTRUCTION_ERROR] = false;
	/*
	 * The module writes the host's state when it has changed. To these it adds something, which
	 * VMREAD sees; and the guest's TSC may stop.
	 */
	facts->known[ROW_TSC_OFFSET] = false;
	facts_forget_host(facts, true);
	facts->known[ROW_EXCEPTION_BITMAP] = false;
	facts->known[ROW_PROC_BASED_CONTROLS] = false;
}

/* VMPTRST tells where the regions are that can be loaded. */
void sequence_begin(struct sequence_trial *trial)
{
	static const struct {
		enum insn_region region;
		const char *line;
	} lines[] = {
		{ INSN_VMCS, "vmptrst" },
		{ INSN_SCRATCH, "vmptrld scratch;vmptrst;vmptrld vmcs" },
		{ INSN_SHADOW, "vmptrld shadow;vmptrst;vmptrld vmcs" },
	};
	struct answers answers;
	uint64_t address;

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		machine_line(trial->machine, lines[i].line, &answers);
		if (!strncmp(answers.answer[0], "succeed", 7) &&
		    sscanf(answers.answer[i > 0], "succeed %" SCNx64, &address) == 1)
			trial->region[lines[i].region] = address;
	}
	trial->launch = VMXCHECK_LAUNCH_UNKNOWN;
}

/* An answer, with the address that stands for a region instead of its own */
static void text_of(const struct sequence_trial *trial, size_t i, char *text, size_t size)
{
	const char *answer = trial->came.answer[i];
	uint64_t address;

	snprintf(text, size, "%s", answer);
	if (!strstr(trial->sequence.insn[i], "vmptrst") ||
	    sscanf(answer, "succeed %" SCNx64, &address) != 1)
		return;
	for (enum insn_region region = 0; region < INSN_REGIONS; region++)
		if (trial->region[region] && trial->region[region] == address)
			snprintf(text, size, "succeed %#" PRIx64, insn_region(region));
}

static bool compare_answers(struct sequence_trial *trial, struct insn_prediction *prediction)
{
	struct step answer[SEQUENCE_MAX], wait = { .text = trial->came.wait };
	char text[SEQUENCE_MAX][32];
	const struct insn_answers answers = {
		.answer = answer, .count = trial->came.count,
		.wait = *trial->came.wait ? &wait : NULL,
	};
	const struct step *where = NULL;
	char *difference, *right;

	for (size_t i = 0; i < trial->came.count; i++) {
		text_of(trial, i, text[i], sizeof(text[i]));
		answer[i] = (struct step){ .text = text[i] };
	}
	difference = predict_insn_end(prediction, &answers, &trial->launch, &where);
	if (!difference)
		return true;
	free(difference);
	right = predict_insn_answers(prediction);
	snprintf(trial->right, sizeof(trial->right), "%s", right);
	free(right);
	trial->rule = predict_insn_rule(prediction);
	trial->wrong = where == &wait ? trial->came.count : (size_t)(where - answer);
	return false;
}

/* Without a VM exit, only VMWRITE changes the VMCS. */
static bool compare_fields(struct sequence_trial *trial, struct insn_prediction *prediction)
{
	const struct facts *vmcs = predict_insn_vmcs(prediction);
	const struct state *now = &trial->machine->now;

	for (size_t row = 0; row < FIELDS; row++) {
		if (row == ROW_INSTRUCTION_ERROR || !vmcs->known[row] || !now->have[row] ||
		    vmcs->value[row] == now->value[row])
			continue;
		trial->row = row;
		snprintf(trial->right, sizeof(trial->right), "%#llx",
			 (unsigned long long)vmcs->value[row]);
		return false;
	}
	return true;
}

/* Whether one of the instructions is one that could end the machine. */
static bool has_fatal(const struct sequence *sequence)
{
	struct insn_line line;
	char text[SEQUENCE_MAX * 80];

	line_of(sequence, sequence->count, text, sizeof(text));
	if (!insn_line_parse(&line, text))
		return false;
	for (size_t i = 0; i < line.count; i++)
		if (known_fatal_opcode(line.insn[i].opcode))
			return true;
	return false;
}

/* Whether the machine may not survive what comes, as far as it can be told before. */
static bool is_dangerous(const struct sequence_trial *trial, const struct facts *facts)
{
	const struct insn_answers none = { .count = 0 };
	char line[SEQUENCE_MAX * 80];
	bool fatal = false;

	if (!has_fatal(&trial->sequence))
		return false;
	for (size_t count = 1; !fatal && count <= trial->sequence.count; count++) {
		enum vmxcheck_launch launch = trial->launch;
		struct insn_prediction *prediction;
		const struct step *where;
		struct known *rule;

		line_of(&trial->sequence, count, line, sizeof(line));
		prediction = predict_insn_begin(facts, line, launch);
		if (!prediction)
			break;
		free(predict_insn_end(prediction, &none, &launch, &where));
		rule = known_rule(predict_insn_rule(prediction));
		fatal = rule && rule->what.fatal;
		predict_insn_free(prediction);
	}
	return fatal;
}

/* Whether the field of the instruction that differs is known to be wrong: it, or NULL. */
static struct known *known_operand(const struct sequence_trial *trial)
{
	const struct came came = { .what = CAME_NOTHING };
	struct insn_line line;
	char text[SEQUENCE_MAX * 80];
	size_t row;

	line_of(&trial->sequence, trial->came.count, text, sizeof(text));
	if (!insn_line_parse(&line, text) || trial->wrong >= line.count)
		return NULL;
	if (line.insn[trial->wrong].opcode != VMXCHECK_VMREAD &&
	    line.insn[trial->wrong].opcode != VMXCHECK_VMWRITE)
		return NULL;
	row = field_row(line.insn[trial->wrong].operand.value);
	return row == NO_ROW ? NULL : known_field(row, &trial->machine->now, &came);
}

enum verdict sequence_run(struct sequence_trial *trial, struct known **reason)
{
	struct insn_prediction *prediction;
	struct facts facts;
	char line[SEQUENCE_MAX * 80];
	bool ready = prepare(trial), right;

	trial->row = NO_ROW;
	trial->rule = NO_RULE;
	trial->wrong = SEQUENCE_MAX;
	make_facts(trial, &facts);
	if (is_dangerous(trial, &facts))
		return NOT_TRIED;
	line_of(&trial->sequence, trial->sequence.count, line, sizeof(line));
	machine_line(trial->machine, line, &trial->came);
	machine_read(trial->machine);
	line_of(&trial->sequence, trial->came.count, line, sizeof(line));
	prediction = ready && trial->came.count ?
		     predict_insn_begin(&facts, line, trial->launch) : NULL;
	/* Even then it may have left VMX operation. */
	if (!prediction) {
		trial->launch = VMXCHECK_LAUNCH_UNKNOWN;
		return NOT_TRIED;
	}
	right = compare_answers(trial, prediction) &&
		(*trial->came.wait || compare_fields(trial, prediction));
	predict_insn_free(prediction);
	if (right)
		return AGREED;
	/* What comes after it is another state. */
	trial->launch = VMXCHECK_LAUNCH_UNKNOWN;
	*reason = known_rule(trial->rule);
	if (!*reason)
		*reason = known_operand(trial);
	return *reason ? IS_KNOWN : DIFFERS;
}

/* ---- what is printed ---- */

void sequence_trace(const struct sequence *sequence, unsigned long number)
{
	char line[SEQUENCE_MAX * 80];

	line_of(sequence, sequence->count, line, sizeof(line));
	printf("# %lu: %s%s\n", number, sequence->clear ? "clear: " : "", line);
}

void sequence_shrink(struct sequence_trial *trial)
{
	for (size_t i = trial->sequence.count; i-- > 0;) {
		struct sequence_trial other = *trial;
		struct known *reason;

		if (i >= trial->sequence.count || other.sequence.count == 1)
			continue;
		other.sequence.count--;
		memmove(other.sequence.insn[i], other.sequence.insn[i + 1],
			(other.sequence.count - i) * sizeof(other.sequence.insn[0]));
		if (sequence_run(&other, &reason) == DIFFERS && other.rule == trial->rule &&
		    other.row == trial->row)
			*trial = other;
	}
}

static void print_case(const struct sequence_trial *trial)
{
	static const char before[] = "        ";
	size_t count = trial->came.count;
	char line[SEQUENCE_MAX * 80];

	line_of(&trial->sequence, count, line, sizeof(line));
	printf("      case: |\n%s# SPDX-License-Identifier: GPL-2.0\n%s# Found by make fuzz.\n", before,
	       before);
	printf("%sguest %s\n\n%sctl: go\n%swait? .hlt 0x0 ...\n", before,
	       trial->machine->base->guest, before, before);
	printf("%sctl: report preempt\n%svmcs: preemption_timer_value 0\n", before, before);
	if (trial->sequence.clear)
		printf("%sinsn: %s\n", before, clear);
	printf("%sinsn: %s\n", before, line);
	for (size_t i = 0; i < count && i <= trial->wrong; i++)
		printf("%sinsn? %s\n", before, i == trial->wrong ? trial->right :
		       strncmp(trial->sequence.insn[i], "vmptrst", 7) ? trial->came.answer[i] : "*");
	if (trial->row != NO_ROW)
		printf("%svmcs? %s %s\n", before, fields[trial->row].name, trial->right);
}

void sequence_print(const struct sequence_trial *trial)
{
	size_t count, i = trial->wrong;
	const struct vmxcheck_rule *rules = vmxcheck_rules(&count);

	if (trial->row != NO_ROW) {
		printf("    - expected: %s %s\n      got: \"%#llx\"\n", fields[trial->row].name,
		       trial->right, (unsigned long long)trial->machine->now.value[trial->row]);
	} else {
		printf("    - expected: \"%s\"\n      got: \"%s\"\n", trial->right,
		       i < trial->came.count ? trial->came.answer[i] : trial->came.wait);
		printf("      rule: %s\n      text: >-\n        %s\n", rules[trial->rule].id,
		       rules[trial->rule].text);
	}
	print_case(trial);
}
