// SPDX-License-Identifier: GPL-2.0
/* The fields file: every field of the VMCS, as a struct vmxfs_field. */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "cpu/instructions.h"
#include "files/files.h"

/* A longer write is a short one. */
#define FIELDS_WRITE_MAX (SZ_4K / sizeof(struct vmxfs_field))

/* As many are read without a chance for another process, which may take as long as VM exits. */
#define FIELDS_AT_ONCE 16

/* The vCPU is loaded. */
static void fields_read_one(struct vmxfs_vcpu *vcpu, int row, struct vmxfs_field *field)
{
	u64 value = 0;

	memset(field, 0, sizeof(*field));
	field->encoding = vmxfs_field_names[row].field;
	if (vmxfs_field_missing(row))
		field->error = VMX_ERROR_UNSUPPORTED_FIELD;
	else if (vmxfs_field_read(vcpu, field->encoding, &value))
		field->error = vmcs_read(VMCS_INSTRUCTION_ERROR);
	else
		field->value = value;
}

/* Rows @first to @end - 1; @fields is for all rows. */
static void fields_read_rows(struct vmxfs_vcpu *vcpu, struct vmxfs_field *fields, size_t first,
			     size_t end)
{
	size_t i;

	for (; first < end; first += FIELDS_AT_ONCE) {
		vmxfs_load(vcpu);
		for (i = first; i < min(first + FIELDS_AT_ONCE, end); i++)
			fields_read_one(vcpu, i, &fields[i]);
		vmxfs_unload();
	}
}

static ssize_t fields_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct vmxfs_vcpu *vcpu = file_inode(file)->i_private;
	size_t size = vmxfs_field_names_count * sizeof(struct vmxfs_field);
	size_t start = min_t(loff_t, *pos, size);
	size_t end = min(start + min(count, size), size);
	struct vmxfs_field *fields = kmalloc(size, GFP_KERNEL_ACCOUNT);
	ssize_t n;

	if (!fields)
		return -ENOMEM;
	n = vmxfs_vcpu_lock_text(vcpu);
	if (!n) {
		fields_read_rows(vcpu, fields, start / sizeof(*fields),
				 DIV_ROUND_UP(end, sizeof(*fields)));
		vmxfs_vcpu_unlock(vcpu);
		n = simple_read_from_buffer(buf, count, pos, fields, size);
	}
	kfree(fields);
	return n;
}

static int fields_write_one(struct vmxfs_vcpu *vcpu, const struct vmxfs_field *field)
{
	int row = vmxfs_field_row(field->encoding);
	char number[16];

	if (!field->error && row >= 0)
		return vmxfs_vmcs_write(vcpu, vmxfs_field_names[row].name, field->encoding,
					field->value, false);
	scnprintf(number, sizeof(number), "%#x", field->encoding);
	if (field->error)
		return vmxfs_fail(vcpu, VALUE, number, "error");
	return vmxfs_fail(vcpu, UNKNOWN_FIELD, number);
}

/* As with lines of text, those before one that fails are written. The vCPU is locked. */
static ssize_t fields_write_all(struct vmxfs_vcpu *vcpu, const struct vmxfs_field *fields,
				size_t count)
{
	size_t i;
	int err;

	for (i = 0; i < count; i++) {
		err = fields_write_one(vcpu, &fields[i]);
		if (err)
			return i ? i * sizeof(*fields) : err;
	}
	return count * sizeof(*fields);
}

/* Not whole ones */
static int fields_refuse_write(struct vmxfs_vcpu *vcpu)
{
	int err = vmxfs_vcpu_lock_text(vcpu);

	if (err)
		return err;
	err = vmxfs_fail(vcpu, WORDS);
	vmxfs_vcpu_unlock(vcpu);
	return err;
}

/* Where in the file it is written does not matter: each has its encoding. */
static ssize_t fields_write(struct file *file, const char __user *buf, size_t count, loff_t *pos)
{
	struct vmxfs_vcpu *vcpu = file_inode(file)->i_private;
	size_t n = min(count / sizeof(struct vmxfs_field), FIELDS_WRITE_MAX);
	struct vmxfs_field *fields;
	ssize_t written;

	if (!count)
		return 0;
	if (count % sizeof(*fields))
		return fields_refuse_write(vcpu);
	fields = memdup_user(buf, n * sizeof(*fields));
	if (IS_ERR(fields))
		return PTR_ERR(fields);
	written = vmxfs_vcpu_lock_text(vcpu);
	if (!written) {
		written = fields_write_all(vcpu, fields, n);
		vmxfs_vcpu_unlock(vcpu);
	}
	kfree(fields);
	return written;
}

const struct file_operations vmxfs_fields_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = fields_read,
	.write = fields_write,
	.llseek = default_llseek,
};
