// SPDX-License-Identifier: GPL-2.0
#include "vmcs_values.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "compare.h"
#include "facts.h"
#include "util.h"
#include "vmx.h"
#include "vmxfs_abi.h"
#include "words.h"

/* In the order of the file fields */
static const uint32_t encodings[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) encoding,
#include "vmx_fields.h"
};

/* A group's row comes before its controls. */
static const struct control {
	const char *name;	/* NULL: a group */
	uint32_t field;
	unsigned int bit;
} controls[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) { NULL, VMCS_##field, 0 },
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) { #group "." #ident, 0, bit },
#include "vmx_controls.h"
};

#define COUNT(table) (sizeof(table) / sizeof(*(table)))

static bool read_row(struct access *access, size_t row, uint64_t *value)
{
	struct vmxfs_field field;
	struct bytes bytes = {
		.offset = row * sizeof(field),
		.length = sizeof(field),
		.data = (unsigned char *)&field,
	};
	char *error = access_read_bytes(access, "fields", &bytes);
	bool ok = !error && bytes.length == sizeof(field) && !field.error;

	free(error);
	*value = ok ? field.value : 0;
	return ok;
}

static bool read_field(struct access *access, uint64_t encoding, uint64_t *value)
{
	for (size_t i = 0; i < COUNT(encodings); i++)
		if (encodings[i] == encoding)
			return read_row(access, i, value);
	return false;
}

static bool add_control(struct access *access, const char *name, struct string *out)
{
	uint32_t field = 0;
	uint64_t value;

	for (size_t i = 0; i < COUNT(controls); i++) {
		if (!controls[i].name) {
			field = controls[i].field;
		} else if (strcasecmp(controls[i].name, name) == 0) {
			if (!read_field(access, field, &value))
				return false;
			string_print(out, "%s %d\n", name, (int)(value >> controls[i].bit & 1));
			return true;
		}
	}
	return false;
}

static bool add_field(struct access *access, const char *name, struct string *out)
{
	uint64_t encoding, value;

	if (!facts_find_field(name, &encoding) || !read_field(access, encoding, &value))
		return false;
	string_print(out, "%s 0x%" PRIx64 "\n", name, value);
	return true;
}

static bool add_all(struct access *access, const char *expected, struct string *out)
{
	struct words want = words_split(expected);
	bool ok = true;

	for (size_t i = 0; i < want.count && ok; i += 2)
		ok = strchr(want.word[i], '.') ? add_control(access, want.word[i], out) :
						 add_field(access, want.word[i], out);
	words_free(&want);
	return ok;
}

char *vmcs_values(struct access *access, const char *expected)
{
	struct string out = { 0 };
	bool ok = true;
	char *text;

	while (ok && (text = next_alternative(&expected))) {
		ok = add_all(access, text, &out);
		free(text);
	}
	text = string_end(&out);
	if (ok)
		return text;
	free(text);
	return NULL;
}
