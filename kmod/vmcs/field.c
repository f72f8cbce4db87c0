// SPDX-License-Identifier: GPL-2.0
/* Fields of the VMCS: which of their bits vmxfs keeps, and what a write means for it. */
#include <linux/bsearch.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "memory/memory.h"
#include "vmcs/vmcs.h"

/* By encoding */
static const struct field_row {
	u32 field;
	u8 owner;
} vmxfs_fields[] = {
#define VMX_FIELD(encoding, ident, owner, sdm_name) { encoding, VMX_OWNER_##owner },
#include "vmx_fields.h"
};

/* A group's row has the field, and comes before its controls. */
static const struct {
	u32 field;
	u8 bit;
	u8 owner;
} vmxfs_controls[] = {
#define VMX_CONTROL_GROUP(group, field, msr, true_msr, sdm_name) \
	{ VMCS_##field },
#define VMX_CONTROL(group, bit, ident, owner, sdm_name) \
	{ 0, bit, VMX_OWNER_##owner },
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

static int field_compare(const void *key, const void *row)
{
	u32 field = *(const u32 *)key, other = ((const struct field_row *)row)->field;

	return field < other ? -1 : field > other;
}

/**
 * vmxfs_field_row() - the row of a field in vmx_fields.h
 * @field: its encoding
 *
 * Return: its number, or -EINVAL if there is none.
 */
int vmxfs_field_row(u32 field)
{
	const struct field_row *row = bsearch(&field, vmxfs_fields, ARRAY_SIZE(vmxfs_fields),
					      sizeof(*row), field_compare);

	return row ? row - vmxfs_fields : -EINVAL;
}

/* Those that no processor has */
unsigned long vmxfs_fields_missing[BITS_TO_LONGS(VMXFS_FIELDS)] = {
	[0 ... BITS_TO_LONGS(VMXFS_FIELDS) - 1] = ~0UL
};

/* Which fields this processor has. A VMCS is current, and stays it. */
void vmxfs_fields_find(void)
{
	u64 value;
	int row;

	for (row = 0; row < VMXFS_FIELDS; row++)
		if (!vmread(vmxfs_fields[row].field, &value))
			clear_bit(row, vmxfs_fields_missing);
}

static enum vmx_owner field_owner(u32 field)
{
	int row = vmxfs_field_row(field);

	return row < 0 ? VMX_OWNER_NOT_KNOWN : vmxfs_fields[row].owner;
}

/* Of the bits in @bits the owner of one that is not the guest's, or VMX_OWNER_GUEST */
static enum vmx_owner field_owner_of_controls(u32 field, u64 bits)
{
	u32 group = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_controls); i++) {
		u64 bit = BIT_ULL(vmxfs_controls[i].bit);

		if (vmxfs_controls[i].field)
			group = vmxfs_controls[i].field;
		else if (group == field && bits & bit) {
			if (vmxfs_controls[i].owner != VMX_OWNER_GUEST)
				return vmxfs_controls[i].owner;
			bits &= ~bit;
		}
	}
	return bits ? VMX_OWNER_NOT_KNOWN : VMX_OWNER_GUEST;
}

static enum vmx_owner field_owner_of_bits(enum vmx_register reg, u64 bits)
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
static enum vmx_owner field_owner_of(u32 field, u64 bits)
{
	enum vmx_owner owner = field_owner(field);
	int i;

	if (!bits)
		return VMX_OWNER_GUEST;
	if (owner != VMX_OWNER_BITS)
		return owner;
	for (i = 0; i < ARRAY_SIZE(vmxfs_register_fields); i++)
		if (vmxfs_register_fields[i].field == field)
			return field_owner_of_bits(vmxfs_register_fields[i].reg, bits);
	return field_owner_of_controls(field, bits);
}

/*
 * What a field that is the guest's must not have all the same; NULL if it is none of
 * that.
 */
static const char *field_why_no_such_value(const struct vmxfs_vcpu *vcpu, u32 field, u64 value)
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
	value = vmxfs_as_stored(field, value);
	why = field_why_no_such_value(vcpu, field, value);
	if (why)
		return why;
	/* Of one that this processor lacks, VMWRITE says so. */
	if (vmxfs_field_read(vcpu, field, &old))
		old = 0;
	owner = field_owner_of(field, old ^ value);
	return owner == VMX_OWNER_GUEST ? NULL : vmxfs_owners[owner];
}

/* Where a host-state field that was written is kept; VMXFS_FORCED_MAX if there is no room. */
static unsigned int field_forced(const struct vmxfs_vcpu *vcpu, u32 field)
{
	unsigned int i;

	for (i = 0; i < vcpu->host.nforced; i++)
		if (vcpu->host.forced[i].field == field)
			break;
	return i;
}

/* A safe vCPU can only write what is there. */
static bool field_is_forced(const struct vmxfs_vcpu *vcpu, u32 field)
{
	return VMX_FIELD_TYPE(field) == VMX_TYPE_HOST && vcpu->unsafe;
}

/**
 * vmxfs_field_room() - whether there is room to take note of a VMWRITE
 * @vcpu: loaded
 * @field: the field's encoding
 *
 * Return: 0, or -ENOSPC if it is one host-state field too many.
 */
int vmxfs_field_room(const struct vmxfs_vcpu *vcpu, u32 field)
{
	return field_is_forced(vcpu, field) && field_forced(vcpu, field) == VMXFS_FORCED_MAX ?
	       -ENOSPC : 0;
}

static int field_keep_forced(struct vmxfs_vcpu *vcpu, u32 field, u64 value)
{
	unsigned int i = field_forced(vcpu, field);

	if (i == VMXFS_FORCED_MAX)
		return -ENOSPC;
	vcpu->host.forced[i].field = field;
	vcpu->host.forced[i].value = value;
	vcpu->host.nforced = max(vcpu->host.nforced, i + 1);
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
	value = vmxfs_as_stored(field, value);
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
		/* An unsafe vCPU's only, which sees to what is cached with it by INVVPID. */
		vcpu->vpid = value;
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
		if (field_is_forced(vcpu, field))
			return field_keep_forced(vcpu, field, value);
	}
	return 0;
}
