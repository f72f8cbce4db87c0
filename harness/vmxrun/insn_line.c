// SPDX-License-Identifier: GPL-2.0
#include "insn_line.h"

#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "util.h"
#include "words.h"

static const struct {
	const char *name;
	uint32_t change;	/* what is otherwise in the first word */
} regions[INSN_REGIONS] = {
	[INSN_VMCS] = { "vmcs", 0 }, [INSN_VMXON] = { "vmxon", 0 }, [INSN_SCRATCH] = { "scratch", 0 },
	[INSN_SHADOW] = { "shadow", 1u << 31 }, [INSN_BADREVISION] = { "badrevision", 1 },
};

static const struct {
	const char *name;
	enum vmxcheck_opcode opcode;
	enum insn_takes takes;
} opcodes[] = {
#define VMXFS_INSN(name, ident, takes) { #name, VMXCHECK_##ident, TAKES_##takes },
#include "vmxfs_insns.h"
};

#define OPCODES (sizeof(opcodes) / sizeof(*opcodes))

/* All fit into the width of any processor. */
uint64_t insn_region(enum insn_region region)
{
	return 0x10000 + 0x1000 * (uint64_t)region;
}

bool insn_region_word(uint64_t address, uint32_t *word)
{
	for (size_t i = 0; i < INSN_REGIONS; i++)
		if (insn_region(i) == address) {
			*word ^= regions[i].change;
			return true;
		}
	return false;
}

static const struct vmxcheck_value unknown;

/*
 * A name with a number, or a number. What is beyond the page, but not beyond any width, can be
 * another region, and so can an address that is a number.
 */
static struct vmxcheck_value parse_address(const char *word)
{
	size_t name = strcspn(word, "+-");
	uint64_t offset = 0;

	if (word[name] && !parse_number(word + name + 1, &offset))
		return unknown;
	if (word[name] == '-')
		offset = -offset;
	if (offset >= 0x1000 && !(offset >> 52))
		return unknown;
	for (size_t i = 0; i < INSN_REGIONS; i++)
		if (name_is(regions[i].name, word, name))
			return (struct vmxcheck_value){ insn_region(i) + offset, true };
	return unknown;
}

/* What is known of a value: a number. The EPT pointers of maps are right ones, write-back. */
static struct vmxcheck_value parse_value(const char *word, bool eptp)
{
	struct vmxcheck_value value = { 0, false };

	value.known = parse_number(word, &value.value);
	if (!value.known && eptp &&
	    (!strcmp(word, "map") || !strcmp(word, "map1") || !strcmp(word, "map2")))
		return (struct vmxcheck_value){ 0x2001e, true };
	return value;
}

/* Whether the operand is not in memory that can be accessed. */
static bool parse_access(struct vmxcheck_instruction *insn, const char *word)
{
	if (!strcmp(word, "unmapped"))
		insn->access = VMXCHECK_ACCESS_PAGE_FAULT;
	else if (!strcmp(word, "noncanonical"))
		insn->access = VMXCHECK_ACCESS_PROTECTION;
	return insn->access != VMXCHECK_ACCESS_OK;
}

static bool parse_field(struct vmxcheck_value *field, const char *word)
{
	field->known = parse_number(word, &field->value) || facts_find_field(word, &field->value);
	return field->known;
}

static bool parse_operands(struct vmxcheck_instruction *insn, enum insn_takes takes, char **word, size_t n)
{
	insn->blocked = (struct vmxcheck_value){ 0, true };
	switch (takes) {
	case TAKES_NOTHING:
		return n == 1;
	case TAKES_BLOCKED:
		insn->blocked.value = n == 2 && !strcmp(word[1], "blocked");
		return n == 1 || insn->blocked.value;
	case TAKES_STORE:
		return n == 1 || (n == 2 && parse_access(insn, word[1]));
	case TAKES_POINTER:
		if (n == 2 && !parse_access(insn, word[1]))
			insn->operand = parse_address(word[1]);
		return n == 2;
	case TAKES_READ:
	case TAKES_WRITE:
		if (n < 2 || n > 3 || !parse_field(&insn->operand, word[1]))
			return false;
		if (n == 3 && !parse_access(insn, word[2]))
			insn->low = parse_value(word[2], false);
		return true;
	default:
		insn->high = (struct vmxcheck_value){ 0, true };
		if (n < 3 || n > 4)
			return false;
		insn->operand = parse_value(word[1], false);
		if (!parse_access(insn, word[2]))
			insn->low = parse_value(word[2], true);
		if (n == 4)
			insn->high = parse_value(word[3], false);
		return true;
	}
}

static bool parse_one(struct insn_line *line, const char *text)
{
	struct words words = words_split(text);
	bool outside = !line->count && words.count && !strcmp(words.word[0], "outside");
	char **word = words.word + outside;
	size_t n = words.count - outside;
	bool ok = false;

	line->outside |= outside;
	for (size_t i = 0; n && line->count < INSN_LINE_MAX && i < OPCODES; i++) {
		struct vmxcheck_instruction *insn = &line->insn[line->count];

		if (strcmp(word[0], opcodes[i].name) != 0)
			continue;
		*insn = (struct vmxcheck_instruction){ .opcode = opcodes[i].opcode };
		ok = parse_operands(insn, opcodes[i].takes, word, n);
		line->count++;
		break;
	}
	words_free(&words);
	return ok;
}

bool insn_line_parse(struct insn_line *line, const char *text)
{
	bool ok = true;

	*line = (struct insn_line){ .count = 0 };
	while (ok) {
		size_t length = strcspn(text, ";");
		char *one = xstrndup(text, length);

		ok = parse_one(line, one);
		free(one);
		if (!text[length])
			break;
		text += length + 1;
	}
	return ok;
}
