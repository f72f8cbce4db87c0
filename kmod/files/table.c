// SPDX-License-Identifier: GPL-2.0
/* The files of a vCPU's directory. */
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "files/files.h"

static int ctl_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	seq_printf(m, "%d\n", vcpu->index);
	return 0;
}

static int status_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	if (vcpu->state == VMXFS_DEAD)
		seq_printf(m, "%s '%s'\n", vmxfs_state_name(vcpu->state), vcpu->death);
	else
		seq_printf(m, "%s\n", vmxfs_state_name(vcpu->state));
	return 0;
}

static int error_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	if (*vcpu->error)
		seq_printf(m, "%s\n", vcpu->error);
	return 0;
}

#define FILE(name, file)		{ name, 0600, vmxfs_##file##_show, vmxfs_##file##_store }
#define FILE_OF(name, file, which) \
	{ name, 0600, vmxfs_##file##_show, vmxfs_##file##_store, NULL, which }
#define FILE_CLEAR(name, file, which) \
	{ name, 0600, vmxfs_##file##_show, vmxfs_##file##_store, vmxfs_##file##_clear, which }

const struct vmxfs_file vmxfs_files[] = {
	{ "ctl", 0600, ctl_show, vmxfs_ctl_store, .loose = true },
	{ "status", 0400, status_show, .always = true },
	{ "error", 0400, error_show, .always = true },
	{ "wait", 0400, .fops = &vmxfs_wait_fops },
	{ "fpregs", 0600, .fops = &vmxfs_fpregs_fops },
	FILE("regs", regs),
	FILE_CLEAR("map", map, 0),
	FILE_CLEAR("map1", map, 1),
	FILE_CLEAR("map2", map, 2),
	{ "vmcs", 0600, vmxfs_vmcs_show, vmxfs_vmcs_store, .size = SZ_16K },
	FILE("insn", insn),
	FILE("ept", ept),
	FILE_OF("iobitmap", bitmap, VMXFS_IO_BITMAP),
	FILE("msrbitmap", msr_bitmap),
	FILE_OF("vmreadbitmap", bitmap, VMXFS_VMREAD_BITMAP),
	FILE_OF("vmwritebitmap", bitmap, VMXFS_VMWRITE_BITMAP),
	FILE_CLEAR("entrymsrload", msrs, VMXFS_ENTRY_MSR_LOAD),
	FILE_CLEAR("exitmsrstore", msrs, VMXFS_EXIT_MSR_STORE),
	FILE_CLEAR("exitmsrload", msrs, VMXFS_EXIT_MSR_LOAD),
	FILE_OF("eptplist", page, VMXFS_EPTP_LIST),
	FILE_OF("vapic", page, VMXFS_VAPIC),
	FILE_OF("apicaccess", page, VMXFS_APIC_ACCESS),
	FILE_OF("pml", page, VMXFS_PML),
	FILE_OF("veinfo", page, VMXFS_VE_INFORMATION),
	FILE_OF("pid", page, VMXFS_POSTED_INTERRUPT),
};

const size_t vmxfs_files_count = ARRAY_SIZE(vmxfs_files);

const struct vmxfs_file *vmxfs_file_find(const char *name)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_files); i++)
		if (!strcmp(vmxfs_files[i].name, name))
			return &vmxfs_files[i];
	return NULL;
}
