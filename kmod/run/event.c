// SPDX-License-Identifier: GPL-2.0
/*
 * Events for the guest: exc, which is delivered at the next VM entry, and irq,
 * which waits until the guest takes interrupts.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <asm/processor.h>
#include "cpu/instructions.h"
#include "run/run.h"
#include "vmcs/vmcs.h"

/*
 * What delivery does to the debug registers, and an exit does not.
 * SDM, "Exit Qualification for Debug Exceptions": its bits are those of DR6.
 */
#define DR6_BD_BS	0x6000ULL	/* these stay until software clears them */
#define DR6_INVERTED	0x10800ULL	/* RTM and BLD: 0 in DR6 if they happened */
#define DR7_GD		0x2000ULL

static void event_reflect_debug(struct vmxfs_vcpu *vcpu)
{
	u64 qualification = vmcs_read(VMCS_EXIT_QUALIFICATION);
	u64 blocking = vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE);

	vcpu->dr[6] = (vcpu->dr[6] & ~(u64)VMX_DR6_B) | (qualification & (VMX_DR6_B | DR6_BD_BS));
	vcpu->dr[6] &= ~(qualification & DR6_INVERTED);
	vmcs_write(VMCS_GUEST_DR7, vmcs_read(VMCS_GUEST_DR7) & ~DR7_GD);
	vmcs_write(VMCS_GUEST_INTERRUPTIBILITY_STATE,
		   blocking & ~(u64)(VMX_BLOCKING_BY_STI | VMX_BLOCKING_BY_MOV_SS));
}

/* SDM, "Exception Bitmap": for #PF the error-code mask and match decide, too. */
static bool event_is_reported(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit)
{
	u8 vector = exit->intr_info & VMX_INTR_VECTOR;
	bool bit = vector < 32 && vcpu->exception_bitmap & BIT(vector);

	if (vector == VMX_EXC_PF)
		return bit == ((exit->intr_code & vmcs_read(VMCS_PAGE_FAULT_ERROR_CODE_MASK)) ==
			       vmcs_read(VMCS_PAGE_FAULT_ERROR_CODE_MATCH));
	return bit;
}

/*
 * Whether vmxfs itself makes this exception exit. If it does not, and the exception is not
 * to be reported, the processor made a mistake, and the exit is reported all the same.
 */
static bool event_is_own(struct vmxfs_vcpu *vcpu, u8 vector)
{
	return vcpu->step.on || (vector < 32 && BIT(vector) & VMXFS_ALWAYS_EXIT);
}

/*
 * An #AC that the guest has not asked for: Linux has split-lock detection on.
 * SDM, "Interrupt 17—Alignment Check Exception (#AC)".
 */
static bool event_is_split_lock(const struct vmxfs_vcpu *vcpu)
{
	return boot_cpu_has(X86_FEATURE_SPLIT_LOCK_DETECT) &&
	       !(vmcs_read(VMCS_GUEST_CR0) & X86_CR0_AM &&
		 vmcs_read(VMCS_GUEST_RFLAGS) & X86_EFLAGS_AC &&
		 (vmcs_read(VMCS_GUEST_SS_ACCESS_RIGHTS) & VMX_AR_DPL) == VMX_AR_DPL);
}

/**
 * vmxfs_event_reflect() - give an exception that exited back to the guest
 * @vcpu: loaded, just back from an exit by an exception
 * @exit: the exit
 *
 * Return: false if it is one that is reported.
 */
bool vmxfs_event_reflect(struct vmxfs_vcpu *vcpu, const struct vmxfs_exit *exit)
{
	u32 info = exit->intr_info;

	if (event_is_reported(vcpu, exit) || !event_is_own(vcpu, info & VMX_INTR_VECTOR))
		return false;
	if ((info & VMX_INTR_VECTOR) == VMX_EXC_AC && event_is_split_lock(vcpu)) {
		vcpu->split_lock = true;
		vcpu->split_lock_rip = exit->rip;
		return true;
	}
	if ((info & VMX_INTR_VECTOR) == VMX_EXC_DB)
		event_reflect_debug(vcpu);
	if ((info & VMX_INTR_VECTOR) == VMX_EXC_PF)
		vcpu->cr2 = exit->qualification;
	/* SDM, "Information for VM Exits Due to Vectored Events": none in real mode. */
	if (!(vmcs_read(VMCS_GUEST_CR0) & X86_CR0_PE))
		info &= ~VMX_INTR_ERROR_CODE;
	vcpu->reflected = (struct vmxfs_event){
		.info = info & (VMX_INTR_VALID | VMX_INTR_ERROR_CODE | VMX_INTR_TYPE |
				VMX_INTR_VECTOR),
		.code = exit->intr_code,
		.ilen = exit->insn_length,
		.pending = true,
	};
	return true;
}

/* The vCPU is loaded. */
bool vmxfs_takes_interrupts(void)
{
	return vmcs_read(VMCS_GUEST_RFLAGS) & X86_EFLAGS_IF &&
	       !(vmcs_read(VMCS_GUEST_INTERRUPTIBILITY_STATE) &
		 (VMX_BLOCKING_BY_STI | VMX_BLOCKING_BY_MOV_SS));
}

/**
 * vmxfs_event_next() - the event that the next VM entry delivers
 * @vcpu: loaded
 *
 * Return: the event, or NULL.
 */
struct vmxfs_event *vmxfs_event_next(struct vmxfs_vcpu *vcpu)
{
	if (vcpu->reflected.pending)
		return &vcpu->reflected;
	if (vcpu->exc.pending)
		return &vcpu->exc;
	return vcpu->irq.pending && vmxfs_takes_interrupts() ? &vcpu->irq : NULL;
}

/*
 * What the module adds to them: an interrupt that has to wait leaves by an
 * interrupt-window exit as soon as the guest takes it.
 */
static u32 event_controls_of_entry(struct vmxfs_vcpu *vcpu)
{
	u32 controls = vcpu->proc_controls_idle;

	/* A step is over before an interrupt could come. */
	if (vcpu->step.on)
		controls &= ~(u32)VMX_CTL(proc, interrupt_window_exiting);
	else if (vcpu->irq.pending && vcpu->injected != &vcpu->irq)
		controls |= VMX_CTL(proc, interrupt_window_exiting);
	return controls;
}

/**
 * vmxfs_event_inject() - have the next VM entry deliver what can be delivered
 * @vcpu: loaded, about to enter
 * @more: primary processor-based controls that the VM entry is to have besides
 */
void vmxfs_event_inject(struct vmxfs_vcpu *vcpu, u32 more)
{
	struct vmxfs_event *event = NULL;
	u32 controls;

	if (vmxfs_event_pending(vcpu) || vcpu->irq.pending)
		event = vmxfs_event_next(vcpu);
	vcpu->injected = event;
	if (event) {
		vmcs_write(VMCS_ENTRY_INTERRUPTION_INFORMATION, event->info);
		vmcs_write(VMCS_ENTRY_EXCEPTION_ERROR_CODE, event->code);
		vmcs_write(VMCS_ENTRY_INSTRUCTION_LENGTH, event->ilen);
		/* SDM, "Details of Vectored-Event Injection": it is pushed as it is there. */
		if (event->resume)
			vmcs_write(VMCS_GUEST_RFLAGS, vmcs_read(VMCS_GUEST_RFLAGS) | X86_EFLAGS_RF);
	}
	controls = event_controls_of_entry(vcpu) | more;
	if (controls != vcpu->proc_controls_now) {
		vmcs_write(VMCS_PROC_BASED_CONTROLS, controls);
		vcpu->proc_controls_now = controls;
	}
}

/**
 * vmxfs_event_done() - account for what vmxfs_event_inject() did
 * @vcpu: loaded, just back
 * @delivered: the VM entry succeeded; else what was injected is pending still
 */
void vmxfs_event_done(struct vmxfs_vcpu *vcpu, bool delivered)
{
	struct vmxfs_event *event = vcpu->injected;

	if (!event)
		return;
	if (!delivered) {
		/* A failed VM entry leaves the valid bit, a VM exit clears it. */
		vmcs_write(VMCS_ENTRY_INTERRUPTION_INFORMATION, 0);
		return;
	}
	event->pending = false;
	if (event == &vcpu->irq) {
		if (kfifo_is_full(&vcpu->ack))
			kfifo_skip(&vcpu->ack);
		kfifo_put(&vcpu->ack, event->info & VMX_INTR_VECTOR);
	}
}
