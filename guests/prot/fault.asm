; SPDX-License-Identifier: GPL-2.0
; Exceptions of all kinds in 32-bit protected mode. ESI is the case's.
%include "prot.inc"

section .data
align 4
zero:
	dd 0
bounds:
	dd 1, 2

section .text
start:
	protected_mode
	mov eax, 0
	mov edx, 0
	jmp ebx
	insn $ud2, ud2
	insn $div, div dword [zero]
	insn $bound, bound eax, [bounds]
	insn $fld1, fld1
	insn load_ds, mov ds, si
	insn load_ss, mov ss, si
	insn $int3, int3
	insn $int1, int1
	insn int_1, int 1
	insn int_3, int 3
	insn int_4, int 4
	insn int_6, int 6
	insn int_14, int 14
overflow:
	mov al, 0x7f
	inc al
	insn $into, into
end:
	vmcall
