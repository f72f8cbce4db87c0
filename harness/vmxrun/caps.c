// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* strchrnul */
#include "caps.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "words.h"

#define CPU_PREFIX "cpu."

static const char *const names[] = {
	"vmxfs.unsafe", "vmxfs.mtf",
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) #group "." #ident,
#include "vmx_controls.h"
#define VMX_CAPABILITY(group, msr, bit, width, ident) #group "." #ident,
#include "vmx_capabilities.h"
};

static bool is_cpu_flag(const char *name)
{
	return strncmp(name, CPU_PREFIX, strlen(CPU_PREFIX)) == 0;
}

bool caps_known(const char *name)
{
	name += *name == '!';
	if (is_cpu_flag(name))
		return name[strlen(CPU_PREFIX)];
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The rest of the first line that begins with a word, or NULL. */
static char *find_line(const char *text, const char *word)
{
	size_t length = strlen(word);

	while (*text) {
		if (strncmp(text, word, length) == 0 &&
		    strchr(" \t:\n", text[length])) {
			text += length;
			return xstrndup(text, strcspn(text, "\n"));
		}
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return NULL;
}

/* "flags		: fpu vme de ..." */
static bool has_cpu_flag(const char *cpuinfo, const char *flag)
{
	char *line = find_line(cpuinfo, "flags");
	char *rest = line;
	char *word;
	bool found = false;

	while (!found && (word = strsep(&rest, " ")))
		found = strcmp(word, flag) == 0;
	free(line);
	return found;
}

/*
 * "proc.hlt_exiting 01", the values that a control may have, or
 * "misc.cr3_target_values 4", a number. Only 0 means that it is missing.
 */
static bool has_capability(const char *caps, const char *name)
{
	char *line = find_line(caps, name);
	struct words words = { 0 };
	uint64_t value;
	bool has;

	if (line)
		words = words_split(line);
	has = words.count && parse_number(words.word[0], &value) && value;
	words_free(&words);
	free(line);
	return has;
}

bool caps_has(const char *caps, const char *cpuinfo, const char *name)
{
	if (*name == '!')
		return !caps_has(caps, cpuinfo, name + 1);
	if (is_cpu_flag(name))
		return has_cpu_flag(cpuinfo, name + strlen(CPU_PREFIX));
	return has_capability(caps, name);
}
