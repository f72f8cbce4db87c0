// SPDX-License-Identifier: GPL-2.0
/* The vmcs file: every field of the VMCS, and every control, by name. */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "cpu/instructions.h"
#include "files/files.h"

/* Instead of a value, if the processor lacks the field. */
#define VMCS_UNSUPPORTED "unsupported"

const struct vmxfs_field_name vmxfs_field_names[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { #ident, encoding },
#include "vmx_fields.h"
};

const size_t vmxfs_field_names_count = ARRAY_SIZE(vmxfs_field_names);

static const struct vmxfs_control {
	const char *group;
	const char *name;
	u32 field;
	u8 bit;
} vmxfs_controls[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) \
	{ #group, NULL, VMCS_##field },
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) { #group, #ident, 0, bit },
#include "vmx_controls.h"
};

/**
 * vmxfs_field_find() - a VMCS field by its name
 * @name: an identifier of vmx_fields.h, in any case
 *
 * Return: its encoding, or -EINVAL.
 */
int vmxfs_field_find(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_field_names); i++)
		if (*vmxfs_field_names[i].name == toupper(*name) &&
		    !strcasecmp(vmxfs_field_names[i].name, name))
			return vmxfs_field_names[i].field;
	return -EINVAL;
}

static int vmcs_write_field(struct vmxfs_vcpu *vcpu, u32 field, u64 value)
{
	int err = vmwrite(field, value);

	return err ?: vmxfs_field_written(vcpu, field, value);
}

/**
 * vmxfs_vmcs_write() - change a field, if it may be changed
 * @vcpu: locked
 * @name: the field's, for the error file
 * @field: its encoding
 * @value: what to write
 * @own: the value is the structure that vmxfs has made for this field
 *
 * Return: 0; -EINVAL, -EPERM, -EIO or -ENOSPC, with a text in the error file.
 */
int vmxfs_vmcs_write(struct vmxfs_vcpu *vcpu, const char *name, u32 field, u64 value, bool own)
{
	const char *why;
	u64 error;
	int err;

	if (vmxfs_as_stored(field, value) != value)
		return vmxfs_fail(vcpu, BITS, name, value);
	vmxfs_load(vcpu);
	why = own ? NULL : vmxfs_why_kept(vcpu, field, value);
	err = why ? -EPERM : vmxfs_field_room(vcpu, field);
	err = err ?: vmcs_write_field(vcpu, field, value);
	error = err == -EINVAL ? vmcs_read(VMCS_INSTRUCTION_ERROR) : 0;
	vmxfs_unload();
	switch (err) {
	case 0:
		return 0;
	case -EPERM:
		return vmxfs_fail(vcpu, KEPT, name, why);
	case -ENOSPC:
		return vmxfs_fail(vcpu, NO_ROOM, "vmcs");
	default:
		return vmxfs_fail(vcpu, VMWRITE, error, vmxfs_error_text(error));
	}
}

/* What reading shows of a field that the processor lacks: written back, it changes nothing. */
static bool vmcs_is_unsupported(u32 field, const char *text)
{
	return !strcmp(text, VMCS_UNSUPPORTED) && vmxfs_field_missing(vmxfs_field_row(field));
}

static int vmcs_store_field(struct vmxfs_vcpu *vcpu, const char *name, const char *text)
{
	struct vmxfs_operand operand;
	int field = vmxfs_field_find(name);

	if (field < 0)
		return vmxfs_fail(vcpu, UNKNOWN_FIELD, name);
	if (vmcs_is_unsupported(field, text))
		return 0;
	if (vmxfs_operand_parse(vcpu, text, &operand))
		return vmxfs_fail(vcpu, VALUE, name, text);
	/* No VMCS, as after clone. */
	if (field == VMCS_VMCS_LINK_POINTER && operand.value == ~0ULL)
		operand.field = field;
	return vmxfs_vmcs_write(vcpu, name, field, operand.value, operand.field == field);
}

/* The group's row comes before its controls. */
static const struct vmxfs_control *vmcs_find_control(const char *name, u32 *field)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_controls); i++) {
		const struct vmxfs_control *control = &vmxfs_controls[i];
		size_t length = strlen(control->group);

		if (!control->name)
			*field = control->field;
		else if (!strncasecmp(name, control->group, length) && name[length] == '.' &&
			 !strcasecmp(name + length + 1, control->name))
			return control;
	}
	return NULL;
}

/**
 * vmxfs_control_bit() - where a control is in its field
 * @name: GROUP.CONTROL, identifiers of vmx_controls.h, in any case
 *
 * Return: the number of the bit, or -EINVAL.
 */
int vmxfs_control_bit(const char *name)
{
	u32 field;
	const struct vmxfs_control *control = vmcs_find_control(name, &field);

	return control ? control->bit : -EINVAL;
}

static int vmcs_store_control(struct vmxfs_vcpu *vcpu, const char *name, const char *text)
{
	u32 field = 0;
	const struct vmxfs_control *control = vmcs_find_control(name, &field);
	u64 value = 0;
	bool on;
	int err;

	if (!control)
		return vmxfs_fail(vcpu, UNKNOWN_FIELD, name);
	if (vmcs_is_unsupported(field, text))
		return 0;
	if (strcmp(text, "0") && strcmp(text, "1"))
		return vmxfs_fail(vcpu, VALUE, name, text);
	on = *text == '1';
	vmxfs_load(vcpu);
	err = vmxfs_field_read(vcpu, field, &value);
	vmxfs_unload();
	/* Of a field that isn't there, the write says so. */
	if (!err && on == !!(value & BIT_ULL(control->bit)))
		return 0;
	value = on ? value | BIT_ULL(control->bit) : value & ~BIT_ULL(control->bit);
	return vmxfs_vmcs_write(vcpu, name, field, value, false);
}

/**
 * vmxfs_vmcs_store() - a line of the vmcs file: "name value"
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @unused: there is one such file
 *
 * Return: 0; -EINVAL, -EPERM, -EIO or -ENOSPC, with a text in the error file.
 */
int vmxfs_vmcs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused)
{
	if (strchr(word[0], '.'))
		return vmcs_store_control(vcpu, word[0], word[1]);
	return vmcs_store_field(vcpu, word[0], word[1]);
}

static void vmcs_show_unsupported(struct seq_file *m, const char *name)
{
	for (; *name; name++)
		seq_putc(m, tolower(*name));
	seq_puts(m, " " VMCS_UNSUPPORTED "\n");
}

static void vmcs_show_control(struct seq_file *m, const struct vmxfs_control *control,
			      const char *value)
{
	seq_puts(m, control->group);
	seq_putc(m, '.');
	seq_puts(m, control->name);
	seq_puts(m, value);
}

/* What the last VMX instruction left in the VM-instruction error is shown, too. */
static int vmcs_read_by_row(struct vmxfs_vcpu *vcpu, int row, u32 field, u64 *value)
{
	int err = -EINVAL;

	if (vmxfs_field_missing(row))
		return err;
	vmxfs_load(vcpu);
	err = vmxfs_field_read(vcpu, field, value);
	vmxfs_unload();
	return err;
}

/* The vCPU is locked. */
int vmxfs_vmcs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	static const u8 digits[] = {
		[VMX_WIDTH_16] = 4, [VMX_WIDTH_32] = 8, [VMX_WIDTH_64] = 16,
		[VMX_WIDTH_NATURAL] = 16,
	};
	u64 value = 0;
	int err = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_field_names); i++) {
		u32 field = vmxfs_field_names[i].field;

		err = vmcs_read_by_row(vcpu, i, field, &value);
		if (err)
			vmcs_show_unsupported(m, vmxfs_field_names[i].name);
		else
			vmxfs_show_value(m, vmxfs_field_names[i].name, value,
					 digits[VMX_FIELD_WIDTH(field)]);
	}
	for (i = 0; i < ARRAY_SIZE(vmxfs_controls); i++) {
		const struct vmxfs_control *control = &vmxfs_controls[i];

		if (!control->name) {
			err = vmcs_read_by_row(vcpu, vmxfs_field_row(control->field),
					       control->field, &value);
		} else if (err) {
			vmcs_show_control(m, control, " " VMCS_UNSUPPORTED "\n");
		} else {
			vmcs_show_control(m, control,
					  value & BIT_ULL(control->bit) ? " 1\n" : " 0\n");
		}
	}
	return 0;
}
