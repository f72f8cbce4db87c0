; SPDX-License-Identifier: GPL-2.0
; An interprocessor interrupt that the processor sends to itself by its local APIC,
; which the case has put at FREE, in 32-bit protected mode; in x2APIC mode by its
; MSRs. ESI is the low half of the interrupt command register.
%include "prot.inc"

%define IA32_APIC_BASE	0x1b
%define EXTD		0x400			; x2APIC mode
%define X2APIC_ID	0x802
%define X2APIC_ICR	0x830
%define APIC_ID		FREE + 0x20
%define APIC_ICR_LOW	FREE + 0x300
%define APIC_ICR_HIGH	FREE + 0x310

start:
	protected_mode
	mov ecx, IA32_APIC_BASE
	rdmsr
	test eax, EXTD
	jnz x2apic
	mov eax, [APIC_ID]
	and eax, 0xff000000
	mov [APIC_ICR_HIGH], eax
	mov [APIC_ICR_LOW], esi
sent:
	pause				; it comes here, or a bit later
	jmp sent
x2apic:
	mov ecx, X2APIC_ID
	rdmsr
	mov edx, eax
	mov eax, esi
	mov ecx, X2APIC_ICR
	wrmsr
	jmp sent
end:
	vmcall
