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
#include <asm/fsgsbase.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include <asm/sync_core.h>
#include "vmxfs.h"
#include "insn.h"
#include "fpu.h"
#include "state.h"
#include "trace.h"

#define INVEPT_SINGLE_CONTEXT	1
#define INVEPT_ALL_CONTEXTS	2
#define INVVPID_SINGLE_CONTEXT	1
#define INVVPID_ALL_CONTEXTS	2

/* Translations of this vCPU that the processor may hold are dropped. */
static noinline void flush(struct vmxfs_vcpu *vcpu)
{
	bool single_ept = vmxfs_caps.ept_vpid & VMX_CAP(ept, invept_single_context);
	bool single_vpid = vcpu->vpid &&
			   vmxfs_caps.ept_vpid & VMX_CAP(vpid, invvpid_single_context);
	int i;

	for (i = 0; i < (single_ept ? VMXFS_MAPS : 1); i++)
		WARN_ONCE(invept(single_ept ? INVEPT_SINGLE_CONTEXT : INVEPT_ALL_CONTEXTS,
				 single_ept ? vmxfs_ept_pointer(vcpu->map[i].pml4) : 0),
			  "vmxfs: INVEPT failed\n");
	WARN_ONCE(invvpid(single_vpid ? INVVPID_SINGLE_CONTEXT : INVVPID_ALL_CONTEXTS,
			  single_vpid ? vcpu->vpid : 0),
		  "vmxfs: INVVPID failed\n");
	vcpu->flush = false;
}

/* Host state that changes with what the processor runs. */
static __always_inline void refresh_host(struct vmxfs_vcpu *vcpu)
{
	u64 cr3 = __read_cr3();
	u64 cr4 = cr4_read_shadow();
	u64 fs_base;

	fs_base = static_cpu_has(X86_FEATURE_FSGSBASE) ? rdfsbase() : __rdmsr(MSR_FS_BASE);
	if (cr3 != vcpu->host_cr3)
		vmcs_write(VMCS_HOST_CR3, vcpu->host_cr3 = cr3);
	if (cr4 != vcpu->host_cr4)
		vmcs_write(VMCS_HOST_CR4, vcpu->host_cr4 = cr4);
	if (fs_base != vcpu->host_fs_base)
		vmcs_write(VMCS_HOST_FS_BASE, vcpu->host_fs_base = fs_base);
	if (!vcpu->msrs_idle)
		vmxfs_msr_own(vcpu, VMXFS_EXIT_MSR_LOAD)[VMXFS_KERNEL_GS_BASE].value =
			__rdmsr(MSR_KERNEL_GS_BASE);
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

/* If MOV DR exits, only DR6 can have changed. A VM exit clears DR7. */
static void save_guest_debug(struct vmxfs_vcpu *vcpu)
{
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
	set_debugreg(DR6_RESERVED, 6);
	if (hw_breakpoint_active())
		hw_breakpoint_restore();
}

/*
 * A VM exit leaves the limits of GDTR and TR at fixed values and LDTR null.
 * SDM, "Loading Host Segment and Descriptor-Table Registers".
 */
static __always_inline void restore_descriptor_tables(const struct vmxfs_vcpu *vcpu, u32 ldt)
{
	native_load_gdt(&vcpu->host_gdt);
	/* invalidate_tss_limit(), but for what it asserts */
	if (unlikely(test_thread_flag(TIF_IO_BITMAP)))
		invalidate_tss_limit();
	else
		this_cpu_write(__tss_limit_invalid, true);
	if (ldt)
		asm volatile("lldt %w0" : : "r" (ldt));
}

/* The guest's own MSRs come out of one area, and go in again from another. */
static void keep_msrs(struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_msr_entry *from = vmxfs_msr_own(vcpu, VMXFS_EXIT_MSR_STORE);
	struct vmxfs_msr_entry *to = vmxfs_msr_own(vcpu, VMXFS_ENTRY_MSR_LOAD);
	int i;

#pragma GCC unroll 5
	for (i = 0; i < VMXFS_MSRS; i++)
		to[i].value = from[i].value;
}

/* With MOV DR exiting and no breakpoint enabled they can't make a difference. */
static bool switches_debug(const struct vmxfs_vcpu *vcpu)
{
	return !vcpu->program || vcpu->dr_used;
}

/*
 * What Linux uses IA32_DEBUGCTL for: perf's branch records and stores, stepping from
 * branch to branch, bus locks. Below a hypervisor to read it costs a VM exit.
 */
static __always_inline bool debugctl_is_used(void)
{
	return static_cpu_has(X86_FEATURE_ARCH_PERFMON) || test_thread_flag(TIF_BLOCKSTEP) ||
	       static_cpu_has(X86_FEATURE_BUS_LOCK_DETECT);
}

/* @debugctl: the host's */
static __always_inline void load_guest(struct vmxfs_vcpu *vcpu, u64 debugctl)
{
	unsigned int i;

	refresh_host(vcpu);
	for (i = 0; i < vcpu->nforced; i++) {
		vmwrite(vcpu->forced[i].field, vcpu->forced[i].value);
		vcpu->host_rsp = 0;
	}
	vmxfs_fpu_load(vcpu);
	if (switches_debug(vcpu))
		load_guest_debug(vcpu);
	native_write_cr2(vcpu->cr2);
	/* Unless "load debug controls" is 1, it would stay on in the guest. */
	if (debugctl)
		update_debugctlmsr(0);
	/* The guest's TSC stands still while the guest does not run. */
	if (!vcpu->tsc_fixed) {
		vcpu->tsc_offset = vcpu->tsc_stopped - rdtsc();
		vmcs_write(VMCS_TSC_OFFSET, vcpu->tsc_offset);
	}
}

static __always_inline void save_guest(struct vmxfs_vcpu *vcpu, u64 debugctl, u32 ldt)
{
	if (!vcpu->tsc_fixed)
		vcpu->tsc_stopped = rdtsc() + vcpu->tsc_offset;
	vcpu->cr2 = native_read_cr2();
	restore_descriptor_tables(vcpu, ldt);
	/* A VM exit clears IA32_DEBUGCTL. */
	if (debugctl)
		update_debugctlmsr(debugctl);
	if (switches_debug(vcpu))
		save_guest_debug(vcpu);
	vmxfs_fpu_save(vcpu);
}

/* With "acknowledge interrupt on exit" nobody else has got it. */
static void host_interrupt(u32 intr_info)
{
	struct desc_ptr idt;
	const gate_desc *gate;

	if (!(intr_info & VMX_INTR_VALID))
		return;
	store_idt(&idt);
	gate = (const gate_desc *)idt.address + (intr_info & VMX_INTR_VECTOR);
	vmxfs_host_interrupt(gate_offset(gate));
}

/* Exits that concern the host, by the names under which they can be reported. */
static const struct {
	u32 reason;
	const char *name;
	u32 event;	/* type and vector, of basic exit reason 0 */
} vmxfs_host_exits[] = {
	{ VMX_EXIT_EXTERNAL_INTERRUPT, "extirq" },
	{ VMX_EXIT_INIT, "initsig" },
	{ VMX_EXIT_SIPI, "sipi" },
	{ VMX_EXIT_IO_SMI, "smiio" },
	{ VMX_EXIT_OTHER_SMI, "smiother" },
	{ VMX_EXIT_INTERRUPT_WINDOW, "irqwin" },
	{ VMX_EXIT_NMI_WINDOW, "nmiwin" },
	{ VMX_EXIT_PREEMPTION_TIMER, "preempt" },
	{ VMX_EXIT_EXCEPTION_NMI, "nmi", VMX_INTR_NMI | 2 },
	{ VMX_EXIT_EXCEPTION_NMI, "#mc", VMX_INTR_HW_EXCEPTION | VMX_EXC_MC },
};

/**
 * vmxfs_report_parse() - which exits to report although they concern the host
 * @vcpu: locked
 * @list: their names, with "," between them; NULL for none; is cut up
 *
 * Return: 0, or -EINVAL with a text in the error file.
 */
int vmxfs_report_parse(struct vmxfs_vcpu *vcpu, char *list)
{
	u32 report = 0;
	char *name;
	int i;

	while ((name = strsep(&list, ","))) {
		for (i = 0; i < ARRAY_SIZE(vmxfs_host_exits); i++)
			if (!strcmp(name, vmxfs_host_exits[i].name))
				break;
		if (i == ARRAY_SIZE(vmxfs_host_exits))
			return vmxfs_fail(vcpu, -EINVAL, "unknown exit: %s", name);
		report |= BIT(i);
	}
	vcpu->report = report;
	return 0;
}

/* The exit's bit in vmxfs_vcpu.report, or 0 for an exit that is the guest's. */
static u32 host_exit(const struct vmxfs_exit *exit)
{
	u32 reason = vmxfs_exit_reason(exit);
	u32 event = reason == VMX_EXIT_EXCEPTION_NMI ?
		    exit->intr_info & (VMX_INTR_TYPE | VMX_INTR_VECTOR) : 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(vmxfs_host_exits); i++)
		if (vmxfs_host_exits[i].reason == reason &&
		    vmxfs_host_exits[i].event == event)
			return BIT(i);
	return 0;
}

/* What is the host's goes to the host, whoever was running; interrupts are disabled. */
static noinline void serve_host(const struct vmxfs_exit *exit)
{
	switch (vmxfs_exit_reason(exit)) {
	case VMX_EXIT_EXCEPTION_NMI:
		if (!host_exit(exit))
			break;
		if ((exit->intr_info & VMX_INTR_TYPE) == VMX_INTR_NMI) {
			asm volatile("int $2");
			break;
		}
		fallthrough;
	case VMX_EXIT_ENTRY_FAILURE | VMX_EXIT_MACHINE_CHECK:
		asm volatile("int $18");
		break;
	case VMX_EXIT_EXTERNAL_INTERRUPT:
		host_interrupt(exit->intr_info);
		break;
	}
}

/* Most are not; this costs less than serve_host(). */
static __always_inline bool may_be_hosts(u32 reason)
{
	return (u16)reason <= VMX_EXIT_EXTERNAL_INTERRUPT || reason & VMX_EXIT_ENTRY_FAILURE;
}

/*
 * Without "virtual NMIs" what blocks the guest's NMIs blocks the host's, and a VM exit
 * leaves it so. SDM, "Saving Non-Register State": blocking by NMI.
 */
static __always_inline void unblock_nmis(const struct vmxfs_vcpu *vcpu)
{
	if (!vcpu->virtual_nmis &&
	    vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE) & VMX_BLOCKING_BY_NMI)
		iret_to_self();
}

/* What is not needed to see whose exit it is. The vCPU is loaded. */
void vmxfs_exit_read(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	exit->intr_code = vmcs_read(VMCS_EXIT_INTERRUPTION_ERROR_CODE);
	exit->insn_length = vmcs_read(VMCS_EXIT_INSTRUCTION_LENGTH);
	exit->insn_info = vmcs_read(VMCS_EXIT_INSTRUCTION_INFORMATION);
	exit->qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);
	exit->linear = vmcs_read(VMCS_GUEST_LINEAR_ADDRESS);
	exit->physical = vmcs_read(VMCS_GUEST_PHYSICAL_ADDRESS);
	exit->rip = vmcs_read(VMCS_GUEST_RIP);
	exit->rsp = vmcs_read(VMCS_GUEST_RSP);
	exit->rax = vcpu->gprs->rax;
}

/* After an exit by the timer that nobody asked for, the guest gets its full time. */
static void rearm_timer(struct vmxfs_vcpu *vcpu, u32 reason)
{
	if (reason == VMX_EXIT_PREEMPTION_TIMER &&
	    vmcs_read(VMCS_PREEMPTION_TIMER_VALUE) != vcpu->timer)
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, vcpu->timer);
}

/* What the VM exit has stored, and the next VM entry loads. */
static __always_inline void keep_guest(struct vmxfs_vcpu *vcpu)
{
	if (!vcpu->msrs_idle)
		keep_msrs(vcpu);
	/* SDM, "Miscellaneous Data": not every processor's VM exits store LMA. */
	if (!(vmxfs_caps.misc & VMX_CAP(misc, store_lma)))
		vmxfs_update_lma();
}

/* After a VM exit, or a VM entry that failed late. Returns whether it is reported. */
static __always_inline bool handle_exit(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	bool entered = !(exit->reason & VMX_EXIT_ENTRY_FAILURE);
	u32 host = host_exit(exit);
	bool program = vcpu->program;
	bool silent = host && (program || !(vcpu->report & host));

	/* A program's exits read what they need, but for exceptions. */
	if ((!silent && (!program || vmxfs_exit_reason(exit) == VMX_EXIT_EXCEPTION_NMI)) ||
	    vcpu->step.on)
		vmxfs_exit_read(vcpu, exit);
	if (entered)
		keep_guest(vcpu);
	if (vcpu->step.on && vmxfs_step_disarm(vcpu, exit, host))
		silent = false;
	if (silent)
		rearm_timer(vcpu, vmxfs_exit_reason(exit));
	else if (!host && vmxfs_exit_reason(exit) == VMX_EXIT_EXCEPTION_NMI)
		silent = vmxfs_event_reflect(vcpu, exit);
	if (program)
		silent = exit->completed || !vmxfs_complete(vcpu, exit, silent);
	trace_vmxfs_exit(vcpu->index, exit, !silent);
	if (silent)
		return false;
	vcpu->state = VMXFS_READY;
	vcpu->reported = program;
	vcpu->got_exit = !program;
	return true;
}

/* Of a program's VM exits the most frequent: it can't be the host's, nor end a delivery. */
static __always_inline bool is_plain_io(const struct vmxfs_vcpu *vcpu,
					const struct vmxfs_exit *exit)
{
	return exit->reason == VMX_EXIT_IO_INSTRUCTION && vcpu->program && !vcpu->injected &&
	       vcpu->virtual_nmis;
}

/* handle_exit() for that; what it would not do is left out. */
static __always_inline void handle_plain_io(struct vmxfs_vcpu *vcpu, struct vmxfs_exit *exit)
{
	keep_guest(vcpu);
	vmxfs_complete(vcpu, exit, false);
	trace_vmxfs_exit(vcpu->index, exit, true);
	vcpu->state = VMXFS_READY;
	vcpu->reported = true;
}

/* By which instruction to enter; AUTO is the one that fits the launch state. */
enum how { AUTO, LAUNCH, RESUME };

/* Somebody wants the vCPU, or the processor, or the program. */
static __always_inline bool must_leave(struct vmxfs_vcpu *vcpu, enum how how)
{
	if ((how == AUTO && atomic_read(&vcpu->claims)) || need_resched())
		return true;
	return vcpu->program && (READ_ONCE(vcpu->stop) || signal_pending(current));
}

/*
 * Into the guest, and back after a VM exit that can't be completed at once. Sets the
 * reason of @exit if it returns 0. Interrupts are disabled.
 */
static __always_inline int enter_guest(struct vmxfs_vcpu *vcpu, enum how how, struct vmxfs_exit *exit)
{
	bool resume = how == AUTO ? vcpu->vmcs.launched : how == RESUME;
	u64 debugctl = debugctl_is_used() ? __rdmsr(MSR_IA32_DEBUGCTLMSR) : 0;
	u32 ldt;
	int fail;

	/* store_ldt(), but into a register */
	asm volatile("sldt %0" : "=r" (ldt));
	load_guest(vcpu, debugctl);
	do {
		fail = vmxfs_enter(vcpu->gprs, resume, VMCS_HOST_RSP, &vcpu->host_rsp);
		if (fail)
			break;
		exit->reason = vmcs_read(VMCS_EXIT_REASON);
		/* A VM entry that fails late does not set the launch state either. */
		resume |= !(exit->reason & VMX_EXIT_ENTRY_FAILURE);
		exit->completed = exit->reason == VMX_EXIT_CPUID && vcpu->program &&
				  vmxfs_complete_cpuid(vcpu);
	} while (exit->completed && !must_leave(vcpu, how));
	save_guest(vcpu, debugctl, ldt);
	if (!fail)
		vcpu->vmcs.launched = resume;
	return fail;
}

/* Returns as vmxfs_enter(), or -EAGAIN if it had to give way. */
static __always_inline int run_loaded(struct vmxfs_vcpu *vcpu, enum how how)
{
	struct vmxfs_exit *exit = &vcpu->exit;
	bool reported = false;
	int fail;

	local_irq_disable();
	/*
	 * Whoever claims or stops the vCPU from here on interrupts this processor,
	 * and an interrupt that is pending at VM entry causes a VM exit.
	 */
	if (must_leave(vcpu, how)) {
		local_irq_enable();
		return -EAGAIN;
	}
	if (vcpu->flush)
		flush(vcpu);
	vcpu->injected = NULL;
	if (!vmxfs_event_none(vcpu))
		vmxfs_event_inject(vcpu);
	if (vcpu->step.on)
		vmxfs_step_arm(vcpu);
	trace_vmxfs_entry(vcpu->index, vcpu->injected);

	fail = enter_guest(vcpu, how, exit);
	if (!fail && is_plain_io(vcpu, exit)) {
		local_irq_enable();
		handle_plain_io(vcpu, exit);
		return 0;
	}
	if (!fail) {
		vcpu->got_exit = false;
		exit->intr_info = 0;
		if (!vcpu->program || may_be_hosts(exit->reason)) {
			exit->intr_info = vmcs_read(VMCS_EXIT_INTERRUPTION_INFORMATION);
			serve_host(exit);
		}
		unblock_nmis(vcpu);
	}
	local_irq_enable();

	if (vcpu->injected)
		vmxfs_event_done(vcpu, !fail && !(exit->reason & VMX_EXIT_ENTRY_FAILURE));
	if (!fail)
		reported = handle_exit(vcpu, exit);
	else if (vcpu->step.on)
		vmxfs_step_disarm(vcpu, &(struct vmxfs_exit){ .reason = VMX_EXIT_ENTRY_FAILURE },
				  false);
	if (vcpu->injected || (reported && !vcpu->program))
		vmxfs_wake(vcpu);
	return fail;
}

/* After VMXFS_FAIL_VALID the VM-instruction error is in @vcpu. */
static __always_inline int run(struct vmxfs_vcpu *vcpu, enum how how)
{
	int fail;

	if (vcpu->step.on)
		vmxfs_step_plan(vcpu);
	vmxfs_load(vcpu);
	if (vcpu->commit_gprs)
		vmxfs_commit_gprs(vcpu);
	fail = run_loaded(vcpu, how);
	if (fail == VMXFS_FAIL_VALID)
		vcpu->insn_error = vmcs_read(VMCS_INSTRUCTION_ERROR);
	vmxfs_unload();
	if (vcpu->step.on)
		vmxfs_step_mend(vcpu, fail == -EAGAIN);
	if (vcpu->state != VMXFS_RUNNING)
		vcpu->step.on = false;
	return fail;
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
	int fail = run(vcpu, AUTO);
	const char *insn;

	if (fail != VMXFS_FAIL_INVALID && fail != VMXFS_FAIL_VALID)
		return;
	/* A VM entry that fails does not change the launch state. */
	insn = vcpu->vmcs.launched ? "vmresume" : "vmlaunch";
	vcpu->step.on = false;
	if (fail == VMXFS_FAIL_INVALID)
		vmxfs_vcpu_die(vcpu, "%s failed", insn);
	else
		vmxfs_vcpu_die(vcpu, "%s failed: VM-instruction error %u: %s", insn,
			       vcpu->insn_error, vmxfs_error_text(vcpu->insn_error));
	wake_up_all(&vcpu->wq);
}

/**
 * vmxfs_enter_by() - VM entry by the instruction that the insn file names
 * @vcpu: locked, and ready
 * @resume: VMRESUME rather than VMLAUNCH
 *
 * If the VM entry succeeds, the vCPU is running or has an exit to report.
 *
 * Return: as vmxfs_enter().
 */
int vmxfs_enter_by(struct vmxfs_vcpu *vcpu, bool resume)
{
	int fail;

	vcpu->state = VMXFS_RUNNING;
	do {
		fail = run(vcpu, resume ? RESUME : LAUNCH);
		cond_resched();
	} while (fail == -EAGAIN);
	if (fail)
		vcpu->state = VMXFS_READY;
	else if (vcpu->state == VMXFS_RUNNING)
		wake_up_all(&vcpu->run_wq);
	return fail;
}
