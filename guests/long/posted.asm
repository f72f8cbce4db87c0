; SPDX-License-Identifier: GPL-2.0
; Sends an interrupt to itself through the local APIC of the host: by MSR if that is
; in x2APIC mode, else by memory where RSI says. RDI is the vector. Then waits some
; time for what comes, and leaves in R10 the 32 bits of ISR that have vector 0xf2.
%include "long.inc"

%define IA32_APIC_BASE	0x1b
%define X2APIC_ENABLED	10
%define ICR_LOW		0x300
%define ICR_SELF	0x40000
%define ISR_F2		0x170
%define X2APIC_SELF_IPI	0x83f
%define X2APIC_ISR_F2	0x817

idt
gate 0x52, irq_0x52
gate 0xe4, irq_0xe4
idt_end

start:
	long_mode
	lidt [idtr]
loaded:
	vmcall				; now the case sets what an interrupt needs
send:
	mov ecx, IA32_APIC_BASE
	rdmsr
	bt eax, X2APIC_ENABLED
	jc .by_msr
	lea eax, [rdi + ICR_SELF]
	mov [rsi + ICR_LOW], eax
	call wait_for_it
	mov r10d, [rsi + ISR_F2]
	jmp end
.by_msr:
	mov ecx, X2APIC_SELF_IPI
	mov eax, edi
	mov edx, 0
	wrmsr
	call wait_for_it
	mov ecx, X2APIC_ISR_F2
	rdmsr
	mov r10d, eax
end:
	vmcall

wait_for_it:
	mov ecx, 300
	loop $
	ret

irq_0x52:
	mov r9d, 0x52
irq_0x52_taken:
	vmcall
irq_0xe4:
	mov r9d, 0xe4
irq_0xe4_taken:
	vmcall
