; SPDX-License-Identifier: GPL-2.0
; Exceptions that the guest handles itself, in 32-bit protected mode. Handlers
; leave the return address in EDI, the error code in ESI and CR2 in EBP.
%include "prot.inc"

idt
gate VMX_EXC_DE, de
gate VMX_EXC_DB, $db
gate VMX_EXC_BP, $bp
gate VMX_EXC_UD, ud
gate VMX_EXC_GP, gp
gate VMX_EXC_PF, pf
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
