; SPDX-License-Identifier: GPL-2.0
; IN and OUT in 32-bit protected mode, of all sizes, with both operand encodings.
%include "prot.inc"

%define PORT		0x42

start:
	protected_mode
	mov eax, 0x12345678
	mov edx, 0xffff8642		; only DX is the port
	jmp ebx
	insn in_al_imm, in al, PORT
	insn in_ax_imm, in ax, PORT
	insn in_eax_imm, in eax, PORT
	insn in_al_dx, in al, dx
	insn in_ax_dx, in ax, dx
	insn in_eax_dx, in eax, dx
	insn out_imm_al, out PORT, al
	insn out_imm_ax, out PORT, ax
	insn out_imm_eax, out PORT, eax
	insn out_dx_al, out dx, al
	insn out_dx_ax, out dx, ax
	insn out_dx_eax, out dx, eax
end:
	vmcall
