; SPDX-License-Identifier: GPL-2.0
; Exceptions in real-address mode, where they have no error code.
%include "real.inc"

start:
	real_mode
	mov dx, 0
	jmp bx
	insn $ud2, ud2
	insn $div, div dx
	insn $bound, bound dx, [bounds]
	insn $fld1, fld1
	insn beyond, mov eax, [0xfffe]
	insn beyond_stack, mov eax, [ss:0xfffe]
	insn $int3, int3
	insn $int1, int1
overflow:
	mov al, 0x7f
	inc al
	insn $into, into
end:
	vmcall

section .data
align 2
bounds:
	dw 1, 2
