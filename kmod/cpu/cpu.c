// SPDX-License-Identifier: GPL-2.0
/*
 * The processor: whether it has what vmxfs needs, and VMX operation on each processor as it
 * comes and goes.
 */
#define pr_fmt(fmt) "vmxfs: " fmt

#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/smp.h>
#include <asm/msr.h>
#include <asm/perf_event.h>
#include <asm/processor.h>
#include <asm/tlbflush.h>
#include "cpu/compat.h"
#include "cpu/cpu.h"
#include "cpu/instructions.h"

static enum cpuhp_state vmxfs_hotplug_state;
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
		pr_err("VMX is locked off in IA32_FEATURE_CONTROL (%#llx) of processor %d\n",
		       feature_control, smp_processor_id());
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

/* Of every processor. Nobody enters a guest any more. */
void vmxfs_cpu_off_all(void)
{
	on_each_cpu(vmxfs_cpu_off, NULL, 1);
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
		pr_err("VMX is locked off in IA32_FEATURE_CONTROL (%#llx)\n", feature_control);
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
		cpu->region = vmxfs_region_alloc(0);
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
	return 0;
emergency:
	vmxfs_emergency_exit();
free:
	vmxfs_regions_free();
	return err;
}

void vmxfs_cpu_exit(void)
{
	vmxfs_unregister_syscore(&vmxfs_syscore);
	cpuhp_remove_state(vmxfs_hotplug_state);
	vmxfs_emergency_exit();
	vmxfs_regions_free();
}
