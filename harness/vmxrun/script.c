// SPDX-License-Identifier: GPL-2.0
#include "script.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "bytes.h"
#include "caps.h"
#include "compare.h"
#include "decode.h"
#include "expand.h"
#include "util.h"

#define DEFAULT_MEMORY 0x10000
#define PAGE_SIZE 0x1000

/* What is needed to make a script, and where to complain. */
struct maker {
	struct script *script;
	const struct point *point;
	const char *segment;
	struct result *result;
};

static bool fail(struct maker *maker, unsigned int line, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

static bool fail(struct maker *maker, unsigned int line, const char *format,
		 ...)
{
	struct result *result = maker->result;
	va_list args;
	char *what;

	va_start(args, format);
	what = xvasprintf(format, args);
	va_end(args);
	result->outcome = ERROR;
	result->at = casefile_place(maker->point->file, line);
	result->message = xasprintf("%s: %s", result->at, what);
	free(what);
	return false;
}

static char *expand(struct maker *maker, const char *text)
{
	return expand_names(text, maker->point, maker->segment);
}

/* A number of a directive, or its default. */
static bool make_number(struct maker *maker, const struct line *line,
			uint64_t otherwise, uint64_t *number)
{
	char *text;
	bool ok;

	*number = otherwise;
	if (!line->text)
		return true;
	text = expand(maker, line->text);
	ok = parse_number(text, number) && *number;
	if (!ok)
		fail(maker, line->number, "'%s' is not a number above 0", text);
	free(text);
	return ok;
}

static bool make_limit(struct maker *maker, unsigned int otherwise)
{
	const struct line *line = &maker->point->file->limit;
	uint64_t limit;

	if (!make_number(maker, line, otherwise, &limit))
		return false;
	if (limit > INT_MAX)
		return fail(maker, line->number, "more than %d ms", INT_MAX);
	maker->script->limit = limit;
	return true;
}

static bool make_memory(struct maker *maker)
{
	const struct line *line = &maker->point->file->memory;
	uint64_t memory;

	if (!make_number(maker, line, DEFAULT_MEMORY, &memory))
		return false;
	if (memory % PAGE_SIZE || memory > INT64_MAX)
		return fail(maker, line->number,
			    "the size of memory must be a multiple of 0x1000");
	maker->script->memory = memory;
	return true;
}

static bool make_reach(struct maker *maker, const char *text)
{
	return reach_parse(text, &maker->script->reach);
}

static bool make_disturbed(struct maker *maker, const char *text)
{
	return disturbed_parse(text, &maker->script->disturbed);
}

static bool make_ports(struct maker *maker, const char *text)
{
	return ports_parse(&maker->script->ports, text);
}

/* A directive that need not be there, and what it expects. */
static bool make_text(struct maker *maker, const struct line *line,
		      bool (*make)(struct maker *maker, const char *text),
		      const char *expected)
{
	char *text;
	bool ok;

	if (!line->text)
		return true;
	text = expand(maker, line->text);
	ok = make(maker, text);
	if (!ok)
		fail(maker, line->number, "'%s' is not %s", text, expected);
	free(text);
	return ok;
}

static bool make_texts(struct maker *maker)
{
	const struct casefile *file = maker->point->file;

	return make_text(maker, &file->reach, make_reach, "safe, unsafe or reset") &&
	       make_text(maker, &file->disturbed, make_disturbed, "host or any") &&
	       make_text(maker, &file->ports, make_ports,
			 "FIRST-LAST, ports up to 0xffff");
}

static bool make_needs(struct maker *maker)
{
	const struct casefile *file = maker->point->file;
	struct words *needs = &maker->script->needs;
	struct string all = { 0 };
	char *text;
	bool ok = true;

	for (size_t i = 0; i < file->nneeds && ok; i++) {
		struct words words;

		text = expand(maker, file->need[i].text);
		words = words_split(text);
		for (size_t k = 0; k < words.count && ok; k++) {
			ok = caps_known(words.word[k]);
			if (!ok)
				fail(maker, file->need[i].number,
				     "there is no capability '%s'",
				     words.word[k]);
		}
		string_print(&all, " %s", text);
		words_free(&words);
		free(text);
	}
	text = string_end(&all);
	*needs = words_split(text);
	free(text);
	return ok;
}

static bool make_guest(struct maker *maker, const struct where *where)
{
	const struct line *line = &maker->point->file->guest;
	struct script *script = maker->script;
	char *name = expand(maker, line->text);
	char *path = xasprintf("%s/%s", where->guest_dir, name);
	char *error = guest_read(&script->guest, path);
	bool ok = false;

	script->guest.phys_end = where->phys_end;
	script->guest.caps = where->caps;
	if (error)
		fail(maker, line->number, "guest %s: %s", name, error);
	else if (!guest_fits(&script->guest, script->memory))
		fail(maker, line->number,
		     "guest %s does not fit into 0x%llx bytes of memory", name,
		     (unsigned long long)script->memory);
	else if (!guest_label(&script->guest, "start", strlen("start"),
			      &script->start))
		fail(maker, line->number, "guest %s has no label 'start'",
		     name);
	else
		ok = true;
	free(error);
	free(path);
	free(name);
	return ok;
}

/* NAME VALUE or OFFSET VALUE, as often as one likes. */
static bool check_pairs(struct maker *maker, const struct step *step,
			const struct words *words)
{
	const char *name = step->file->name;
	uint64_t offset;

	if (words->count % 2)
		return fail(maker, step->line,
			    "%s? takes names and values in pairs", name);
	if (strcmp(words->word[words->count - 1], ANY_REST) == 0)
		return fail(maker, step->line,
			    "%s? takes no ...: it compares only what it names",
			    name);
	if (step->file->kind != FILE_OFFSETS)
		return true;
	for (size_t i = 0; i < words->count; i += 2)
		if (!parse_number(words->word[i], &offset))
			return fail(maker, step->line, "'%s' is not an offset",
				    words->word[i]);
	return true;
}

static bool check_bytes(struct maker *maker, const struct step *step)
{
	struct bytes bytes;
	char *error = bytes_parse(&bytes, step->text);

	if (error)
		fail(maker, step->line, "%s%c %s", step->file->name, step->op,
		     error);
	bytes_free(&bytes);
	free(error);
	return !error;
}

/* An expectation must be one that something could meet. */
static bool check_alternative(struct maker *maker, const struct step *step,
			      const char *text)
{
	struct words words = words_split(text);
	enum file_kind kind = step->file->kind;
	bool read = step->op == '?';
	bool ok = true;

	if (read && kind != FILE_LINES && !words.count)
		ok = fail(maker, step->line, "%s? expects nothing",
			  step->file->name);
	else if (read && kind == FILE_STREAM && !decode_knows_exit(words.word[0]))
		ok = fail(maker, step->line, "there is no VM exit '%s'",
			  words.word[0]);
	else if (read && (kind == FILE_NAMES || kind == FILE_OFFSETS))
		ok = check_pairs(maker, step, &words);
	for (size_t i = 0; i < words.count && ok; i++) {
		uint64_t value;
		uint64_t mask;

		if (strcmp(words.word[i], ANY_REST) == 0 &&
		    i != words.count - 1)
			ok = fail(maker, step->line,
				  "... must be the last word");
		else if (strchr(words.word[i], '/') &&
			 parse_masked(words.word[i], &value, &mask) &&
			 value & ~mask)
			ok = fail(maker, step->line,
				  "'%s' can't be: the value has bits outside the mask",
				  words.word[i]);
	}
	words_free(&words);
	return ok;
}

static bool check_words(struct maker *maker, const struct step *step)
{
	const char *rest = step->op == '?' ? step->text : NULL;
	bool ok = rest || check_alternative(maker, step, step->text);
	char *text;

	while (ok && (text = next_alternative(&rest))) {
		ok = check_alternative(maker, step, text);
		free(text);
	}
	return ok;
}

static bool make_step(struct maker *maker, const struct step *from)
{
	struct script *script = maker->script;
	struct step step = *from;
	char *error;

	step.text = expand_line(from->text, maker->point, maker->segment,
				&script->guest, &error);
	if (!step.text) {
		fail(maker, from->line, "%s", error);
		free(error);
		return false;
	}
	script->step[script->nsteps++] = step;
	if (script->nvcpus <= step.file->vcpu)
		script->nvcpus = step.file->vcpu + 1;
	if (step.file->kind == FILE_BYTES && strchr(":?", step.op))
		return check_bytes(maker, &step);
	return !strchr("?!", step.op) || check_words(maker, &step);
}

static bool make_steps(struct maker *maker)
{
	const struct casefile *file = maker->point->file;

	maker->script->step = xreallocarray(NULL, file->nsteps,
					    sizeof(struct step));
	for (size_t i = 0; i < file->nsteps; i++)
		if (!make_step(maker, &file->step[i]))
			return false;
	return true;
}

bool script_make(struct script *script, const struct point *point,
		 const struct where *where, const char *segment,
		 struct result *result)
{
	const struct casefile *file = point->file;
	struct maker maker = {
		.script = script,
		.point = point,
		.segment = segment,
		.result = result,
	};

	*script = (struct script){ .file = file, .nvcpus = 1 };
	if (file->error.text)
		return fail(&maker, file->error.number, "%s",
			    file->error.text);
	return make_limit(&maker, where->limit) && make_memory(&maker) &&
	       make_texts(&maker) && make_needs(&maker) && make_guest(&maker, where) &&
	       make_steps(&maker);
}

void script_free(struct script *script)
{
	words_free(&script->needs);
	for (size_t i = 0; i < script->nsteps; i++)
		free(script->step[i].text);
	free(script->step);
	*script = (struct script){ 0 };
}
