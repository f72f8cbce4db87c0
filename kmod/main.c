// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include "vmxfs.h"

static int __init vmxfs_init(void)
{
	int err;

	err = vmxfs_cpu_init();
	if (err)
		return err;
	err = vmxfs_fs_init();
	if (err)
		vmxfs_cpu_exit();
	return err;
}

static void __exit vmxfs_exit(void)
{
	vmxfs_fs_exit();
	vmxfs_cpu_exit();
}

module_init(vmxfs_init);
module_exit(vmxfs_exit);

MODULE_DESCRIPTION("VMX as a file system, for conformance tests");
MODULE_AUTHOR("The vmxcheck developers");
MODULE_LICENSE("GPL");
