// SPDX-License-Identifier: GPL-2.0
/*
 * Lines that name a field and say its value: "GUEST_CR0 = 0x33", "| Guest CR0 | 0x33 |",
 * "4402 VM_EXIT_INFO_REASON: 80000021", "0x6800: 0x33", "guest_cr0 0x33" of vmxfs' file vmcs,
 * "guest CR0.PG = 1", "VM-entry control "IA-32e mode guest" (bit 9) = 0".
 */
#include <ctype.h>
#include <string.h>

#include "names.h"
#include "reader.h"

/* A longer one is no line of a list. */
#define LONGEST 400

/* A line without what surrounds it: "| ... |", "* ", "`...`" */
struct line {
	size_t begin, end;
};

static bool is_around(char c)
{
	return strchr(" |*`,;", c) && c;
}

static struct line trim(const struct text *text, struct line line)
{
	while (line.begin < line.end && is_around(text->bytes[line.begin]))
		line.begin++;
	while (line.begin < line.end && is_around(text->bytes[line.end - 1]))
		line.end--;
	return line;
}

/*
 * The number that the line ends in. Without 0x it is hexadecimal if it can be nothing else:
 * with a letter, or of 8 or 16 digits, or because all of the list is (@hex).
 */
static bool last_number(const struct text *text, struct line line, bool hex, size_t *begin,
			struct number *number)
{
	bool prefix, letter = false;
	size_t at = line.end, digits;

	while (at > line.begin && is_word(text->bytes[at - 1]))
		at--;
	*begin = at;
	prefix = line.end - at > 2 && text->bytes[at] == '0' && (text->bytes[at + 1] | 0x20) == 'x';
	digits = at + (prefix ? 2 : 0);
	if (line.end == digits || !read_number(text, digits, 1, 16, number) ||
	    digits + number->length != line.end)
		return false;
	for (size_t i = digits; i < line.end; i++)
		letter |= isalpha((unsigned char)text->bytes[i]) != 0;
	return prefix || hex || letter || number->length == 1 || number->length == 8 ||
	       number->length == 16;
}

/* An encoding that the line begins with, of 4 digits; behind it only a name follows. */
static bool first_encoding(const struct text *text, struct line line, struct named *named)
{
	struct number number;
	size_t at = line.begin;

	if (line.end - at > 2 && text->bytes[at] == '0' && (text->bytes[at + 1] | 0x20) == 'x')
		at += 2;
	if (!read_number(text, at, 1, 8, &number) || !field_name(number.value) ||
	    (at == line.begin && number.length != 4))
		return false;
	for (at += number.length; at < line.end; at++)
		if (!is_word(text->bytes[at]) && !strchr(" |:=()", text->bytes[at]))
			return false;
	*named = (struct named){ VMXCHECK_FIELD, number.value, UINT64_MAX, 0 };
	return true;
}

/* VM-entry control "IA-32e mode guest" (bit 9) */
static bool quoted_control(const struct text *text, struct line line, struct named *named)
{
	const char *at = text->bytes + line.begin, *open, *close;
	size_t length = line.end - line.begin;

	open = memchr(at, '"', length);
	if (!open)
		return false;
	close = memchr(open + 1, '"', length - (size_t)(open + 1 - at));
	return close && find_control(at, (size_t)(open - at), open + 1,
				     (size_t)(close - open - 1), named);
}

/* What stands before the value, and before the sign between them */
static bool read_left(const struct text *text, struct line left, struct named *named, bool *encoding)
{
	const char *at = text->bytes + left.begin;
	size_t length = left.end - left.begin;

	*encoding = first_encoding(text, left, named);
	return *encoding || quoted_control(text, left, named) || find_bit(at, length, named) ||
	       find_name(at, length, named);
}

/* One that an underscore or a dot is part of: "cr3 0x1000" says too little without a sign. */
static bool is_whole_name(const struct text *text, struct line left)
{
	size_t length = left.end - left.begin;
	const char *at = text->bytes + left.begin;

	return !memchr(at, ' ', length) && (memchr(at, '_', length) || memchr(at, '.', length));
}

/* "!= 0x2" and "|= 0x2" do not say what the value is. */
static bool is_operator(const struct text *text, struct line left)
{
	size_t at = left.end;

	while (at > left.begin && text->bytes[at - 1] == ' ')
		at--;
	return at > left.begin + 1 && text->bytes[at - 1] == '=' &&
	       strchr("!<>=&|^~+-*/%", text->bytes[at - 2]);
}

static bool read_line(const struct text *text, struct line line, bool hex, struct named *named,
		      struct number *number, bool *encoding)
{
	struct line left = { line.begin, 0 };
	size_t value;
	bool sign = false;

	if (line.end - line.begin < 5 || !last_number(text, line, hex, &value, number))
		return false;
	left.end = value;
	if (is_operator(text, left))
		return false;
	while (left.end > left.begin && strchr(" \n:=|`*", text->bytes[left.end - 1])) {
		sign |= text->bytes[left.end - 1] != ' ';
		left.end--;
	}
	/* "CR0=-0x2" and "CR0=~0x2" are other values than the number. */
	if (left.end == left.begin || left.end == value ||
	    (!is_word(text->bytes[left.end - 1]) && !strchr(")]\"'", text->bytes[left.end - 1])))
		return false;
	return (sign || is_whole_name(text, left)) && read_left(text, left, named, encoding);
}

static void take(struct reading *reading, struct dump *dump, const struct named *named,
		 const struct number *number)
{
	struct values *to = named->kind == VMXCHECK_FIELD ? &dump->vmcs : &reading->capabilities;
	struct claim claim = {
		.kind = named->kind, .number = named->number,
		.value = number->value << named->shift, .mask = named->mask << named->shift,
		.derived = named->mask == UINT64_MAX ? AS_PRINTED : SHIFTED, .shift = named->shift,
		.printed = number->value, .offset = number->offset,
		.line = text_line(&reading->text, number->offset),
	};
	struct seen *seen = &dump->seen[SEEN_LIST];

	if (number->value & ~named->mask)
		return;
	/* "GUEST_CR0 = 0x6800" is of a header, which defines the encoding. */
	if (named->kind == VMXCHECK_FIELD && named->number && named->number == number->value)
		return;
	if (named->kind == VMXCHECK_FIELD) {
		if (!seen->first)
			seen->first = claim.line;
		seen->last = claim.line;
	}
	values_add(to, claim);
}

/* The first columns of a table that say something: "| Guest CR0 | 0x33 | note |" */
static bool read_columns(const struct text *text, struct line line, bool hex, struct named *named,
			 struct number *number, bool *encoding)
{
	for (size_t end = line.begin + 1; end < line.end; end++)
		if (text->bytes[end] == '|' &&
		    read_line(text, trim(text, (struct line){ line.begin, end }), hex, named, number,
			      encoding))
			return true;
	return false;
}

/* What the lines are: the number of those that begin with an encoding, or all of them. */
struct lines {
	bool count_only, encodings;
	unsigned int count;
};

static void read_one(struct reading *reading, struct dump *dump, struct line whole,
		     struct lines *lines)
{
	const struct text *text = &reading->text;
	struct line line = trim(text, whole);
	bool hex = lines->count_only || lines->encodings, encoding, found;
	struct named named;
	struct number number;

	if (line.end - line.begin > LONGEST)
		return;
	found = read_line(text, line, hex, &named, &number, &encoding) ||
		(text->bytes[whole.begin] == '|' &&
		 read_columns(text, line, hex, &named, &number, &encoding));
	if (!found)
		return;
	if (lines->count_only)
		lines->count += encoding;
	else if (!encoding || lines->encodings)
		take(reading, dump, &named, &number);
}

/* Whether a line ends in the sign, so that the value is in the next one: a mail program's break */
static bool goes_on(const struct text *text, size_t begin, size_t end)
{
	return end > begin && (text->bytes[end - 1] == ':' || text->bytes[end - 1] == '=');
}

static size_t end_of_line(const struct text *text, size_t at, size_t end)
{
	const char *newline = memchr(text->bytes + at, '\n', end - at);

	return newline ? (size_t)(newline - text->bytes) : end;
}

/* Each line that is none of a format's */
static void read_lines(struct reading *reading, struct dump *dump, struct line part,
		       struct lines *lines)
{
	size_t end, row = 0;

	for (size_t at = part.begin; at < part.end; at = end + 1) {
		end = end_of_line(&reading->text, at, part.end);
		if (goes_on(&reading->text, at, end) && end < part.end)
			end = end_of_line(&reading->text, end + 1, part.end);
		while (row < dump->rows && dump->row[row] < at)
			row++;
		if (row == dump->rows || dump->row[row] > end)
			read_one(reading, dump, (struct line){ at, end }, lines);
	}
}

void read_lists(struct reading *reading, struct dump *dump, size_t begin, size_t end)
{
	const struct line part = { begin, end };
	struct lines lines = { .count_only = true };

	/* Numbers that look like an encoding are one if there are several. */
	read_lines(reading, dump, part, &lines);
	lines = (struct lines){ .encodings = lines.count >= 3 };
	read_lines(reading, dump, part, &lines);
}
