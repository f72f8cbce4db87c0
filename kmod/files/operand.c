// SPDX-License-Identifier: GPL-2.0
/* What lines are made of: words, and operands. */
#include <linux/ctype.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include "vmxfs.h"

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

static bool find(struct vmxfs_vcpu *vcpu, const char *name, struct vmxfs_operand *operand)
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
		vmxfs_area_operand(vcpu, which, operand);
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
	if (!find(vcpu, name, operand))
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
