// SPDX-License-Identifier: GPL-2.0
/* The clone file: who opens it gets a new vCPU, and its ctl file. */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/module.h>
#include "files/files.h"

static int clone_open(struct inode *inode, struct file *file)
{
	struct vmxfs_vcpu *vcpu = vmxfs_vcpu_create(vmxfs_vcpu_publish);
	int err;

	if (IS_ERR(vcpu))
		return PTR_ERR(vcpu);
	err = vmxfs_text_open(file, vmxfs_vcpu_get(vcpu), VMXFS_CTL,
			      file->f_mode & FMODE_WRITE);
	if (err)
		vmxfs_vcpu_quit(vcpu);
	vmxfs_vcpu_put(vcpu);
	return err;
}

const struct file_operations vmxfs_clone_fops = {
	.owner = THIS_MODULE,
	.open = clone_open,
	.read = seq_read,
	.write = vmxfs_text_write,
	.unlocked_ioctl = vmxfs_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
	.mmap = vmxfs_page_mmap,
	.llseek = seq_lseek,
	.release = vmxfs_text_release,
};
