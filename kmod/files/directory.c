// SPDX-License-Identifier: GPL-2.0
/*
 * The directory of a vCPU. The dentries of its files, but for ctl, are made when somebody
 * looks.
 */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/namei.h>
#include <linux/string.h>
#include "files/compat.h"
#include "files/files.h"

/* The root directory. There is one instance of the file system. */
struct dentry *vmxfs_root;

/* Opening with O_TRUNC clears what can be cleared, and does nothing to the others. */
static int directory_setattr(struct vmxfs_idmap *idmap, struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	struct vmxfs_vcpu *vcpu = inode->i_private;
	const struct vmxfs_file *file = vmxfs_file_find(dentry->d_name.name);
	int err;

	if (attr->ia_valid & (ATTR_MODE | ATTR_UID | ATTR_GID))
		return -EPERM;
	if (!(attr->ia_valid & ATTR_SIZE) || !file || !file->format->clear)
		return 0;
	if (attr->ia_size)
		return -EINVAL;
	err = vmxfs_vcpu_lock_text(vcpu);
	if (err)
		return err;
	file->format->clear(vcpu, file->which);
	vmxfs_vcpu_unlock(vcpu);
	return 0;
}

const struct inode_operations vmxfs_vcpu_iops = {
	.setattr = directory_setattr,
};

/* Only ctl can be removed. */
static int directory_unlink(struct inode *dir, struct dentry *dentry)
{
	int err;

	if (vmxfs_file_find(dentry->d_name.name) != VMXFS_CTL)
		return -EPERM;
	err = vmxfs_vcpu_moribund(d_inode(dentry)->i_private);
	return err ?: simple_unlink(dir, dentry);
}

static struct inode *directory_new_inode(struct vmxfs_vcpu *vcpu, const struct vmxfs_file *file)
{
	struct inode *inode = vmxfs_new_inode(vmxfs_root->d_sb, S_IFREG | file->format->mode);

	if (inode) {
		inode->i_op = &vmxfs_vcpu_iops;
		inode->i_fop = file->format->fops ?: &vmxfs_text_fops;
		inode->i_private = vmxfs_vcpu_get(vcpu);
	}
	return inode;
}

/*
 * Most of a vCPU's files are never opened. One that is looks as if it had been
 * there all the time; but ctl, once removed, stays away. The directory needs no
 * reference: it is dead, and nothing looked up in it, before its vCPU goes.
 */
static struct dentry *directory_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	const struct vmxfs_file *file = vmxfs_file_find(dentry->d_name.name);
	struct inode *inode;

	if (!file || file == VMXFS_CTL)
		return simple_lookup(dir, dentry, flags);
	inode = directory_new_inode(dir->i_private, file);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	dget(dentry); /* until the vCPU ends */
	d_add(dentry, inode);
	return NULL;
}

static int directory_open(struct inode *inode, struct file *file)
{
	struct dentry *dir = file_dentry(file), *dentry;
	int i, err = 0;

	inode_lock(inode);
	for (i = 1; i < vmxfs_files_count && !err && !IS_DEADDIR(inode); i++) {
		const char *name = vmxfs_files[i].name;

		dentry = lookup_one_len(name, dir, strlen(name));
		err = PTR_ERR_OR_ZERO(dentry);
		if (!err)
			dput(dentry);
	}
	inode_unlock(inode);
	return err ?: dcache_dir_open(inode, file);
}

static const struct inode_operations directory_iops = {
	.lookup = directory_lookup,
	.unlink = directory_unlink,
};

static const struct file_operations directory_fops = {
	.open = directory_open,
	.release = dcache_dir_close,
	.llseek = dcache_dir_lseek,
	.read = generic_read_dir,
	.iterate_shared = dcache_readdir,
	.fsync = noop_fsync,
};

/**
 * vmxfs_vcpu_publish() - make the directory of a vCPU
 * @vcpu: has its index
 *
 * Return: 0 or -ENOMEM, and then there is no directory.
 */
int vmxfs_vcpu_publish(struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_file *ctl = VMXFS_CTL;
	struct dentry *dentry;
	char name[12];
	int err;

	snprintf(name, sizeof(name), "%d", vcpu->index);
	inode_lock(d_inode(vmxfs_root));
	vcpu->dir = vmxfs_add_dir(vmxfs_root, name, &directory_iops, &directory_fops, vcpu);
	if (!IS_ERR(vcpu->dir))
		inc_nlink(d_inode(vmxfs_root));
	inode_unlock(d_inode(vmxfs_root));
	if (IS_ERR(vcpu->dir))
		return PTR_ERR(vcpu->dir);

	inode_lock(d_inode(vcpu->dir));
	dentry = vmxfs_add_entry(vcpu->dir, ctl->name, directory_new_inode(vcpu, ctl));
	inode_unlock(d_inode(vcpu->dir));
	err = PTR_ERR_OR_ZERO(dentry);
	if (err)
		vmxfs_vcpu_unpublish(vcpu);
	return err;
}
