; SPDX-License-Identifier: GPL-2.0
; Two vCPUs on two processors: one sends interrupts to the other processors, the other does
; something else and takes them.
%include "long.inc"

%define IA32_APIC_BASE	0x1b
%define X2APIC_ENABLED	10
%define ICR_LOW		0x300
%define ICR_OTHERS	0xc4000			; all but the sender, fixed delivery
%define X2APIC_ICR	0x830

idt
gate 0x52, irq_0x52
idt_end

start:
	long_mode
	lidt [idtr]
loaded:
	vmcall				; now the case sets what is needed

; Vector EDI to all other processors, again and again: a processor that does not run its guest
; yet gives it to Linux. The local APIC is where RSI says, unless it is in x2APIC mode.
send:
	mov ecx, IA32_APIC_BASE
	rdmsr
	or edi, ICR_OTHERS
	bt eax, X2APIC_ENABLED
	jc .by_msr
.again:
	mov [rsi + ICR_LOW], edi
	call delay
	jmp .again
.by_msr:
	mov ecx, X2APIC_ICR
	mov eax, edi
	xor edx, edx
.again_by_msr:
	wrmsr
	call delay
	mov ecx, X2APIC_ICR
	jmp .again_by_msr

; The same once; the VM exit comes when it has been sent.
send_once:
	mov ecx, IA32_APIC_BASE
	rdmsr
	or edi, ICR_OTHERS
	bt eax, X2APIC_ENABLED
	jc .by_msr
	mov [rsi + ICR_LOW], edi
	jmp .sent
.by_msr:
	mov ecx, X2APIC_ICR
	mov eax, edi
	xor edx, edx
	wrmsr
.sent:
	call delay
sent:
	vmcall

; Long enough for the other to be where it is to be
delay:
	mov ecx, 30000
.next:
	loop .next
	ret

; What the interrupt meets
spin:
	pause
	jmp spin
; A transaction that has no end but an abort
transaction:
	db 0xc7, 0xf8			; XBEGIN
	dd aborted - $ - 4
.spin:
	jmp .spin
aborted:
	jmp transaction
$hlt:
	hlt
woken:
	nop				; it may come an instruction later
	nop
	jmp $hlt
end:
	vmcall

; The address that was interrupted comes in R8.
irq_0x52:
	mov r8, [rsp]
taken:
	vmcall

; A value of the guest's memory, through the TLB
$read:
	mov eax, [rsi]
	vmcall
