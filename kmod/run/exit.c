// SPDX-License-Identifier: GPL-2.0
/*
 * VM exits that concern the host, and what is known of the others. runner.h is the way into
 * the guest and back.
 */
#include <linux/kernel.h>
#include <linux/sched.h>
#include <asm/cpu.h>
#include <asm/desc.h>
#include <asm/mce.h>
#include <asm/ptrace.h>
#include "cpu/instructions.h"
#include "memory/memory.h"
#include "run/runner.h"

#define INVEPT_SINGLE_CONTEXT	1
#define INVEPT_ALL_CONTEXTS	2
#define INVVPID_SINGLE_CONTEXT	1
#define INVVPID_ALL_CONTEXTS	2

/* Drops the translations that the processor may have cached for this vCPU. */
void vmxfs_flush(struct vmxfs_vcpu *vcpu)
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

/* The processor has acknowledged the interrupt, so the host's handler has to be called here. */
static void exit_host_interrupt(u32 intr_info)
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
#define VMXFS_REPORT(name, exit, event) { VMX_EXIT_##exit, name, event },
#include "vmxfs_reports.h"
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
			return vmxfs_fail(vcpu, UNKNOWN_EXIT, name);
		report |= BIT(i);
	}
	vcpu->report = report;
	return 0;
}

/* The exit's bit in vmxfs_vcpu.report, or 0 for an exit that is the guest's. */
u32 vmxfs_host_exit(const struct vmxfs_exit *exit)
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

/*
 * A machine check, as if it had come in the program that runs the guest: only that is to
 * die for it, and not the kernel.
 */
static void exit_host_machine_check(void)
{
#ifdef CONFIG_X86_MCE
	struct pt_regs regs = {
		.cs = __USER_CS,
		.ss = __USER_DS,
		.flags = X86_EFLAGS_IF | X86_EFLAGS_FIXED,
	};

	do_machine_check(&regs);
#endif
}

/* Whether it is one, and has been served. */
bool vmxfs_is_machine_check(const struct vmxfs_exit *exit)
{
	switch (vmxfs_exit_reason(exit)) {
	case VMX_EXIT_EXCEPTION_NMI:
		return (exit->intr_info & (VMX_INTR_TYPE | VMX_INTR_VECTOR)) ==
		       (VMX_INTR_HW_EXCEPTION | VMX_EXC_MC);
	case VMX_EXIT_ENTRY_FAILURE | VMX_EXIT_MACHINE_CHECK:
		return true;
	default:
		return false;
	}
}

/* Gives the host what is the host's. Interrupts are disabled. */
void vmxfs_serve_host(struct vmxfs_vcpu *vcpu)
{
	const struct vmxfs_exit *exit = &vcpu->exit;

	if (vmxfs_is_machine_check(exit)) {
		exit_host_machine_check();
	} else if (vmxfs_exit_reason(exit) == VMX_EXIT_EXTERNAL_INTERRUPT) {
		vcpu->host_interrupts++;
		exit_host_interrupt(exit->intr_info);
	} else if (vmxfs_exit_reason(exit) == VMX_EXIT_EXCEPTION_NMI &&
		   (exit->intr_info & VMX_INTR_TYPE) == VMX_INTR_NMI) {
		vcpu->host_nmis++;
		vmxfs_give_nmi(vcpu->unsafe && vcpu->report & vmxfs_host_exit(exit));
	}
}

/**
 * vmxfs_split_lock() - a locked access across cache lines, which Linux wants to know of
 * @vcpu: locked, not loaded
 *
 * Linux may slow the caller down, and lets such accesses be meanwhile. If it does not,
 * the guest gets the #AC again.
 */
void vmxfs_split_lock(struct vmxfs_vcpu *vcpu)
{
	vcpu->split_lock = false;
	if (!handle_guest_split_lock(vcpu->split_lock_rip))
		vmxfs_vcpu_die(vcpu, "split lock at %#llx, which the kernel forbids",
			       vcpu->split_lock_rip);
}

/* Reads the rest of a VM exit, once it is known whose it is. The vCPU is loaded. */
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

/* The guest gets its full time again, if the timer was not set by whoever drives it. */
void vmxfs_rearm_timer(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit)
{
	if (vmxfs_exit_reason(exit) == VMX_EXIT_PREEMPTION_TIMER &&
	    vmcs_read(VMCS_PREEMPTION_TIMER_VALUE) != vcpu->timer)
		vmcs_write(VMCS_PREEMPTION_TIMER_VALUE, vcpu->timer);
}

/**
 * vmxfs_entry_failed() - the end of a vCPU whose VM entry has failed early
 * @vcpu: locked, not loaded
 * @fail: VMXFS_FAIL_INVALID or VMXFS_FAIL_VALID
 */
void vmxfs_entry_failed(struct vmxfs_vcpu *vcpu, int fail)
{
	/* A VM entry that fails does not change the launch state. */
	const char *insn = vcpu->vmcs.launched ? "vmresume" : "vmlaunch";

	if (fail == VMXFS_FAIL_INVALID)
		vmxfs_vcpu_die(vcpu, "%s failed", insn);
	else
		vmxfs_vcpu_die(vcpu, "%s failed: VM-instruction error %u: %s", insn,
			       vcpu->insn_error, vmxfs_error_text(vcpu->insn_error));
	wake_up_all(&vcpu->wq);
}
