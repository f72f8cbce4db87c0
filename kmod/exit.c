// SPDX-License-Identifier: GPL-2.0
/*
 * VM entry and VM exit: what VMX does not switch is switched here; exits that
 * concern the host are handled, the others end the run and are reported.
 */
#include <linux/hw_breakpoint.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/fpu/api.h>
#include <asm/fpu/xcr.h>
#include <asm/special_insns.h>
#include "vmxfs.h"
#include "insn.h"

#define INVEPT_SINGLE_CONTEXT	1
#define INVEPT_ALL_CONTEXTS	2
#define INVVPID_SINGLE_CONTEXT	1
#define INVVPID_ALL_CONTEXTS	2

static const char *const vmxfs_exit_names[] = {
#define VMX_EXIT(number, ident, name, sdm_name) [number] = name,
#include "vmx_exits.h"
};

static const char *const vmxfs_errors[] = {
#define VMX_INSN_ERROR(number, ident, text) [number] = text,
#include "vmx_errors.h"
};

/* Translations of this vCPU that the processor may hold are dropped. */
static void flush(struct vmxfs_vcpu *vcpu)
{
	bool single_ept = vmxfs_caps.ept_vpid & VMX_CAP(ept, invept_single_context);
	bool single_vpid = vmxfs_caps.ept_vpid & VMX_CAP(vpid, invvpid_single_context);

	WARN_ONCE(invept(single_ept ? INVEPT_SINGLE_CONTEXT : INVEPT_ALL_CONTEXTS,
			 single_ept ? vmxfs_ept_pointer(vcpu->pml4) : 0),
		  "vmxfs: INVEPT failed\n");
	WARN_ONCE(invvpid(single_vpid ? INVVPID_SINGLE_CONTEXT : INVVPID_ALL_CONTEXTS,
			  single_vpid ? vcpu->vpid : 0),
		  "vmxfs: INVVPID failed\n");
	vcpu->flush = false;
}

/* Between kernel_fpu_begin() and kernel_fpu_end(). */
static void load_guest_fpu(struct vmxfs_vcpu *vcpu, u64 host_xcr0)
{
	u64 mask = vcpu->xcr0 | XFEATURE_MASK_FPSSE;

	if (!host_xcr0) {
		asm volatile("fxrstor64 %0" : : "m" (*(struct fxregs_state *)vcpu->fpu));
		return;
	}
	asm volatile("xrstor64 %0"
		     : : "m" (*(struct xregs_state *)vcpu->fpu),
			 "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
	if (vcpu->xcr0 != host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vcpu->xcr0);
}

static void save_guest_fpu(struct vmxfs_vcpu *vcpu, u64 host_xcr0)
{
	u64 mask = vcpu->xcr0 | XFEATURE_MASK_FPSSE;

	if (!host_xcr0) {
		asm volatile("fxsave64 %0" : "=m" (*(struct fxregs_state *)vcpu->fpu));
		return;
	}
	if (vcpu->xcr0 != host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, host_xcr0);
	asm volatile("xsave64 %0"
		     : "+m" (*(struct xregs_state *)vcpu->fpu)
		     : "a" ((u32)mask), "d" ((u32)(mask >> 32)) : "memory");
}

static void load_guest_debug(struct vmxfs_vcpu *vcpu)
{
	/* The guest's addresses are not for the host's DR7. */
	if (hw_breakpoint_active())
		set_debugreg(0, 7);
	set_debugreg(vcpu->dr[0], 0);
	set_debugreg(vcpu->dr[1], 1);
	set_debugreg(vcpu->dr[2], 2);
	set_debugreg(vcpu->dr[3], 3);
	set_debugreg(vcpu->dr[6], 6);
}

/* MOV DR exits, so only DR6 can have changed. A VM exit clears DR7. */
static void save_guest_debug(struct vmxfs_vcpu *vcpu)
{
	unsigned long dr6;

	get_debugreg(dr6, 6);
	vcpu->dr[6] = dr6;
	set_debugreg(DR6_RESERVED, 6);
	if (hw_breakpoint_active())
		hw_breakpoint_restore();
}

/*
 * A VM exit leaves the limits of GDTR and TR at fixed values and LDTR null.
 * SDM, "Loading Host Segment and Descriptor-Table Registers".
 */
static void restore_descriptor_tables(u16 ldt)
{
	load_fixmap_gdt(smp_processor_id());
	invalidate_tss_limit();
	if (ldt)
		asm volatile("lldt %0" : : "rm" (ldt));
}

static int enter_guest(struct vmxfs_vcpu *vcpu)
{
	u64 host_xcr0 = boot_cpu_has(X86_FEATURE_OSXSAVE) ?
			xgetbv(XCR_XFEATURE_ENABLED_MASK) : 0;
	u64 debugctl = get_debugctlmsr();
	u64 tsc_offset;
	int fail;
	u16 ldt;

	store_ldt(ldt);
	vmxfs_refresh_host(vcpu);
	load_guest_fpu(vcpu, host_xcr0);
	load_guest_debug(vcpu);
	native_write_cr2(vcpu->cr2);
	/* The guest's TSC stands still while the guest does not run. */
	tsc_offset = vcpu->tsc_stopped - rdtsc();
	vmcs_write(VMCS_TSC_OFFSET, tsc_offset);

	fail = vmxfs_enter(&vcpu->gprs, vcpu->vmcs.launched, VMCS_HOST_RSP);

	vcpu->tsc_stopped = rdtsc() + tsc_offset;
	vcpu->cr2 = native_read_cr2();
	restore_descriptor_tables(ldt);
	/* A VM exit clears IA32_DEBUGCTL. */
	if (debugctl)
		update_debugctlmsr(debugctl);
	save_guest_debug(vcpu);
	save_guest_fpu(vcpu, host_xcr0);
	return fail;
}

/* NMIs and machine checks are the host's, whoever was running. */
static bool host_exception(u32 reason, u32 intr_info)
{
	if (reason == (VMX_EXIT_ENTRY_FAILURE | VMX_EXIT_MACHINE_CHECK))
		asm volatile("int $18");
	if (reason != VMX_EXIT_EXCEPTION_NMI)
		return false;
	switch (intr_info & (VMX_INTR_TYPE | VMX_INTR_VECTOR)) {
	case VMX_INTR_NMI | 2:
		asm volatile("int $2");
		return true;
	case VMX_INTR_HW_EXCEPTION | VMX_EXC_MC:
		asm volatile("int $18");
		return true;
	default:
		return false;
	}
}

static bool host_exit(u32 reason)
{
	switch (reason) {
	case VMX_EXIT_EXTERNAL_INTERRUPT:
	case VMX_EXIT_INIT:
	case VMX_EXIT_SIPI:
	case VMX_EXIT_IO_SMI:
	case VMX_EXIT_OTHER_SMI:
	case VMX_EXIT_INTERRUPT_WINDOW:
	case VMX_EXIT_NMI_WINDOW:
	case VMX_EXIT_PREEMPTION_TIMER:
		return true;
	default:
		return false;
	}
}

static void report(struct vmxfs_vcpu *vcpu, u32 reason, u32 intr_info)
{
	vcpu->exit = (struct vmxfs_exit){
		.reason = reason,
		.intr_info = intr_info,
		.intr_code = vmcs_read(VMCS_EXIT_INTERRUPTION_ERROR_CODE),
		.insn_length = vmcs_read(VMCS_EXIT_INSTRUCTION_LENGTH),
		.insn_info = vmcs_read(VMCS_EXIT_INSTRUCTION_INFORMATION),
		.qualification = vmcs_read(VMCS_EXIT_QUALIFICATION),
		.linear = vmcs_read(VMCS_GUEST_LINEAR_ADDRESS),
		.physical = vmcs_read(VMCS_GUEST_PHYSICAL_ADDRESS),
		.rip = vmcs_read(VMCS_GUEST_RIP),
		.rsp = vmcs_read(VMCS_GUEST_RSP),
		.rax = vcpu->gprs.rax,
	};
	vcpu->got_exit = true;
	vcpu->state = VMXFS_READY;
}

static void entry_failed(struct vmxfs_vcpu *vcpu, int fail)
{
	const char *insn = vcpu->vmcs.launched ? "vmresume" : "vmlaunch";
	u32 error;

	if (fail == 1) {
		vmxfs_vcpu_die(vcpu, "%s failed", insn);
		return;
	}
	error = vmcs_read(VMCS_INSTRUCTION_ERROR);
	vmxfs_vcpu_die(vcpu, "%s failed: VM-instruction error %u: %s", insn, error,
		       error < ARRAY_SIZE(vmxfs_errors) && vmxfs_errors[error] ?
		       vmxfs_errors[error] : "not assigned");
}

/**
 * vmxfs_run() - let the guest run until its next VM exit
 * @vcpu: its lock is held, and it is running
 *
 * Returns without having entered the guest if somebody claims the vCPU or the
 * processor. When it returns, the vCPU is running still, or ready and has an
 * exit to report, or dead.
 */
void vmxfs_run(struct vmxfs_vcpu *vcpu)
{
	u32 reason = 0, intr_info = 0;
	bool entered = false, silent = false;
	int fail;

	vmxfs_load(vcpu);
	kernel_fpu_begin();
	local_irq_disable();
	/*
	 * Whoever claims the vCPU from here on interrupts this processor, and
	 * an interrupt that is pending at VM entry causes a VM exit.
	 */
	if (atomic_read(&vcpu->claims) || need_resched()) {
		local_irq_enable();
		kernel_fpu_end();
		vmxfs_unload();
		return;
	}
	if (vcpu->flush)
		flush(vcpu);
	vmxfs_event_inject(vcpu);
	vcpu->got_exit = false;

	fail = enter_guest(vcpu);
	if (!fail) {
		reason = vmcs_read(VMCS_EXIT_REASON);
		intr_info = vmcs_read(VMCS_EXIT_INTERRUPTION_INFORMATION);
		silent = host_exception(reason, intr_info) || host_exit(reason);
		/* A VM entry that fails late does not set the launch state either. */
		entered = !(reason & VMX_EXIT_ENTRY_FAILURE);
		vcpu->vmcs.launched |= entered;
	}
	local_irq_enable();
	kernel_fpu_end();

	vmxfs_event_done(vcpu, entered);
	/* SDM, "Miscellaneous Data": not every processor's VM exits store LMA. */
	if (entered && !(vmxfs_caps.misc & VMX_CAP(misc, store_lma)))
		vmxfs_update_lma();
	if (!silent && reason == VMX_EXIT_EXCEPTION_NMI && !fail)
		silent = vmxfs_event_reflect(vcpu, intr_info);
	if (fail)
		entry_failed(vcpu, fail);
	else if (!silent)
		report(vcpu, reason, intr_info);
	vmxfs_unload();
	if (vcpu->injected || !silent)
		wake_up_all(&vcpu->wq);
}

/**
 * vmxfs_exit_format() - a VM exit as a line of the wait file
 * @exit: the VM exit
 * @buf: gets the line, with newline
 * @size: of @buf
 *
 * Return: the line's length.
 */
int vmxfs_exit_format(const struct vmxfs_exit *exit, char *buf, size_t size)
{
	u16 basic = exit->reason;
	u8 vector = exit->intr_info & VMX_INTR_VECTOR;
	/* Unless the field is valid, its other bits are undefined. */
	bool event = exit->intr_info & VMX_INTR_VALID;
	int n = 0;

	if (exit->reason & VMX_EXIT_ENTRY_FAILURE)
		n += scnprintf(buf + n, size - n, "!");
	if (basic == VMX_EXIT_EXCEPTION_NMI && event) {
		const char *name = vmxfs_exception_name(vector);

		n += name ? scnprintf(buf + n, size - n, "%s", name) :
			    scnprintf(buf + n, size - n, "#%u", vector);
	} else if (basic < ARRAY_SIZE(vmxfs_exit_names) && vmxfs_exit_names[basic]) {
		n += scnprintf(buf + n, size - n, "%s", vmxfs_exit_names[basic]);
	} else {
		n += scnprintf(buf + n, size - n, "?%u", basic);
	}
	n += scnprintf(buf + n, size - n, " %#llx pc %#llx sp %#llx ilen %#x iinfo %#x",
		       exit->qualification, exit->rip, exit->rsp, exit->insn_length,
		       exit->insn_info);
	if (event && exit->intr_info & VMX_INTR_ERROR_CODE)
		n += scnprintf(buf + n, size - n, " excode %#x", exit->intr_code);
	if (basic == VMX_EXIT_EPT_VIOLATION && exit->qualification & BIT(7))
		n += scnprintf(buf + n, size - n, " va %#llx", exit->linear);
	if (basic == VMX_EXIT_EPT_VIOLATION || basic == VMX_EXIT_EPT_MISCONFIGURATION)
		n += scnprintf(buf + n, size - n, " pa %#llx", exit->physical);
	if (basic == VMX_EXIT_IO_INSTRUCTION)
		n += scnprintf(buf + n, size - n, " ax %#llx", exit->rax);
	n += scnprintf(buf + n, size - n, "\n");
	return n;
}
