// SPDX-License-Identifier: GPL-2.0
/*
 * The binary way in: ioctls of the ctl and clone files, and the page that a vCPU shares
 * with its program; see vmxfs_abi.h.
 */
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "files/files.h"

/* ---- attach ---- */

/*
 * A loop of PAUSE that goes on exits, for what it waits for may need this processor: SDM,
 * "PAUSE-Loop Exiting". In ticks of the TSC: at most so many between two PAUSEs of a loop, and
 * so many altogether.
 */
#define PLE_GAP		128
#define PLE_WINDOW	4096

static void ioctl_prepare_pauses(void)
{
	struct vmxfs_allowed allowed = vmxfs_allowed_settings(VMCS_SECONDARY_CONTROLS);

	if (!(allowed.may & VMX_CTL(proc2, pause_loop_exiting)))
		return;
	vmcs_write(VMCS_PLE_GAP, PLE_GAP);
	vmcs_write(VMCS_PLE_WINDOW, PLE_WINDOW);
	vmcs_write(VMCS_SECONDARY_CONTROLS, vmcs_read(VMCS_SECONDARY_CONTROLS) |
					    VMX_CTL(proc2, pause_loop_exiting));
}

/* Sets the controls for a vCPU that a program drives. complete.c handles the exits. */
static void ioctl_prepare(struct vmxfs_vcpu *vcpu, struct vmxfs_page *page)
{
	struct vmxfs_allowed pin = vmxfs_allowed_settings(VMCS_PIN_BASED_CONTROLS);
	u64 value;

	vmxfs_load(vcpu);
	value = vmcs_read(VMCS_PIN_BASED_CONTROLS) | (pin.may & VMX_CTL(pin, virtual_nmis));
	vmcs_write(VMCS_PIN_BASED_CONTROLS, value);
	vmxfs_field_written(vcpu, VMCS_PIN_BASED_CONTROLS, value);
	vmxfs_set_exception_bitmap(vcpu, 0);
	/* While CR4.OSXSAVE is 0, XCR0 need not be switched. */
	value = vmcs_read(VMCS_CR4_MASK) | X86_CR4_OSXSAVE;
	vmcs_write(VMCS_CR4_MASK, value);
	vmxfs_field_written(vcpu, VMCS_CR4_MASK, value);
	vmxfs_tsc_set(vcpu, vmxfs_tsc(vcpu));
	ioctl_prepare_pauses();
	vmxfs_unload();

	vcpu->gprs = (struct vmxfs_gprs *)page->state.gprs;
	*vcpu->gprs = vcpu->own_gprs;
	/* Pairs with vmxfs_page_mmap(). */
	smp_store_release(&vcpu->program.page, page);
}

static long ioctl_attach(struct vmxfs_vcpu *vcpu, void __user *arg)
{
	struct vmxfs_attach attach;
	int err;

	BUILD_BUG_ON(sizeof(struct vmxfs_page) > PAGE_SIZE);
	if (copy_from_user(&attach, arg, sizeof(attach)))
		return -EFAULT;
	err = attach.version == VMXFS_ABI_VERSION ? 0 : -EPROTO;
	attach = (struct vmxfs_attach){
		.version = VMXFS_ABI_VERSION,
		.page_size = sizeof(struct vmxfs_page),
		.xcr0 = vmxfs_xcr0_allowed(),
		.mxcsr_mask = vmxfs_mxcsr_mask,
	};
	if (copy_to_user(arg, &attach, sizeof(attach)))
		return -EFAULT;
	if (err)
		return err;

	err = vmxfs_vcpu_lock(vcpu);
	if (err)
		return err;
	if (vcpu->state != VMXFS_READY) {
		err = -EBUSY;
	} else if (!vcpu->program.page) {
		struct vmxfs_page *page = (void *)get_zeroed_page(GFP_KERNEL_ACCOUNT);

		if (page)
			ioctl_prepare(vcpu, page);
		else
			err = -ENOMEM;
	}
	vmxfs_vcpu_unlock(vcpu);
	return err;
}

/* ---- those that have the vCPU locked, and a page ---- */

static long ioctl_getstate(struct vmxfs_vcpu *vcpu, unsigned long groups)
{
	int err;

	if (groups & ~(unsigned long)VMX_X64_STATE_ALL)
		return -EINVAL;
	err = vmxfs_state_commit(vcpu);
	if (err)
		return err;
	vmxfs_load(vcpu);
	vmxfs_state_get(vcpu, groups);
	vmxfs_unload();
	return 0;
}

static long ioctl_setstate(struct vmxfs_vcpu *vcpu, unsigned long groups)
{
	if (groups & ~(unsigned long)VMX_X64_STATE_ALL)
		return -EINVAL;
	return vmxfs_state_set(vcpu, groups);
}

static long ioctl_set_tpr(struct vmxfs_vcpu *vcpu, unsigned long exit_changed)
{
	if (exit_changed > 1)
		return -EINVAL;
	vcpu->program.tpr_exiting = exit_changed;
	return 0;
}

/* ---- those that touch the program's memory, and lock the vCPU only after that ---- */

static int ioctl_begin_change(struct vmxfs_change *change, u64 gpa, u64 size)
{
	if (offset_in_page(gpa | size) || !size || gpa > 1ULL << VMXFS_EPT_ADDRESS_BITS ||
	    size > (1ULL << VMXFS_EPT_ADDRESS_BITS) - gpa)
		return -EINVAL;
	change->start = gpa;
	change->end = gpa + size;
	INIT_LIST_HEAD(&change->regions);
	return 0;
}

/* Gives back the regions of the change: the new ones if it fails, or else the old ones. */
static int ioctl_end_change(struct vmxfs_vcpu *vcpu, struct vmxfs_change *change, int err)
{
	if (!err)
		err = vmxfs_vcpu_lock(vcpu);
	if (!err) {
		err = vmxfs_change_apply(vcpu, &vcpu->map[0], change);
		vmxfs_vcpu_unlock(vcpu);
	}
	vmxfs_regions_put(&change->regions);
	return err;
}

static int ioctl_get_range(unsigned long arg, struct vmxfs_mapping *mapping,
			   struct vmxfs_change *change)
{
	if (copy_from_user(mapping, (void __user *)arg, sizeof(*mapping)))
		return -EFAULT;
	if (mapping->reserved)
		return -EINVAL;
	return ioctl_begin_change(change, mapping->gpa, mapping->size);
}

static long ioctl_map(struct vmxfs_vcpu *vcpu, unsigned long arg)
{
	struct vmxfs_mapping mapping;
	struct vmxfs_change change;
	int err = ioctl_get_range(arg, &mapping, &change);

	if (err)
		return err;
	if (offset_in_page(mapping.hva) || !mapping.prot ||
	    mapping.prot & ~(VMX_PROT_READ | VMX_PROT_WRITE | VMX_PROT_EXEC))
		return -EINVAL;
	return ioctl_end_change(vcpu, &change, vmxfs_change_user(&change, &mapping));
}

static long ioctl_unmap(struct vmxfs_vcpu *vcpu, unsigned long arg)
{
	struct vmxfs_mapping mapping;
	struct vmxfs_change change;
	int err = ioctl_get_range(arg, &mapping, &change);

	return err ?: ioctl_end_change(vcpu, &change, 0);
}

/**
 * ioctl_vcpu() - the vCPU of an open ctl or clone file
 * @file: any file; the caller keeps it open
 *
 * Return: the vCPU, or NULL for another file.
 */
static struct vmxfs_vcpu *ioctl_vcpu(struct file *file)
{
	struct vmxfs_open *open;

	/* Files of text have it, those of other file systems do not. */
	if (file->f_op->unlocked_ioctl != vmxfs_ioctl)
		return NULL;
	open = ((struct seq_file *)file->private_data)->private;
	return open->file == VMXFS_CTL ? open->vcpu : NULL;
}

/* The two vCPUs are locked one after the other. */
static int ioctl_share_from(struct vmxfs_vcpu *vcpu, struct vmxfs_vcpu *from,
			    struct vmxfs_change *change)
{
	int err;

	if (!from || from == vcpu)
		return -EINVAL;
	err = vmxfs_vcpu_lock(from);
	if (err)
		return err;
	err = vmxfs_change_from(change, from);
	vmxfs_vcpu_unlock(from);
	return ioctl_end_change(vcpu, change, err);
}

static long ioctl_share(struct vmxfs_vcpu *vcpu, unsigned long arg)
{
	struct vmxfs_change change;
	struct vmxfs_share share;
	struct file *file;
	int err;

	if (copy_from_user(&share, (void __user *)arg, sizeof(share)))
		return -EFAULT;
	err = share.reserved ? -EINVAL : ioctl_begin_change(&change, share.gpa, share.size);
	if (err)
		return err;
	file = fget(share.from);
	if (!file)
		return -EBADF;
	err = ioctl_share_from(vcpu, ioctl_vcpu(file), &change);
	fput(file);
	return err;
}

#define VMX_CPUID_FLAGS	(VMX_CPUID_SUBLEAF | VMX_CPUID_ANY_LEAF | VMX_CPUID_EXIT)

static long ioctl_set_cpuid(struct vmxfs_vcpu *vcpu, unsigned long arg)
{
	struct vmxfs_cpuid cpuid;
	struct vmx_cpuid *entries;
	u32 i;
	int err;

	if (copy_from_user(&cpuid, (void __user *)arg, sizeof(cpuid)))
		return -EFAULT;
	if (cpuid.count > VMX_CPUID_MAX || cpuid.reserved)
		return -EINVAL;
	entries = memdup_user(u64_to_user_ptr(cpuid.entries), cpuid.count * sizeof(*entries));
	if (IS_ERR(entries))
		return PTR_ERR(entries);
	for (i = 0; i < cpuid.count; i++) {
		if (entries[i].flags & ~VMX_CPUID_FLAGS) {
			kfree(entries);
			return -EINVAL;
		}
	}
	err = vmxfs_vcpu_lock(vcpu);
	if (!err) {
		swap(vcpu->program.cpuid, entries);
		vcpu->program.ncpuid = cpuid.count;
		vmxfs_vcpu_unlock(vcpu);
	}
	kfree(entries);
	return err;
}

/* The vCPU has a page. If @locks, the call itself locks the vCPU. */
static const struct {
	unsigned int command;
	long (*call)(struct vmxfs_vcpu *vcpu, unsigned long arg);
	bool locks;
} calls[] = {
	{ VMXFS_IOC_GETSTATE, ioctl_getstate },
	{ VMXFS_IOC_SETSTATE, ioctl_setstate },
	{ VMXFS_IOC_TPR, ioctl_set_tpr },
	{ VMXFS_IOC_MAP, ioctl_map, true },
	{ VMXFS_IOC_UNMAP, ioctl_unmap, true },
	{ VMXFS_IOC_SHARE, ioctl_share, true },
	{ VMXFS_IOC_CPUID, ioctl_set_cpuid, true },
};

/**
 * vmxfs_ioctl() - ioctl() of a file of text
 * @file: the file, which must be ctl or clone
 * @command: VMXFS_IOC_*
 * @arg: its argument
 *
 * Return: 0 or as vmxfs_abi.h says; -ENOTTY for another file or an unknown command.
 */
long vmxfs_ioctl(struct file *file, unsigned int command, unsigned long arg)
{
	struct vmxfs_vcpu *vcpu = ioctl_vcpu(file);
	long err;
	int i;

	if (!vcpu)
		return -ENOTTY;
	/* Before the others, because it comes so often. */
	if (likely(command == VMXFS_IOC_RUN)) {
		err = vcpu->program.page ? vmxfs_vcpu_lock_run(vcpu) : -ENXIO;
		if (err)
			return err;
		err = vmxfs_program_run(vcpu);
		vmxfs_vcpu_unlock(vcpu);
		return err;
	}
	switch (command) {
	case VMXFS_IOC_ATTACH:
		return ioctl_attach(vcpu, (void __user *)arg);
	case VMXFS_IOC_STOP:
		if (!vcpu->program.page)
			return -ENXIO;
		vmxfs_vcpu_stop(vcpu);
		return 0;
	}
	for (i = 0; i < ARRAY_SIZE(calls); i++)
		if (calls[i].command == command)
			break;
	if (i == ARRAY_SIZE(calls))
		return -ENOTTY;
	if (!vcpu->program.page)
		return -ENXIO;
	if (calls[i].locks)
		return calls[i].call(vcpu, arg);
	err = vmxfs_vcpu_lock(vcpu);
	if (err)
		return err;
	err = calls[i].call(vcpu, arg);
	vmxfs_vcpu_unlock(vcpu);
	return err;
}

/**
 * vmxfs_page_mmap() - mmap() of a file of text
 * @file: the file, which must be ctl or clone
 * @vma: one page, shared
 *
 * The vCPU is not locked: the memory map is.
 *
 * Return: 0, -ENODEV for another file, -ENXIO before VMXFS_IOC_ATTACH, -EINVAL for anything
 * but the page, -ENOMEM.
 */
int vmxfs_page_mmap(struct file *file, struct vm_area_struct *vma)
{
	struct vmxfs_vcpu *vcpu = ioctl_vcpu(file);
	struct vmxfs_page *page;

	if (!vcpu)
		return -ENODEV;
	/* Pairs with ioctl_prepare(). The page stays as long as the vCPU's structure. */
	page = smp_load_acquire(&vcpu->program.page);
	if (!page)
		return -ENXIO;
	if (vma->vm_pgoff || vma->vm_end - vma->vm_start != PAGE_SIZE ||
	    !(vma->vm_flags & VM_SHARED))
		return -EINVAL;
	return vm_insert_page(vma, vma->vm_start, virt_to_page(page));
}
