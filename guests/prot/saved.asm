; SPDX-License-Identifier: GPL-2.0
; State that a guest changes by itself in 32-bit protected mode, before an exit
; that saves it. ESI is the case's.
%include "prot.inc"

section .data
align 8
table:
	dw 0x1234
	dd 0x56789abc
descriptors:
	dq 0
	dq 0x12d5f3456789abcd		; data, level 3, 4-KByte units: see the case
	dq 0x1200924567890000		; data, level 0, one byte
	dq 0x0000e20030000027		; LDT at 0x3000, level 3
	dq 0x00008b0040000067		; TSS at 0x4000, busy
	dq 0x0000890040000067		; TSS at 0x4000
own_gdtr:
	dw own_gdtr - descriptors - 1
	dd descriptors

section .text
start:
	protected_mode
	lgdt [own_gdtr]
	mov eax, esi
	jmp ebx
	insn load_ds, mov ds, eax
	insn load_ss, mov ss, eax
	insn load_es, mov es, eax
	insn load_fs, mov fs, eax
	insn load_gs, mov gs, eax
	insn load_ldtr, lldt ax
	insn load_tr, ltr ax
	insn load_gdtr, lgdt [table]
	insn load_idtr, lidt [table]
	insn load_sp, mov esp, esi
	insn load_cr2, mov cr2, esi
end:
	vmcall
