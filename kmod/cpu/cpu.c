// SPDX-License-Identifier: GPL-2.0
/*
 * The processor: whether it has what vmxfs needs, VMX operation on each
 * processor as it comes and goes, and which VMCSs are active where.
 */
#define pr_fmt(fmt) "vmxfs: " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/reboot.h>
#include <linux/smp.h>
#include <asm/msr.h>
#include <asm/perf_event.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include "vmxfs.h"
#include "cpu/compat.h"
#include "cpu/instructions.h"

/**
 * struct vmxfs_cpu - a processor in VMX operation
 * @region: the VMXON region
 * @ours: CR4.VMXE and VMX operation are vmxfs's, whether they are on or not
 * @on: VMX operation is on
 * @active: the VMCSs that are active here
 */
struct vmxfs_cpu {
	struct page *region;
	bool ours;
	bool on;
	struct list_head active;
};

static DEFINE_PER_CPU(struct vmxfs_cpu, vmxfs_cpus);
/* The current VMCS, which is active here, or NULL */
DEFINE_PER_CPU(struct vmxfs_vmcs *, vmxfs_current);
static enum cpuhp_state vmxfs_hotplug_state;
/* A processor that runs could not enter VMX operation again: nobody is given a vCPU any more. */
bool vmxfs_lost;

struct vmxfs_caps vmxfs_caps;

/**
 * vmxfs_region_alloc() - allocate a VMXON or VMCS region
 * @flip: bits of the VMCS revision identifier that are to be wrong, or the
 *	shadow-VMCS indicator
 * @order: of the pages
 *
 * SDM, "Format of the VMXON Region" and "Format of the VMCS Region".
 *
 * Return: its first page, or NULL.
 */
struct page *vmxfs_region_alloc(u32 flip, unsigned int order)
{
	struct page *page = alloc_pages(GFP_KERNEL_ACCOUNT | __GFP_ZERO, order);

	if (page)
		*(u32 *)page_address(page) = (vmxfs_caps.basic & GENMASK(30, 0)) ^ flip;
	return page;
}

int vmxfs_vmcs_alloc(struct vmxfs_vmcs *vmcs)
{
	vmcs->page = vmxfs_region_alloc(0, 0);
	vmcs->shadow = NULL;
	vmcs->cpu = -1;
	vmcs->launched = false;
	INIT_LIST_HEAD(&vmcs->link);
	return vmcs->page ? 0 : -ENOMEM;
}

void vmxfs_vmcs_free(struct vmxfs_vmcs *vmcs)
{
	if (vmcs->page)
		__free_page(vmcs->page);
	vmcs->page = NULL;
}

/* On the processor where @vmcs is active, interrupts disabled. */
static void vmxfs_vmcs_clear_here(struct vmxfs_vmcs *vmcs)
{
	if (vmcs->shadow)
		WARN_ONCE(vmclear(page_to_phys(vmcs->shadow)), "vmxfs: VMCLEAR failed\n");
	WARN_ONCE(vmclear(page_to_phys(vmcs->page)), "vmxfs: VMCLEAR failed\n");
	if (this_cpu_read(vmxfs_current) == vmcs)
		this_cpu_write(vmxfs_current, NULL);
	list_del_init(&vmcs->link);
	vmcs->launched = false;
	/* Who sees -1 may put it into another list. */
	smp_store_release(&vmcs->cpu, -1);
}

static void vmxfs_vmcs_clear_ipi(void *arg)
{
	struct vmxfs_vmcs *vmcs = arg;

	/* Unless the processor was switched off meanwhile, which clears all. */
	if (vmcs->cpu == smp_processor_id())
		vmxfs_vmcs_clear_here(vmcs);
}

/**
 * vmxfs_vmcs_clear() - VMCLEAR, on whichever processor the VMCS is active
 * @vmcs: not in use by a guest now
 */
void vmxfs_vmcs_clear(struct vmxfs_vmcs *vmcs)
{
	/* Pairs with vmxfs_vmcs_clear_here(). */
	int cpu = smp_load_acquire(&vmcs->cpu);

	if (cpu >= 0)
		smp_call_function_single(cpu, vmxfs_vmcs_clear_ipi, vmcs, true);
}

/* Whether VMX operation is on here; preemption is disabled. */
bool vmxfs_cpu_is_on(void)
{
	return this_cpu_read(vmxfs_cpus.on);
}

/**
 * vmxfs_vmcs_load() - make a VMCS this processor's current one
 * @vmcs: the VMCS; preemption is disabled, interrupts are not
 *
 * Return: true if it comes from another processor, or from none: its host
 * state is not this one's, and translations may be cached here.
 */
bool vmxfs_vmcs_load(struct vmxfs_vmcs *vmcs)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);
	unsigned long flags;
	/* Pairs with vmxfs_vmcs_clear_here(). */
	bool moved = smp_load_acquire(&vmcs->cpu) != smp_processor_id();

	if (!moved && this_cpu_read(vmxfs_current) == vmcs)
		return false;
	if (moved)
		vmxfs_vmcs_clear(vmcs);

	local_irq_save(flags);
	if (moved) {
		/* A new region is neither active nor clear until VMCLEAR. */
		WARN_ONCE(vmclear(page_to_phys(vmcs->page)), "vmxfs: VMCLEAR failed\n");
		vmcs->cpu = smp_processor_id();
		/* In an order that vmxfs_cpu_emergency() may interrupt. */
		list_add_rcu(&vmcs->link, &cpu->active);
	}
	WARN_ONCE(vmptrld(page_to_phys(vmcs->page)), "vmxfs: VMPTRLD failed\n");
	this_cpu_write(vmxfs_current, vmcs);
	local_irq_restore(flags);
	return moved;
}

/* VMX operation is off here, interrupts are disabled. */
static void vmxfs_cpu_disable(struct vmxfs_cpu *cpu)
{
	cr4_clear_bits_irqsoff(X86_CR4_VMXE);
	WRITE_ONCE(cpu->ours, false);
	intel_pt_handle_vmx(0);
}

static void vmxfs_cpu_lose(void)
{
	pr_err("VMX could not be entered again on processor %d: no vCPU can go on\n",
	       smp_processor_id());
	WRITE_ONCE(vmxfs_lost, true);
}

/* ---- for the insn file: interrupts are disabled ---- */

/* The physical address of the VMXON region of the processor that this runs on. */
u64 vmxfs_cpu_region(void)
{
	return page_to_phys(raw_cpu_ptr(&vmxfs_cpus)->region);
}

/* VMCLEAR of all that is active on this processor. */
void vmxfs_cpu_clear_all(void)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);
	struct vmxfs_vmcs *vmcs, *next;

	list_for_each_entry_safe(vmcs, next, &cpu->active, link)
		vmxfs_vmcs_clear_here(vmcs);
}

/* Leave VMX operation for a moment. */
void vmxfs_cpu_leave(void)
{
	vmxfs_cpu_clear_all();
	vmxoff();
}

/* Returns whether VMX operation is on again; if not, all vCPUs are lost. */
bool vmxfs_cpu_reenter(void)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);

	if (!vmxon(vmxfs_cpu_region()))
		return true;
	cpu->on = false;
	vmxfs_cpu_disable(cpu);
	vmxfs_cpu_lose();
	return false;
}

/**
 * vmxfs_cpu_restore() - whatever the VMCS pointer is, make it known again
 * @vmcs: becomes the current VMCS if it is active here
 */
void vmxfs_cpu_restore(struct vmxfs_vmcs *vmcs)
{
	this_cpu_write(vmxfs_current, NULL);
	if (vmcs->cpu != smp_processor_id())
		return;
	WARN_ONCE(vmptrld(page_to_phys(vmcs->page)), "vmxfs: VMPTRLD failed\n");
	this_cpu_write(vmxfs_current, vmcs);
}

/* SDM, "Enabling and Entering VMX Operation" */
static int vmxfs_cpu_on(void)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);
	unsigned long flags;
	u64 feature_control, basic;
	int err;

	if (rdmsrl_safe(MSR_IA32_FEAT_CTL, &feature_control))
		feature_control = 0;
	if (!(feature_control & FEAT_CTL_LOCKED)) {
		feature_control |= FEAT_CTL_LOCKED | FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX;
		wrmsrl_safe(MSR_IA32_FEAT_CTL, feature_control);
	}
	if (!(feature_control & FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX)) {
		pr_err("VMX is locked off in IA32_FEATURE_CONTROL of processor %d\n",
		       smp_processor_id());
		return -EPERM;
	}

	rdmsrl(MSR_IA32_VMX_BASIC, basic);
	if (basic != vmxfs_caps.basic) {
		pr_err("IA32_VMX_BASIC of processor %d is not as on the others\n",
		       smp_processor_id());
		return -EIO;
	}

	local_irq_save(flags);
	if (cr4_read_shadow() & X86_CR4_VMXE) {
		err = -EBUSY;
	} else {
		intel_pt_handle_vmx(1);
		WRITE_ONCE(cpu->ours, true);
		cr4_set_bits_irqsoff(X86_CR4_VMXE);
		err = vmxon(page_to_phys(cpu->region));
		cpu->on = !err;
		if (err)
			vmxfs_cpu_disable(cpu);
	}
	local_irq_restore(flags);

	if (err == -EBUSY)
		pr_err("another hypervisor uses VMX on processor %d (CR4.VMXE is 1)\n",
		       smp_processor_id());
	else if (err)
		pr_err("VMXON failed on processor %d\n", smp_processor_id());
	return err;
}

/* Also by IPI: leaves nothing active on this processor. */
static void vmxfs_cpu_off(void *unused)
{
	struct vmxfs_cpu *cpu = this_cpu_ptr(&vmxfs_cpus);
	unsigned long flags;

	local_irq_save(flags);
	if (cpu->on) {
		vmxfs_cpu_leave();
		vmxfs_cpu_disable(cpu);
		cpu->on = false;
	}
	local_irq_restore(flags);
}

/**
 * vmxfs_cpu_emergency() - leave VMX operation on this processor, which is going down
 *
 * Also by NMI, so anything may have been interrupted: the list while a VMCS is put in or
 * taken out, and what an insn file does, which may be outside VMX operation. It is not
 * known which of the insn file's regions are active. Nothing here comes back to VMX.
 */
void notrace vmxfs_cpu_emergency(void)
{
	struct vmxfs_cpu *cpu = raw_cpu_ptr(&vmxfs_cpus);
	struct vmxfs_vmcs *vmcs;
	unsigned long cr4, flags;

	raw_local_irq_save(flags);
	cr4 = __read_cr4();
	/* Otherwise it is off, or another hypervisor's. */
	if (READ_ONCE(cpu->ours) && cr4 & X86_CR4_VMXE) {
		list_for_each_entry(vmcs, &cpu->active, link) {
			vmclear_if_on(page_to_phys(vmcs->page));
			if (vmcs->shadow)
				vmclear_if_on(page_to_phys(vmcs->shadow));
		}
		vmxoff_if_on();
		/* What Linux keeps of CR4 may be in the middle of a change, too. */
		asm volatile("mov %0, %%cr4" : : "r" (cr4 & ~(unsigned long)X86_CR4_VMXE) : "memory");
	}
	raw_local_irq_restore(flags);
}

static int vmxfs_cpu_online(unsigned int unused)
{
	return vmxfs_cpu_on();
}

static int vmxfs_cpu_offline(unsigned int unused)
{
	vmxfs_cpu_off(NULL);
	return 0;
}

/* INIT is blocked in VMX operation, so a reboot must leave it first. */
static int vmxfs_reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	vmxfs_vcpu_quit_all(true);
	on_each_cpu(vmxfs_cpu_off, NULL, 1);
	return NOTIFY_OK;
}

static struct notifier_block vmxfs_reboot_notifier = {
	.notifier_call = vmxfs_reboot,
};

/* The other processors are offline by then, through hotplug. */
static int vmxfs_suspend(VMXFS_SYSCORE_ARG)
{
	vmxfs_cpu_off(NULL);
	return 0;
}

static void vmxfs_resume(VMXFS_SYSCORE_ARG)
{
	/* A processor that comes by hotplug does not stay if this fails; this one does. */
	if (vmxfs_cpu_on())
		vmxfs_cpu_lose();
}

static VMXFS_SYSCORE_CONST struct syscore_ops vmxfs_ops = {
	.suspend = vmxfs_suspend,
	.resume = vmxfs_resume,
};

static VMXFS_SYSCORE(vmxfs_syscore, vmxfs_ops);

/* What vmxfs can't do without; each with the name that the SDM gives it. */
static const struct {
	u32 field;
	u64 control;
	const char *name;
} vmxfs_required[] = {
	{ VMCS_PROC_BASED_CONTROLS, VMX_CTL(proc, activate_secondary_controls),
	  "secondary controls" },
	{ VMCS_SECONDARY_CONTROLS, VMX_CTL(proc2, enable_ept), "EPT" },
	{ VMCS_SECONDARY_CONTROLS, VMX_CTL(proc2, enable_vpid), "VPID" },
	{ VMCS_SECONDARY_CONTROLS, VMX_CTL(proc2, unrestricted_guest), "unrestricted guest" },
	{ VMCS_PIN_BASED_CONTROLS, VMX_CTL(pin, external_interrupt_exiting),
	  "external-interrupt exiting" },
	{ VMCS_PIN_BASED_CONTROLS, VMX_CTL(pin, nmi_exiting), "NMI exiting" },
	{ VMCS_PIN_BASED_CONTROLS, VMX_CTL(pin, preemption_timer), "VMX-preemption timer" },
	{ VMCS_PROC_BASED_CONTROLS, VMX_CTL(proc, use_msr_bitmaps), "MSR bitmaps" },
	{ VMCS_EXIT_CONTROLS, VMX_CTL(exit, save_efer), "saving of IA32_EFER" },
	{ VMCS_EXIT_CONTROLS, VMX_CTL(exit, load_efer), "loading of IA32_EFER" },
	{ VMCS_EXIT_CONTROLS, VMX_CTL(exit, save_pat), "saving of IA32_PAT" },
	{ VMCS_EXIT_CONTROLS, VMX_CTL(exit, load_pat), "loading of IA32_PAT" },
	{ VMCS_ENTRY_CONTROLS, VMX_CTL(entry, load_efer), "loading of IA32_EFER at VM entry" },
	{ VMCS_ENTRY_CONTROLS, VMX_CTL(entry, load_pat), "loading of IA32_PAT at VM entry" },
};

static const struct {
	u64 capability;
	const char *name;
} vmxfs_required_ept[] = {
	{ VMX_CAP(ept, walk_length_4), "EPT page-walk length 4" },
	{ VMX_CAP(ept, structures_wb), "write-back EPT paging structures" },
	{ VMX_CAP(ept, invept), "INVEPT" },
	{ VMX_CAP(vpid, invvpid), "INVVPID" },
};

static int __init vmxfs_cpu_check(void)
{
	u64 feature_control;
	int i;

	if (!(cpuid_ecx(1) & BIT(5))) {
		pr_err("this processor has no VMX (CPUID.1:ECX.VMX is 0)\n");
		return -ENODEV;
	}
#ifdef X86_FEATURE_FRED
	/* The host's interrupts are given to it through the IDT. */
	if (cpu_feature_enabled(X86_FEATURE_FRED)) {
		pr_err("FRED is on; vmxfs needs fred=off\n");
		return -EOPNOTSUPP;
	}
#endif
	/* Locked off, the capability MSRs need not be there. */
	if (!rdmsrl_safe(MSR_IA32_FEAT_CTL, &feature_control) &&
	    (feature_control & FEAT_CTL_LOCKED) &&
	    !(feature_control & FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX)) {
		pr_err("VMX is locked off in IA32_FEATURE_CONTROL\n");
		return -EPERM;
	}
	rdmsrl(MSR_IA32_VMX_BASIC, vmxfs_caps.basic);
	rdmsrl(MSR_IA32_VMX_MISC, vmxfs_caps.misc);
	rdmsrl(MSR_IA32_VMX_CR0_FIXED0, vmxfs_caps.cr0_fixed0);
	rdmsrl(MSR_IA32_VMX_CR4_FIXED0, vmxfs_caps.cr4_fixed0);
	for (i = 0; i < ARRAY_SIZE(vmxfs_required); i++) {
		struct vmxfs_allowed allowed = vmxfs_allowed_settings(vmxfs_required[i].field);

		if (!(allowed.may & vmxfs_required[i].control)) {
			pr_err("this processor's VMX has no %s\n", vmxfs_required[i].name);
			return -EOPNOTSUPP;
		}
	}
	rdmsrl(MSR_IA32_VMX_EPT_VPID_CAP, vmxfs_caps.ept_vpid);
	for (i = 0; i < ARRAY_SIZE(vmxfs_required_ept); i++) {
		if (!(vmxfs_caps.ept_vpid & vmxfs_required_ept[i].capability)) {
			pr_err("this processor's VMX has no %s\n", vmxfs_required_ept[i].name);
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

static void vmxfs_regions_free(void)
{
	int i;

	for_each_possible_cpu(i) {
		struct vmxfs_cpu *cpu = per_cpu_ptr(&vmxfs_cpus, i);

		if (cpu->region)
			__free_page(cpu->region);
		cpu->region = NULL;
	}
}

/**
 * vmxfs_cpu_init() - put every processor into VMX operation
 *
 * Return: 0, or after one line in the kernel log -ENODEV (no VMX), -EPERM
 * (locked off), -EOPNOTSUPP (something that vmxfs needs is missing), -EBUSY
 * (another hypervisor uses it), -EIO, -EINVAL or -ENOMEM.
 */
int __init vmxfs_cpu_init(void)
{
	int err, i;

	err = vmxfs_cpu_check();
	if (err)
		return err;

	for_each_possible_cpu(i) {
		struct vmxfs_cpu *cpu = per_cpu_ptr(&vmxfs_cpus, i);

		INIT_LIST_HEAD(&cpu->active);
		cpu->region = vmxfs_region_alloc(0, 0);
		if (!cpu->region) {
			err = -ENOMEM;
			goto free;
		}
	}
	vmxfs_emergency_init();
	err = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "vmxfs:online",
				vmxfs_cpu_online, vmxfs_cpu_offline);
	if (err < 0)
		goto emergency;
	vmxfs_hotplug_state = err;
	vmxfs_register_syscore(&vmxfs_syscore);
	register_reboot_notifier(&vmxfs_reboot_notifier);
	return 0;
emergency:
	vmxfs_emergency_exit();
free:
	vmxfs_regions_free();
	return err;
}

void vmxfs_cpu_exit(void)
{
	unregister_reboot_notifier(&vmxfs_reboot_notifier);
	vmxfs_unregister_syscore(&vmxfs_syscore);
	cpuhp_remove_state(vmxfs_hotplug_state);
	vmxfs_emergency_exit();
	vmxfs_regions_free();
}
