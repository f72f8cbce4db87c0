; SPDX-License-Identifier: GPL-2.0
; State that neither VM entry nor VM exit changes, in 64-bit mode: the guest loads it with
; RSI, exits by CPUID, and reads it again: RAX. It stops at "ready", where RSI can be set: bits
; 63:32 were undefined in 32-bit modes.
%include "long.inc"

; kept NAME, LOAD, READ
%macro kept 3
%1:
	%2
	cpuid
%1_read:
	%3
	jmp end
%endmacro

section .data
align 16
value:
	dq 0, 0
again:
	dq 0, 0

section .text
bits 32
start:
	long_mode
	mov rax, cr4
	or rax, CR4_OSFXSR
	mov cr4, rax
ready:
	vmcall
	kept in_dr0, {mov dr0, rsi}, {mov rax, dr0}
	kept in_dr1, {mov dr1, rsi}, {mov rax, dr1}
	kept in_dr2, {mov dr2, rsi}, {mov rax, dr2}
	kept in_dr3, {mov dr3, rsi}, {mov rax, dr3}
	kept in_dr6, {mov dr6, rsi}, {mov rax, dr6}
	kept in_cr2, {mov cr2, rsi}, {mov rax, cr2}
	kept in_xmm0, {movq xmm0, rsi}, {movq rax, xmm0}
	kept in_xmm15, {movq xmm15, rsi}, {movq rax, xmm15}
in_x87:
	mov [value], rsi
	fild qword [value]
	cpuid
in_x87_read:
	fistp qword [again]
	mov rax, [again]
	jmp end
end:
	vmcall
