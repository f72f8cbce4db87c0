// SPDX-License-Identifier: GPL-2.0
/*
 * vmxexplain FILE|- [--replay] [--caps FILE]...: why did this VM entry fail; or a case that
 * makes it again. Exit status: 0 if something was explained, 1 if the text is not understood
 * or there is no case, 2 if it can't be read.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "explain.h"
#include "replay.h"

static int fail(int status, const char *name, const char *why)
{
	fprintf(stderr, "vmxexplain: %s: %s\n", name, why);
	return status;
}

/* Standard input ends somewhere; a file is read likewise. */
static char *read_stream(FILE *stream, size_t *length)
{
	struct string text = { 0 };
	char buffer[4096];
	size_t n;

	while ((n = fread(buffer, 1, sizeof(buffer), stream)) && text.length <= EXPLAIN_LONGEST)
		string_append(&text, buffer, n);
	*length = text.length;
	return string_end(&text);
}

/* Returns what is wrong. */
static const char *read_text(const char *name, char **text, size_t *length)
{
	FILE *stream = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
	const char *error = NULL;

	if (!stream)
		return strerror(errno);
	errno = 0;
	*text = read_stream(stream, length);
	if (ferror(stream))
		error = strerror(errno);
	else if (*length > EXPLAIN_LONGEST)
		error = "it is longer than 16 MiB: give the lines around the dump only";
	if (stream != stdin)
		fclose(stream);
	if (error)
		free(*text);
	return error;
}

static int say(const struct reading *reading, const char *name, bool as_case)
{
	const char *refusal = explain_refuses(reading);
	struct string out = { 0 };
	char *text;

	if (!refusal && as_case)
		refusal = replay(&out, reading);
	else if (!refusal)
		explain(&out, reading);
	text = string_end(&out);
	if (refusal) {
		free(text);
		return fail(1, name, refusal);
	}
	fputs(text, stdout);
	free(text);
	if (fflush(stdout))
		return fail(2, "standard output", strerror(errno));
	return 0;
}

static const char *add_capabilities(struct reading *reading, const char *name, bool text_is_input)
{
	const char *error;
	size_t length;
	char *text;

	if (text_is_input && strcmp(name, "-") == 0)
		return "standard input can be read only once";
	error = read_text(name, &text, &length);
	if (error)
		return error;
	if (!reading_add_capabilities(reading, text, length))
		error = "there is no capability in it that is known here: an MSR in hexadecimal, or "
			"whole groups of controls, as vmxfs's caps, vmxcap and rdmsr have them";
	free(text);
	return error;
}

/* FILE, --replay or not, then pairs; returns where these begin, or 0 */
static int find_pairs(int argc, char **argv)
{
	int first = argc > 2 && strcmp(argv[2], "--replay") == 0 ? 3 : 2;

	for (int i = first; i < argc; i += 2)
		if (strcmp(argv[i], "--caps") != 0)
			return 0;
	return argc >= first && (argc - first) % 2 == 0 ? first : 0;
}

int main(int argc, char **argv)
{
	const char *error, *name;
	struct reading *reading;
	size_t length;
	char *text;
	int status, first = find_pairs(argc, argv);

	if (!first) {
		fputs("usage: vmxexplain FILE|- [--replay] [--caps FILE]...\n", stderr);
		return 2;
	}
	name = strcmp(argv[1], "-") == 0 ? "standard input" : argv[1];
	error = read_text(argv[1], &text, &length);
	if (error)
		return fail(2, name, error);
	reading = reading_new(text, length);
	free(text);
	for (int i = first; !error && i < argc; i += 2) {
		name = argv[i + 1];
		error = add_capabilities(reading, name, strcmp(argv[1], "-") == 0);
	}
	status = error ? fail(2, name, error) :
		 say(reading, strcmp(argv[1], "-") == 0 ? "standard input" : argv[1], first == 3);
	reading_free(reading);
	return status;
}
