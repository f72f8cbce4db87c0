; SPDX-License-Identifier: GPL-2.0
; What CR0 and CR4 have a say in, and control registers that do not exit or do not
; exist. ESI is the case's.
%include "prot.inc"

%macro to_cr 1
	db 0x0f, 0x22, 0xc6 | %1 << 3	; MOV to CR%1 of ESI
%endmacro

%macro from_cr 1
	db 0x0f, 0x20, 0xc7 | %1 << 3	; MOV to EDI of CR%1
%endmacro

start:
	protected_mode
	jmp ebx
mov_cr2:
	mov cr2, esi
	mov edi, cr2
	jmp end
	insn to_cr1, to_cr 1
	insn to_cr5, to_cr 5
	insn to_cr6, to_cr 6
	insn to_cr7, to_cr 7
	insn from_cr1, from_cr 1
	insn from_cr5, from_cr 5
	insn from_cr6, from_cr 6
	insn from_cr7, from_cr 7
	insn $fld1, fld1
	insn $fwait, fwait
	insn sse, movaps xmm0, xmm1
	insn from_dr4, mov edi, dr4
	insn $xgetbv, xgetbv
end:
	vmcall
