; SPDX-License-Identifier: GPL-2.0
; INS and OUTS in real-address mode, with ES at 0xa000 and FS at 0xb000.
%include "real.inc"

start:
	real_mode
	mov ax, 0xa00
	mov es, ax
	mov ax, 0xb00
	mov fs, ax
	mov cx, 3
	mov dx, 0x8642
	jmp bx
	insn ins_b, insb
	insn rep_ins_w, rep insw
	insn outs_b, outsb
	insn fs_outs_b, fs outsb
	insn a32_outs_d, a32 outsd
end:
	vmcall
