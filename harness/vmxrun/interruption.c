// SPDX-License-Identifier: GPL-2.0
#include "interruption.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "vmx.h"
#include "words.h"

#define OPEN "intr("
#define TYPE(info) (((info) & VMX_INTR_TYPE) >> 8)
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static const char *const exceptions[] = {
#define VMX_EXCEPTION(vector, ident, name, error_code, fault, sdm_name) [vector] = name,
#include "vmx_exceptions.h"
};

static const char *const types[] = {
#define VMX_INTERRUPTION(number, ident, word, sdm_name) [number] = word,
#include "vmx_interruptions.h"
};

static const struct {
	const char *word;
	uint32_t bit;
} flags[] = {
	{ "code", VMX_INTR_ERROR_CODE },
	{ "iret", VMX_INTR_NMI_UNBLOCKED },
};

#define KNOWN (VMX_INTR_VECTOR | VMX_INTR_TYPE | VMX_INTR_ERROR_CODE | \
	       VMX_INTR_NMI_UNBLOCKED | VMX_INTR_VALID)

/* The index of a word in a table that has NULL in its gaps; -1 if it is not there. */
static int find_word(const char *const *table, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (table[i] && strcmp(table[i], word) == 0)
			return i;
	return -1;
}

static char *add_vector(uint32_t *info, const char *word)
{
	int exception = find_word(exceptions, COUNT(exceptions), word);
	uint64_t vector = exception;

	if (exception < 0 && (!parse_number(word, &vector) || vector > VMX_INTR_VECTOR))
		return xasprintf("intr: '%s' is neither an exception nor a vector", word);
	*info |= vector;
	return NULL;
}

static char *add_type(uint32_t *info, const char *word)
{
	int type = find_word(types, COUNT(types), word);

	if (type < 0)
		return xasprintf("intr: there is no interruption type '%s'", word);
	*info |= (uint32_t)type << 8;
	return NULL;
}

static char *add_flag(uint32_t *info, const char *word)
{
	for (size_t i = 0; i < COUNT(flags); i++) {
		if (strcmp(flags[i].word, word) == 0) {
			*info |= flags[i].bit;
			return NULL;
		}
	}
	return xasprintf("intr: there is no flag '%s'", word);
}

/* The words between the parentheses. */
static char *parse_words(uint32_t *info, char *words)
{
	static char *(*const add[])(uint32_t *info, const char *word) = {
		add_vector, add_type,
	};
	char *error = NULL;
	size_t count = 0;
	char *word;

	*info = VMX_INTR_VALID;
	while (!error && (word = strsep(&words, ","))) {
		error = (count < COUNT(add) ? add[count] : add_flag)(info, word);
		count++;
	}
	if (!error && count < COUNT(add))
		error = xstrdup("intr takes a vector, a type and flags: intr(#np,hw,code)");
	return error;
}

/* Replaces one, and moves *text behind it; returns what is wrong. */
static char *expand_one(struct string *out, const char **text)
{
	const char *words = *text + strlen(OPEN);
	size_t length = strcspn(words, ") ");
	char *copy;
	char *error;
	uint32_t info;

	if (words[length] != ')')
		return xstrdup("intr( needs its ')'");
	copy = xstrndup(words, length);
	error = parse_words(&info, copy);
	free(copy);
	if (!error)
		string_print(out, "0x%" PRIx32, info);
	*text = words + length + 1;
	return error;
}

char *expand_interruptions(const char *text, char **error)
{
	struct string out = { 0 };
	const char *next;
	char *result;

	*error = NULL;
	while (!*error && (next = strstr(text, OPEN))) {
		string_append(&out, text, next - text);
		text = next;
		*error = expand_one(&out, &text);
	}
	string_add(&out, text);
	result = string_end(&out);
	if (*error) {
		free(result);
		return NULL;
	}
	return result;
}

/* Whether intr() has words for all bits; a VM exit leaves it open whether bit 12 is set. */
static bool has_words(uint64_t value, uint64_t mask)
{
	return (uint32_t)(mask | VMX_INTR_NMI_UNBLOCKED) == UINT32_MAX &&
	       value & VMX_INTR_VALID && types[TYPE(value)] &&
	       !(value & ~(uint64_t)KNOWN);
}

static void print_vector(struct string *out, uint64_t value)
{
	uint32_t type = value & VMX_INTR_TYPE;
	uint32_t vector = value & VMX_INTR_VECTOR;

	if (type != VMX_INTR_EXTERNAL && type != VMX_INTR_SW_INTERRUPT &&
	    vector < COUNT(exceptions) && exceptions[vector])
		string_add(out, exceptions[vector]);
	else
		string_print(out, "0x%" PRIx32, vector);
}

char *interruption_words(uint64_t value, uint64_t mask)
{
	struct string out = { 0 };

	if (!has_words(value, mask))
		return NULL;
	string_add(&out, OPEN);
	print_vector(&out, value);
	string_print(&out, ",%s", types[TYPE(value)]);
	for (size_t i = 0; i < COUNT(flags); i++)
		if (value & mask & flags[i].bit)
			string_print(&out, ",%s", flags[i].word);
	string_add(&out, ")");
	return string_end(&out);
}
