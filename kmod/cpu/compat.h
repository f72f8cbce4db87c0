/* SPDX-License-Identifier: GPL-2.0 */
/* What differs between the kernels from 6.1 on, of suspend and resume. */
#ifndef VMXFS_CPU_COMPAT_H
#define VMXFS_CPU_COMPAT_H

#include <linux/syscore_ops.h>

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
