; SPDX-License-Identifier: GPL-2.0
; MOV DR in 32-bit protected mode.
%include "prot.inc"

start:
	protected_mode
	mov eax, cr4
	or eax, CR4_DE
	jmp ebx
	insn to_dr0, mov dr0, esi
	insn to_dr1, mov dr1, esi
	insn to_dr2, mov dr2, esi
	insn to_dr3, mov dr3, esi
	insn to_dr6, mov dr6, esi
	insn to_dr7, mov dr7, esi
	insn from_dr0, mov edi, dr0
	insn from_dr3, mov edi, dr3
	insn from_dr6, mov edi, dr6
	insn from_dr7, mov edi, dr7
no_dr4:
	mov cr4, eax			; from now on DR4 and DR5 are invalid
	insn from_dr4, mov edi, dr4
end:
	vmcall
