; SPDX-License-Identifier: GPL-2.0
; OUTS and INS of 64-bit mode, by the segments that have a base there, with the
; address size of 64 bits and of 32.
%include "long.inc"

start:
	long_mode
	mov ecx, 3
	mov dx, 0x8642
	jmp end
	insn outs_fs, fs outsb
	insn outs_gs, gs outsb
	insn outs_a32_gs, a32 gs outsb
	insn outs_w, outsw
	insn outs_d, outsd
	insn outs_rex_w, db 0x48, 0x6f	; REX.W: still 4 bytes
	insn rep_outs_b, rep outsb
	insn ins_a32, a32 insb
	insn ins_w, insw
	insn ins_d, insd
	insn rep_ins_b, rep insb
end:
	vmcall
