/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels from 6.1 on, of file systems. */
#ifndef VMXFS_FILES_COMPAT_H
#define VMXFS_FILES_COMPAT_H

#include <linux/fs.h>
#include <linux/version.h>

#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#define vmxfs_idmap		mnt_idmap
#else
#define vmxfs_idmap		user_namespace
#endif

static inline void vmxfs_init_times(struct inode *inode)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	simple_inode_init_ts(inode);
#else
	inode->i_atime = current_time(inode);
	inode->i_mtime = inode->i_atime;
	inode->i_ctime = inode->i_atime;
#endif
}

#endif
