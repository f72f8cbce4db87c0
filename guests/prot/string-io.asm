; SPDX-License-Identifier: GPL-2.0
; INS and OUTS in 32-bit protected mode. ESI and EDI are the case's.
%include "prot.inc"

start:
	protected_mode
	mov ecx, 3
	mov dx, 0x8642
	jmp ebx
	insn ins_b, insb
	insn ins_w, insw
	insn ins_d, insd
	insn rep_ins_b, rep insb
	insn outs_b, outsb
	insn outs_w, outsw
	insn outs_d, outsd
	insn rep_outs_d, rep outsd
	insn es_outs_b, es outsb
	insn a16_outs_b, a16 outsb
end:
	vmcall
