; SPDX-License-Identifier: GPL-2.0
; OUTS and INS of 32-bit protected mode, by each segment, each address size and
; each operand size. ESI, EDI and the bases are the case's, who enters at the
; label.
%include "prot.inc"

start:
	protected_mode
	mov ecx, 3
	mov dx, 0x8642
	jmp end
	insn outs_es, es outsb
	insn outs_cs, cs outsb
	insn outs_ss, ss outsb
	insn outs_ds, ds outsb
	insn outs_fs, fs outsb
	insn outs_gs, gs outsb
	insn outs_a16_es, a16 es outsb
	insn outs_a16_w, a16 outsw
	insn outs_a16_d, a16 outsd
	insn ins_a32_b, insb
	insn ins_fs, fs insb
	insn ins_a16_b, a16 insb
	insn ins_a16_w, a16 insw
	insn ins_a16_d, a16 insd
	insn rep_ins_w, rep insw
	insn rep_ins_d, rep insd
	insn rep_outs_b, rep outsb
	insn rep_outs_w, rep outsw
end:
	vmcall
