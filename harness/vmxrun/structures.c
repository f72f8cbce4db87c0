// SPDX-License-Identifier: GPL-2.0
/*
 * The structures that the VMCS of a vCPU points to, as its files show them: what is at an
 * address. A vCPU that is not unsafe can have its own ones only.
 */
#include <stdlib.h>
#include <string.h>

#include "caps.h"
#include "facts.h"
#include "util.h"
#include "vmx.h"
#include "words.h"

#define PAGE 0x1000

/* Numbers of a line, 0 where there are no more of them; returns the next line. */
static const char *read_numbers(const char *line, uint64_t *number, size_t count)
{
	const char *end = line + strcspn(line, "\n");

	for (size_t i = 0; i < count; i++) {
		char *word;

		line += strspn(line, " ");
		word = xstrndup(line, strcspn(line, " \n"));
		if (line >= end || !parse_number(word, &number[i]))
			number[i] = 0;
		line += strlen(word);
		free(word);
	}
	return *end ? end + 1 : end;
}

static char *read_own(const struct facts *facts, const char *file)
{
	char *text = NULL;

	free(access_read(facts->own, file, &text));
	return text;
}

/* A page is lines of "offset value"; what is 0 has none. */
static bool read_page(const struct facts *facts, const char *file, uint64_t offset, uint32_t *word)
{
	char *text = read_own(facts, file);

	if (!text)
		return false;
	*word = 0;
	for (const char *line = text; *line;) {
		uint64_t number[2];

		line = read_numbers(line, number, 2);
		if (number[0] == offset)
			*word = number[1];
	}
	free(text);
	return true;
}

/*
 * The list of MSRs is lines of "index value [reserved]". After these the module has MSRs of its
 * own, which can be loaded.
 */
static bool read_list(const struct facts *facts, const char *file, uint64_t offset, uint32_t *word)
{
	/* One that any processor loads */
	struct msr_entry entry = { .index = VMX_MSR_KERNEL_GS_BASE };
	char *text = read_own(facts, file);
	uint64_t number[3];

	if (!text)
		return false;
	for (const char *line = text; *line; offset -= sizeof(entry)) {
		line = read_numbers(line, number, 3);
		if (offset < sizeof(entry)) {
			entry = (struct msr_entry){ number[0], number[2], number[1] };
			break;
		}
	}
	free(text);
	memcpy(word, (char *)&entry + offset % sizeof(entry), sizeof(*word));
	return true;
}

/* The one VMCS that the link pointer of a vCPU can be given is a shadow VMCS. */
static bool read_shadow(const struct facts *facts, const char *file, uint64_t offset, uint32_t *word)
{
	(void)file;
	*word = caps_value(facts->caps, "basic.revision") | 1u << 31;
	return !offset;
}

static const struct {
	uint32_t field;
	const char *file;
	bool (*read)(const struct facts *facts, const char *file, uint64_t offset, uint32_t *word);
} structures[] = {
	{ VMCS_VIRTUAL_APIC_ADDRESS, "vapic", read_page },
	{ VMCS_ENTRY_MSR_LOAD_ADDRESS, "entrymsrload", read_list },
	{ VMCS_VMCS_LINK_POINTER, NULL, read_shadow },
};

bool facts_memory(void *opaque, uint64_t address, void *to, size_t size)
{
	struct facts *facts = opaque;
	uint64_t base;
	uint32_t word;

	if (!facts->own || size != sizeof(word) || address % sizeof(word))
		return false;
	for (size_t i = 0; i < sizeof(structures) / sizeof(*structures); i++) {
		if (!facts_value(facts, VMXCHECK_FIELD, structures[i].field, &base) || !base ||
		    address < base || address - base >= PAGE ||
		    !structures[i].read(facts, structures[i].file, address - base, &word))
			continue;
		memcpy(to, &word, size);
		return true;
	}
	return false;
}
