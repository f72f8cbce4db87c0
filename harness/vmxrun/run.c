// SPDX-License-Identifier: GPL-2.0
#include "run.h"

#include <stdlib.h>
#include <string.h>
#include <x86intrin.h>

#include "access.h"
#include "bytes.h"
#include "caps.h"
#include "compare.h"
#include "decode.h"
#include "memory.h"
#include "predict.h"
#include "predict_insn.h"
#include "script.h"
#include "trace.h"
#include "transcript.h"
#include "vmcs_values.h"
#include "util.h"

#define TRIPLE_FAULT "triplef "	/* of a line of wait */
#define MAX_IOPORTS (1 << 20)	/* bytes */

struct run {
	const struct script *script;
	struct access vcpu[MAX_VCPUS];
	struct access *access;	/* to the vCPU of the line that is run */
	struct result *result;
	const char *caps;
	bool record;
	bool predict;
	struct string transcript;
	struct trace *trace;	/* NULL: not wanted */
	size_t entry;		/* the step of the last VM entry, when there is a trace */
	bool triple;		/* it was a triple fault */
	bool pending;	/* an event that the module injects */
	enum vmxcheck_launch launch;	/* of the vCPU's VMCS, if the case is right */
};

/* Takes the message; the other texts of the result are set by the caller. */
static bool fail(struct run *run, unsigned int line, char *message)
{
	run->result->outcome = FAILURE;
	run->result->line = line;
	run->result->at = casefile_place(run->script->file, line);
	run->result->message = message;
	return false;
}

/* What a file said, or how it failed, and what was expected of it. */
static void record(struct run *run, const struct step *step, char op,
		   const char *expected, const char *got)
{
	if (run->trace)
		trace_said(run->trace, step, op, got);
	if (run->record)
		transcript_add(&run->transcript, step->file->name, op, expected,
			       got);
}

/* As a line of wait has it, or insn. */
static void note_refusal(struct run *run, const char *got)
{
	if (strncmp(got, "!entry", 6) == 0 || strstr(got, "failvalid"))
		run->result->refused = true;
}

static void record_registers(struct run *run)
{
	free(access_read(run->access, "regs", &run->result->registers));
}

static char *write_bytes(struct run *run, const struct step *step)
{
	struct bytes bytes;
	char *error = bytes_parse(&bytes, step->text);

	if (!error)
		error = access_write_bytes(run->access, step->file->own, &bytes);
	bytes_free(&bytes);
	return error;
}

static char *change_file(struct run *run, const struct step *step)
{
	const char *file = step->file->own;

	if (step->op == '=')
		return access_empty(run->access, file);
	if (step->op == '-')
		return access_remove(run->access, file);
	if (step->file->kind == FILE_BYTES)
		return write_bytes(run, step);
	return access_write(run->access, file, step->text);
}

#define VMXFS_ERROR(ident, error, text) \
	static const char text_##ident[] __attribute__((unused)) = text;
#include "vmxfs_errors.h"

/* The processor that could be given away did not come back: another point's result. */
static bool skip(struct run *run, char *message)
{
	run->result->outcome = SKIP;
	run->result->message = message;
	return false;
}

/* With the line that says how it must fail, or NULL. */
static bool run_change(struct run *run, const struct step *step,
		       const struct step *wanted)
{
	struct result *result = run->result;
	char *difference;
	char *error;

	if (run->trace)
		trace_change(run->trace, step);
	error = change_file(run, step);

	if (!wanted && !error)
		return true;
	if (!wanted && strcmp(step->text, "start") == 0 && strcmp(error, text_NO_PROCESSOR) == 0)
		return skip(run, error);
	result->expected = xstrdup(wanted ? wanted->text : "no error");
	result->got = error ? error : xstrdup("no error");
	result->error = true;
	record(run, step, '!', result->expected, result->got);
	if (!wanted)
		return fail(run, step->line,
			    xasprintf("%s: %s", step->file->name, error));
	if (!error)
		return fail(run, wanted->line,
			    xasprintf("%s: this succeeded, which should fail",
				      step->file->name));
	difference = compare_text("error", wanted->text, error);
	if (difference)
		return fail(run, wanted->line, difference);
	free(result->expected);
	free(result->got);
	result->expected = NULL;
	result->got = NULL;
	result->error = false;
	return true;
}

static bool fail_to_read(struct run *run, const struct step *step, char *error)
{
	char *message = xasprintf("%s: %s", step->file->name, error);

	record(run, step, '!', "", error);
	run->result->got = error;
	run->result->error = true;
	return fail(run, step->line, message);
}

static char *decode_expected(const char *expected)
{
	struct string all = { 0 };
	char *text;

	while ((text = next_alternative(&expected))) {
		char *means = decode_wait(text);

		if (means)
			string_print(&all, "%s%s", all.length ? "; or " : "", means);
		free(means);
		free(text);
	}
	return all.length ? string_end(&all) : NULL;
}

/* Nothing in time: stop the guest to see where it is. */
static bool fail_to_exit(struct run *run, const struct step *step)
{
	struct result *result = run->result;
	char *error = access_write(run->access, "ctl", "stop");
	char *pc = NULL;
	char *message;

	record_registers(run);
	if (result->registers)
		pc = find_value(FILE_NAMES, result->registers, "pc");
	message = xasprintf("no VM exit within %u ms; %s %s",
			    run->access->limit,
			    error ? "stop:" : "stopped at pc",
			    error ? error : pc ? pc : "unknown");
	result->expected = xstrdup(step->text);
	result->got = xstrdup(NOTHING);
	record(run, step, '?', "", result->got);
	result->expected_means = decode_expected(step->text);
	free(error);
	free(pc);
	return fail(run, step->line, message);
}

static bool run_wait(struct run *run, const struct step *step)
{
	struct result *result = run->result;
	char *line;
	char *error = access_wait(run->access, &line);
	char *difference;

	if (error)
		return fail_to_read(run, step, error);
	if (!line)
		return fail_to_exit(run, step);
	record(run, step, '?', step->text, line);
	note_refusal(run, line);
	if (run->trace) {
		trace_registers(run->trace, step->file->vcpu, run->access);
		run->triple |= strncmp(line, TRIPLE_FAULT, strlen(TRIPLE_FAULT)) == 0;
	}
	difference = compare_wait(step->text, line);
	if (!difference) {
		free(line);
		return true;
	}
	result->expected = xstrdup(step->text);
	result->got = line;
	result->expected_means = decode_expected(step->text);
	result->got_means = decode_wait(line);
	return fail(run, step->line, difference);
}

/* A name that does not exist is no failure of the processor's. */
static bool fail_without_name(struct run *run, const struct step *step,
			      char *name)
{
	struct result *result = run->result;

	result->outcome = ERROR;
	result->at = casefile_place(run->script->file, step->line);
	result->message = xasprintf("%s: %s has no '%s'", result->at,
				    step->file->name, name);
	free(name);
	return false;
}

/* Where a processor is given away, what its program tells; the vCPU's registers tell nothing. */
static bool has_registers(const struct file *file)
{
	return strcmp(file->name, "regs") == 0 || strcmp(file->own, "processor") == 0;
}

/* The values that a step names; those of registers and fields may have a meaning. */
static bool fail_values(struct run *run, const struct step *step,
			char *difference, char *found, const char *text)
{
	struct result *result = run->result;

	result->expected = xstrdup(step->text);
	result->got = found;
	if (step->file->kind == FILE_NAMES) {
		result->expected_means = decode_registers(step->text, text);
		result->got_means = decode_registers(found, text);
	}
	if (has_registers(step->file))
		result->registers = xstrdup(text);
	return fail(run, step->line, difference);
}

static bool compare_step(struct run *run, const struct step *step,
			 const char *text)
{
	enum file_kind kind = step->file->kind;
	char *missing = missing_name(kind, step->text, text);
	char *difference;
	char *found;

	if (missing)
		return fail_without_name(run, step, missing);
	difference = compare_values(kind, step->text, text, &found);
	record(run, step, '?', step->text, found);
	if (difference)
		return fail_values(run, step, difference, found, text);
	free(found);
	return true;
}

/* Whether some fields have their values; what is not sure, the whole file says. */
static bool vmcs_is(struct run *run, const struct step *step)
{
	char *text = run->record || run->trace ? NULL : vmcs_values(run->access, step->text);
	char *difference, *found;
	bool same;

	if (!text)
		return false;
	difference = compare_values(step->file->kind, step->text, text, &found);
	same = !difference;
	free(difference);
	free(found);
	free(text);
	return same;
}

static bool run_values(struct run *run, const struct step *step)
{
	char *text;
	char *error;
	bool ok;

	/* The processor stays what it is, and its MSRs take a while to read. */
	if (strcmp(step->file->name, CAPS_FILE) == 0)
		return compare_step(run, step, run->caps);
	if (strcmp(step->file->own, "vmcs") == 0 && vmcs_is(run, step))
		return true;
	error = access_read(run->access, step->file->own, &text);
	if (error)
		return fail_to_read(run, step, error);
	ok = compare_step(run, step, text);
	free(text);
	return ok;
}

static bool run_bytes(struct run *run, const struct step *step)
{
	struct result *result = run->result;
	struct bytes bytes;
	char *error = bytes_parse(&bytes, step->text);
	char *expected = error ? NULL : bytes_format(&bytes);
	char *got = NULL;
	char *difference = NULL;

	if (!error)
		error = access_read_bytes(run->access, step->file->own, &bytes);
	if (!error) {
		got = bytes_format(&bytes);
		record(run, step, '?', expected, got);
		difference = compare_text(step->file->name, expected, got);
	}
	bytes_free(&bytes);
	if (difference) {
		result->expected = expected;
		result->got = got;
		return fail(run, step->line, difference);
	}
	free(expected);
	free(got);
	return !error || fail_to_read(run, step, error);
}

static char *join_lines(const struct step *step, size_t count)
{
	struct string all = { 0 };

	for (size_t i = 0; i < count; i++)
		string_print(&all, "%s%s", i ? "\n" : "", step[i].text);
	return string_end(&all);
}

/* A whole file, of which each step expects a line. */
static bool run_text(struct run *run, const struct step *step, size_t count)
{
	struct result *result = run->result;
	char *text;
	char *error = access_read(run->access, step->file->own, &text);
	char *difference;

	if (error)
		return fail_to_read(run, step, error);
	result->expected = join_lines(step, count);
	result->got = text;
	record(run, step, '?', result->expected, text);
	note_refusal(run, text);
	difference = compare_text(step->file->name, result->expected, text);
	if (difference)
		return fail(run, step->line, difference);
	free(result->expected);
	free(result->got);
	result->expected = NULL;
	result->got = NULL;
	return true;
}

static bool run_steps(struct run *run, const struct step *step, size_t count)
{
	run->access = &run->vcpu[step->file->vcpu];
	if (step->op != '?')
		return run_change(run, step, count > 1 ? &step[1] : NULL);
	switch (step->file->kind) {
	case FILE_STREAM:
		return run_wait(run, step);
	case FILE_NAMES:
	case FILE_OFFSETS:
		return run_values(run, step);
	case FILE_BYTES:
		return run_bytes(run, step);
	default:
		return run_text(run, step, count);
	}
}

static bool is_insn(const struct step *step)
{
	return step->op == ':' && strcmp(step->file->name, "insn") == 0;
}

/* The first step that reads this file before another VM entry or line of insn, or NULL. */
static const struct step *find_answer(const struct step *step, size_t left, const char *file)
{
	for (size_t i = 1; i < left && !is_entry(&step[i]) && !is_insn(&step[i]); i++)
		if (step[i].op == '?' && strcmp(step[i].file->name, file) == 0)
			return &step[i];
	return NULL;
}

/* Whether the guest was entered, if the case is right; else the launch state stays. */
static void follow_entry(struct run *run, const struct step *answer)
{
	bool fails = answer && (strstr(answer->text, "!entry") || strstr(answer->text, "fail"));

	if (!answer || (fails && strstr(answer->text, ALTERNATIVE)))
		run->launch = VMXCHECK_LAUNCH_UNKNOWN;
	else if (!fails)
		run->launch = VMXCHECK_LAUNCH_LAUNCHED;
}

/* What the case expects of a VM entry may come, says libvmxcheck. */
static bool predict_go(struct run *run, const struct step *step, size_t left)
{
	const struct step *answer = find_answer(step, left, "wait");
	struct vmxcheck_outcome outcome;
	char *difference = NULL;

	if (answer && predict_entry(run->access, run->caps, step, run->pending, &outcome))
		difference = predict_compare(&outcome, answer);
	run->pending = false;
	follow_entry(run, answer);
	return !difference || fail(run, answer->line, difference);
}

static bool predict_line(struct run *run, const struct step *step, size_t left)
{
	struct insn_answers answers = {
		.answer = find_answer(step, left, "insn"),
		.wait = find_answer(step, left, "wait"),
		.error = left > 1 && step[1].op == '!',
		.pending = run->pending,
	};
	const struct step *where = NULL;
	char *difference;

	if (answers.answer)
		answers.count = steps_together(answers.answer, left - (answers.answer - step));
	difference = predict_insn(run->access, run->caps, step, &answers, &run->launch, &where);
	if (answers.wait)
		run->pending = false;
	return !difference || fail(run, where->line, difference);
}

/* Nothing is written yet of the step. */
static bool predict(struct run *run, const struct step *step, size_t left)
{
	if (is_event(step))
		run->pending = true;
	if (is_insn(step))
		return predict_line(run, step, left);
	return !is_entry(step) || predict_go(run, step, left);
}

/* A processor that was given away must come back, or the point fails. */
static bool give_back(struct run *run)
{
	const struct script *script = run->script;
	bool done[MAX_VCPUS] = { false };

	for (size_t i = script->nsteps; i--;) {
		const struct step *step = &script->step[i];
		char *error;

		if (strcmp(step->file->own, "processor") != 0 || done[step->file->vcpu])
			continue;
		done[step->file->vcpu] = true;
		error = access_write(&run->vcpu[step->file->vcpu], "processor", "back");
		if (error)
			return fail(run, step->line, error);
	}
	return true;
}

/* Each with memory of its own, which has the same guest. The first is at the lines to come. */
static char *load_vcpus(struct run *run, const char *segment)
{
	const struct script *script = run->script;
	char *error = NULL;

	for (unsigned int i = script->nvcpus; i-- && !error;) {
		run->access = &run->vcpu[i];
		run->access->limit = script->limit;
		run->access->unsafe = script->reach;
		error = access_load(run->access, &script->guest, script->start, segment, i,
				    script->memory);
	}
	return error;
}

static void run_script(struct run *run, const char *segment)
{
	const struct script *script = run->script;
	bool ok = true;
	char *error;
	size_t count;

	run->launch = VMXCHECK_LAUNCH_CLEAR;
	error = load_vcpus(run, segment);
	if (error) {
		fail(run, script->file->guest.number, error);
		return;
	}
	for (unsigned int i = 0; run->trace && i < script->nvcpus; i++)
		trace_registers(run->trace, i, &run->vcpu[i]);
	for (size_t i = 0; ok && i < script->nsteps; i += count) {
		count = steps_together(&script->step[i], script->nsteps - i);
		if (run->predict && script->nvcpus == 1)
			ok = predict(run, &script->step[i], script->nsteps - i);
		if (is_entry(&script->step[i]) && !run->triple)
			run->entry = i;
		ok = ok && run_steps(run, &script->step[i], count);
	}
	ok = ok && give_back(run);
	if (!ok && run->result->outcome != SKIP && !run->result->registers)
		record_registers(run);
	if (!ok && run->result->got)
		run->result->why = predict_why(run->access, run->caps, run->result->got);
	run->result->tsc = __rdtsc();
	if (run->transcript.length)
		run->result->transcript = string_end(&run->transcript);
	run->transcript = (struct string){ 0 };
	run->pending = false;
}

/* Why it may not reach so far, or NULL. */
static char *beyond_reach(const struct target *target,
			  const struct script *script)
{
	if (script->reach > target->reach)
		return xasprintf("reach %s was not asked for",
				 reach_names[script->reach]);
	if (script->reach && !caps_value(target->where.caps, "vmxfs.unsafe"))
		return xstrdup("vmxfs was loaded without unsafe=1");
	return NULL;
}

/* "needs a, b", or NULL if nothing is missing. */
static char *missing_needs(const struct target *target,
			   const struct script *script)
{
	const struct words *needs = &script->needs;
	struct string missing = { 0 };
	char *text;

	for (size_t i = 0; i < needs->count; i++)
		if (!caps_has(target->where.caps, needs->word[i]))
			string_print(&missing, "%s%s",
				missing.length ? ", " : "needs ",
				needs->word[i]);
	text = string_end(&missing);
	if (!*text) {
		free(text);
		return NULL;
	}
	return text;
}

/* Why the case can't have its ports, or NULL. */
static char *ports_in_use(const struct script *script)
{
	char *user = NULL;
	char *text;
	size_t length;

	if (!script->ports.last)
		return NULL;
	if (read_whole_file("/proc/ioports", MAX_IOPORTS, &text, &length))
		return xstrdup("who has its ports is not known: no /proc/ioports");
	user = ports_user(&script->ports, text);
	free(text);
	if (user) {
		text = xasprintf("its ports are in use: %s", user);
		free(user);
		return text;
	}
	return NULL;
}

/* Of all vCPUs, or NULL. */
static char *read_interrupts(struct run *run)
{
	struct string all = { 0 };

	if (run->script->disturbed != DISTURBED_BY_HOST)
		return NULL;
	for (unsigned int i = 0; i < run->script->nvcpus; i++) {
		char *text;

		free(access_read(&run->vcpu[i], "interrupts", &text));
		string_print(&all, "%s", text ? text : "");
		free(text);
	}
	return string_end(&all);
}

/* Whether it failed, and may have been disturbed. */
static bool was_disturbed(struct run *run, const char *before)
{
	char *after;
	bool disturbed;

	if (run->result->outcome != FAILURE ||
	    run->script->disturbed == DISTURBED_BY_NOTHING)
		return false;
	if (run->script->disturbed == DISTURBED_BY_ANY)
		return true;
	after = read_interrupts(run);
	disturbed = disturbed_between(before, after);
	free(after);
	return disturbed;
}

/* Once, on a new vCPU. Returns as run_point(). */
static char *try_once(const struct target *target, struct run *run,
		      const char *segment, bool *disturbed)
{
	unsigned int opened = 0;
	char *error = NULL;

	*disturbed = false;
	while (opened < run->script->nvcpus && !error)
		error = access_open(&run->vcpu[opened++], target->mount, target->where.limit);
	run->access = &run->vcpu[0];
	if (!error) {
		char *before = read_interrupts(run);

		run->result->begun = __rdtsc();
		run_script(run, segment);
		run->result->ended = __rdtsc();
		*disturbed = was_disturbed(run, before);
		free(before);
	}
	while (opened--)
		access_close(&run->vcpu[opened]);
	return error;
}

/* On a new vCPU: what comes before the VM entry that ended in a triple fault, then slowly. */
static void find_first_exception(const struct target *target, const struct run *done,
				 const char *segment)
{
	const struct script *script = done->script;
	struct result result = { .outcome = PASS };
	struct run run = { .script = script, .result = &result, .caps = done->caps };
	char *error = access_open(&run.vcpu[0], target->mount, target->where.limit);
	bool ok = true;
	size_t count;

	run.access = &run.vcpu[0];
	if (!error)
		error = load_vcpus(&run, segment);
	for (size_t i = 0; !error && ok && i < done->entry; i += count) {
		count = steps_together(&script->step[i], done->entry - i);
		ok = run_steps(&run, &script->step[i], count);
	}
	if (!error && ok)
		trace_exceptions(done->trace, &run.vcpu[0], script->step[done->entry].text);
	free(error);
	result_free(&result);
	access_close(&run.vcpu[0]);
}

char *run_point(const struct target *target, const struct point *point,
		size_t number, bool tried, struct script *script, struct result *result)
{
	struct trace trace = { .out = target->output->stream };
	struct run run = {
		.script = script,
		.result = result,
		.caps = target->where.caps,
		.trace = target->trace ? &trace : NULL,
		.record = target->transcript,
		.predict = target->predict,
	};
	char *segment = memory_name(number);
	char *error = NULL;
	bool disturbed;

	if (!script_make(script, point, &target->where, segment, result))
		goto out;
	result->message = beyond_reach(target, script);
	if (!result->message)
		result->message = missing_needs(target, script);
	if (!result->message)
		result->message = ports_in_use(script);
	if (result->message) {
		result->outcome = SKIP;
		goto out;
	}
	if (!tried) {
		result->outcome = FAILURE;
		result->message = xstrdup("not tried: the machine does not survive it");
		goto out;
	}
	if (script->reach)
		output_announce(target->output, point->name);
	error = try_once(target, &run, segment, &disturbed);
	for (unsigned int i = 1; disturbed && !error && i < MAX_TRIES; i++) {
		result_free(result);
		result->disturbed = i;
		error = try_once(target, &run, segment, &disturbed);
	}
	if (run.triple && !error && script->nvcpus == 1)
		find_first_exception(target, &run, segment);
out:
	trace_end(&trace);
	free(segment);
	return error;
}
