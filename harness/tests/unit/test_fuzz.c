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

#define ROUNDS 20000

/* Pieces that bring a text past the first checks. */
static const char *const pieces[] = {
	"guest ", "g", "each ", " in ", "a", "b", "a,b", "1,2", "need ",
	"proc.hlt_exiting", "memory ", "limit ", "ctl", "regs", "map", "wait",
	"status", "error", "vmcs", "mem", "fpregs", "pml", "- ", "=", "00ff", ": ", "? ", "! ", ":", "?", "!", "{a}", "{seg}", "{",
	"}", "$hlt", "$", "$$", "+", "-", "0x10", "99999999999999999999", "/",
	"*", "...", "*ack", " ", "\t", "\n", "\n", "\n", "\n  ", "#", "#ud",
	"\r", "\xff", ",", "[", "]", "\\", "go", ".hlt", "io", "movcr",
	"!entrystate", "?", "guest g\n", "ctl: go\n", "each x in 1 2\n",
};

static uint32_t next_random(void)
{
	static uint32_t state = 1;

	state = state * 1664525 + 1013904223;
	return state >> 8;
}

static void make_text(char *text, size_t size)
{
	size_t count = next_random() % 40;

	*text = '\0';
	for (size_t i = 0; i < count; i++) {
		const char *piece = pieces[next_random() % COUNT(pieces)];

		if (strlen(text) + strlen(piece) < size)
			strcat(text, piece);
	}
}

static void check_step(const struct step *step, const struct point *point,
		       const struct guest *guest)
{
	char *named = expand_names(step->text, point, "vmxrun-1-1");
	char *error;
	char *text = expand_labels(named, guest, &error);
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
	free(named);
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
