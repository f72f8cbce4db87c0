// SPDX-License-Identifier: GPL-2.0
#define _GNU_SOURCE	/* strchrnul */
#include "caps.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util.h"
#include "words.h"

static const char *const names[] = {
	"vmxfs.mtf", "vmxfs.processors", "vmxfs.self_snoop", "vmwrite.access_rights_reserved", "vmwrite.access_rights_l",
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) #group "." #ident,
#include "vmx_controls.h"
#define VMX_CAPABILITY(group, msr, bit, width, ident) #group "." #ident,
#include "vmx_capabilities.h"
#define VMX_CPUID(leaf, subleaf, reg, bit, width, ident) "cpuid." #ident,
#include "vmx_cpuid.h"
};

/* What follows from the MSRs. */
static const char *const parts[] = {
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) #group "." #ident,
#include "vmx_controls.h"
#define VMX_CAPABILITY(group, msr, bit, width, ident) \
	(msr) >= 0x480 && (msr) <= 0x493 && (width) < 64 ? #group "." #ident : NULL,
#include "vmx_capabilities.h"
};

/* A need, taken apart; relation is one of "!<>=", or 0. */
struct need {
	char relation;
	const char *name;
	size_t length;
	uint64_t number;
};

static bool parse_need(struct need *need, const char *text)
{
	*need = (struct need){ .name = text, .length = strcspn(text, "<>=") };
	need->relation = text[need->length];
	if (need->relation)
		return parse_number(text + need->length + 1, &need->number) &&
		       (need->relation != '=' || !need->number);
	if (*text == '!') {
		need->relation = '!';
		need->name++;
		need->length--;
	}
	return true;
}

bool caps_known(const char *text)
{
	struct need need;

	if (!parse_need(&need, text))
		return false;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (*names[i] == *need.name && name_is(names[i], need.name, need.length))
			return true;
	return false;
}

/* What follows a name at the beginning of a line, or NULL. */
static const char *find_line(const char *text, const char *name, size_t length)
{
	while (*text) {
		if (*text == *name && strncmp(text, name, length) == 0 &&
		    strchr(" \n", text[length]))
			return text + length;
		text = strchrnul(text, '\n');
		text += *text == '\n';
	}
	return NULL;
}

/*
 * "proc.hlt_exiting 01", the values that a control may have, is above 0 if it may be 1;
 * "misc.cr3_target_values 0x4", a number.
 */
static uint64_t value_of(const char *caps, const char *name, size_t length)
{
	const char *line = find_line(caps, name, length);
	uint64_t value = 0;
	char *word;

	if (!line || *line != ' ')
		return 0;
	word = xstrndup(line + 1, strcspn(line + 1, "\n"));
	if (!parse_number(word, &value))
		value = 0;
	free(word);
	return value;
}

/* A control that may be both has 01; a number may be what it is. */
static bool may_be_0(const char *caps, const char *name, size_t length)
{
	return !value_of(caps, name, length) ||
	       strncmp(find_line(caps, name, length), " 01", 3) == 0;
}

bool caps_line_says(const char *line, size_t length)
{
	size_t name = strcspn(line, " ");

	if (name >= length || (length - name == 4 && strncmp(line + name, " 0x0", 4) == 0))
		return false;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
		if (parts[i] && *parts[i] == *line && name_is(parts[i], line, name))
			return false;
	return true;
}

uint64_t caps_value(const char *caps, const char *name)
{
	return value_of(caps, name, strlen(name));
}

bool caps_has(const char *caps, const char *text)
{
	struct need need;
	uint64_t value;

	if (!parse_need(&need, text))
		return false;
	value = value_of(caps, need.name, need.length);
	switch (need.relation) {
	case '!':
		return !value;
	case '<':
		return value < need.number;
	case '>':
		return value > need.number;
	case '=':
		return may_be_0(caps, need.name, need.length);
	default:
		return value;
	}
}

uint64_t caps_phys_end(const char *caps)
{
	uint64_t width = caps_value(caps, "cpuid.physical_bits");

	return width < 64 ? (uint64_t)1 << width : 0;
}
