// SPDX-License-Identifier: GPL-2.0
#include "quirkfile.h"

#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "casefile.h"
#include "compare.h"
#include "util.h"
#include "version.h"
#include "vmxcheck.h"
#include "words.h"

#define EACH_LINE	SIZE_MAX	/* no number of a line */
#define MAX_QUIRKS_SIZE (1 << 20)
#define MAX_DEPTH 4
#define BLANKS " \t\r"
#define DIGITS "0123456789"
#define EITHER "a reason is by versions or by errata, not both"

struct parser {
	struct quirks *quirks;
	const char *path;
	const char *version;
	unsigned int depth;	/* of files that include one another */
	bool in_reason;
	size_t first_point;	/* of the reason */
	size_t group;		/* first of the points in a row */
	struct string line;	/* with its continuations */
	char *place;		/* of the line */
};

static char *read_quirks(struct quirks *quirks, const char *path,
			 const char *version, unsigned int depth);

/* ---- what must be there before something else comes ---- */

static struct reason *last_reason(struct parser *parser)
{
	return &parser->quirks->reason[parser->quirks->nreasons - 1];
}

static struct difference *last_difference(struct parser *parser)
{
	return &parser->quirks->difference[parser->quirks->ndifferences - 1];
}

/* Whether a difference has been added for the points in a row. */
static bool have_difference(const struct parser *parser)
{
	const struct quirks *quirks = parser->quirks;

	return parser->group < quirks->count &&
	       quirks->quirk[parser->group].ndifferences;
}

static char *end_difference(struct parser *parser)
{
	if (!have_difference(parser) || last_difference(parser)->ninstead)
		return NULL;
	return xasprintf("%s: no '+ LINE' says what comes instead",
			 last_difference(parser)->place);
}

static char *end_points(struct parser *parser)
{
	struct quirks *quirks = parser->quirks;

	if (have_difference(parser))
		return end_difference(parser);
	for (size_t i = parser->group; i < quirks->count; i++)
		if (!quirks->quirk[i].dies)
			return xasprintf("%s: no '- LINE' says how '%s' fails",
					 quirks->quirk[i].place, quirks->quirk[i].pattern);
	return NULL;
}

/* Whether the last reason ends the machine, so that no point shows it. */
static bool is_fatal(const struct quirks *quirks)
{
	const struct deviation *last;

	if (!quirks->ndeviations)
		return false;
	last = &quirks->deviation[quirks->ndeviations - 1];
	return last->fatal && last->reason == quirks->nreasons - 1;
}

static char *end_reason(struct parser *parser)
{
	struct quirks *quirks = parser->quirks;
	char *error;

	if (!parser->in_reason)
		return NULL;
	if (!last_reason(parser)->right)
		return xasprintf("%s: no 'right WHAT' says what is right",
				 last_reason(parser)->place);
	if (parser->first_point == quirks->count && !is_fatal(quirks))
		return xasprintf("%s: a reason without points",
				 last_reason(parser)->place);
	error = end_points(parser);
	parser->group = quirks->count;
	parser->in_reason = false;
	return error;
}

static char *wrong(const struct parser *parser, const char *what)
{
	return xasprintf("%s: %s", parser->place, what);
}

/* ---- the lines ---- */

static char *parse_include(struct parser *parser, const char *text)
{
	const char *slash = strrchr(parser->path, '/');
	char *error = end_reason(parser);
	char *path;

	if (error)
		return error;
	if (!*text || strchr(text, '/'))
		return wrong(parser, "expected: include FILE, of the same folder");
	if (parser->depth == MAX_DEPTH)
		return wrong(parser, "too many files that include one another");
	path = xasprintf("%.*s%s", slash ? (int)(slash + 1 - parser->path) : 0,
			 parser->path, text);
	error = read_quirks(parser->quirks, path, parser->version,
			    parser->depth + 1);
	free(path);
	parser->group = parser->quirks->count;
	return error;
}

static char *parse_because(struct parser *parser, const char *text)
{
	struct quirks *quirks = parser->quirks;
	struct reason reason = { .active = true };
	char *error = end_reason(parser);

	if (error)
		return error;
	if (!*text)
		return wrong(parser, "expected: because WHY");
	reason.place = xstrdup(parser->place);
	reason.because = xstrdup(text);
	reason.first_erratum = quirks->nerrata;
	APPEND(quirks->reason, quirks->nreasons, reason);
	parser->in_reason = true;
	parser->first_point = quirks->count;
	parser->group = quirks->count;
	return NULL;
}

static char *parse_right(struct parser *parser, const char *text)
{
	struct reason *reason;

	if (!*text)
		return wrong(parser, "expected: right WHAT");
	if (!parser->in_reason)
		return wrong(parser, "'right' without a 'because' before it");
	reason = last_reason(parser);
	if (reason->right)
		return wrong(parser, "a second 'right'");
	reason->right = xstrdup(text);
	reason->text = xasprintf("%s: %s", reason->because, text);
	return NULL;
}

/* [from VERSION] [until VERSION]; words begin with "from" or "until". */
static char *read_range(const struct words *words, const char **from,
			const char **until)
{
	size_t i = 0;

	*from = NULL;
	*until = NULL;
	if (strcmp(words->word[0], "from") == 0 && words->count > 1) {
		*from = words->word[1];
		i = 2;
	}
	if (i + 1 < words->count && strcmp(words->word[i], "until") == 0) {
		*until = words->word[i + 1];
		i += 2;
	}
	if (!i || i != words->count)
		return xstrdup("expected: from VERSION until VERSION, or one of them");
	if (*from && !is_version(*from))
		return xasprintf("'%s' is not a version", *from);
	if (*until && !is_version(*until))
		return xasprintf("'%s' is not a version", *until);
	if (*from && *until && compare_versions(*from, *until) > 0)
		return xasprintf("%s comes after %s", *from, *until);
	return NULL;
}

static char *parse_range(struct parser *parser, const char *line)
{
	struct words words = words_split(line);
	const char *from;
	const char *until;
	char *what = read_range(&words, &from, &until);
	char *error = NULL;

	if (what)
		error = wrong(parser, what);
	else if (!parser->in_reason)
		error = wrong(parser, "versions without a 'because' before them");
	else if (parser->first_point != parser->quirks->count)
		error = wrong(parser, "versions come before the points");
	else if (!parser->version)
		error = wrong(parser, "versions, but which is the platform's? FILE@VERSION");
	else if (last_reason(parser)->nerrata)
		error = wrong(parser, EITHER);
	if (!error) {
		last_reason(parser)->by_version = true;
		last_reason(parser)->active =
			(!from || compare_versions(from, parser->version) <= 0) &&
			(!until || compare_versions(parser->version, until) <= 0);
	}
	free(what);
	words_free(&words);
	return error;
}

/* ID PROCESSOR...: a row for each processor. Which it is, quirks_choose() is told. */
static char *parse_erratum(struct parser *parser, const char *line)
{
	struct quirks *quirks = parser->quirks;
	struct words words = words_split(line);
	char *error = NULL;

	if (words.count < 3)
		error = wrong(parser, "expected: erratum ID PROCESSOR ...");
	else if (!parser->in_reason)
		error = wrong(parser, "an erratum without a 'because' before it");
	else if (parser->first_point != quirks->count)
		error = wrong(parser, "errata come before the points");
	else if (last_reason(parser)->by_version)
		error = wrong(parser, EITHER);
	for (size_t i = 2; i < words.count && !error; i++) {
		struct erratum erratum = { 0 };

		if (!processor_parse(words.word[i], &erratum.processor,
				     &erratum.last_stepping)) {
			error = xasprintf("%s: '%s' is not a processor: 06_97H, 06_55H:4 or 06_9EH:9-D",
					  parser->place, words.word[i]);
			break;
		}
		erratum.id = xstrdup(words.word[1]);
		APPEND(quirks->erratum, quirks->nerrata, erratum);
		last_reason(parser)->nerrata++;
		last_reason(parser)->active = false;
	}
	words_free(&words);
	return error;
}

/* The fields, by row */
static const struct {
	const char *name;
	uint32_t encoding;
} fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { #ident, encoding },
#include "vmx_fields.h"
};

/* Adds a row for each check whose id is, or fits, the name; false if there is none. */
static bool add_checks(struct quirks *quirks, const char *name, struct deviation row)
{
	size_t count, before = quirks->ndeviations;
	const struct vmxcheck_check *checks = vmxcheck_checks(&count);

	for (row.number = 0; row.number < count; row.number++)
		if (!fnmatch(name, checks[row.number].id, 0))
			APPEND(quirks->deviation, quirks->ndeviations, row);
	return quirks->ndeviations > before;
}

static bool add_rules(struct quirks *quirks, const char *name, struct deviation row)
{
	size_t count, before = quirks->ndeviations;
	const struct vmxcheck_rule *rules = vmxcheck_rules(&count);

	for (row.number = 0; row.number < count; row.number++)
		if (!fnmatch(name, rules[row.number].id, 0))
			APPEND(quirks->deviation, quirks->ndeviations, row);
	return quirks->ndeviations > before;
}

static bool find_field(const char *name, size_t *encoding)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		if (!strcasecmp(fields[i].name, name)) {
			*encoding = fields[i].encoding;
			return true;
		}
	return false;
}

static char *parse_with(struct parser *parser, char *const *words, struct deviation *row)
{
	struct condition *condition = &row->condition[row->nconditions++];

	if (!find_field(words[0], &condition->field))
		return xasprintf("%s: there is no field '%s'", parser->place, words[0]);
	if (!parse_masked(words[1], &condition->value, &condition->mask))
		return xasprintf("%s: '%s' is not a number", parser->place, words[1]);
	return NULL;
}

/* Adds what the name means, of 'fatal' a check or a rule; false if it means nothing. */
static bool add_deviations(struct quirks *quirks, const char *name, struct deviation row)
{
	if (row.kind == DEVIATION_FIELD) {
		if (!find_field(name, &row.number))
			return false;
		APPEND(quirks->deviation, quirks->ndeviations, row);
		return true;
	}
	if (row.kind == DEVIATION_CHECK && add_checks(quirks, name, row))
		return true;
	if (row.kind == DEVIATION_CHECK && !row.fatal)
		return false;
	row.kind = DEVIATION_RULE;
	return add_rules(quirks, name, row);
}

/*
 * Takes 'with FIELD VALUE...' and 'after !entrystate' from the end of a line. Returns what is
 * wrong, or NULL.
 */
static char *parse_condition(struct parser *parser, struct words *words, struct deviation *row)
{
	char **end = words->word + words->count;
	char *error = NULL;

	if (words->count > 2 && !strcmp(end[-2], "after")) {
		if (strcmp(end[-1], "!entrystate"))
			return wrong(parser, "expected: after !entrystate");
		row->after_failure = true;
		end -= 2;
	}
	while (!error && end - words->word > 3 && !strcmp(end[-3], "with") &&
	       row->nconditions < CONDITIONS_MAX) {
		error = parse_with(parser, end - 2, row);
		end -= 3;
	}
	words->count = end - words->word;
	return error;
}

/* WORD NAME... [CONDITION]: what is known of these checks or fields; some have no names. */
static char *parse_deviation(struct parser *parser, const char *line, enum deviation_kind kind,
			     bool fatal)
{
	struct quirks *quirks = parser->quirks;
	struct deviation row = { .kind = kind, .fatal = fatal, .reason = quirks->nreasons - 1 };
	struct words words = words_split(line);
	char *error = NULL;

	if (!parser->in_reason)
		error = xasprintf("%s: '%s' without a 'because' before it", parser->place,
				  words.word[0]);
	else if (parser->first_point != quirks->count)
		error = wrong(parser, "checks and fields come before the points");
	else
		error = parse_condition(parser, &words, &row);
	if (!error && (kind == DEVIATION_REFUSES || kind == DEVIATION_EXECUTES)) {
		if (words.count > 1 || !row.nconditions || row.after_failure)
			error = xasprintf("%s: expected: %s with FIELD VALUE", parser->place,
					  words.word[0]);
		else
			APPEND(quirks->deviation, quirks->ndeviations, row);
	} else if (!error && words.count < 2) {
		error = xasprintf("%s: expected: %s NAME ...", parser->place, words.word[0]);
	}
	for (size_t i = 1; i < words.count && !error; i++) {
		if (!add_deviations(quirks, words.word[i], row))
			error = xasprintf("%s: there is no %s '%s'", parser->place,
					  kind == DEVIATION_FIELD ? "field" :
					  kind == DEVIATION_RULE ? "rule" : "check",
					  words.word[i]);
	}
	words_free(&words);
	return error;
}

static char *parse_point(struct parser *parser, const char *text, bool sometimes, bool dies)
{
	struct quirks *quirks = parser->quirks;
	struct quirk quirk = { .sometimes = sometimes, .dies = dies };
	bool never_tried = dies && !sometimes;
	char *error;

	if (!*text || text[strcspn(text, BLANKS)])
		return xasprintf("%s: '%s' is neither a point nor anything else",
				 parser->place, text);
	if (!parser->in_reason)
		return wrong(parser, "a point without a 'because' before it");
	if (have_difference(parser) || never_tried) {
		error = end_points(parser);
		if (error)
			return error;
		parser->group = quirks->count;
	}
	quirk.place = xstrdup(parser->place);
	quirk.pattern = xstrdup(text);
	quirk.reason = quirks->nreasons - 1;
	APPEND(quirks->quirk, quirks->count, quirk);
	/* No line of the case differs. */
	if (never_tried)
		parser->group = quirks->count;
	return NULL;
}

/* FILE and one of ops: what follows it, or NULL and what is wrong in *error. */
static const char *split_line(struct parser *parser, const char *line,
			      const char *ops, const struct file **file,
			      char *op, char **error)
{
	size_t length = strcspn(line, BLANKS);

	*error = NULL;
	if (!length || !strchr(ops, line[length - 1])) {
		*error = xasprintf("%s: '%.*s' is not the beginning of a line of a case",
				   parser->place, (int)length, line);
		return NULL;
	}
	*op = line[length - 1];
	*file = find_file(line, length - 1);
	if (!*file) {
		*error = xasprintf("%s: a vCPU has no file '%.*s'",
				   parser->place, (int)length - 1, line);
		return NULL;
	}
	line += length;
	return line + strspn(line, BLANKS);
}

static void add_difference(struct parser *parser, struct difference difference)
{
	struct quirks *quirks = parser->quirks;

	for (size_t i = parser->group; i < quirks->count; i++) {
		struct quirk *quirk = &quirks->quirk[i];

		if (!quirk->ndifferences++)
			quirk->first = quirks->ndifferences;
	}
	APPEND(quirks->difference, quirks->ndifferences, difference);
}

/* number: 0, or which one of the lines that are alike; EACH_LINE: any of them. */
static char *parse_difference(struct parser *parser, size_t number,
			      const char *line)
{
	struct difference difference = {
		.number = number == EACH_LINE ? 0 : number,
		.each = number == EACH_LINE,
	};
	char *error = end_difference(parser);
	const char *text;
	size_t length;

	if (error)
		return error;
	if (!parser->in_reason || parser->group == parser->quirks->count)
		return wrong(parser, "'-' without a point before it");
	text = split_line(parser, line, STEP_OPS, &difference.file,
			  &difference.op, &error);
	if (!text)
		return error;
	length = strlen(text);
	if (length >= strlen(ANY_REST) &&
	    strcmp(text + length - strlen(ANY_REST), ANY_REST) == 0) {
		length -= strlen(ANY_REST);
		difference.begins = true;
	}
	difference.text = xstrndup(text, length);
	difference.place = xstrdup(parser->place);
	add_difference(parser, difference);
	return NULL;
}

static char *parse_instead(struct parser *parser, const char *line)
{
	struct difference *difference;
	struct instead instead = { 0 };
	const struct file *file;
	const char *text;
	char *error;
	char op;

	if (!parser->in_reason || !have_difference(parser))
		return wrong(parser, "'+' without a '-' before it");
	text = split_line(parser, line, "?!", &file, &op, &error);
	if (!text)
		return error;
	difference = last_difference(parser);
	if (file != difference->file)
		return xasprintf("%s: in place of a line of %s can't come one of %s",
				 parser->place, difference->file->name,
				 file->name);
	if (op == '?' && difference->op != '?')
		return xasprintf("%s: in place of %s%c can only come %s!",
				 parser->place, file->name, difference->op,
				 file->name);
	instead.error = op == '!';
	instead.place = xstrdup(parser->place);
	instead.text = xstrdup(text);
	APPEND(difference->instead, difference->ninstead, instead);
	return NULL;
}

/* "-", "-*", or "-" and a number from 1 on. */
static bool is_minus(const char *word, size_t length, size_t *number)
{
	size_t digits = strspn(word + 1, DIGITS);

	*number = EACH_LINE;
	if (name_is("-*", word, length))
		return true;
	if (*word != '-' || length != 1 + digits || digits > 3)
		return false;
	*number = digits ? strtoul(word + 1, NULL, 10) : 0;
	return !digits || *number;
}

/* sometimes POINT, sometimes dies POINT */
static char *parse_sometimes(struct parser *parser, const char *text)
{
	size_t length = strcspn(text, BLANKS);
	const char *point = text + length + strspn(text + length, BLANKS);

	if (name_is("dies", text, length))
		return parse_point(parser, point, true, true);
	return parse_point(parser, text, true, false);
}

static char *parse_line(struct parser *parser, const char *line)
{
	size_t number;
	size_t length = strcspn(line, BLANKS);
	const char *text = line + length + strspn(line + length, BLANKS);

	if (name_is("include", line, length))
		return parse_include(parser, text);
	if (name_is("because", line, length))
		return parse_because(parser, text);
	if (name_is("right", line, length))
		return parse_right(parser, text);
	if (name_is("from", line, length) || name_is("until", line, length))
		return parse_range(parser, line);
	if (name_is("erratum", line, length))
		return parse_erratum(parser, line);
	if (name_is("check", line, length))
		return parse_deviation(parser, line, DEVIATION_CHECK, false);
	if (name_is("fatal", line, length))
		return parse_deviation(parser, line, DEVIATION_CHECK, true);
	if (name_is("field", line, length))
		return parse_deviation(parser, line, DEVIATION_FIELD, false);
	if (name_is("rule", line, length))
		return parse_deviation(parser, line, DEVIATION_RULE, false);
	if (name_is("refuses", line, length))
		return parse_deviation(parser, line, DEVIATION_REFUSES, false);
	if (name_is("executes", line, length))
		return parse_deviation(parser, line, DEVIATION_EXECUTES, false);
	if (name_is("sometimes", line, length))
		return parse_sometimes(parser, text);
	if (name_is("dies", line, length))
		return parse_point(parser, text, false, true);
	if (is_minus(line, length, &number))
		return parse_difference(parser, number, text);
	if (name_is("+", line, length))
		return parse_instead(parser, text);
	return parse_point(parser, line, false, false);
}

static char *end_line(struct parser *parser)
{
	char *line = string_end(&parser->line);
	char *error = *line ? parse_line(parser, line) : NULL;

	free(line);
	free(parser->place);
	parser->line = (struct string){ 0 };
	parser->place = NULL;
	return error;
}

static char *read_line(struct parser *parser, unsigned int number,
		       const char *text)
{
	size_t blanks = strspn(text, BLANKS);
	size_t length = strlen(text);
	char *error;

	while (length > blanks && strchr(BLANKS, text[length - 1]))
		length--;
	if (length == blanks || text[blanks] == '#')
		return end_line(parser);
	if (blanks && parser->line.length) {
		string_add(&parser->line, " ");
	} else {
		error = end_line(parser);
		if (error)
			return error;
		parser->place = xasprintf("%s:%u", parser->path, number);
	}
	if (blanks && !parser->line.length)
		return wrong(parser, "a blank at its start continues the line before it: there is none");
	string_append(&parser->line, text + blanks, length - blanks);
	return NULL;
}

static char *parse_text(struct quirks *quirks, const char *path,
			const char *text, const char *version,
			unsigned int depth)
{
	struct parser parser = {
		.quirks = quirks,
		.path = path,
		.version = version,
		.depth = depth,
		.group = quirks->count,
	};
	char *copy = xstrdup(text);
	char *rest = copy;
	unsigned int number = 0;
	char *error = NULL;
	char *line;

	while (!error && (line = strsep(&rest, "\n")))
		error = read_line(&parser, ++number, line);
	if (!error)
		error = end_line(&parser);
	if (!error)
		error = end_reason(&parser);
	free(parser.line.text);
	free(parser.place);
	free(copy);
	return error;
}

static char *read_quirks(struct quirks *quirks, const char *path,
			 const char *version, unsigned int depth)
{
	size_t length;
	char *text;
	char *wrong;
	int error;

	error = read_whole_file(path, MAX_QUIRKS_SIZE, &text, &length);
	if (error)
		return xasprintf("%s: %s", path, strerror(-error));
	wrong = parse_text(quirks, path, text, version, depth);
	free(text);
	return wrong;
}

char *quirks_parse(struct quirks *quirks, const char *path, const char *text,
		   const char *version)
{
	if (version && !is_version(version))
		return xasprintf("%s: '%s' is not a version", path, version);
	return parse_text(quirks, path, text, version, 0);
}

char *quirks_read(struct quirks *quirks, const char *path, const char *version)
{
	if (version && !is_version(version))
		return xasprintf("%s: '%s' is not a version", path, version);
	return read_quirks(quirks, path, version, 0);
}

static void free_difference(struct difference *difference)
{
	for (size_t i = 0; i < difference->ninstead; i++) {
		free(difference->instead[i].place);
		free(difference->instead[i].text);
	}
	free(difference->instead);
	free(difference->place);
	free(difference->text);
}

void quirks_free(struct quirks *quirks)
{
	for (size_t i = 0; i < quirks->nreasons; i++) {
		free(quirks->reason[i].place);
		free(quirks->reason[i].because);
		free(quirks->reason[i].right);
		free(quirks->reason[i].text);
	}
	free(quirks->reason);
	for (size_t i = 0; i < quirks->nerrata; i++)
		free(quirks->erratum[i].id);
	free(quirks->erratum);
	free(quirks->deviation);
	for (size_t i = 0; i < quirks->ndifferences; i++)
		free_difference(&quirks->difference[i]);
	free(quirks->difference);
	free(quirks->of_case);
	free(quirks->here);
	for (size_t i = 0; i < quirks->count; i++) {
		free(quirks->quirk[i].place);
		free(quirks->quirk[i].pattern);
	}
	free(quirks->quirk);
	*quirks = (struct quirks){ 0 };
}
