// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include "vmxfs.h"

static int __init vmxfs_init(void)
{
	int err;

	vmxfs_fpu_setup();
	vmxfs_cpuid_setup();
	err = vmxfs_vcpu_init();
	if (err)
		return err;
	err = vmxfs_insn_init();
	if (err)
		goto vcpu;
	err = vmxfs_cpu_init();
	if (err)
		goto insn;
	err = vmxfs_step_probe();
	if (err)
		goto cpu;
	err = vmxfs_fs_init();
	if (err)
		goto cpu;
	return 0;
cpu:
	vmxfs_cpu_exit();
insn:
	vmxfs_insn_exit();
vcpu:
	vmxfs_vcpu_exit();
	return err;
}

static void __exit vmxfs_exit(void)
{
	vmxfs_fs_exit();
	/* The work items need VMX. */
	vmxfs_vcpu_exit();
	vmxfs_cpu_exit();
	vmxfs_insn_exit();
}

module_init(vmxfs_init);
module_exit(vmxfs_exit);

MODULE_DESCRIPTION("VMX as a file system, for conformance tests");
MODULE_AUTHOR("The vmxcheck developers");
MODULE_VERSION(VMXFS_VERSION);
MODULE_LICENSE("GPL");
