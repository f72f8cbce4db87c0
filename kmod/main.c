// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/reboot.h>
#include "cpu/cpu.h"
#include "files/files.h"
#include "life/life.h"
#include "memory/memory.h"
#include "program/program.h"
#include "run/run.h"
#include "vmcs/vmcs.h"

/* INIT is blocked in VMX operation, so a reboot must leave it first. */
static int vmxfs_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	vmxfs_vcpu_quit_all(true);
	vmxfs_cpu_off_all();
	return NOTIFY_OK;
}

static struct notifier_block vmxfs_reboot_notifier = {
	.notifier_call = vmxfs_reboot,
};

static int __init vmxfs_init(void)
{
	int err;

	vmxfs_fpu_setup();
	vmxfs_cpuid_setup();
	err = vmxfs_segment_init();
	if (err)
		return err;
	err = vmxfs_insn_init();
	if (err)
		goto segment;
	err = vmxfs_nmi_init();
	if (err)
		goto insn;
	err = vmxfs_cpu_init();
	if (err)
		goto nmi;
	register_reboot_notifier(&vmxfs_reboot_notifier);
	err = vmxfs_fields_probe() ?: vmxfs_mtf_probe();
	if (err)
		goto cpu;
	err = vmxfs_fs_init();
	if (err)
		goto cpu;
	return 0;
cpu:
	unregister_reboot_notifier(&vmxfs_reboot_notifier);
	vmxfs_cpu_exit();
nmi:
	vmxfs_nmi_exit();
insn:
	vmxfs_insn_exit();
segment:
	vmxfs_segment_exit();
	return err;
}

static void __exit vmxfs_exit(void)
{
	vmxfs_fs_exit();
	/* The work items need VMX. */
	vmxfs_segment_exit();
	unregister_reboot_notifier(&vmxfs_reboot_notifier);
	vmxfs_cpu_exit();
	vmxfs_nmi_exit();
	vmxfs_insn_exit();
}

module_init(vmxfs_init);
module_exit(vmxfs_exit);

MODULE_DESCRIPTION("VMX as a file system, for conformance tests");
MODULE_AUTHOR("The vmxcheck developers");
MODULE_VERSION(VMXFS_VERSION);
MODULE_LICENSE("GPL");
