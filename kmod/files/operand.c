// SPDX-License-Identifier: GPL-2.0
/* What lines are made of: words, operands and values. */
#include <linux/ctype.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include "files/files.h"

/**
 * vmxfs_words() - cut a line into words
 * @text: the line
 * @word: gets the words
 * @max: how many @word has room for
 *
 * Return: how many words there are, or @max + 1 if there are more than @max.
 */
int vmxfs_words(char *text, char **word, int max)
{
	int n = 0;

	while (*text) {
		if (isspace(*text)) {
			*text++ = 0;
			continue;
		}
		if (n == max)
			return max + 1;
		word[n++] = text;
		while (*text && !isspace(*text))
			text++;
	}
	return n;
}

static const struct {
	const char *name;
	enum { OF_MAP, OF_REGION, OF_VMCS, OF_VMXON, OF_AREA } kind;
	int which;
} vmxfs_operand_names[] = {
#define VMXFS_OPERAND(name, kind, which) { #name, OF_##kind, which },
#include "vmxfs_operands.h"
};

static bool operand_find(struct vmxfs_vcpu *vcpu, const char *name, struct vmxfs_operand *operand)
{
	int i, which;

	for (i = 0; i < ARRAY_SIZE(vmxfs_operand_names); i++)
		if (!strcmp(name, vmxfs_operand_names[i].name))
			break;
	if (i == ARRAY_SIZE(vmxfs_operand_names))
		return false;
	which = vmxfs_operand_names[i].which;
	switch (vmxfs_operand_names[i].kind) {
	case OF_MAP:
		operand->value = vmxfs_ept_pointer(vcpu->map[which].pml4);
		operand->field = VMCS_EPT_POINTER;
		break;
	case OF_REGION:
		operand->value = page_to_phys(vcpu->region[which]);
		operand->region = true;
		if (which == VMXFS_SHADOW)
			operand->field = VMCS_VMCS_LINK_POINTER;
		break;
	case OF_VMCS:
		operand->value = page_to_phys(vcpu->vmcs.page);
		operand->vmx = true;
		break;
	case OF_VMXON:
		operand->value = vmxfs_cpu_region();
		operand->vmx = true;
		break;
	case OF_AREA:
		operand->value = virt_to_phys(vcpu->area[which]);
		operand->field = vmxfs_area_kinds[which].field;
		break;
	}
	return true;
}

/**
 * vmxfs_operand_parse() - read a number, or NAME, NAME+NUMBER, NAME-NUMBER
 * @vcpu: whose structures the names mean
 * @text: the text
 * @operand: the result
 *
 * The address of "vmxon" is that of the processor this runs on.
 *
 * Return: 0 or -EINVAL.
 */
int vmxfs_operand_parse(struct vmxfs_vcpu *vcpu, const char *text,
			struct vmxfs_operand *operand)
{
	char name[VMXFS_OPERAND_NAME];
	size_t length = strcspn(text, "+-");

	*operand = (struct vmxfs_operand){ .field = VMXFS_NO_FIELD };
	if (!kstrtou64(text, 0, &operand->value))
		return 0;
	if (length >= sizeof(name))
		return -EINVAL;
	memcpy(name, text, length);
	name[length] = 0;
	if (!operand_find(vcpu, name, operand))
		return -EINVAL;
	if (!text[length])
		return 0;
	if (kstrtou64(text + length + 1, 0, &operand->offset))
		return -EINVAL;
	if (text[length] == '-') {
		operand->offset = -operand->offset;
		operand->value += operand->offset;
	} else if (check_add_overflow(operand->value, operand->offset, &operand->value)) {
		return -EINVAL;
	}
	/* Elsewhere than at its beginning it is not what the field is for. */
	if (operand->offset)
		operand->field = VMXFS_NO_FIELD;
	return 0;
}

#define VMXFS_FIELD_NAME_MAX 60

/**
 * vmxfs_show_value() - write "name 0xvalue"
 * @m: where to
 * @name: at most VMXFS_FIELD_NAME_MAX characters; is written in lower case
 * @value: the value
 * @digits: of the value, in hexadecimal; an even number
 *
 * What seq_printf() would do, in a tenth of its time: vmcs has 200 such lines.
 */
void vmxfs_show_value(struct seq_file *m, const char *name, u64 value, int digits)
{
	char line[VMXFS_FIELD_NAME_MAX + sizeof(" 0x0123456789abcdef\n")];
	char *end = line;

	/* Of an identifier's characters only '_' has not bit 5 in lower case. */
	for (; *name && end < line + VMXFS_FIELD_NAME_MAX; name++)
		*end++ = *name == '_' ? '_' : *name | 0x20;
	*end++ = ' ';
	*end++ = '0';
	*end++ = 'x';
	for (digits -= 2; digits >= 0; digits -= 2)
		end = hex_byte_pack(end, value >> 4 * digits);
	*end++ = '\n';
	seq_write(m, line, end - line);
}
