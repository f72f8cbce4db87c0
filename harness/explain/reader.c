// SPDX-License-Identifier: GPL-2.0
#include "reader.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "reader_row.h"
#include "util.h"
#include "vmxcap.h"

static const struct dump_format *const formats[FORMATS] = {
	&qemu_format, &kvm_user_format, &kvm_format, &xen_format, &noirvisor_format, &bhyve_format,
	&windows_format, &capability_format, &words_format,
};

const struct dump_format *format_number(size_t i)
{
	return formats[i];
}

static struct dump *last_dump(struct reading *reading)
{
	return &reading->dump[reading->dumps - 1];
}

static void begin_dump(struct reading *reading)
{
	struct dump dump = { .part = 0 };

	APPEND(reading->dump, reading->dumps, dump);
}

/* Whether a row counts here. */
static bool applies(const struct row *row, const struct dump *dump, size_t format)
{
	if (row->flags & INSIDE)
		return dump->seen[format].first;
	return (row->flags & (PARTS | BEGINS)) != LIST_PART || strchr(row->pattern, '%') == NULL ||
	       dump->part == LIST_PART;
}

static bool find_row(const struct reading *reading, size_t at, size_t *format,
		     const struct row **found, struct match *matched)
{
	const struct dump *dump = &reading->dump[reading->dumps - 1];
	char first = reading->text.bytes[at];

	for (*format = 0; *format < FORMATS; ++*format) {
		const struct dump_format *table = formats[*format];

		for (size_t i = 0; i < table->rows; i++) {
			const struct row *row = &table->row[i];

			if ((row->pattern[0] == first || row->pattern[0] == '%') &&
			    applies(row, dump, *format) &&
			    match(&reading->text, at, row->pattern, matched)) {
				*found = row;
				return true;
			}
		}
	}
	return false;
}

/* A dump ends where the next one begins: what both may have was seen already. */
static bool begins_another(const struct row *row, const struct dump *dump)
{
	return (row->flags & BEGINS && dump->has_guest) ||
	       (row->flags & REGISTERS_BEGIN && dump->has_registers);
}

static void note_seen(struct dump *dump, size_t format, unsigned int line)
{
	struct seen *seen = &dump->seen[format];

	if (!seen->first)
		seen->first = line;
	seen->last = line;
}

/* The name of a part, or a row that only this part has */
static void begin_part(struct dump *dump, const struct row *row)
{
	unsigned int part = row->flags & PARTS;

	if (!part || (part == LIST_PART && strchr(row->pattern, '%')))
		return;
	dump->part = part;
	dump->has_guest |= part == GUEST_PART;
	if (strchr(row->pattern, '%'))
		return;
	dump->mixed |= dump->parts >> part & 1;
	dump->parts |= 1u << part;
}

static void apply_flags(struct dump *dump, const struct row *row, unsigned int line)
{
	begin_part(dump, row);
	dump->has_registers |= row->flags & REGISTERS_BEGIN;
	if (row->flags & FAILED && !dump->failed)
		dump->failed = line;
	if (row->flags & INVALID_STATE)
		dump->invalid_state = line;
}

/* Reads rows up to the end of the text, or up to where another dump begins. */
static size_t read_dump(struct reading *reading, size_t at)
{
	const struct text *text = &reading->text;
	struct dump *dump = last_dump(reading);
	const struct row *row;
	struct match matched;
	size_t format;

	while (at < text->length) {
		bool inside = at && is_word(text->bytes[at]) && is_word(text->bytes[at - 1]);

		if (inside || text->bytes[at] == ' ' || text->bytes[at] == '\n' ||
		    !find_row(reading, at, &format, &row, &matched)) {
			at++;
			continue;
		}
		if (begins_another(row, dump))
			return at;
		note_seen(dump, format, text_line(text, at));
		if (matched.numbers)
			APPEND(dump->row, dump->rows, matched.number[0].offset);
		apply_flags(dump, row, text_line(text, at));
		read_row(reading, dump, row, &matched);
		at = matched.end > at ? matched.end : at + 1;
	}
	return at;
}

static void settle(struct dump *dump)
{
	values_settle(&dump->vmcs, dump->mixed);
	values_settle(&dump->registers, false);
}

struct reading *reading_new(const char *bytes, size_t length)
{
	struct reading *reading = xreallocarray(NULL, 1, sizeof(*reading));
	size_t begin = 0, end;

	*reading = (struct reading){ .text = text_clean(bytes, length) };
	do {
		begin_dump(reading);
		end = read_dump(reading, begin);
		read_lists(reading, last_dump(reading), begin, end);
		read_vmxcap(reading, begin, end);
		settle(last_dump(reading));
		begin = end;
	} while (begin < reading->text.length);
	return reading;
}

bool reading_add_capabilities(struct reading *reading, const char *bytes, size_t length)
{
	struct reading *other = reading_new(bytes, length);
	bool any = other->capabilities.claims;

	/* The lines are those of another text. */
	for (size_t i = 0; i < other->capabilities.claims; i++) {
		struct claim claim = other->capabilities.claim[i];

		claim.line = 0;
		values_add(&reading->capabilities, claim);
	}
	reading_free(other);
	return any;
}

void reading_free(struct reading *reading)
{
	for (size_t i = 0; i < reading->dumps; i++) {
		values_free(&reading->dump[i].vmcs);
		values_free(&reading->dump[i].registers);
		free(reading->dump[i].row);
	}
	values_free(&reading->capabilities);
	text_free(&reading->text);
	free(reading->dump);
	free(reading);
}

/* What describes the VM exit alone is no VMCS. */
bool dump_has_vmcs(const struct dump *dump)
{
	for (size_t i = 0; i < dump->vmcs.knowns; i++)
		if (dump->vmcs.known[i].kind == VMXCHECK_MEMORY ||
		    VMX_FIELD_TYPE(dump->vmcs.known[i].number) != VMX_TYPE_READ_ONLY)
			return true;
	return false;
}

const struct values *dump_values(const struct dump *dump)
{
	return dump_has_vmcs(dump) ? &dump->vmcs : &dump->registers;
}
