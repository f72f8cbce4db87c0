// SPDX-License-Identifier: GPL-2.0
/*
 * The vmcs file: every field of the VMCS, and every control, by name; and what
 * of them vmxfs keeps.
 */
#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/processor.h>
#include "vmxfs.h"
#include "cpu/instructions.h"

static const struct vmxfs_field {
	const char *name;
	u32 field;
	u8 owner;
} vmxfs_fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { #ident, encoding, VMX_OWNER_##owner },
#include "vmx_fields.h"
};

static const struct vmxfs_control {
	const char *group;
	const char *name;
	u32 field;
	u8 bit;
	u8 owner;
} vmxfs_controls[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) \
	{ #group, NULL, VMCS_##field },
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) \
	{ #group, #ident, 0, bit, VMX_OWNER_##owner },
#include "vmx_controls.h"
};

static const struct {
	u32 field;
	u8 reg;
} vmxfs_register_fields[] = {
#define VMX_REGISTER_FIELD(reg, field) { VMCS_##field, VMX_REGISTER_##reg },
#include "vmx_registers.h"
};

static const struct {
	u64 bits;
	u8 reg;
	u8 owner;
} vmxfs_register_bits[] = {
#define VMX_REGISTER_BITS(reg, first, last, ident, owner, sdm_name) \
	{ VMX_BITS(first, last), VMX_REGISTER_##reg, VMX_OWNER_##owner },
#include "vmx_registers.h"
};

static const char *const vmxfs_owners[VMX_OWNERS] = {
#define VMX_OWNER(ident, why) why,
#include "vmx_owners.h"
};

static const char *const vmxfs_errors[] = {
#define VMX_INSN_ERROR(number, ident, text) [number] = text,
#include "vmx_errors.h"
};

/* A VM-instruction error in the SDM's words. */
const char *vmxfs_error_text(u32 error)
{
	return error < ARRAY_SIZE(vmxfs_errors) && vmxfs_errors[error] ?
	       vmxfs_errors[error] : "not assigned";
}

/* VMWRITE takes as many bits as the field has. */
static u64 as_stored(u32 field, u64 value)
{
	switch (VMX_FIELD_WIDTH(field)) {
	case VMX_WIDTH_16:
		return (u16)value;
	case VMX_WIDTH_32:
		return (u32)value;
	default:
		return value;
	}
}

static enum vmx_owner field_owner(u32 field)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_fields); i++)
		if (vmxfs_fields[i].field == field)
			return vmxfs_fields[i].owner;
	return VMX_OWNER_NOT_KNOWN;
}

/* Of the bits in @bits the owner of one that is not the guest's, or VMX_OWNER_GUEST */
static enum vmx_owner owner_of_controls(u32 field, u64 bits)
{
	u32 group = 0;
	int i;

	/* The group's row comes before its controls. */
	for (i = 0; i < ARRAY_SIZE(vmxfs_controls); i++) {
		const struct vmxfs_control *control = &vmxfs_controls[i];

		if (!control->name)
			group = control->field;
		if (!control->name || group != field || !(bits & BIT_ULL(control->bit)))
			continue;
		if (control->owner != VMX_OWNER_GUEST)
			return control->owner;
		bits &= ~BIT_ULL(control->bit);
	}
	return bits ? VMX_OWNER_NOT_KNOWN : VMX_OWNER_GUEST;
}

static enum vmx_owner owner_of_bits(enum vmx_register reg, u64 bits)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_register_bits); i++) {
		if (vmxfs_register_bits[i].reg != reg || !(bits & vmxfs_register_bits[i].bits))
			continue;
		if (vmxfs_register_bits[i].owner != VMX_OWNER_GUEST)
			return vmxfs_register_bits[i].owner;
		bits &= ~vmxfs_register_bits[i].bits;
	}
	return bits ? VMX_OWNER_NOT_KNOWN : VMX_OWNER_GUEST;
}

/* Who owns bits of a field that are to be changed; if several, one who is not the guest */
static enum vmx_owner owner_of(u32 field, u64 bits)
{
	enum vmx_owner owner = field_owner(field);
	int i;

	if (!bits)
		return VMX_OWNER_GUEST;
	if (owner != VMX_OWNER_BITS)
		return owner;
	for (i = 0; i < ARRAY_SIZE(vmxfs_register_fields); i++)
		if (vmxfs_register_fields[i].field == field)
			return owner_of_bits(vmxfs_register_fields[i].reg, bits);
	return owner_of_controls(field, bits);
}

/*
 * What a field that is the guest's must not have all the same; NULL if it is none of
 * that.
 */
static const char *why_no_such_value(const struct vmxfs_vcpu *vcpu, u32 field, u64 value)
{
	switch (field) {
	case VMCS_GUEST_ACTIVITY_STATE:
		return value == VMX_ACTIVITY_WAIT_FOR_SIPI ?
		       "nothing but a SIPI gets the guest off the processor" : NULL;
	case VMCS_PREEMPTION_TIMER_VALUE:
		return value > vcpu->timer ? vmxfs_owners[VMX_OWNER_TIME_LIMIT] : NULL;
	case VMCS_EPT_POINTER:
		return vmxfs_eptp_coherent(value) ? NULL : "no self-snoop";
	default:
		return NULL;
	}
}

/**
 * vmxfs_why_kept() - whether a write of a VMCS field breaks containment
 * @vcpu: loaded
 * @field: its encoding
 * @value: what is to be written
 *
 * Return: why it can't be written, or NULL if it can.
 */
const char *vmxfs_why_kept(struct vmxfs_vcpu *vcpu, u32 field, u64 value)
{
	enum vmx_owner owner;
	const char *why;
	u64 old;

	if (vcpu->unsafe)
		return NULL;
	value = as_stored(field, value);
	why = why_no_such_value(vcpu, field, value);
	if (why)
		return why;
	/* Of one that this processor lacks, VMWRITE says so. */
	if (vmxfs_field_read(vcpu, field, &old))
		old = 0;
	owner = owner_of(field, old ^ value);
	return owner == VMX_OWNER_GUEST ? NULL : vmxfs_owners[owner];
}

/**
 * vmxfs_field_find() - a VMCS field by its name
 * @name: an identifier of vmx_fields.h, in any case
 *
 * Return: its encoding, or -EINVAL.
 */
int vmxfs_field_find(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_fields); i++)
		if (*vmxfs_fields[i].name == toupper(*name) &&
		    !strcasecmp(vmxfs_fields[i].name, name))
			return vmxfs_fields[i].field;
	return -EINVAL;
}

/* Whether a field of this encoding has a name. */
bool vmxfs_field_known(u32 field)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_fields); i++)
		if (vmxfs_fields[i].field == field)
			return true;
	return false;
}

/**
 * vmxfs_field_read() - what whoever drives the vCPU has written to a field
 * @vcpu: loaded
 * @field: its encoding
 * @value: gets it
 *
 * The same as VMREAD, but for fields to which the module adds something at VM
 * entry.
 *
 * Return: 0, or -EINVAL if VMREAD fails.
 */
int vmxfs_field_read(struct vmxfs_vcpu *vcpu, u32 field, u64 *value)
{
	switch (field) {
	case VMCS_PROC_BASED_CONTROLS:
		*value = vcpu->proc_controls;
		return 0;
	case VMCS_EXCEPTION_BITMAP:
		*value = vcpu->exception_bitmap;
		return 0;
	default:
		return vmread(field, value);
	}
}

static int keep_forced(struct vmxfs_vcpu *vcpu, u32 field, u64 value)
{
	unsigned int i;

	for (i = 0; i < vcpu->nforced; i++)
		if (vcpu->forced[i].field == field)
			break;
	if (i == VMXFS_FORCED_MAX)
		return -ENOSPC;
	vcpu->forced[i].field = field;
	vcpu->forced[i].value = value;
	vcpu->nforced = max(vcpu->nforced, i + 1);
	return 0;
}

/**
 * vmxfs_field_written() - take note of a VMWRITE
 * @vcpu: loaded
 * @field: the field's encoding
 * @value: what was written
 *
 * Return: 0, or -ENOSPC if it is one host-state field too many.
 */
int vmxfs_field_written(struct vmxfs_vcpu *vcpu, u32 field, u64 value)
{
	value = as_stored(field, value);
	switch (field) {
	case VMCS_PIN_BASED_CONTROLS:
		vcpu->virtual_nmis = value & VMX_CTL(pin, virtual_nmis);
		break;
	case VMCS_PROC_BASED_CONTROLS:
		vcpu->proc_controls = value;
		vcpu->proc_controls_now = value;
		vmxfs_event_controls(vcpu);
		break;
	case VMCS_EXCEPTION_BITMAP:
		vmxfs_set_exception_bitmap(vcpu, value);
		break;
	case VMCS_TSC_OFFSET:
		vcpu->tsc_fixed = true;
		break;
	case VMCS_VIRTUAL_PROCESSOR_ID:
		vcpu->vpid = value;
		vcpu->flush = true;
		break;
	/* How linear and guest-physical addresses are translated */
	case VMCS_EPT_POINTER:
	case VMCS_SECONDARY_CONTROLS:
	case VMCS_TERTIARY_CONTROLS:
	case VMCS_APIC_ACCESS_ADDRESS:
	case VMCS_HLAT_POINTER:
	case VMCS_HLAT_PREFIX_SIZE:
	case VMCS_GUEST_CR4:
	case VMCS_GUEST_CR0:
	case VMCS_GUEST_CR3:
	case VMCS_GUEST_EFER:
	case VMCS_GUEST_PDPTE0:
	case VMCS_GUEST_PDPTE1:
	case VMCS_GUEST_PDPTE2:
	case VMCS_GUEST_PDPTE3:
		vcpu->flush = true;
		break;
	default:
		/* A safe vCPU can only have written what was there. */
		if (VMX_FIELD_TYPE(field) == VMX_TYPE_HOST && vcpu->unsafe)
			return keep_forced(vcpu, field, value);
	}
	return 0;
}

static int field_write(struct vmxfs_vcpu *vcpu, u32 field, u64 value)
{
	int err = vmwrite(field, value);

	return err ?: vmxfs_field_written(vcpu, field, value);
}

/* @own: the value is the structure that vmxfs has made for this field. */
static int write_checked(struct vmxfs_vcpu *vcpu, const char *name, u32 field, u64 value,
			 bool own)
{
	const char *why;
	u64 error;
	int err;

	if (as_stored(field, value) != value)
		return vmxfs_fail(vcpu, BITS, name, value);
	vmxfs_load(vcpu);
	why = own ? NULL : vmxfs_why_kept(vcpu, field, value);
	err = why ? -EPERM : field_write(vcpu, field, value);
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

static int store_field(struct vmxfs_vcpu *vcpu, const char *name, const char *text)
{
	struct vmxfs_operand operand;
	int field = vmxfs_field_find(name);

	if (field < 0)
		return vmxfs_fail(vcpu, UNKNOWN_FIELD, name);
	if (vmxfs_operand_parse(vcpu, text, &operand))
		return vmxfs_fail(vcpu, VALUE, name, text);
	/* No VMCS, as after clone. */
	if (field == VMCS_VMCS_LINK_POINTER && operand.value == ~0ULL)
		operand.field = field;
	return write_checked(vcpu, name, field, operand.value, operand.field == field);
}

/* The group's row comes before its controls. */
static const struct vmxfs_control *find_control(const char *name, u32 *field)
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

static int store_control(struct vmxfs_vcpu *vcpu, const char *name, const char *text)
{
	u32 field = 0;
	const struct vmxfs_control *control = find_control(name, &field);
	u64 value = 0;
	bool on;
	int err;

	if (!control)
		return vmxfs_fail(vcpu, UNKNOWN_FIELD, name);
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
	return write_checked(vcpu, name, field, value, false);
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
		return store_control(vcpu, word[0], word[1]);
	return store_field(vcpu, word[0], word[1]);
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

static void show_unsupported(struct seq_file *m, const char *name)
{
	for (; *name; name++)
		seq_putc(m, tolower(*name));
	seq_puts(m, " unsupported\n");
}

static void show_control(struct seq_file *m, const struct vmxfs_control *control,
			 const char *value)
{
	seq_puts(m, control->group);
	seq_putc(m, '.');
	seq_puts(m, control->name);
	seq_puts(m, value);
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

	for (i = 0; i < ARRAY_SIZE(vmxfs_fields); i++) {
		u32 field = vmxfs_fields[i].field;

		vmxfs_load(vcpu);
		err = vmxfs_field_read(vcpu, field, &value);
		vmxfs_unload();
		if (err)
			show_unsupported(m, vmxfs_fields[i].name);
		else
			vmxfs_show_value(m, vmxfs_fields[i].name, value,
					 digits[VMX_FIELD_WIDTH(field)]);
	}
	for (i = 0; i < ARRAY_SIZE(vmxfs_controls); i++) {
		const struct vmxfs_control *control = &vmxfs_controls[i];

		if (!control->name) {
			vmxfs_load(vcpu);
			err = vmxfs_field_read(vcpu, control->field, &value);
			vmxfs_unload();
		} else if (err) {
			show_control(m, control, " unsupported\n");
		} else {
			show_control(m, control,
				     value & BIT_ULL(control->bit) ? " 1\n" : " 0\n");
		}
	}
	return 0;
}
