// SPDX-License-Identifier: GPL-2.0
#include "run.h"

#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "compare.h"
#include "decode.h"
#include "script.h"
#include "segment.h"
#include "util.h"
#include "vcpu.h"

struct run {
	const struct script *script;
	struct vcpu vcpu;
	struct result *result;
};

/* Takes the message; the other texts of the result are set by the caller. */
static bool fail(struct run *run, unsigned int line, char *message)
{
	run->result->outcome = FAILURE;
	run->result->at = casefile_place(run->script->file, line);
	run->result->message = message;
	return false;
}

static void record_registers(struct run *run)
{
	free(vcpu_read(&run->vcpu, "regs", &run->result->registers));
}

/* A write, with the line that says how it must fail, or NULL. */
static bool run_write(struct run *run, const struct step *step,
		      const struct step *wanted)
{
	struct result *result = run->result;
	char *error = vcpu_write(&run->vcpu, step->file, step->text);
	char *difference;

	if (!wanted && !error)
		return true;
	result->expected = xstrdup(wanted ? wanted->text : "no error");
	result->got = error ? error : xstrdup("no error");
	if (!wanted)
		return fail(run, step->line,
			    xasprintf("%s: %s", step->file, error));
	if (!error)
		return fail(run, wanted->line,
			    xasprintf("%s: the write succeeded, which should fail",
				      step->file));
	difference = compare_text("error", wanted->text, error);
	if (difference)
		return fail(run, wanted->line, difference);
	free(result->expected);
	free(result->got);
	result->expected = NULL;
	result->got = NULL;
	return true;
}

static bool fail_to_read(struct run *run, const struct step *step, char *error)
{
	char *message = xasprintf("%s: %s", step->file, error);

	free(error);
	return fail(run, step->line, message);
}

/* Nothing in time: stop the guest to see where it is. */
static bool fail_to_exit(struct run *run, const struct step *step)
{
	struct result *result = run->result;
	char *error = vcpu_write(&run->vcpu, "ctl", "stop");
	char *pc = NULL;
	char *message;

	record_registers(run);
	if (result->registers)
		pc = find_register(result->registers, "pc");
	message = xasprintf("no VM exit within %u ms; %s %s",
			    run->vcpu.limit,
			    error ? "stop:" : "stopped at pc",
			    error ? error : pc ? pc : "unknown");
	result->expected = xstrdup(step->text);
	result->got = xstrdup("nothing");
	result->expected_means = decode_wait(step->text);
	free(error);
	free(pc);
	return fail(run, step->line, message);
}

static bool run_wait(struct run *run, const struct step *step)
{
	struct result *result = run->result;
	char *line;
	char *error = vcpu_wait(&run->vcpu, &line);
	char *difference;

	if (error)
		return fail_to_read(run, step, error);
	if (!line)
		return fail_to_exit(run, step);
	difference = compare_wait(step->text, line);
	if (!difference) {
		free(line);
		return true;
	}
	result->expected = xstrdup(step->text);
	result->got = line;
	result->expected_means = decode_wait(step->text);
	result->got_means = decode_wait(line);
	return fail(run, step->line, difference);
}

/* A register that does not exist is no failure of the processor's. */
static bool fail_without_register(struct run *run, const struct step *step,
				  char *name)
{
	struct result *result = run->result;

	result->outcome = ERROR;
	result->at = casefile_place(run->script->file, step->line);
	result->message = xasprintf("%s: there is no register '%s'",
				    result->at, name);
	free(name);
	return false;
}

static bool run_registers(struct run *run, const struct step *step)
{
	struct result *result = run->result;
	char *regs;
	char *error = vcpu_read(&run->vcpu, "regs", &regs);
	char *difference;
	char *missing;
	char *found;

	if (error)
		return fail_to_read(run, step, error);
	missing = missing_register(step->text, regs);
	if (missing) {
		free(regs);
		return fail_without_register(run, step, missing);
	}
	difference = compare_registers(step->text, regs, &found);
	if (!difference) {
		free(found);
		free(regs);
		return true;
	}
	result->expected = xstrdup(step->text);
	result->got = found;
	result->expected_means = decode_registers(step->text, regs);
	result->got_means = decode_registers(found, regs);
	result->registers = regs;
	return fail(run, step->line, difference);
}

static char *join_lines(const struct step *step, size_t count)
{
	struct string all;

	string_begin(&all);
	for (size_t i = 0; i < count; i++)
		fprintf(all.file, "%s%s", i ? "\n" : "", step[i].text);
	return string_end(&all);
}

/* A whole file, of which each step expects a line. */
static bool run_text(struct run *run, const struct step *step, size_t count)
{
	struct result *result = run->result;
	char *text;
	char *error = vcpu_read(&run->vcpu, step->file, &text);
	char *difference;

	if (error)
		return fail_to_read(run, step, error);
	result->expected = join_lines(step, count);
	result->got = text;
	difference = compare_text(step->file, result->expected, text);
	if (difference)
		return fail(run, step->line, difference);
	free(result->expected);
	free(result->got);
	result->expected = NULL;
	result->got = NULL;
	return true;
}

/* How many steps, from the first on, belong together. */
static size_t count_steps(const struct step *step, size_t left)
{
	size_t count = 1;

	if (step->op == ':')
		return left > 1 && step[1].op == '!' ? 2 : 1;
	if (strcmp(step->file, "wait") == 0 || strcmp(step->file, "regs") == 0)
		return 1;
	while (count < left && step[count].op == '?' &&
	       step[count].file == step->file)
		count++;
	return count;
}

static bool run_steps(struct run *run, const struct step *step, size_t count)
{
	if (step->op == ':')
		return run_write(run, step, count > 1 ? &step[1] : NULL);
	if (strcmp(step->file, "wait") == 0)
		return run_wait(run, step);
	if (strcmp(step->file, "regs") == 0)
		return run_registers(run, step);
	return run_text(run, step, count);
}

static void run_script(struct run *run, const char *segment)
{
	const struct script *script = run->script;
	bool ok = true;
	char *error;
	size_t count;

	run->vcpu.limit = script->limit;
	error = vcpu_load(&run->vcpu, &script->guest, script->start, segment,
			  script->memory);
	if (error) {
		fail(run, script->file->guest.number, error);
		return;
	}
	for (size_t i = 0; ok && i < script->nsteps; i += count) {
		count = count_steps(&script->step[i], script->nsteps - i);
		ok = run_steps(run, &script->step[i], count);
	}
	if (!ok && !run->result->registers)
		record_registers(run);
}

/* "needs a, b", or NULL if nothing is missing. */
static char *missing_needs(const struct target *target,
			   const struct script *script)
{
	const struct words *needs = &script->needs;
	struct string missing;
	char *text;

	string_begin(&missing);
	for (size_t i = 0; i < needs->count; i++)
		if (!caps_has(target->caps, target->cpuinfo, needs->word[i]))
			fprintf(missing.file, "%s%s",
				ftell(missing.file) ? ", " : "needs ",
				needs->word[i]);
	text = string_end(&missing);
	if (!*text) {
		free(text);
		return NULL;
	}
	return text;
}

char *run_point(const struct target *target, const struct point *point,
		size_t number, struct result *result)
{
	struct script script;
	struct run run = { .script = &script, .result = result };
	char *segment = segment_name(number);
	char *error = NULL;

	if (!script_make(&script, point, target->guest_dir, target->limit,
			 segment, result))
		goto out;
	result->message = missing_needs(target, &script);
	if (result->message) {
		result->outcome = SKIP;
		goto out;
	}
	error = vcpu_open(&run.vcpu, target->mount, target->limit);
	if (!error)
		run_script(&run, segment);
	vcpu_close(&run.vcpu);
out:
	script_free(&script);
	free(segment);
	return error;
}
