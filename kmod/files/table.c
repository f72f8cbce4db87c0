// SPDX-License-Identifier: GPL-2.0
/* The files of a vCPU's directory. */
#include <linux/cpu.h>
#include <linux/kernel.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <asm/msr.h>
#include "files/files.h"

static int vmxfs_ctl_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	seq_printf(m, "%d\n", vcpu->index);
	return 0;
}

static int vmxfs_status_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	if (vcpu->state == VMXFS_DEAD)
		seq_printf(m, "%s '%s'\n", vmxfs_state_name(vcpu->state), vcpu->death);
	else
		seq_printf(m, "%s\n", vmxfs_state_name(vcpu->state));
	return 0;
}

static int vmxfs_error_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	if (*vcpu->error)
		seq_printf(m, "%s\n", vcpu->error);
	return 0;
}

/* SDM, "System Management Interrupt (SMI)"; 0 where the MSR is not there */
static u64 table_smi_count(void)
{
	u64 all = 0, count;
	int cpu;

	cpus_read_lock();
	for_each_online_cpu(cpu)
		if (!rdmsrl_safe_on_cpu(cpu, MSR_SMI_COUNT, &count))
			all += count;
	cpus_read_unlock();
	return all;
}

static int vmxfs_interrupts_show(struct seq_file *m, struct vmxfs_vcpu *vcpu, int unused)
{
	seq_printf(m, "extirq %llu\nnmi %llu\nsmi %llu\n", vcpu->host_interrupts,
		   vcpu->host_nmis, table_smi_count());
	return 0;
}

/* What the table says of a format, as members */
#define FORMAT_RO(format)		.mode = 0400, .always = true, .show = vmxfs_##format##_show
#define FORMAT_RW(format) \
	.mode = 0600, .show = vmxfs_##format##_show, .store = vmxfs_##format##_store
#define FORMAT_CLEAR(format)		FORMAT_RW(format), .clear = vmxfs_##format##_clear
#define FORMAT_LINES(format, access)	FORMAT_##access(format)
#define FORMAT_NAMES(format, access)	FORMAT_##access(format)
#define FORMAT_OFFSETS(format, access)	FORMAT_##access(format)
#define FORMAT_STREAM(format, access)	.mode = 0400, .fops = &vmxfs_##format##_fops
#define FORMAT_BYTES(format, access)	.mode = 0600, .fops = &vmxfs_##format##_fops

enum {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) IS_##format,
#include "vmxfs_files.h"
};

#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) \
	static_assert((max) <= VMXFS_WORDS_MAX);
#include "vmxfs_files.h"

static const struct vmxfs_format vmxfs_formats[] = {
#define VMXFS_FORMAT(format, kind, access, min, max, errnos, example) [IS_##format] = { \
	.min_words = min, .max_words = max, FORMAT_##kind(format, access), \
	.loose = IS_##format == IS_ctl, .size = IS_##format == IS_vmcs ? SZ_16K : 0, \
},
#include "vmxfs_files.h"
};

const struct vmxfs_file vmxfs_files[] = {
#define VMXFS_FILE(name, format, which) { #name, &vmxfs_formats[IS_##format], which },
#include "vmxfs_files.h"
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
