// SPDX-License-Identifier: GPL-2.0
/*
 * What of the switch between host and guest comes seldom, and what may be left out of
 * it: see switch.h.
 */
#include <linux/kernel.h>
#include <asm/msr-index.h>
#include "cpu/instructions.h"
#include "run/runner.h"
#include "run/switch.h"

/* G0 to G3 and L0 to L3. SDM, "Debug Control Register (DR7)" */
#define VMXFS_DR7_ENABLE	0xff

static void switch_load_debug(struct vmxfs_vcpu *vcpu)
{
	struct vmxfs_host *host = &vcpu->host;

	get_debugreg(host->dr[0], 0);
	get_debugreg(host->dr[1], 1);
	get_debugreg(host->dr[2], 2);
	get_debugreg(host->dr[3], 3);
	get_debugreg(host->dr[6], 6);
	get_debugreg(host->dr[7], 7);
	/* The guest's addresses are not for the host's DR7. */
	set_debugreg(0, 7);
	set_debugreg(vcpu->dr[0], 0);
	set_debugreg(vcpu->dr[1], 1);
	set_debugreg(vcpu->dr[2], 2);
	set_debugreg(vcpu->dr[3], 3);
	set_debugreg(vcpu->dr[6], 6);
}

/* If MOV DR exits, only DR6 can have changed. */
static void switch_save_debug(struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_host *host = &vcpu->host;
	unsigned long dr[4], dr6;
	int i;

	if (!(vcpu->proc_controls & VMX_CTL(proc, mov_dr_exiting))) {
		get_debugreg(dr[0], 0);
		get_debugreg(dr[1], 1);
		get_debugreg(dr[2], 2);
		get_debugreg(dr[3], 3);
		for (i = 0; i < ARRAY_SIZE(dr); i++)
			vcpu->dr[i] = dr[i];
	}
	get_debugreg(dr6, 6);
	vcpu->dr[6] = dr6;
	set_debugreg(host->dr[0], 0);
	set_debugreg(host->dr[1], 1);
	set_debugreg(host->dr[2], 2);
	set_debugreg(host->dr[3], 3);
	set_debugreg(host->dr[6], 6);
	set_debugreg(host->dr[7], 7);
}

/* With a selector comes the base of its descriptor; a task can have another base. */
void vmxfs_restore_selectors(const struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_host *host = &vcpu->host;
	u64 kernel_gs_base;

	/* The others may be selectors of it. */
	asm volatile("lldt %w0" : : "r" (host->ldt));
	loadsegment(ds, host->ds);
	loadsegment(es, host->es);
	if (host->fs) {
		loadsegment(fs, host->fs);
		if (static_cpu_has(X86_FEATURE_FSGSBASE))
			wrfsbase(vcpu->host.fs_base);
		else
			wrmsrl(MSR_FS_BASE, vcpu->host.fs_base);
	}
	if (host->gs) {
		/* The task's base is there while the kernel has its own. */
		kernel_gs_base = __rdmsr(MSR_KERNEL_GS_BASE);
		load_gs_index(host->gs);
		wrmsrl(MSR_KERNEL_GS_BASE, kernel_gs_base);
	}
}

/* ---- host-state fields that change with what the processor runs ---- */

static const struct {
	u32 controls;
	u64 control;
	u32 field;
	u32 msr;
} vmxfs_changing_fields[] = {
	{ VMCS_EXIT_CONTROLS, VMX_CTL(exit, load_perf_global_ctrl),
	  VMCS_HOST_PERF_GLOBAL_CTRL, MSR_CORE_PERF_GLOBAL_CTRL },
	{ VMCS_SECONDARY_EXIT_CONTROLS, VMX_CTL(exit2, load_spec_ctrl),
	  VMCS_HOST_SPEC_CTRL, MSR_IA32_SPEC_CTRL },
};

/* Whether a control loads one. Not every processor has the secondary controls. */
static bool vmxfs_loads_changing_fields(void)
{
	u64 value;
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_changing_fields); i++)
		if (!vmread(vmxfs_changing_fields[i].controls, &value) &&
		    value & vmxfs_changing_fields[i].control)
			return true;
	return false;
}

static void switch_refresh_fields(void)
{
	u64 value;
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_changing_fields); i++)
		if (!rdmsrl_safe(vmxfs_changing_fields[i].msr, &value))
			vmwrite(vmxfs_changing_fields[i].field, value);
}

/* ---- all that comes seldom ---- */

void vmxfs_load_seldom(struct vmxfs_vcpu *vcpu)
{
	if (!(vcpu->skips & VMXFS_SKIP_HOST_FIELDS))
		switch_refresh_fields();
	if (!(vcpu->skips & VMXFS_SKIP_DEBUG))
		switch_load_debug(vcpu);
	if (!(vcpu->skips & VMXFS_SKIP_TSC_AUX)) {
		vcpu->host.tsc_aux = __rdmsr(MSR_TSC_AUX);
		wrmsrl(MSR_TSC_AUX, 0);
	}
	if (!(vcpu->skips & VMXFS_SKIP_UMWAIT)) {
		vcpu->host.umwait = __rdmsr(MSR_IA32_UMWAIT_CONTROL);
		wrmsrl(MSR_IA32_UMWAIT_CONTROL, 0);
	}
	if (!(vcpu->skips & VMXFS_SKIP_XSS)) {
		vcpu->host.xss = __rdmsr(MSR_IA32_XSS);
		wrmsrl(MSR_IA32_XSS, 0);
	}
}

void vmxfs_save_seldom(struct vmxfs_vcpu *vcpu)
{
	if (!(vcpu->skips & VMXFS_SKIP_DEBUG))
		switch_save_debug(vcpu);
	if (!(vcpu->skips & VMXFS_SKIP_TSC_AUX))
		wrmsrl(MSR_TSC_AUX, vcpu->host.tsc_aux);
	if (!(vcpu->skips & VMXFS_SKIP_UMWAIT))
		wrmsrl(MSR_IA32_UMWAIT_CONTROL, vcpu->host.umwait);
	if (!(vcpu->skips & VMXFS_SKIP_XSS))
		wrmsrl(MSR_IA32_XSS, vcpu->host.xss);
}

/* ---- what may be left out ---- */

/*
 * Whether the guest is in IA-32e mode, or can be without WRMSR to IA32_EFER. Where VM
 * entry does not load IA32_EFER, LMA and LME become what "IA-32e mode guest" is.
 * SDM, "Loading Guest Control Registers, Debug Registers, and MSRs".
 */
static bool vmxfs_can_be_ia32e(void)
{
	u64 entry = vmcs_read(VMCS_ENTRY_CONTROLS);

	if (entry & VMX_CTL(entry, ia32e_mode_guest))
		return true;
	return entry & VMX_CTL(entry, load_efer) && vmcs_read(VMCS_GUEST_EFER) & EFER_LME;
}

static bool vmxfs_areas_have_users(const struct vmxfs_vcpu *vcpu)
{
	return vcpu->msr_users[0] || vcpu->msr_users[1] || vcpu->msr_users[2];
}

#define LAZY(ident, what, may_skip, why) \
	static bool vmxfs_may_skip_##ident(struct vmxfs_vcpu *vcpu, \
					   const struct vmxfs_runner *runner) \
	{ \
		return may_skip; \
	}
VMXFS_LAZY_BY_VCPU(LAZY)
#undef LAZY

/**
 * vmxfs_decide() - decide what of the switch may be left out
 * @vcpu: loaded, about to enter
 * @runner: who runs it
 */
void vmxfs_decide(struct vmxfs_vcpu *vcpu, const struct vmxfs_runner *runner)
{
	u32 skips;

	skips = 0
#define LAZY(ident, what, may_skip, why) \
	| (vmxfs_may_skip_##ident(vcpu, runner) ? VMXFS_SKIP_##ident : 0)
	VMXFS_LAZY_BY_VCPU(LAZY)
#undef LAZY
	;
	vmxfs_hide_msrs(vcpu, skips & VMXFS_SKIP_MSRS);
	vcpu->skips = skips;
	vcpu->fpu_mask = vmxfs_fpu_mask(vcpu);
	vcpu->decided_for = runner;
}
