// SPDX-License-Identifier: GPL-2.0
/*
 * The regs file: every register of the guest by name, one a line, and the
 * register lists of go.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/fpu/xcr.h>
#include <asm/page.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "files/files.h"

/**
 * struct vmxfs_reg - a register
 * @name: its name in the file
 * @field: the VMCS field that holds it, or 0
 * @offset: else where it is in @of
 * @size: in bytes; values are shown with all their digits
 * @get: how to read it, or NULL
 * @set: how to write it, or NULL
 * @check: whether it can have a value, or NULL: returns 0, -EINVAL or, if it
 *	can't be written at all, -EACCES
 * @of: struct vmxfs_vcpu or struct vmxfs_gprs; or the MSR areas, by index
 *
 * All but @check run with the vCPU loaded.
 */
struct vmxfs_reg {
	const char *name;
	u32 field;
	u16 offset;
	u8 size;
	u64 (*get)(struct vmxfs_vcpu *vcpu);
	void (*set)(struct vmxfs_vcpu *vcpu, u64 value);
	int (*check)(u64 value);
	enum { OF_VCPU, OF_GPRS, OF_MSRS } of;
};

static int regs_refuse(u64 value)
{
	return -EACCES;
}

/* The bits that are not the guest's stay as they are. */
static void regs_set_own(u32 field, u64 own, u64 value)
{
	vmcs_write(field, (vmcs_read(field) & ~own) | (value & own));
}

static void regs_set_cr0real(struct vmxfs_vcpu *vcpu, u64 value)
{
	regs_set_own(VMCS_GUEST_CR0, vmx_guest_bits(VMX_REGISTER_CR0), value);
	vmxfs_update_lma();
}

static void regs_set_cr0mask(struct vmxfs_vcpu *vcpu, u64 value)
{
	regs_set_own(VMCS_CR0_MASK, vmx_guest_bits(VMX_REGISTER_CR0), value);
}

static void regs_set_cr4real(struct vmxfs_vcpu *vcpu, u64 value)
{
	regs_set_own(VMCS_GUEST_CR4, vmx_guest_bits(VMX_REGISTER_CR4), value);
}

static void regs_set_cr4mask(struct vmxfs_vcpu *vcpu, u64 value)
{
	regs_set_own(VMCS_CR4_MASK, vmx_guest_bits(VMX_REGISTER_CR4), value);
}

static void regs_set_efer(struct vmxfs_vcpu *vcpu, u64 value)
{
	vmcs_write(VMCS_GUEST_EFER, value);
	vmxfs_update_lma();
}

/* DR6, DR7 and IA32_FMASK have 32 bits that can be written. */
static int regs_check_32_bits(u64 value)
{
	return value >> 32 ? -EINVAL : 0;
}

/* Another value would make the MSR-load area fail. */
static int regs_check_canonical(u64 value)
{
	return vmxfs_canonical(value) ? 0 : -EINVAL;
}

#define RULE_ANY
#define RULE_READ_ONLY		.check = regs_refuse,
#define RULE_CANONICAL		.check = regs_check_canonical,
#define RULE_BITS_32		.check = regs_check_32_bits,
#define RULE_OWN_CR0REAL	.set = regs_set_cr0real,
#define RULE_OWN_CR0FAKE	.get = vmxfs_cr0,
#define RULE_OWN_CR0MASK	.set = regs_set_cr0mask,
#define RULE_OWN_CR4REAL	.set = regs_set_cr4real,
#define RULE_OWN_CR4FAKE	.get = vmxfs_cr4,
#define RULE_OWN_CR4MASK	.set = regs_set_cr4mask,
#define RULE_OWN_EFER		.set = regs_set_efer,
#define RULE_OWN_XCR0		.check = vmxfs_xcr0_check,

static const struct vmxfs_reg vmxfs_reg_table[] = {
#define VMXFS_REGISTER_FIELD(name, size, rule, field) { #name, VMCS_##field, 0, size, RULE_##rule },
#define VMXFS_REGISTER_GPR(name, member) \
	{ #name, 0, offsetof(struct vmxfs_gprs, member), 8, .of = OF_GPRS },
#define VMXFS_REGISTER_MSR(name, rule, entry) \
	{ #name, 0, VMXFS_##entry, 8, RULE_##rule .of = OF_MSRS },
#define VMXFS_REGISTER_VCPU(name, rule, member) \
	{ #name, 0, offsetof(struct vmxfs_vcpu, member), 8, RULE_##rule },
#include "vmxfs_regs.h"
};

static u64 *regs_in_vcpu(const struct vmxfs_reg *reg, struct vmxfs_vcpu *vcpu)
{
	switch (reg->of) {
	case OF_GPRS:
		return (void *)vcpu->gprs + reg->offset;
	case OF_MSRS:
		return &vmxfs_msr_own(vcpu, VMXFS_ENTRY_MSR_LOAD)[reg->offset].value;
	default:
		return (void *)vcpu + reg->offset;
	}
}

static u64 regs_get(const struct vmxfs_reg *reg, struct vmxfs_vcpu *vcpu)
{
	if (reg->get)
		return reg->get(vcpu);
	if (!reg->field)
		return *regs_in_vcpu(reg, vcpu);
	return vmcs_read(reg->field);
}

static int regs_check(const struct vmxfs_reg *reg, u64 value)
{
	if (reg->size < 8 && value >> (8 * reg->size))
		return -EINVAL;
	return reg->check ? reg->check(value) : 0;
}

/* @value is checked. */
static void regs_set(const struct vmxfs_reg *reg, struct vmxfs_vcpu *vcpu, u64 value)
{
	vmxfs_load(vcpu);
	if (reg->set)
		reg->set(vcpu, value);
	else if (!reg->field)
		*regs_in_vcpu(reg, vcpu) = value;
	else
		vmcs_write(reg->field, value);
	if (reg->field)
		vmxfs_field_written(vcpu, reg->field, value);
	vmxfs_unload();
}

/* The vCPU is locked. */
int vmxfs_regs_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	u64 values[ARRAY_SIZE(vmxfs_reg_table)];
	int i;

	vmxfs_load(vcpu);
	for (i = 0; i < ARRAY_SIZE(vmxfs_reg_table); i++)
		values[i] = regs_get(&vmxfs_reg_table[i], vcpu);
	vmxfs_unload();

	for (i = 0; i < ARRAY_SIZE(vmxfs_reg_table); i++)
		vmxfs_show_value(m, vmxfs_reg_table[i].name, values[i],
				 2 * vmxfs_reg_table[i].size);
	return 0;
}

/* Finds the register, and checks the value. */
static int regs_find(struct vmxfs_vcpu *vcpu, const char *name, const char *text,
		     const struct vmxfs_reg **reg, u64 *value)
{
	int err, i;

	*reg = NULL;
	for (i = 0; i < ARRAY_SIZE(vmxfs_reg_table) && !*reg; i++)
		if (!strcmp(vmxfs_reg_table[i].name, name))
			*reg = &vmxfs_reg_table[i];
	if (!*reg)
		return vmxfs_fail(vcpu, UNKNOWN_REGISTER, name);

	err = kstrtou64(text, 0, value) ?: regs_check(*reg, *value);
	if (err == -EACCES)
		return vmxfs_fail(vcpu, READ_ONLY, name);
	if (err)
		return vmxfs_fail(vcpu, VALUE, name, text);
	return 0;
}

/**
 * vmxfs_regs_store() - a line of the regs file: "name value"
 * @vcpu: locked
 * @word: the words of the line
 * @n: how many
 * @unused: there is one such file
 *
 * Return: 0; -EINVAL or -EACCES, with a text in the error file.
 */
int vmxfs_regs_store(struct vmxfs_vcpu *vcpu, char **word, int n, int unused)
{
	const struct vmxfs_reg *reg;
	u64 value;
	int err;

	err = regs_find(vcpu, word[0], word[1], &reg, &value);
	if (!err)
		regs_set(reg, vcpu, value);
	return err;
}

/* strsep() for one delimiter, in half the time: go is as fast as this list is read. */
static char *regs_cut(char **text, char at)
{
	char *start = *text, *end;

	if (start) {
		end = strchr(start, at);
		if (end)
			*end++ = 0;
		*text = end;
	}
	return start;
}

/* Sets the registers of a list, or only checks them. */
static int regs_walk(struct vmxfs_vcpu *vcpu, char *list, bool set)
{
	const struct vmxfs_reg *reg;
	char *item;
	u64 value;
	int err;

	while ((item = regs_cut(&list, ';'))) {
		char *name = regs_cut(&item, '=');

		if (!*name && !item)
			continue;
		if (!item)
			return vmxfs_fail(vcpu, WORDS);
		err = regs_find(vcpu, name, item, &reg, &value);
		if (err)
			return err;
		if (set)
			regs_set(reg, vcpu, value);
	}
	return 0;
}

/**
 * vmxfs_regs_set() - a register list: "name=value;name=value;"
 * @vcpu: locked
 * @list: the list; is cut up
 *
 * Return: 0; -EINVAL or -EACCES, with a text in the error file, and then no
 * register is changed.
 */
int vmxfs_regs_set(struct vmxfs_vcpu *vcpu, char *list)
{
	char copy[VMXFS_LINE_MAX];
	int err;

	strscpy(copy, list, sizeof(copy));
	err = regs_walk(vcpu, copy, false);
	return err ?: regs_walk(vcpu, list, true);
}
