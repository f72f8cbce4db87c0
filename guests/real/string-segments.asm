; SPDX-License-Identifier: GPL-2.0
; OUTS and INS of real-address mode, by each segment, with the address size of 16
; bits and of 32.
%include "real.inc"

start:
	real_mode
	mov ecx, 3
	mov dx, 0x8642
	jmp end
	insn outs_es, es outsb
	insn outs_cs, cs outsb
	insn outs_ss, ss outsb
	insn outs_ds, ds outsb
	insn outs_fs, fs outsb
	insn outs_gs, gs outsb
	insn ins_a32_b, a32 insb
	insn outs_a32_gs, a32 gs outsb
end:
	vmcall
