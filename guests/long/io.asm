; SPDX-License-Identifier: GPL-2.0
; IN and OUT in 64-bit mode.
%include "long.inc"

%define PORT		0x42

start:
	long_mode
	mov eax, 0x12345678
	mov edx, 0xffff8642		; only DX is the port
	jmp rbx
	insn in_al_imm, in al, PORT
	insn in_eax_dx, in eax, dx
	insn in_rex_w_dx, db 0x48, 0xed		; REX.W: still 4 bytes
	insn out_dx_ax, out dx, ax
end:
	vmcall
