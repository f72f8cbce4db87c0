// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "transcript.h"

static const struct {
	const char *file;
	char op;
	const char *expected;
	const char *got;
	const char *transcript;
} lines[] = {
	{ "wait", '?', ".hlt 0x0 pc 4112", ".hlt 0x0 pc 0x1010",
	  "wait? .hlt 0x0 pc 0x1010\n" },
	{ "wait", '?', ".hlt * pc *", ".hlt 0x7 pc 0x1010",
	  "wait? .hlt *=0x7 pc *=0x1010\n" },
	{ "wait", '?', "eptfault 0x1/0x3f ...", "eptfault 0x181 pc 0x1 sp 0x2",
	  "wait? eptfault 0x181/0x3f ... pc 0x1 sp 0x2\n" },
	{ "wait", '?', ".hlt ...", ".hlt", "wait? .hlt\n" },
	{ "wait", '?', "*ack 32", "*ack 32", "wait? *ack 32\n" },
	{ "wait", '?', ".hlt 0x0", ".hlt 0x0 pc 0x1", "wait? .hlt 0x0 pc 0x1\n" },
	{ "wait", '?', ".hlt 0x0 pc 0x1", ".hlt", "wait? .hlt\n" },
	{ "wait", '?', "", "nothing", "wait? nothing\n" },
	{ "status", '?', "0/0xf", "stopped", "status? stopped\n" },
	{ "ctl", '!', "I/O error", "I/O error", "ctl! I/O error\n" },
	{ "map", '?', "a *\nb", "a 1\nb\nc\n", "map? a *=1\nmap? b\nmap? c\n" },
	{ "map", '?', "a\nb", "a\n", "map? a\n" },
	{ "map", '?', "a\nb\nc", "a\n\nc\n", "map? a\nmap?\nmap? c\n" },
	{ "map", '?', "a", "", "map?\n" },
};

static void test_lines(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lines); i++) {
		struct string transcript = { 0 };

		transcript_add(&transcript, lines[i].file, lines[i].op,
			       lines[i].expected, lines[i].got);
		assert_text(string_end(&transcript), lines[i].transcript);
	}
}

static const struct {
	const char *line;
	const char *means;
} meanings[] = {
	{ "wait? .hlt 0x0 pc 0x1", "HLT" },
	{ "wait? io *=0x420048 ... pc 0x1\n",
	  "I/O instruction: IN, 1 byte, port immediate, port 0x42" },
	{ "wait? io 0x420048/0x8 pc 0x1", "I/O instruction: IN" },
	{ "regs? ax 0x0 instructionerror *=0x7",
	  "instructionerror: VM entry with invalid control field(s)" },
	{ "regs? exitreason 0xc exitqualification 0x0", "exitreason: HLT" },
	{ "regs? exitqualification 0x420048", NULL },
	{ "vmcs? guest_rip 0x0 idt_vectoring_information *=0x80000202",
	  "idt_vectoring_information: intr(0x2,nmi)" },
	{ "regs? ax 0x0", NULL },
	{ "wait? nothing", NULL },
	{ "wait?", NULL },
	{ "ctl! io 0x420048", NULL },
	{ "mem? 0x10 00", NULL },
	{ "io 0x420048", NULL },
	{ "", NULL },
};

static void test_decode(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(meanings); i++)
		assert_text(transcript_decode(meanings[i].line),
			    meanings[i].means);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_decode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
