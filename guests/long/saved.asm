; SPDX-License-Identifier: GPL-2.0
; State that a guest changes by itself in 64-bit mode, before an exit that saves it.
; RSI is the case's; it is also EDX:EAX for WRMSR, of the MSR in EDI. What needs all of RSI
; first comes to the end, and goes on at "values": bits 63:32 were undefined in 32-bit modes.
%include "long.inc"

%define LDT	0x10
%define TSS	0x20

start:
	long_mode
values:
	mov ecx, edi
	mov eax, esi
	mov rdx, rsi
	shr rdx, 32
	jmp rbx
	insn load_rsp, mov rsp, rsi
	insn load_cr2, mov cr2, rsi
	insn load_dr7, mov dr7, rsi
	insn $wrmsr, wrmsr
	insn load_gdtr, lgdt [table]
	insn load_idtr, lidt [table]
load_ldtr:
	lgdt [wide_gdtr]
	mov ecx, LDT
	lldt cx
	jmp end
load_tr:
	lgdt [wide_gdtr]
	mov ecx, TSS
	ltr cx
	jmp end
load_flags:
	push rsi
	popfq
end:
	vmcall

section .data
table:
	dw 0x1234
	dq 0xffff812345678abc
; Descriptors of 16 bytes, with the same base
wide_gdtr:
	dw 0x2f
	dq descriptors
descriptors:
	times LDT db 0
	dq 0x450582678abc0fff, 0xffff8123
	dq 0x450589678abc0fff, 0xffff8123
