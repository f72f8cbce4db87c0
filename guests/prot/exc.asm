; SPDX-License-Identifier: GPL-2.0
; Exceptions that the guest handles itself, in 32-bit protected mode. Handlers
; leave the return address in EDI, the error code in ESI and CR2 in EBP.
%include "prot.inc"

idt
gate 0, de
gate 1, $db
gate 3, $bp
gate 6, ud
gate 13, gp
gate 14, pf
idt_end

start:
	protected_mode
	lidt [idtr]
	mov eax, 0
	mov edx, 0
	jmp ebx
	insn $nop, nop
	insn $div, div edx
	insn $int3, int3
	insn $ud2, ud2
	insn load_ds, mov ds, si
end:
	vmcall

%macro handler 1
%1:
	mov edi, [esp]
%1_taken:
	vmcall
	iret
%endmacro

%macro handler_with_code 1
%1:
	mov ebp, cr2
	pop esi
	mov edi, [esp]
%1_taken:
	vmcall
	iret
%endmacro

	handler de
	handler $db
	handler $bp
	handler ud
	handler_with_code gp
	handler_with_code pf
