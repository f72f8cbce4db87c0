; SPDX-License-Identifier: GPL-2.0
; An exit, or an exception, right after an instruction that blocks interrupts or
; does not, in 32-bit protected mode. EBX points to the first.
%include "prot.inc"

%macro before 2+
%1:
	%2
%1_exit:
	cpuid
	jmp end
%1_fault:
	%2
%1_faults:
	ud2
	jmp end
%1_then_access:
	%2
%1_access:
	mov [esi], eax
	jmp end
%endmacro

start:
	protected_mode
	push ss
	pushfd
	or dword [esp], RFLAGS_IF
	jmp ebx
open_first:
	sti
	nop
	before by_sti, sti
	before by_mov_ss, mov ss, ecx
	before by_mov_ss_memory, mov ss, [FREE]
	before by_popf, popfd
	before by_cli, cli
	before by_lss, lss esp, [far_stack]
	before by_mov_ds, mov ds, ecx
pop_ss:
	popfd
	before by_pop_ss, pop ss
sti_nop:
	sti
	nop
sti_nop_exit:
	cpuid
	jmp end
; late NAME, INSTRUCTION: behind MOV SS; NAME_late is after it
%macro late 2+
%1:
	mov ss, [FREE]
	%2
%1_late:
	jmp end
%endmacro
	late mov_ss_watch, nop
	late mov_ss_stack, mov esp, esp
	late mov_ss_store, mov [edi], eax
	late mov_ss_mmx, movq mm0, [edi + esi * 8]
	late mov_ss_stos, rep stosb
	late mov_ss_movs, rep movsb
	insn $verr, verr bx
	insn $nop, nop
mov_ss_nop:
	mov ss, ecx
	nop
mov_ss_nop_exit:
	cpuid
end:
	vmcall

section .data
far_stack:
	dd STACK
	dw DATA32
