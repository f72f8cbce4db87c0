// SPDX-License-Identifier: GPL-2.0
#include "unit.h"

#include "bytes.h"

static const struct {
	const char *text;
	const char *formatted;
	const char *error;
} texts[] = {
	{ "0 00", "0x0 00", NULL },
	{ " 0x1000  0123456789abcdefABCDEF ", "0x1000 0123456789abcdefabcdef",
	  NULL },
	{ "", NULL, "bytes are an offset and hexadecimal digits" },
	{ "0", NULL, "bytes are an offset and hexadecimal digits" },
	{ "0 00 00", NULL, "bytes are an offset and hexadecimal digits" },
	{ "x 00", NULL, "'x' is not an offset" },
	{ "-1 00", NULL, "'-1' is not an offset" },
	{ "0x8000000000000000 00", NULL,
	  "'0x8000000000000000' is not an offset" },
	{ "0 000", NULL,
	  "'000' is not an even number of hexadecimal digits" },
	{ "0 0x00", NULL,
	  "'0x00' is not an even number of hexadecimal digits" },
};

static void test_texts(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct bytes bytes;

		assert_text(bytes_parse(&bytes, texts[i].text),
			    texts[i].error);
		if (texts[i].formatted)
			assert_text(bytes_format(&bytes), texts[i].formatted);
		bytes_free(&bytes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
