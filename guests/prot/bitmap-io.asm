; SPDX-License-Identifier: GPL-2.0
; I/O instructions of each kind in 32-bit protected mode, to the port in EBP. A
; string instruction copies one item, to or from where nothing else is.
%include "prot.inc"

start:
	protected_mode
	mov eax, 0
	mov ecx, 1
	mov esi, FREE
	mov edi, FREE
	mov edx, ebp
	jmp ebx
	insn in_1, in al, dx
	insn in_2, in ax, dx
	insn in_4, in eax, dx
	insn out_1, out dx, al
	insn out_2, out dx, ax
	insn out_4, out dx, eax
	insn in_imm_1, in al, 0x80
	insn in_imm_2, in ax, 0x80
	insn in_imm_4, in eax, 0x80
	insn out_imm_1, out 0x80, al
	insn out_imm_2, out 0x80, ax
	insn out_imm_4, out 0x80, eax
	insn ins_1, insb
	insn ins_2, insw
	insn ins_4, insd
	insn outs_1, outsb
	insn outs_2, outsw
	insn outs_4, outsd
	insn rep_ins_1, rep insb
	insn rep_outs_1, rep outsb
end:
	vmcall
