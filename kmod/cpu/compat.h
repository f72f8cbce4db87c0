/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels from 6.1 on. */
#ifndef VMXFS_COMPAT_H
#define VMXFS_COMPAT_H

#include <linux/fs.h>
#include <linux/syscore_ops.h>
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

/* Kbuild looks which of the two the headers have: stable kernels got it too. */
#ifdef VMXFS_HAS_STRUCT_SYSCORE
#define VMXFS_SYSCORE_CONST	const
#define VMXFS_SYSCORE_ARG	void *unused
#define VMXFS_SYSCORE(name, table) struct syscore name = { .ops = &(table) }
#define vmxfs_register_syscore	register_syscore
#define vmxfs_unregister_syscore unregister_syscore
#else
#define VMXFS_SYSCORE_CONST
#define VMXFS_SYSCORE_ARG	void
#define VMXFS_SYSCORE(name, table) struct syscore_ops *name = &(table)
#define vmxfs_register_syscore(syscore)	register_syscore_ops(*(syscore))
#define vmxfs_unregister_syscore(syscore) unregister_syscore_ops(*(syscore))
#endif

#endif
