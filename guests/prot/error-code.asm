; SPDX-License-Identifier: GPL-2.0
; Exceptions with an error code that names a descriptor, in 32-bit protected
; mode: the IDT ends with the gate of vector 33, which is not present.
%include "prot.inc"

idt
gate 32, end
gate_entry end
idt_end
section .data
local_table:
	dq 0x00cf73000000ffff		; as ABSENT32, but in an LDT: of level 3
	dq 0x00cf13000000ffff		; and of level 0
section .text

start:
	protected_mode
	lidt [idtr]
	and byte [idt_start + 33 * GATE_SIZE + 5], 0x7f
	jmp ebx
	insn int_33, int 33
	insn int_34, int 34
	insn load_ds, mov ds, si
	insn load_es, mov es, si
	insn load_fs, mov fs, si
	insn load_gs, mov gs, si
	insn load_ss, mov ss, si
	insn load_ldtr, lldt si
	insn load_tr, ltr si
	insn far_jump, jmp ABSENT32:end
end:
	vmcall
