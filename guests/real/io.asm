; SPDX-License-Identifier: GPL-2.0
; IN and OUT in real-address mode.
%include "real.inc"

%define PORT		0x42

start:
	real_mode
	mov eax, 0x12345678
	mov edx, 0xffff8642		; only DX is the port
	jmp bx
	insn in_ax_imm, in ax, PORT
	insn in_eax_dx, in eax, dx
	insn out_imm_eax, out PORT, eax
	insn out_dx_ax, out dx, ax
end:
	vmcall
