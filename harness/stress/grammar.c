// SPDX-License-Identifier: GPL-2.0
#include "grammar.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "guests.h"
#include "names.h"
#include "vmxfs_abi.h"

static void add_number(struct random *random, struct text *text)
{
	uint64_t value = random_next(random) >> random_below(random, 64);

	switch (random_below(random, 8)) {
	case 0:
		text_add(text, "%s", pick_name(random, &edges));
		break;
	case 1:
		text_add(text, "%" PRIu64, value);
		break;
	case 2:
		text_add(text, "0%" PRIo64, value);
		break;
	case 3:
		text_add(text, "%#" PRIx64, value);
		break;
	default:
		text_add(text, "%zu", random_below(random, 64));
	}
}

static void add_small(struct random *random, struct text *text, size_t limit)
{
	if (one_in(random, 16))
		add_number(random, text);
	else
		text_add(text, "%#zx", random_below(random, limit));
}

/* An address, most often of the megabyte that segments have. */
static void add_address(struct random *random, struct text *text)
{
	if (one_in(random, 12))
		add_number(random, text);
	else if (one_in(random, 12))
		text_add(text, "%#" PRIx64,
			 random_next(random) & 0xfffffffff000);
	else
		text_add(text, "%#zx", random_below(random, 257) << 12);
}

static void add_operand(struct random *random, struct text *text)
{
	if (one_in(random, 3)) {
		add_number(random, text);
		return;
	}
	text_add(text, "%s", pick_name(random, &operands));
	if (one_in(random, 4)) {
		text_add(text, "+");
		add_number(random, text);
	}
}

/* Case does not matter. */
static void add_field(struct random *random, struct text *text)
{
	size_t start = text->length;

	text_add(text, "%s", pick_name(random, &fields));
	if (one_in(random, 2))
		for (size_t i = start; i < text->length; i++)
			text->data[i] = tolower((unsigned char)text->data[i]);
}

/* ---- ctl ---- */

static void add_registers(struct random *random, struct text *text)
{
	const struct guest *guest = &guests[random_below(random, guests_count)];

	if (one_in(random, 2)) {
		text_add(text, "pc=%#zx;%s",
			 (guest - guests) * GUEST_STEP, guest->regs);
		return;
	}
	for (size_t n = random_below(random, 4); n; n--) {
		text_add(text, "%s=", pick_name(random, &registers));
		add_number(random, text);
		text_add(text, ";");
	}
}

static void add_event(struct random *random, struct text *text)
{
	text_add(text, "%s", pick_name(random, &exceptions));
	if (one_in(random, 2))
		return;
	text_add(text, ",");
	if (!one_in(random, 3))
		add_number(random, text);
	if (one_in(random, 2))
		return;
	text_add(text, ",");
	add_small(random, text, 16);
}

static void add_exits(struct random *random, struct text *text)
{
	for (size_t n = random_below(random, 4); n; n--)
		text_add(text, "%s%s", pick_name(random, &exits),
			 n > 1 ? "," : "");
}

static void add_cpus(struct random *random, struct text *text)
{
	add_small(random, text, 3);
	if (one_in(random, 4))
		text_add(text, "-");
	if (one_in(random, 4))
		add_small(random, text, 3);
}

#define ADD_REGISTERS	add_registers
#define ADD_EVENT	add_event
#define ADD_BITMAP	add_number
#define ADD_EXITS	add_exits
#define ADD_CPUS	add_cpus
#define ADD_NONE	NULL

static const struct command {
	const char *name;
	bool needs;		/* an argument */
	generator *argument;
} commands[] = {
#define VMXFS_COMMAND(name, min, max, argument) { #name, min, ADD_##argument },
#include "vmxfs_commands.h"
};

static const struct command *find_command(const char *name)
{
	const struct command *command = commands;

	while (strcmp(command->name, name))
		command++;
	return command;
}

/* unsafe is never written, quit rarely; a third of the rest is go. */
static const struct command *pick_command(struct random *random)
{
	const struct command *command;

	if (one_in(random, QUIT_ONE_IN))
		return find_command("quit");
	if (one_in(random, 3))
		return find_command("go");
	do
		command = &PICK(random, commands);
	while (!strcmp(command->name, "quit") || !strcmp(command->name, "unsafe"));
	return command;
}

void line_ctl(struct random *random, struct text *text)
{
	const struct command *command = pick_command(random);

	text_add(text, "%s", command->name);
	if (command->argument && (command->needs || !one_in(random, 3))) {
		text_add(text, " ");
		command->argument(random, text);
	}
	text_add(text, "\n");
}

/* ---- regs, map, vmcs ---- */

void line_regs(struct random *random, struct text *text)
{
	text_add(text, "%s ", pick_name(random, &registers));
	add_number(random, text);
	text_add(text, "\n");
}

void line_map(struct random *random, struct text *text)
{
	text_add(text, "%s %s ", pick_name(random, &accesses),
		 pick_name(random, &caches));
	if (one_in(random, 6)) {
		text_add(text, "0 0x10000 a 0\n");
		return;
	}
	add_address(random, text);
	text_add(text, " ");
	add_address(random, text);
	if (!one_in(random, 16)) {
		text_add(text, " %s ", pick_name(random, &segments));
		add_address(random, text);
	}
	text_add(text, "\n");
}

void line_vmcs(struct random *random, struct text *text)
{
	if (one_in(random, 3)) {
		text_add(text, "%s ", pick_name(random, &controls));
		add_small(random, text, 2);
	} else {
		add_field(random, text);
		text_add(text, " ");
		add_operand(random, text);
	}
	text_add(text, "\n");
}

/* ---- insn ---- */

static void add_any_field(struct random *random, struct text *text)
{
	if (one_in(random, 8))
		add_number(random, text);
	else
		add_field(random, text);
}

static const char *const nowhere[] = { "unmapped", "noncanonical" };

static void add_where(struct random *random, struct text *text)
{
	if (one_in(random, 4))
		text_add(text, "%s", PICK(random, nowhere));
	else
		add_operand(random, text);
}

/* Each letter is an argument, a capital one may be left out. */
#define ARGUMENTS_NOTHING	""
#define ARGUMENTS_BLOCKED	"B"
#define ARGUMENTS_STORE		"N"
#define ARGUMENTS_POINTER	"w"
#define ARGUMENTS_READ		"fN"
#define ARGUMENTS_WRITE		"fo"
#define ARGUMENTS_INVALIDATE	"twO"

static const struct {
	const char *name;
	const char *arguments;
} instructions[] = {
#define VMXFS_INSN(name, ident, takes) { #name, ARGUMENTS_##takes },
#include "vmxfs_insns.h"
};

static void add_argument(struct random *random, struct text *text, char kind)
{
	if (isupper((unsigned char)kind) && one_in(random, 2))
		return;
	text_add(text, " ");
	switch (tolower((unsigned char)kind)) {
	case 'b':
		text_add(text, "blocked");
		break;
	case 'f':
		add_any_field(random, text);
		break;
	case 'o':
		add_operand(random, text);
		break;
	case 'w':
		add_where(random, text);
		break;
	case 'n':
		text_add(text, "%s", PICK(random, nowhere));
		break;
	case 't':
		add_small(random, text, 5);
		break;
	}
}

void line_insn(struct random *random, struct text *text)
{
	if (one_in(random, 8))
		text_add(text, "outside ");
	for (size_t n = 1 + random_below(random, 3); n; n--) {
		size_t i = random_below(random, sizeof(instructions) /
						sizeof(*instructions));

		text_add(text, "%s", instructions[i].name);
		for (const char *kind = instructions[i].arguments; *kind; kind++)
			add_argument(random, text, *kind);
		text_add(text, n > 1 ? "; " : "\n");
	}
}

/* ---- ept, bitmaps, areas, pages ---- */

/* Words of the program, controls and fields; no vCPU here may give a processor away. */
void line_processor(struct random *random, struct text *text)
{
	switch (random_below(random, 4)) {
	case 0:
		text_add(text, "%s", pick_name(random, &processor_commands));
		break;
	case 1:
		text_add(text, "vmwrite ");
		add_field(random, text);
		text_add(text, one_in(random, 2) ? " base+" : " ");
		add_number(random, text);
		break;
	case 2:
		text_add(text, "%s %zu", pick_name(random, &controls), random_below(random, 2));
		break;
	default:
		text_add(text, "%s ", pick_name(random, &processor_words));
		add_number(random, text);
	}
	text_add(text, "\n");
}

void line_ept(struct random *random, struct text *text)
{
	text_add(text, "%s ", pick_name(random, &levels));
	add_address(random, text);
	text_add(text, " ");
	add_small(random, text, 0x1000);
	text_add(text, "\n");
}

static void add_range(struct random *random, struct text *text)
{
	if (one_in(random, 8))
		text_add(text, "0xc0000080");
	else
		add_small(random, text, 0x8000);
	if (one_in(random, 2)) {
		text_add(text, "-");
		add_small(random, text, 0x10000);
	}
	text_add(text, " ");
	add_small(random, text, 2);
	text_add(text, "\n");
}

void line_bitmap(struct random *random, struct text *text)
{
	add_range(random, text);
}

void line_msr_bitmap(struct random *random, struct text *text)
{
	static const char *const ways[] = { "r", "w", "rw" };

	text_add(text, "%s ", PICK(random, ways));
	add_range(random, text);
}

/* The guest's own MSRs, and others. */
static const char *const msrs[] = {
	"0xc0000080", "0xc0000081", "0xc0000082", "0xc0000083", "0xc0000084",
	"0xc0000100", "0xc0000101", "0xc0000102", "0x10", "0x1b", "0x277",
	"0x808", "0x174", "0x1d9",
};

void line_msrs(struct random *random, struct text *text)
{
	text_add(text, "%s ", PICK(random, msrs));
	add_number(random, text);
	if (one_in(random, 4)) {
		text_add(text, " ");
		add_number(random, text);
	}
	text_add(text, "\n");
}

/* Of eptplist, values are operands, and of 8 bytes. */
void line_page(struct random *random, struct text *text)
{
	text_add(text, "%#zx ", random_below(random, 0x402) << 2);
	add_operand(random, text);
	text_add(text, "\n");
}

void line_bytes(struct random *random, struct text *text)
{
	size_t n = random_below(random, one_in(random, 16) ? 4096 : 64);

	while (n--) {
		char byte = random_next(random) >> 32;

		text_add_bytes(text, &byte, 1);
	}
}

void line_fpregs(struct random *random, struct text *text)
{
	line_bytes(random, text);
}

/* Of struct vmxfs_field; mostly whole ones, and of fields that there are */
void line_fields(struct random *random, struct text *text)
{
	static const uint32_t encodings[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) encoding,
#include "vmx_fields.h"
	};

	for (size_t n = 1 + random_below(random, 4); n; n--) {
		struct vmxfs_field field = {
			.encoding = one_in(random, 16) ? random_next(random) :
							 PICK(random, encodings),
			.error = one_in(random, 64),
			.value = random_next(random) >> random_below(random, 64),
		};

		text_add_bytes(text, (const char *)&field,
			       sizeof(field) - one_in(random, 64));
	}
}

#define ANY_RO(format)
#define ANY_RW(format) line_##format,
#define ANY_CLEAR(format) line_##format,

void line_any(struct random *random, struct text *text)
{
	static generator *const all[] = {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) ANY_##access(format)
#include "vmxfs_files.h"
	};

	PICK(random, all)(random, text);
}
