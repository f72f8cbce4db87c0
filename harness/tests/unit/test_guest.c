// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "expand.h"
#include "guest.h"
#include "guest_image.h"

static struct guest guest;

static void parse(struct guest_image *image, const char *error)
{
	assert_text(guest_parse(&guest, (char *)image, sizeof(*image)), error);
	if (error)
		free(image);
}

static bool label(const char *name, uint64_t *value)
{
	return guest_label(&guest, name, strlen(name), value);
}

static void test_labels(void **state)
{
	uint64_t value = 0;

	(void)state;
	parse(guest_image_new(), NULL);
	assert_true(label("start", &value));
	assert_int_equal(value, 0x1000);
	assert_true(label("hlt", &value));
	assert_int_equal(value, 0x1004);
	assert_true(label("hlt2", &value));
	assert_int_equal(value, 0x1008);
	assert_true(label("end", &value));
	assert_int_equal(value, 0x100c);
	assert_false(label("hl", &value));
	assert_false(label("", &value));
	assert_false(label("elsewhere", &value));
	assert_false(label("x.asm", &value));
	free((char *)guest.file);
}

static void test_fits(void **state)
{
	struct guest_image *image = guest_image_new();

	(void)state;
	parse(image, NULL);
	assert_true(guest_fits(&guest, 0x3000));
	assert_false(guest_fits(&guest, 0x2fff));
	assert_false(guest_fits(&guest, 0));
	image->segment[1].p_memsz = 16;
	image->segment[1].p_paddr = 0x10000;
	assert_false(guest_fits(&guest, 0x10000));
	image->segment[1].p_paddr = UINT64_MAX - 0xfff;
	assert_false(guest_fits(&guest, 0x10000));
	free((char *)guest.file);
}

static void test_damaged(void **state)
{
	struct guest_image *image;

	(void)state;
	image = guest_image_new();
	image->header.e_machine = EM_386;
	parse(image, "no ELF64 executable for x86-64");
	image = guest_image_new();
	image->header.e_type = ET_REL;
	parse(image, "no ELF64 executable for x86-64");
	image = guest_image_new();
	image->header.e_phoff = UINT64_MAX - 7;
	parse(image, "program headers outside the file");
	image = guest_image_new();
	image->header.e_phoff += 4;
	parse(image, "program headers outside the file");
	image = guest_image_new();
	image->header.e_phnum = 0xffff;
	parse(image, "program headers outside the file");
	image = guest_image_new();
	image->segment[1].p_offset = UINT64_MAX;
	parse(image, "a segment outside the file");
	image = guest_image_new();
	image->segment[1].p_filesz = 17;
	image->segment[1].p_memsz = 16;
	parse(image, "a segment outside the file");
	image = guest_image_new();
	image->header.e_shoff = sizeof(*image);
	parse(image, "section headers outside the file");
	image = guest_image_new();
	image->section[1].sh_type = SHT_NULL;
	parse(image, "no symbols");
	image = guest_image_new();
	image->section[1].sh_link = 3;
	parse(image, "no symbols");
	image = guest_image_new();
	image->section[1].sh_size = UINT64_MAX;
	parse(image, "symbols outside the file");
	image = guest_image_new();
	image->section[2].sh_size--;
	parse(image, "no names of symbols");
	image = guest_image_new();
	image->section[2].sh_size = 0;
	parse(image, "no names of symbols");
}

static void test_name_outside(void **state)
{
	struct guest_image *image = guest_image_new();
	uint64_t value;

	(void)state;
	image->symbol[4].st_name = UINT32_MAX;
	parse(image, NULL);
	assert_false(label("hlt", &value));
	assert_true(label("hlt2", &value));
	free((char *)guest.file);
}

static void test_no_guest(void **state)
{
	(void)state;
	assert_text(guest_read(&guest, "/nonexistent"),
		    "No such file or directory");
	assert_text(guest_read(&guest, "/"), "Is a directory");
	assert_text(guest_read(&guest, "/dev/null"),
		    "no ELF64 executable for x86-64");
}

static const struct {
	const char *text;
	const char *expanded;
	const char *error;
} labels[] = {
	{ "", "", NULL },
	{ "no label", "no label", NULL },
	{ "$hlt", "0x1004", NULL },
	{ "$hlt2", "0x1008", NULL },
	{ "pc=$hlt;sp=$end;", "pc=0x1004;sp=0x100c;", NULL },
	{ "$hlt+1", "0x1005", NULL },
	{ "$hlt+0x10", "0x1014", NULL },
	{ "$hlt-4;", "0x1000;", NULL },
	{ "$hlt-0x1005", "0xffffffffffffffff", NULL },
	{ "$hlt/$end", "0x1004/0x100c", NULL },
	{ "$hlt+1-2&0xff0f<<4", "0x10030", NULL },
	{ "$hlt<<64", "0x0", NULL },
	{ "$hlt<9", "0x1004<9", NULL },
	{ "$cr0.fixed0", "0x80000021", NULL },
	{ "$cr0.fixed0&0xff/$cr0.fixed0<<32", "0x21/0x8000002100000000", NULL },
	{ "$cr0.fixed1", "0x0", NULL },
	{ "$hlt.", "0x1004.", NULL },
	{ "$cr0.halt", NULL, "there is no capability 'cr0.halt'" },
	{ "$cr0.fixed0&", NULL, "'&' after $cr0.fixed0 must begin a number" },
	{ "$$hlt $$", "$hlt $", NULL },
	{ "$$$hlt", "$0x1004", NULL },
	{ "$halt", NULL, "the guest has no label 'halt'" },
	{ "$elsewhere", NULL, "the guest has no label 'elsewhere'" },
	{ "a $ b", NULL, "'$' must begin a $label, or be $$" },
	{ "$", NULL, "'$' must begin a $label, or be $$" },
	{ "$1", NULL, "'$' must begin a $label, or be $$" },
	{ "$hlt+", NULL, "'+' after $hlt must begin a number" },
	{ "$hlt-$end", NULL, "'-' after $hlt must begin a number" },
	{ "$hlt+0xx", NULL, "'+' after $hlt must begin a number" },
	{ "$hlt+09", NULL, "'+' after $hlt must begin a number" },
	{ "$hlt+0x10000000000000000", NULL,
	  "'+' after $hlt must begin a number" },
};

static void test_expand_labels(void **state)
{
	(void)state;
	parse(guest_image_new(), NULL);
	guest.caps = "basic.revision 0x1\ncr0.fixed0 0x80000021\n";
	for (size_t i = 0; i < COUNT(labels); i++) {
		char *error;

		assert_text(expand_labels(labels[i].text, &guest, &error),
			    labels[i].expanded);
		assert_text(error, labels[i].error);
	}
	free((char *)guest.file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_labels),
		cmocka_unit_test(test_fits),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_name_outside),
		cmocka_unit_test(test_no_guest),
		cmocka_unit_test(test_expand_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
