// SPDX-License-Identifier: GPL-2.0
/* Inodes, and their names in directories. */
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/fs.h>
#include "files/compat.h"
#include "files/files.h"

struct inode *vmxfs_new_inode(struct super_block *sb, umode_t mode)
{
	struct inode *inode = new_inode(sb);

	if (!inode)
		return NULL;
	inode->i_ino = get_next_ino();
	inode->i_mode = mode;
	vmxfs_init_times(inode);
	return inode;
}

/* A new file or directory; the parent is locked or not yet visible. */
struct dentry *vmxfs_add_entry(struct dentry *parent, const char *name, struct inode *inode)
{
	struct dentry *dentry;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	dentry = d_alloc_name(parent, name);
	if (!dentry) {
		iput(inode);
		return ERR_PTR(-ENOMEM);
	}
	d_add(dentry, inode);
	return dentry;
}

struct dentry *vmxfs_add_dir(struct dentry *parent, const char *name,
			     const struct inode_operations *iops,
			     const struct file_operations *fops, void *private)
{
	struct inode *inode = vmxfs_new_inode(parent->d_sb, S_IFDIR | 0700);

	if (inode) {
		inode->i_op = iops;
		inode->i_fop = fops;
		inode->i_private = private;
		set_nlink(inode, 2);
	}
	return vmxfs_add_entry(parent, name, inode);
}
