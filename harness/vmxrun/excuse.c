// SPDX-License-Identifier: GPL-2.0
#include "excuse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compare.h"
#include "decode.h"
#include "expand.h"
#include "util.h"
#include "words.h"

#define ANY_DIGIT '.'	/* of bytes */

/* A point that failed, and what is looked for. */
struct failure {
	const struct point *point;
	const struct script *script;
	struct result *result;
	const struct difference *differences;
	size_t count;
	const char *place;	/* of what may come instead, and did */
};

/* ---- which lines of the case a difference is about ---- */

/* Whether these are the words of a line, or those with which it begins. */
static bool is_alike(const struct difference *difference,
		     const struct step *step)
{
	struct words words;
	struct words line;
	bool same;

	if (step->file != difference->file || step->op != difference->op)
		return false;
	words = words_split(difference->text);
	line = words_split(step->text);
	same = difference->begins ? words.count <= line.count :
				    words.count == line.count;
	for (size_t i = 0; same && i < words.count; i++)
		same = strcmp(words.word[i], line.word[i]) == 0;
	words_free(&line);
	words_free(&words);
	return same;
}

/* Whether it is about this line of the case. */
static bool is_about(const struct difference *difference,
		     const struct casefile *file, size_t line)
{
	size_t number = 0;

	if (!is_alike(difference, &file->step[line]))
		return false;
	for (size_t i = 0; i <= line; i++)
		number += is_alike(difference, &file->step[i]);
	return !difference->number || difference->number == number;
}

/*
 * How many lines there are of this kind, and in how many places: those of a text
 * that is read at once are one.
 */
static size_t count_alike(const struct difference *difference,
			  const struct casefile *file, size_t *places)
{
	size_t count = 0;
	size_t i = 0;

	*places = 0;
	while (i < file->nsteps) {
		size_t end = i + steps_together(&file->step[i],
						file->nsteps - i);
		size_t before = count;

		for (; i < end; i++)
			count += is_alike(difference, &file->step[i]);
		*places += count > before;
	}
	return count;
}

/* ---- what comes instead ---- */

/* Words, the last of which may be ... for the rest of what is expected. */
static char *merge_words(const char *expected, const char *text)
{
	struct words want = words_split(expected);
	struct words words = words_split(text);
	struct string out = { 0 };
	size_t i;

	for (i = 0; i < words.count; i++) {
		if (i == words.count - 1 &&
		    strcmp(words.word[i], ANY_REST) == 0)
			break;
		string_print(&out, "%s ", words.word[i]);
	}
	if (i < words.count) {
		if (i >= want.count && want.count &&
		    strcmp(want.word[want.count - 1], ANY_REST) == 0)
			i = want.count - 1;
		for (; i < want.count; i++)
			string_print(&out, "%s ", want.word[i]);
	}
	words_free(&want);
	words_free(&words);
	return string_end(&out);
}

static ssize_t find_name(const struct words *pairs, const char *name)
{
	for (size_t i = 0; i + 1 < pairs->count; i += 2)
		if (strcasecmp(pairs->word[i], name) == 0)
			return i;
	return -1;
}

/* NAME VALUE: those that differ; NULL if a name is not in what is expected. */
static char *merge_values(const char *expected, const char *text)
{
	struct words want = words_split(expected);
	struct words pairs = words_split(text);
	struct string out = { 0 };
	bool known = pairs.count && pairs.count % 2 == 0;
	char *merged;

	for (size_t i = 0; i + 1 < want.count; i += 2) {
		ssize_t k = find_name(&pairs, want.word[i]);

		string_print(&out, "%s %s ", want.word[i],
			     k < 0 ? want.word[i + 1] : pairs.word[k + 1]);
	}
	for (size_t i = 0; i + 1 < pairs.count && known; i += 2)
		known = find_name(&want, pairs.word[i]) >= 0;
	words_free(&want);
	words_free(&pairs);
	merged = string_end(&out);
	if (known)
		return merged;
	free(merged);
	return NULL;
}

/* The line that would be expected if the platform were right; or NULL. */
static char *merge(const struct file *file, const char *expected,
		   const char *text)
{
	return file->kind == FILE_NAMES || file->kind == FILE_OFFSETS ?
		       merge_values(expected, text) :
		       merge_words(expected, text);
}

/* OFFSET HEXDIGITS, some of which may be any. */
static bool same_bytes(const char *expected, const char *got)
{
	while (*expected == *got || (*expected == ANY_DIGIT && *got)) {
		if (!*expected)
			return true;
		expected++;
		got++;
	}
	return false;
}

static bool same_line(const char *expected, const char *got)
{
	char *difference = compare_text("", expected, got);
	bool same = !difference;

	free(difference);
	return same;
}

/* NULL if that can't be done. */
static char *expand(const struct failure *failure, const char *text)
{
	const struct point *point = failure->point;
	char *error = casefile_check_names(point->file, text);
	char *line = NULL;

	if (!error)
		line = expand_line(text, point, "", &failure->script->guest,
				   &error);
	free(error);
	return line;
}

static void fail_to_expand(struct failure *failure,
			   const struct instead *instead)
{
	struct result *result = failure->result;

	result->outcome = ERROR;
	free(result->message);
	result->message = xasprintf("%s: an unknown {NAME}, $label or intr()",
				    instead->place);
}

static bool is_instead(struct failure *failure, const struct instead *instead,
		       const struct step *step, const char *got)
{
	char *text;
	char *line;
	bool same;

	if (instead->error != failure->result->error)
		return false;
	text = expand(failure, instead->text);
	if (!text) {
		fail_to_expand(failure, instead);
		return false;
	}
	line = instead->error ? xstrdup(text) :
				merge(step->file, step->text, text);
	if (line && !instead->error && step->file->kind == FILE_BYTES)
		same = same_bytes(text, got);
	else
		same = line && same_line(line, got);
	free(line);
	free(text);
	return same;
}

/* ---- the lines that failed ---- */

/* Whether got may come at this line, by a difference or since it is right. */
static bool may_come(struct failure *failure, size_t i, const char *got)
{
	const struct step *step = &failure->script->step[i];
	bool about = false;

	for (size_t k = 0; k < failure->count; k++) {
		const struct difference *difference = &failure->differences[k];

		if (!is_about(difference, failure->point->file, i))
			continue;
		about = true;
		for (size_t n = 0; n < difference->ninstead; n++) {
			const struct instead *instead = &difference->instead[n];

			if (is_instead(failure, instead, step, got)) {
				failure->place = instead->place;
				return true;
			}
		}
	}
	return !about && !failure->result->error && same_line(step->text, got);
}

/* The lines of a text, count of them. */
static bool may_all_come(struct failure *failure, size_t first, size_t count)
{
	char *copy = xstrdup(failure->result->got);
	char *rest = copy;
	bool may = true;
	char *line;

	for (size_t i = first; i < first + count && may; i++) {
		line = strsep(&rest, "\n");
		may = line && may_come(failure, i, line);
	}
	may = may && (!rest || !*rest);
	free(copy);
	return may;
}

const char *differences_excuse(const struct difference *differences,
			       size_t count, const struct point *point,
			       const struct script *script,
			       struct result *result)
{
	const struct casefile *file = point->file;
	struct failure failure = {
		.point = point,
		.script = script,
		.result = result,
		.differences = differences,
		.count = count,
	};
	const struct step *step = file->step;
	size_t i = 0;
	bool may;

	while (i < file->nsteps && step[i].line != result->line)
		i++;
	if (i == file->nsteps || !result->got)
		return NULL;
	if (step[i].op == '?' && step[i].file->kind == FILE_LINES &&
	    !result->error)
		may = may_all_come(&failure, i,
				   steps_together(&step[i], file->nsteps - i));
	else
		may = may_come(&failure, i, result->got);
	return may ? failure.place : NULL;
}

/* ---- before anything runs ---- */

/* Nothing but an exit can come in place of one; what {NAME} is, is not known yet. */
static char *check_exit(const struct instead *instead)
{
	struct words words = words_split(instead->text);
	char *error = NULL;

	if (words.count && !strchr(words.word[0], '{') && !strchr(words.word[0], '$') &&
	    strcmp(instead->text, NOTHING) != 0 && !decode_knows_exit(words.word[0]))
		error = xasprintf("there is no VM exit '%s'", words.word[0]);
	words_free(&words);
	return error;
}

static char *check_instead(const struct difference *difference,
			   const struct instead *instead,
			   const struct casefile *file, const struct step *step)
{
	char *error = casefile_check_names(file, instead->text);
	char *merged;
	char *what;

	if (!error && !instead->error && difference->file->kind == FILE_STREAM)
		error = check_exit(instead);

	if (!error && !instead->error) {
		merged = merge(difference->file, step->text, instead->text);
		if (!merged)
			error = xasprintf("the line of %s has not these names",
					  file->name);
		free(merged);
	}
	if (!error)
		return NULL;
	what = xasprintf("%s: %s", instead->place, error);
	free(error);
	return what;
}

char *difference_check(const struct difference *difference,
		       const struct casefile *file)
{
	char *error = NULL;
	size_t places;
	size_t count = count_alike(difference, file, &places);
	size_t line = 0;

	if (!count)
		return xasprintf("%s: %s has no such line: %s%c %s%s", difference->place,
				 file->name, difference->file->name, difference->op,
				 difference->text, difference->begins ? "..." : "");
	if (places > 1 && !difference->number && !difference->each)
		return xasprintf("%s: %s has %zu such lines: which? -1, -2, ...",
				 difference->place, file->name, count);
	if (difference->number > count)
		return xasprintf("%s: %s has only %zu such lines",
				 difference->place, file->name, count);
	while (!is_about(difference, file, line))
		line++;
	for (size_t i = 0; i < difference->ninstead && !error; i++)
		error = check_instead(difference, &difference->instead[i], file,
				      &file->step[line]);
	return error;
}
