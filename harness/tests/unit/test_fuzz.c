// SPDX-License-Identifier: GPL-2.0
/*
 * Malformed cases and guests, the same ones each time: whatever they hold, it
 * ends in a result. The sanitizers say whether it did so properly.
 */
#include "unit.h"

#include <stdio.h>

#include "bytes.h"
#include "compare.h"
#include "decode.h"
#include "expand.h"
#include "guest.h"
#include "guest_image.h"
#include "points.h"
#include "quirks.h"

#define ROUNDS 20000

/* Pieces that bring a text past the first checks. */
static const char *const pieces[] = {
	"guest ", "g", "each ", " in ", "a", "b", "a,b", "1,2", "need ",
	"proc.hlt_exiting", "memory ", "limit ", "reach ", "unsafe", "ctl", "regs", "map", "wait",
	"status", "error", "vmcs", "mem", "fpregs", "pml", "- ", "=", "00ff", ": ", "? ", "! ", ":", "?", "!", "{a}", "{seg}", "{",
	"}", "$hlt", "$", "$$", "+", "-", "0x10", "99999999999999999999", "/",
	"*", "...", "*ack", " ", "\t", "\n", "\n", "\n", "\n  ", "#", "#ud",
	"\r", "\xff", ",", "[", "]", "\\", "go", ".hlt", "io", "movcr",
	"intr(", "intr(#np,hw,code)", "1:2", "(", ")", "hw",
	"!entrystate", "?", "guest g\n", "ctl: go\n", "each x in 1 2\n",
};

static uint32_t next_random(void)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

/* Adds fewer than most of them to a text. */
static void join_pieces(char *text, size_t size, const char *const *from,
			size_t npieces, size_t most)
{
	for (size_t n = next_random() % most; n > 0; n--) {
		const char *piece = from[next_random() % npieces];

		if (strlen(text) + strlen(piece) < size)
			strcat(text, piece);
	}
}

static void make_text(char *text, size_t size)
{
	*text = '\0';
	join_pieces(text, size, pieces, COUNT(pieces), 40);
}

static void check_step(const struct step *step, const struct point *point,
		       const struct guest *guest)
{
	char *error;
	char *text = expand_line(step->text, point, "vmxrun-1-1", guest, &error);
	struct bytes bytes;
	char *found;

	assert_true(!text != !error);
	if (text) {
		free(compare_wait(text, ".hlt 0x0 pc 0x1004"));
		free(compare_text(step->file->name, text, "a b\nc\n"));
		free(missing_name(step->file->kind, text, "pc 0x1\n"));
		free(compare_values(step->file->kind, text,
				    "pc 0x1\na 0x2\n", &found));
		free(found);
		free(bytes_parse(&bytes, text));
		bytes_free(&bytes);
		free(decode_wait(text));
		free(decode_registers(text, "exitreason 0x1e\n"));
	}
	free(text);
	free(error);
}

static bool check_case(const char *text, const struct guest *guest)
{
	struct casefile *file = casefile_parse("f", text, strlen(text));
	struct points points = { 0 };
	bool parses = !file->error.text;

	points_add(&points, file);
	assert_true(points.count > 0);
	for (size_t i = 0; i < points.count && parses; i++)
		for (size_t k = 0; k < file->nsteps; k++)
			check_step(&file->step[k], &points.point[i], guest);
	points_free(&points);
	casefile_free(file);
	return parses;
}

static void test_cases(void **state)
{
	struct guest_image *image = guest_image_new();
	struct guest guest;
	unsigned int parsed = 0;
	char text[512];

	(void)state;
	assert_null(guest_parse(&guest, (char *)image, sizeof(*image)));
	for (int i = 0; i < ROUNDS; i++) {
		make_text(text, sizeof(text));
		parsed += check_case(text, &guest);
		/* and one that is right up to there */
		memmove(text + 17, text, sizeof(text) - 17);
		memcpy(text, "guest g\nctl: go\n\n", 17);
		text[sizeof(text) - 1] = '\0';
		parsed += check_case(text, &guest);
	}
	/* else only the parser's errors have been seen */
	assert_true(parsed > ROUNDS / 100);
	assert_true(parsed < ROUNDS);
	free(image);
}

static const char *const quirk_pieces[] = {
	"because a\n", "because a\nright b\n", "right b\n", "ept/f\n", "ept/*\n",
	"sometimes ept/f[a]\n", "from 2.7\n", "until 3.0\n", "from ", "until ",
	"2.", "include ", "- ctl: go\n+ ctl! no\n", "- ctl: go\n+ ctl! no\n",
	"- insn? {x}\n+ insn? #UD\n", "- regs? ax ...\n+ regs? ax {x}\n",
	"- wait? .hlt ...\n+ wait? {x} ...\n", "- ", "+ ", "-1 ", "-0 ", "-",
	"wait? ", "regs? ", "insn? ", "ctl! ", "ax 0x1", "...", ".hlt ", "{x", "$",
	"\n", "\n", "\n  ", " ", "\t", "\r", "#", "~", "@", "\xff",
};

static void test_quirks(void **state)
{
	static const char text[] = "guest g\neach x in a b\nctl: go\n"
		"wait? .hlt pc $hlt\nregs? ax 0x1\ninsn? {x}\ninsn? succeed\n";
	struct casefile *file = casefile_parse("ept/f", text, strlen(text));
	struct points points = { 0 };
	unsigned int parsed = 0;
	char lines[512];

	(void)state;
	points_add(&points, file);
	for (int i = 0; i < ROUNDS; i++) {
		struct quirks quirks = { 0 };
		char *error;

		strcpy(lines, i % 2 ? "because a\nright b\nept/f\n" : "");
		join_pieces(lines, sizeof(lines), quirk_pieces,
			    COUNT(quirk_pieces), 6);
		error = quirks_parse(&quirks, "q", lines, "3.0");
		if (!error)
			error = quirks_check(&quirks, &points);
		parsed += !error && quirks.count;
		assert_false(error && strchr(error, '\n'));
		free(error);
		quirks_free(&quirks);
	}
	/* else only the parser's errors have been seen */
	assert_true(parsed > ROUNDS / 100);
	points_free(&points);
	casefile_free(file);
}

static void test_guests(void **state)
{
	(void)state;
	for (int i = 0; i < ROUNDS; i++) {
		struct guest_image *image = guest_image_new();
		unsigned char *bytes = (unsigned char *)image;
		struct guest guest;
		uint64_t value;
		char *error;

		for (uint32_t n = next_random() % 8; n > 0; n--)
			bytes[next_random() % sizeof(*image)] = next_random();
		error = guest_parse(&guest, (char *)image, sizeof(*image));
		if (!error) {
			guest_label(&guest, "end", 3, &value);
			guest_fits(&guest, 0x10000);
		}
		free(error);
		free(image);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cases),
		cmocka_unit_test(test_guests),
		cmocka_unit_test(test_quirks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
