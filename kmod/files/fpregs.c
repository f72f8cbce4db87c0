// SPDX-License-Identifier: GPL-2.0
/* The fpregs file: what FXSAVE writes. */
#include <linux/fs.h>
#include "files/files.h"

static ssize_t fpregs_read(struct file *file, char __user *buf, size_t count, loff_t *pos)
{
	struct vmxfs_vcpu *vcpu = file_inode(file)->i_private;
	u8 state[VMXFS_FPREGS_SIZE];
	int err = vmxfs_vcpu_lock_text(vcpu);

	if (err)
		return err;
	vmxfs_fpregs_read(vcpu, state);
	vmxfs_vcpu_unlock(vcpu);
	return simple_read_from_buffer(buf, count, pos, state, sizeof(state));
}

static ssize_t fpregs_write(struct file *file, const char __user *buf, size_t count,
			    loff_t *pos)
{
	struct vmxfs_vcpu *vcpu = file_inode(file)->i_private;
	u8 state[VMXFS_FPREGS_SIZE];
	loff_t offset = *pos;
	ssize_t n = simple_write_to_buffer(state, sizeof(state), pos, buf, count);
	int err;

	if (n <= 0)
		return n ?: count ? -ENOSPC : 0;
	err = vmxfs_vcpu_lock_text(vcpu);
	if (!err) {
		err = vmxfs_fpregs_write(vcpu, state + offset, offset, n);
		vmxfs_vcpu_unlock(vcpu);
	}
	if (err)
		*pos = offset;
	return err ?: n;
}

const struct file_operations vmxfs_fpregs_fops = {
	.owner = THIS_MODULE,
	.open = simple_open,
	.read = fpregs_read,
	.write = fpregs_write,
	.llseek = default_llseek,
};
