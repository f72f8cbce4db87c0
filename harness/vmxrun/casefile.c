// SPDX-License-Identifier: GPL-2.0
#include "casefile.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "words.h"

#define MAX_CASE_SIZE (1 << 20)
#define BLANKS " \t"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool fail(struct casefile *file, unsigned int line, const char *format,
		 ...) __attribute__((format(printf, 3, 4)));

static bool fail(struct casefile *file, unsigned int line, const char *format,
		 ...)
{
	va_list args;

	va_start(args, format);
	file->error.number = line;
	file->error.text = xvasprintf(format, args);
	va_end(args);
	return false;
}

/* What there is at most one line of: `line` is where it is kept. */
static bool parse_once(struct casefile *file, struct line *line,
		       unsigned int number, const char *text)
{
	if (line->text)
		return fail(file, number, "line %u says it already",
			    line->number);
	line->number = number;
	line->text = xstrdup(text);
	return true;
}

static bool parse_guest(struct casefile *file, struct line *line,
			unsigned int number, const char *text)
{
	if (!*text || strpbrk(text, BLANKS))
		return fail(file, number, "guest takes one name");
	return parse_once(file, line, number, text);
}

static bool parse_need(struct casefile *file, struct line *unused,
		       unsigned int number, const char *text)
{
	struct line need = { .number = number };

	(void)unused;
	if (!*text)
		return fail(file, number, "need takes names of capabilities");
	need.text = xstrdup(text);
	APPEND(file->need, file->nneeds, need);
	return true;
}

static bool each_has_name(const struct casefile *file, const char *name,
			  size_t length)
{
	for (size_t i = 0; i < file->neaches; i++) {
		const struct each *each = &file->each[i];

		for (size_t k = 0; k < each->nnames; k++)
			if (name_is(each->name[k], name, length))
				return true;
	}
	return false;
}

static bool add_each_names(struct casefile *file, unsigned int number,
			   char *names)
{
	struct each *each = &file->each[file->neaches - 1];
	char *name;

	while ((name = strsep(&names, ","))) {
		size_t length = strlen(name);

		if (!length || name_length(name) != length)
			return fail(file, number, "'%s' is not a name", name);
		if (strcmp(name, "seg") == 0)
			return fail(file, number,
				    "{seg} is the name of the vCPU's segment");
		if (each_has_name(file, name, length))
			return fail(file, number, "a second {%s}", name);
		APPEND(each->name, each->nnames, xstrdup(name));
	}
	return true;
}

static bool parse_each_names(struct casefile *file, unsigned int number,
			     char *names)
{
	struct each *each = &file->each[file->neaches - 1];
	char *labels = strsep(&names, ":");

	if (!add_each_names(file, number, labels))
		return false;
	each->nlabels = each->nnames;
	return !names || add_each_names(file, number, names);
}

/* A label is part of the point's name, which TAP and shells read. */
static bool check_value(struct casefile *file, unsigned int number,
			const char *value, bool label)
{
	const char *bad = strpbrk(value, label ? "#[](){}\\" : "{}");

	if (!*value)
		return fail(file, number, "an empty value");
	if (bad && label)
		return fail(file, number,
			    "a value can't hold '%c': it is part of the point's name",
			    *bad);
	if (bad)
		return fail(file, number, "a value can't hold '%c'", *bad);
	return true;
}

static bool check_values(struct casefile *file, unsigned int number,
			 char *const *row)
{
	const struct each *each = &file->each[file->neaches - 1];

	for (size_t i = 0; i < each->nnames; i++)
		if (!check_value(file, number, row[i], i < each->nlabels))
			return false;
	return true;
}

static bool each_has_row(const struct each *each, char *const *row)
{
	for (size_t i = 0; i < each->nrows; i++) {
		size_t k = 0;

		while (k < each->nlabels &&
		       strcmp(each->value[i * each->nnames + k], row[k]) == 0)
			k++;
		if (k == each->nlabels)
			return true;
	}
	return false;
}

struct row {
	size_t nlabels;
	size_t count;
	char **value;
};

/* Cuts values at their commas, but not at those within parentheses. */
static void cut_values(struct row *row, char *values)
{
	int depth = 0;

	APPEND(row->value, row->count, values);
	for (char *c = values; *c; c++) {
		depth += (*c == '(') - (*c == ')');
		if (*c == ',' && !depth) {
			*c = '\0';
			APPEND(row->value, row->count, c + 1);
		}
	}
}

static bool fail_twice(struct casefile *file, unsigned int number,
		       const struct row *row)
{
	struct string labels = { 0 };

	for (size_t i = 0; i < row->nlabels; i++)
		string_print(&labels, "%s%s", i ? "," : "", row->value[i]);
	fail(file, number, "'%s' is there twice", labels.text);
	free(string_end(&labels));
	return false;
}

static bool add_row(struct casefile *file, unsigned int number,
		    const struct row *row)
{
	struct each *each = &file->each[file->neaches - 1];
	size_t nvalues = each->nrows * each->nnames;

	if (row->count != each->nnames)
		return fail(file, number, "%zu names need %zu values, not %zu",
			    each->nnames, each->nnames, row->count);
	if (row->nlabels != each->nlabels)
		return fail(file, number,
			    "%zu values must be before the ':', not %zu",
			    each->nlabels, row->nlabels);
	if (!check_values(file, number, row->value))
		return false;
	if (each_has_row(each, row->value))
		return fail_twice(file, number, row);
	for (size_t i = 0; i < row->count; i++)
		APPEND(each->value, nvalues, xstrdup(row->value[i]));
	each->nrows++;
	return true;
}

static bool parse_each_row(struct casefile *file, unsigned int number,
			   char *values)
{
	struct row row = { 0 };
	char *labels = strsep(&values, ":");
	bool ok;

	cut_values(&row, labels);
	row.nlabels = row.count;
	if (values)
		cut_values(&row, values);
	ok = add_row(file, number, &row);
	free(row.value);
	return ok;
}

static bool parse_each_words(struct casefile *file, unsigned int number,
			     struct words *words)
{
	if (words->count < 3 || strcmp(words->word[1], "in") != 0)
		return fail(file, number, "expected: each NAME in VALUE...");
	if (!parse_each_names(file, number, words->word[0]))
		return false;
	for (size_t i = 2; i < words->count; i++)
		if (!parse_each_row(file, number, words->word[i]))
			return false;
	return true;
}

static bool parse_each(struct casefile *file, struct line *unused,
		       unsigned int number, const char *text)
{
	struct words words = words_split(text);
	bool ok;

	(void)unused;
	APPEND(file->each, file->neaches, (struct each){ 0 });
	ok = parse_each_words(file, number, &words);
	words_free(&words);
	return ok;
}

/* Those that are kept in one line have it at this offset of the file; others have none. */
static const struct {
	const char *name;
	bool (*parse)(struct casefile *file, struct line *line,
		      unsigned int number, const char *text);
	size_t offset;
} directives[] = {
	{ "guest", parse_guest, offsetof(struct casefile, guest) },
	{ "memory", parse_once, offsetof(struct casefile, memory) },
	{ "limit", parse_once, offsetof(struct casefile, limit) },
	{ "reach", parse_once, offsetof(struct casefile, reach) },
	{ "disturbed", parse_once, offsetof(struct casefile, disturbed) },
	{ "ports", parse_once, offsetof(struct casefile, ports) },
	{ "need", parse_need, 0 },
	{ "each", parse_each, 0 },
};

#define NDIRECTIVES (sizeof(directives) / sizeof(*directives))

/* The line of a directive, or NULL. */
static struct line *line_of(struct casefile *file, size_t directive)
{
	size_t offset = directives[directive].offset;

	return offset ? (struct line *)((char *)file + offset) : NULL;
}

static bool parse_directive(struct casefile *file, unsigned int number,
			    const char *word, size_t length, const char *text)
{
	for (size_t i = 0; i < NDIRECTIVES; i++) {
		if (!name_is(directives[i].name, word, length))
			continue;
		if (file->nsteps)
			return fail(file, number,
				    "%s must come before the transcript",
				    directives[i].name);
		return directives[i].parse(file, line_of(file, i), number, text);
	}
	return fail(file, number,
		    "'%.*s' is neither a directive nor FILE and one of " STEP_OPS,
		    (int)length, word);
}

/* An error belongs to a change of the same file. */
static bool check_error(struct casefile *file, unsigned int number,
			const struct step *step, const char *text)
{
	const struct step *last = NULL;
	const char *name = step->file->name;

	if (file->nsteps)
		last = &file->step[file->nsteps - 1];
	if (!last || !strchr(":=-", last->op) || last->file != step->file)
		return fail(file, number,
			    "%s! must follow a line %s: TEXT, %s= or %s-",
			    name, name, name, name);
	if (!*text)
		return fail(file, number, "%s! needs the text of the error",
			    name);
	return true;
}

static bool parse_step(struct casefile *file, unsigned int number,
		       const char *word, size_t length, const char *text)
{
	struct step step = {
		.line = number,
		.file = find_file(word, length - 1),
		.op = word[length - 1],
	};

	if (!step.file)
		return fail(file, number, "a vCPU has no file '%.*s'",
			    (int)length - 1, word);
	if (step.op == '!' && !check_error(file, number, &step, text))
		return false;
	if (strchr("=-", step.op) && *text)
		return fail(file, number, "%s%c takes no text",
			    step.file->name, step.op);
	step.text = xstrdup(text);
	APPEND(file->step, file->nsteps, step);
	return true;
}

/* A line with its continuations, without blanks at its ends. */
static bool parse_line(struct casefile *file, const struct line *line)
{
	size_t length = strcspn(line->text, BLANKS);
	const char *text = line->text + length;

	text += strspn(text, BLANKS);
	if (strchr(STEP_OPS, line->text[length - 1]))
		return parse_step(file, line->number, line->text, length, text);
	return parse_directive(file, line->number, line->text, length, text);
}

/* Parses what has been read of a line, now that no more of it comes. */
static bool end_line(struct casefile *file, struct line *line)
{
	bool ok = !line->text || parse_line(file, line);

	free(line->text);
	line->text = NULL;
	return ok;
}

static bool begin_line(struct casefile *file, struct line *line,
		       unsigned int number, const char *text, size_t length)
{
	if (!end_line(file, line))
		return false;
	line->number = number;
	line->text = xstrndup(text, length);
	return true;
}

static bool continue_line(struct casefile *file, struct line *line,
			  unsigned int number, const char *text, size_t length)
{
	char *longer;

	if (!line->text)
		return fail(file, number,
			    "a blank at its start continues the line before it: there is none");
	longer = xasprintf("%s %.*s", line->text, (int)length, text);
	free(line->text);
	line->text = longer;
	return true;
}

/* One line of the file, of which line is what came before. */
static bool read_line(struct casefile *file, struct line *line,
		      unsigned int number, const char *start, const char *end)
{
	bool indented = start < end && is_blank(*start);

	while (start < end && is_blank(*start))
		start++;
	while (end > start && is_blank(end[-1]))
		end--;
	if (start == end || *start == '#')
		return end_line(file, line);
	for (const char *p = start; p < end; p++)
		if (!is_blank(*p) && (*p < ' ' || *p > '~'))
			return fail(file, number,
				    "byte 0x%02x: only comments may hold other than ASCII",
				    (unsigned char)*p);
	if (indented)
		return continue_line(file, line, number, start, end - start);
	return begin_line(file, line, number, start, end - start);
}

static bool read_lines(struct casefile *file, const char *text, size_t length)
{
	const char *end = text + length;
	struct line line = { 0 };
	unsigned int number = 0;
	bool ok = true;

	while (ok && text < end) {
		const char *newline = memchr(text, '\n', end - text);
		const char *stop = newline ? newline : end;

		ok = read_line(file, &line, ++number, text, stop);
		text = newline ? newline + 1 : end;
	}
	ok = ok && end_line(file, &line);
	free(line.text);
	if (ok && !file->guest.text)
		ok = fail(file, number, "no guest line");
	if (ok && !file->nsteps)
		ok = fail(file, number, "no transcript");
	return ok;
}

char *casefile_check_names(const struct casefile *file, const char *text)
{
	while (text && (text = strchr(text, '{'))) {
		size_t length = name_length(++text);

		if (!length || text[length] != '}')
			return xstrdup("'{' must begin a {NAME}");
		if (!name_is("seg", text, length) &&
		    !each_has_name(file, text, length))
			return xasprintf("there is no 'each %.*s'", (int)length,
					 text);
	}
	return NULL;
}

/* Whether all {NAME} in a line are known. */
static bool check_names(struct casefile *file, unsigned int number,
			const char *text)
{
	char *error = casefile_check_names(file, text);

	if (!error)
		return true;
	fail(file, number, "%s", error);
	free(error);
	return false;
}

static bool check_all_names(struct casefile *file)
{
	bool ok = true;

	for (size_t i = 0; ok && i < NDIRECTIVES; i++) {
		const struct line *line = line_of(file, i);

		ok = !line || check_names(file, line->number, line->text);
	}
	for (size_t i = 0; ok && i < file->nneeds; i++)
		ok = check_names(file, file->need[i].number,
				 file->need[i].text);
	for (size_t i = 0; ok && i < file->nsteps; i++)
		ok = check_names(file, file->step[i].line, file->step[i].text);
	return ok;
}

static struct casefile *casefile_new(const char *name)
{
	struct casefile *file = xreallocarray(NULL, 1, sizeof(*file));

	*file = (struct casefile){ .name = xstrdup(name) };
	return file;
}

struct casefile *casefile_parse(const char *name, const char *text,
				size_t length)
{
	struct casefile *file = casefile_new(name);

	if (read_lines(file, text, length))
		check_all_names(file);
	return file;
}

struct casefile *casefile_read(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s.case", dir, name);
	struct casefile *file;
	size_t length;
	char *text;
	int error;

	error = read_whole_file(path, MAX_CASE_SIZE, &text, &length);
	if (error) {
		file = casefile_new(name);
		fail(file, 0, "%s", strerror(-error));
	} else {
		file = casefile_parse(name, text, length);
		free(text);
	}
	free(path);
	return file;
}

size_t steps_together(const struct step *step, size_t left)
{
	size_t count = 1;

	if (step->op != '?')
		return left > 1 && step[1].op == '!' ? 2 : 1;
	if (step->file->kind != FILE_LINES)
		return 1;
	while (count < left && step[count].op == '?' &&
	       step[count].file == step->file)
		count++;
	return count;
}

void casefile_free(struct casefile *file)
{
	free(file->name);
	for (size_t i = 0; i < NDIRECTIVES; i++)
		if (line_of(file, i))
			free(line_of(file, i)->text);
	free(file->error.text);
	for (size_t i = 0; i < file->nneeds; i++)
		free(file->need[i].text);
	free(file->need);
	for (size_t i = 0; i < file->neaches; i++) {
		struct each *each = &file->each[i];

		for (size_t k = 0; k < each->nnames; k++)
			free(each->name[k]);
		free(each->name);
		for (size_t k = 0; k < each->nrows * each->nnames; k++)
			free(each->value[k]);
		free(each->value);
	}
	free(file->each);
	for (size_t i = 0; i < file->nsteps; i++)
		free(file->step[i].text);
	free(file->step);
	free(file);
}

char *casefile_place(const struct casefile *file, unsigned int line)
{
	if (line)
		return xasprintf("%s.case:%u", file->name, line);
	return xasprintf("%s.case", file->name);
}
