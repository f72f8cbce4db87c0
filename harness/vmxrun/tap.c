// SPDX-License-Identifier: GPL-2.0
#include "tap.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "caps.h"

/* Characters that mean nothing to YAML anywhere in a plain scalar. */
#define PLAIN "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ./_+()$*,;=-"
#define PLAIN_FIRST "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

void result_free(struct result *result)
{
	free(result->core);
	free(result->values);
	free(result->at);
	free(result->message);
	free(result->expected);
	free(result->got);
	free(result->expected_means);
	free(result->got_means);
	free(result->because);
	free(result->below);
	free(result->why);
	free(result->quirk);
	free(result->transcript);
	free(result->registers);
	*result = (struct result){ 0 };
}

/*
 * One word might be a YAML 1.1 number, date, null or boolean, so that only a
 * text of several is left plain.
 */
static bool is_plain(const char *text)
{
	size_t length = strlen(text);

	return length && strchr(PLAIN_FIRST, *text) && strchr(text, ' ') &&
	       text[length - 1] != ' ' && text[strspn(text, PLAIN)] == '\0';
}

static void print_quoted(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = *text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

/*
 * Lines that a literal block scalar keeps as they are. prove knows no indicators
 * after its "|", so that one newline at the end is as good as none.
 */
static bool is_block(const char *text)
{
	size_t length = strlen(text);

	return strchr(text, '\n') && *text != ' ' && *text != '\n' &&
	       !(text[length - 1] == '\n' && text[length - 2] == '\n');
}

static void print_block(FILE *out, const char *text)
{
	fputc('|', out);
	while (*text) {
		size_t length = strcspn(text, "\n");

		fputs("\n    ", out);
		for (size_t i = 0; i < length; i++)
			fputc(text[i] < ' ' || text[i] > '~' ? '?' : text[i],
			      out);
		text += length;
		text += *text == '\n';
	}
}

static void print_text(FILE *out, const char *key, const char *text)
{
	if (!text)
		return;
	fprintf(out, "  %s: ", key);
	if (is_block(text))
		print_block(out, text);
	else if (is_plain(text))
		fputs(text, out);
	else
		print_quoted(out, text);
	fputc('\n', out);
}

/* What is known to be wrong needs no search: without the registers. */
static void print_failure(FILE *out, const struct result *result, bool known)
{
	fprintf(out, "  severity: %s\n",
		result->outcome == ERROR ? "error" : "failure");
	print_text(out, "at", result->at);
	print_text(out, "message", result->message);
	print_text(out, "expected", result->expected);
	print_text(out, "got", result->got);
	print_text(out, "expected_means", result->expected_means);
	print_text(out, "got_means", result->got_means);
	print_text(out, "because", result->because);
	print_text(out, "below", result->below);
	print_text(out, "why", result->why);
	/* For the log of an emulator, or a trace */
	if (result->why)
		fprintf(out, "  tsc: %" PRIu64 "\n", result->tsc);
	print_text(out, "quirk", result->quirk);
	if (!known)
		print_text(out, "registers", result->registers);
}

void tap_version(FILE *out)
{
	fputs("TAP version 13\n", out);
}

void tap_processor(FILE *out, const char *identity)
{
	fprintf(out, "# processor: %s\n", identity);
}

void tap_core(FILE *out, const char *core)
{
	fprintf(out, "# core: %s\n", core);
}

void tap_caps(FILE *out, const char *word, const char *caps)
{
	while (*caps) {
		size_t length = strcspn(caps, "\n");

		if (caps_line_says(caps, length))
			fprintf(out, "# %s: %.*s\n", word, (int)length, caps);
		caps += length + (caps[length] == '\n');
	}
}

void tap_plan(FILE *out, size_t count)
{
	fprintf(out, "1..%zu\n", count);
}

void tap_refused(FILE *out, const struct result *result)
{
	fprintf(out, "# refused: %" PRIu64 " %" PRIu64 "\n", result->begun, result->ended);
}

void tap_point(FILE *out, size_t number, const char *name,
	       const struct result *result, const char *todo)
{
	bool ok = result->outcome == PASS || result->outcome == SKIP;

	if (result->disturbed)
		fprintf(out, "# %s: disturbed, and tried again: %u\n", name,
			result->disturbed);
	fprintf(out, "%s %zu - %s", ok ? "ok" : "not ok", number, name);
	if (result->outcome == SKIP)
		fprintf(out, " # SKIP %s", result->message);
	else if (todo)
		fprintf(out, " # TODO %s", todo);
	fputc('\n', out);
	if (ok && !result->transcript)
		return;
	fputs("  ---\n", out);
	print_text(out, "core", result->core);
	print_text(out, "values", result->values);
	if (!ok)
		print_failure(out, result, todo);
	print_text(out, "transcript", result->transcript);
	fputs("  ...\n", out);
}

void tap_bail_out(FILE *out, const char *reason)
{
	fprintf(out, "Bail out! %s\n", reason);
}
