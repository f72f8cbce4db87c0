; SPDX-License-Identifier: GPL-2.0
; Accesses to the local APIC in 64-bit mode: to memory where RSI says, by CR8, and
; by MSR (RSI is its number, R8 the high half). What is written is in RDI, what was
; read in R8. An interrupt's handler leaves its return address in R9.
%include "long.inc"

%define VECTORS		0x1f, 0x31, 0x52, 0x55, 0xa3, 0xe4
%define OPENED		0x1e		; its handler sets RFLAGS.IF, and exits after that

%macro gates 1-*
%rep %0
	gate %1, irq_%1
	%rotate 1
%endrep
%endmacro

idt
gate VMX_EXC_DB, debug
gate 2, other			; NMI
gate VMX_EXC_BP, other
gate VMX_EXC_GP, other
gate OPENED, opened
gates VECTORS
idt_end

; does NAME, INSTRUCTION: as insn, and NAME_done is after the instruction
%macro does 2+
%1:
	%2
%1_done:
	jmp end
%endmacro

start:
	long_mode
	lidt [idtr]
	jmp rbx
loaded:
	vmcall				; now the case sets what an interrupt needs
	does read_1, mov r8b, [rsi]
	does read_2, mov r8w, [rsi]
	does read_4, mov r8d, [rsi]
	does read_8, mov r8, [rsi]
	does write_1, mov [rsi], dil
	does write_2, mov [rsi], di
	does write_4, mov [rsi], edi
	does write_8, mov [rsi], rdi
	does or_4, or [rsi], edi
	does xchg_4, xchg [rsi], edi
	does copy_4, movsd		; to RDI
	does push_8, push qword [rsi]
	does prefetch, prefetcht0 [rsi]
	does forget, invlpg [rsi]
	does flush, clflush [rsi]
	does mask_move, maskmovdqu xmm0, xmm1		; to RDI, no byte of it
	does enter_frame, enter 0x1000, 0	; of which RSP points to the end
	; Addresses in RAX
	does $monitor, monitor
	does fetch, jmp rsi
	does int_31, int 0x31
	does write_cr8, mov cr8, rdi
	does read_cr8, mov r8, cr8
	does $hlt, hlt
	does open, sti
open_ss:
	mov eax, ss
	does load_ss, mov ss, eax
write_twice:
	mov [rsi], edi
again:
	mov [rsi], edi
again_done:
	jmp end
write_msr:
	mov ecx, esi
	mov edx, r8d
	mov eax, edi
	does $wrmsr, wrmsr
read_msr:
	mov ecx, esi
$rdmsr:
	rdmsr
	shl rdx, 32
	lea r8, [rdx + rax]
end:
	vmcall

%macro handlers 1-*
%rep %0
irq_%1:
	mov r9, [rsp]
irq_%1_taken:
	vmcall
	iretq
	%rotate 1
%endrep
%endmacro
	handlers VECTORS

opened:
	sti
	nop
	nop
opened_taken:
	vmcall

debug:
	mov r9, [rsp]
debug_taken:
	vmcall
	iretq

other:
	vmcall
