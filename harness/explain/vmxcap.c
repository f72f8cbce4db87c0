// SPDX-License-Identifier: GPL-2.0
/*
 * vmxcap prints the name of a set, then a line for each control:
 *
 *   pin-based controls
 *     External interrupt exiting               yes
 *
 * "yes": it can be 0 and 1. "no": 0. "forced": 1. "default": 1, and 0 by the TRUE MSR.
 */
#include "vmxcap.h"

#include <string.h>
#include <strings.h>

#include "names.h"
#include "vmx.h"

/* The MSR that counts: the TRUE one, if there is one */
static const struct {
	const char *title;
	const char *set;
	uint64_t msr;
} sets[] = {
	{ "pin-based controls", "pin-based", 0x48d },
	{ "primary processor-based controls", "primary processor-based", 0x48e },
	{ "secondary processor-based controls", "secondary processor-based", 0x48b },
	{ "VM-Exit controls", "primary VM-exit", 0x48f },
	{ "VM-Entry controls", "VM-entry", 0x490 },
};

static const struct {
	const char *word;
	unsigned int must, may;
} words[] = {
	{ "yes", 0, 1 }, { "no", 0, 0 }, { "forced", 1, 1 }, { "default", 0, 1 },
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))
/* A longer line is none of vmxcap's. */
#define LONGEST 100

static bool is_line(const char *line, size_t length, const char *text)
{
	return strlen(text) == length && strncasecmp(line, text, length) == 0;
}

/* The last word, if it is one of those; @length becomes that of what stands before it. */
static int last_word(const char *line, size_t *length)
{
	size_t begin = *length;

	while (begin && line[begin - 1] != ' ')
		begin--;
	for (size_t i = 0; begin > 1 && line[begin - 2] == ' ' && i < COUNT(words); i++)
		if (is_line(line + begin, *length - begin, words[i].word)) {
			*length = begin;
			return (int)i;
		}
	return -1;
}

static void read_control(struct reading *reading, int set, size_t at, size_t length)
{
	const char *line = reading->text.bytes + at, *name = sets[set].set;
	int word = last_word(line, &length);
	struct named named;
	struct claim claim;

	if (word < 0 || !find_control(name, strlen(name), line, length, &named))
		return;
	claim = (struct claim){
		.kind = VMXCHECK_MSR, .number = sets[set].msr, .derived = IN_WORDS,
		.value = (uint64_t)words[word].must << named.shift |
			 (uint64_t)words[word].may << (32 + named.shift),
		.mask = 1ULL << named.shift | 1ULL << (32 + named.shift),
		.offset = at + length, .line = text_line(&reading->text, at + length),
	};
	values_add(&reading->capabilities, claim);
}

void read_vmxcap(struct reading *reading, size_t begin, size_t end)
{
	int set = -1;

	for (size_t at = begin, next; at < end; at = next + 1) {
		const char *line = reading->text.bytes + at, *newline = memchr(line, '\n', end - at);
		size_t length = newline ? (size_t)(newline - line) : end - at;

		next = at + length;
		if (!newline || length > LONGEST)
			continue;
		for (size_t i = 0; i < COUNT(sets); i++)
			if (is_line(line, length, sets[i].title))
				set = (int)i;
		if (set >= 0)
			read_control(reading, set, at, length);
	}
}
